"""The report as a value: what `fold` makes of a run record and every writer reads.

Nothing here knows a file format. Texts of the standard are not copied in: writers look them up by id.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from renkei_fixtures.run_record import (
    BUNDLED,
    Check,
    ExpectedCase,
    Limit,
    Message,
    Problem,
    RunStarted,
    RunVerdict,
    Step,
    Verdict,
)
from renkei_fixtures.standard.rows import Text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClauseTotals(_Part):
    """The denominator is `applicable`; it is the sum of the six verdicts a clause can have, always."""

    applicable: int
    passed: int
    failed: int
    warned: int
    inconclusive: int
    not_tested: int
    examiner_fault: int
    not_applicable: int
    excluded: int

    @model_validator(mode="after")
    def _adds_up(self) -> ClauseTotals:
        decided = self.passed + self.failed + self.warned + self.inconclusive + self.not_tested + self.examiner_fault
        if decided != self.applicable:
            raise ValueError(f"{decided} verdicts on {self.applicable} applicable clauses")
        return self


class CaseTotals(_Part):
    """Every expected case, counted once."""

    total: int
    passed: int
    failed: int
    warned: int
    inconclusive: int
    not_tested: int
    examiner_fault: int
    not_applicable: int


class ClauseReport(_Part):
    """One clause of the standard. `verdict` is null only where the standard excludes it from observation."""

    id: str
    applies: Literal["applicable", "not_applicable", "excluded"]
    verdict: Verdict | None
    why: Text | None = None
    reason: Text | None = None
    cases: tuple[str, ...] = ()


class Numbered(_Part):
    """An event of a case with its place in the record, by which checks point at their evidence."""

    seq: int
    at: str
    event: Step | Message | Check


class CaseReport(_Part):
    """One expected case with everything that happened in it, in the order in which it happened."""

    expected: ExpectedCase
    verdict: Verdict
    reason: Text | None
    clauses: dict[str, Verdict]
    seconds: float | None
    inputs_sha256: str | None
    trace: tuple[Numbered, ...]
    limits: tuple[Limit, ...] = ()
    """What it left out because interface B, as declared, cannot say it."""

    @property
    def id(self) -> str:
        return self.expected.id

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(entry.event for entry in self.trace if isinstance(entry.event, Check))


class Repeat(_Part):
    """The ways to repeat a failed case; paths are below the run's directory, null where there is no such file.

    `holds_until`: the instant until which the bytes of the curl line hold; null for bytes that do not age.
    """

    replay: str
    python: str | None = None
    curl: str | None = None
    holds_until: str | None = None


class Contradiction(_Part):
    """Something the record says of itself that its own events do not bear out."""

    what: Text
    recorded: str
    folded: str


class EarlierRun(_Part):
    """A run before this one in the same directory, by its own words. `verdict` is null for one that was cut off."""

    run_id: str
    started_at: str
    verdict: str | None
    words: Text | None
    seed: int | None
    set: str
    only: tuple[str, ...]
    product: str


class Report(_Part):
    """A whole run. `complete` is false when the record ends without `run_finished`.

    With a contradiction in the record the verdict is `examiner_fault`: such a record says nothing about the product.
    """

    run: RunStarted
    started_at: str
    ended_at: str
    complete: bool
    verdict: RunVerdict
    exit_code: int
    words: Text
    clause_totals: ClauseTotals
    case_totals: CaseTotals
    clauses: tuple[ClauseReport, ...]
    cases: tuple[CaseReport, ...]
    problems: tuple[Problem, ...]
    contradictions: tuple[Contradiction, ...]
    repeats: dict[str, Repeat] = {}
    """By id of a failed case; filled from the run's directory, for the record does not know it."""
    lines: int
    earlier: tuple[EarlierRun, ...] = ()

    @property
    def is_reference(self) -> bool:
        return self.run.product.kind == BUNDLED

    @property
    def limited(self) -> tuple[CaseReport, ...]:
        """The cases that left something out; they say what."""
        return tuple(case for case in self.cases if case.limits)

    @property
    def is_subset(self) -> bool:
        return bool(self.run.only) or self.run.set != "full"
