"""pytest.main as an instrument: the same outcome in whatever directory, environment and set of plugins it is called.

Real paths of the installed suite, our own ini, rootdir and confcutdir; no autoloaded plugin (by flag, since children
would inherit an environment variable); the plugin as an object. Node ids mean nothing: verdicts are keyed by case id.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from renkei_conformance.generation import switch_off_mining

PACKAGE = Path(__file__).parent
FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_DEBUG")


def run_pytest(plugin: object, *, out: Path | None, allure: bool, folders: Sequence[Path] = ()) -> int:
    """Collect the suite (or `folders`, in tests of ours) with `plugin` and return pytest's own exit code."""
    places = folders or (PACKAGE / "cases", PACKAGE / "scenarios")
    args = [
        *(str(place) for place in places),
        "-c", str(PACKAGE / "certify.ini"), "--rootdir", str(PACKAGE), "--confcutdir", str(PACKAGE),
        "--import-mode=importlib", "--assert=plain", "--capture=no", "--disable-plugin-autoload",
        "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler", "-p", "no:logging",
        # It collects all garbage twice for a warning that nobody would see here.
        "-p", "no:unraisableexception",
        "-p", "_hypothesis_pytestplugin",
    ]  # fmt: skip
    if allure and out is not None:
        args += ["-p", "allure_pytest.plugin", "--alluredir", str(out / "allure-results"), "--clean-alluredir"]
    switch_off_mining()
    with _without(FOREIGN), tempfile.TemporaryDirectory(prefix="renkei-") as home:
        # Hypothesis writes character tables even without an example database: never into the vendor's directory.
        set_hypothesis_home_dir(home)
        return int(pytest.main(args, plugins=[plugin]))


@contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
