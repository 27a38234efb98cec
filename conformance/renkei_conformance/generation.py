"""Generated inputs, fixed by the run's seed and the case's id alone.

A property is tried on a fixed list of boundary examples and a surplus drawn here. Drawing is apart from trying: the
whole surplus is drawn first, loaded in one go, asked one by one; only a failure is made smaller, with a bounded number
of further tries. Hypothesis seeds explicitly (not `derandomize`, which follows the source text), keeps no example
database and knows no deadline. It would also mine constants from every loaded local module, so that the same seed gave
other inputs in a wheel than in a checkout: that is switched off (private API, so a test holds it).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture import providers
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

_QUIET = settings(
    database=None, deadline=None, derandomize=False, print_blob=False, report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def switch_off_mining() -> None:
    """Let Hypothesis know no constants of local modules: `_get_local_constants` gives none, for all of this process."""
    providers._get_local_constants = providers.Constants  # type: ignore[attr-defined]


def number_of(run_seed: int, case_id: str) -> int:
    """The seed of one case: independent of the order of cases, of Python's hash and of the source text."""
    return int.from_bytes(hashlib.sha256(f"{run_seed}/{case_id}".encode()).digest()[:8], "big")


class Generation:
    """The generated surplus of one case; the fixture `generation`. `cap` is printed with the run."""

    def __init__(self, run_seed: int, case_id: str, cap: int) -> None:
        switch_off_mining()
        self._seed = number_of(run_seed, case_id)
        self.cap = cap

    def draw(self, strategy: SearchStrategy[T], count: int | None = None) -> list[T]:
        """`count` examples (default and at most: the cap), no two equal; one seed and strategy, the same ones."""
        wanted = self.cap if count is None else min(count, self.cap)
        drawn: dict[str, T] = {}

        def keep(example: T) -> None:
            if len(drawn) < wanted:
                drawn.setdefault(_key(example), example)

        if wanted > 0:
            limits = settings(_QUIET, max_examples=wanted * 2, phases=[Phase.generate])
            seed(self._seed)(limits(given(strategy)(keep)))()
        return list(drawn.values())

    def shrink(self, strategy: SearchStrategy[T], failing: T, fails: Callable[[T], bool], tries: int = 40) -> T:
        """A smaller example that fails like `failing`, found with at most `tries` calls of `fails`."""
        known = {_key(failing): True}
        best = failing

        def trial(example: T) -> None:
            nonlocal best
            key = _key(example)
            if key not in known:
                known[key] = len(known) <= tries and fails(example)
            if known[key]:
                best = example
                raise _StillFails

        limits = settings(_QUIET, max_examples=self.cap * 2, phases=[Phase.generate, Phase.shrink])
        with suppress(_StillFails):
            seed(self._seed)(limits(given(strategy)(trial)))()
        return best


class _StillFails(Exception):  # noqa: N818 - a signal to the shrinker
    pass


def _key(example: object) -> str:
    return json.dumps(example, sort_keys=True, default=repr)
