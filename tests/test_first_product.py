"""The example product: conformant, each of its five mistakes found, and the page about it right word for word."""

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from renkei_fixtures.run_record import read

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PAGES = [ROOT / "docs/certify-your-first-product.md", ROOT / "docs/certify-your-first-product.ja.md"]
WRONG = {
    "chain_not_followed": "P-SIG-002",
    "permit_not_compared": "P-PRM-005",
    "whole_record_sent": "P-ITM-001",
    "newest_year_sent": "P-ITM-003",
    "link_code_in_access_log": "P-REC-003",
    "undecided_released": "P-MAN-001",
}


def renkei(folder, *words):
    command = [sys.executable, "-P", "-m", "renkei", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    """A vendor's folder: kit, product file, and the rendered standard."""
    folder = tmp_path_factory.mktemp("vendor")
    assert renkei(folder, "init", ".").returncode == 0
    assert renkei(folder, "standard", "render", "--out", "standard").returncode == 0
    file = folder / "renkei.toml"
    text = re.sub(r"(?m)^options = .*", 'options = ["manual", "records_export"]', file.read_text("utf-8"))
    file.write_text(text, "utf-8")
    return folder


class Running:
    """The example in a process of its own; ended by its id."""

    def __init__(self, folder, *words):
        environment = os.environ | {"PYTHONPATH": str(EXAMPLES), "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-m", *words, "renkei.toml", "--tables", "standard/tables", "--data", "data"]
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
        assert "ready" in self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0
        self.process.stdout.close()


def test_the_example_imports_neither_examiner_nor_emulator():
    for path in EXAMPLES.rglob("*.py"):
        assert not re.search(r"(?m)^\s*(from|import) (renkei|joserfc)", path.read_text("utf-8")), path


@pytest.mark.slow
def test_the_example_is_conformant(vendor):
    with Running(vendor, "provider"):
        done = renkei(vendor, "certify", "--product", "renkei.toml", "--out", "right", "--lang", "en")

    assert (done.returncode, "Verdict: conformant" in done.stdout) == (0, True), done.stdout[-3000:] + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("mistake", "clause"), WRONG.items())
def test_each_mistake_of_the_example_is_found_for_what_it_is(vendor, mistake, clause):
    with Running(vendor, "provider.wrong", mistake):
        done = renkei(vendor, "certify", "--product", "renkei.toml", "--out", mistake, "--only", clause)

    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    failed = failed_clauses(vendor / mistake)
    assert clause in failed
    assert len(failed) <= 2


def failed_clauses(out):
    ended = [event for event in read(out / "run.ndjson") if event.event == "run_finished"]
    return {clause for clause, result in ended[-1].clauses.items() if result.verdict == "fail"}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=["en", "ja"])
def test_the_page_is_right_word_for_word(page, tmp_path):
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    # A product that the page leaves running must not outlive the page: it would hold our pipes open.
    script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + "".join(blocks).replace(
        "RENKEI=~/renkei\n", f"RENKEI='{ROOT}'\n"
    )
    bin_ = Path(sys.executable).parent
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONSAFEPATH"}}
    environment["PATH"] = f"{bin_}:{environment['PATH']}"

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert failed_clauses(tmp_path / "first-run") == set()
    assert failed_clauses(tmp_path / "second-run") == {"P-ITM-001"}
    assert done.stdout.count("exit code 1") == 2
    assert tomllib.loads((tmp_path / "renkei.toml").read_text("utf-8"))["product"]["body"]
