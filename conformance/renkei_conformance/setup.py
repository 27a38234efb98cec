"""What a run is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from renkei_conformance.case import PROVIDER, Role
from renkei_conformance.kit import KeyPair
from renkei_conformance.parties import Parties
from renkei_fixtures import run_record
from renkei_fixtures.run_record import Event, RunVerdict
from renkei_fixtures.standard import Standard, Text

EXAMPLES_CAP = 12
"""Generated examples per property beyond the fixed boundaries; printed with every run."""


def _no_progress(event: Event) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class RunSetup:
    """Everything that decides a run. `out` None keeps the record in memory (selfcheck)."""

    parties: Parties
    standard: Standard
    seed: int
    product: run_record.Product
    set: Literal["smoke", "full"] = "full"
    only: Sequence[str] = ()
    roles: Collection[Role] = (PROVIDER,)
    out: Path | None = None
    lang: Literal["ja", "en"] = "ja"
    examples_cap: int = EXAMPLES_CAP
    progress: Callable[[Event], None] = _no_progress
    allure: bool = True
    argv: Sequence[str] = ()


@dataclass(frozen=True)
class RunResult:
    """How it ended. `faults` are tracebacks of ours, for the terminal; the record has one line of each."""

    exit_code: int
    verdict: RunVerdict
    words: Text
    clauses: Mapping[str, run_record.ClauseResult] = field(default_factory=dict)
    cases: Mapping[str, run_record.CaseFinished] = field(default_factory=dict)
    problems: Sequence[run_record.Problem] = ()
    faults: Sequence[str] = ()
    odd_keys: Mapping[str, KeyPair] = field(default_factory=dict)
    """Ordered certificates with which messages of failed cases were signed, by `kid`; the record never holds them."""

    def clauses_with(self, verdict: str) -> frozenset[str]:
        """Ids of the clauses that got this verdict."""
        return frozenset(clause for clause, result in self.clauses.items() if result.verdict == verdict)
