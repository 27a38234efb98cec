"""The verdict lattice, its roll-up and the exit codes: the only module that computes a verdict.

Rule 1: the order of `Verdict` is the roll-up, strongest first; a whole is as good as its worst part.
Rule 2: silence is not success. A clause that a case declares and never checks is inconclusive; an applicable clause
that no case decided is not tested.
Rule 3: the denominator is every applicable clause, known before the run; nothing leaves it afterwards.
The table is that of the design's CONFORMANCE page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from renkei_fixtures.run_record import BUNDLED, RunVerdict

Level = Literal["MUST", "SHOULD", "MAY"]

EXIT_CONFORMANT = 0
EXIT_NOT_CONFORMANT = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_NO_VERDICT = 4


class Verdict(StrEnum):
    """Of a check, a clause or a case. The order of the members is the roll-up."""

    EXAMINER_FAULT = "examiner_fault"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_TESTED = "not_tested"
    WARN = "warn"
    PASS = "pass"  # noqa: S105 - the word, not a password
    NOT_APPLICABLE = "not_applicable"


_STRENGTH = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict], if_none: Verdict) -> Verdict:
    """The strongest of `verdicts`; `if_none` where there are none, so that the caller has to say what silence means."""
    return min(verdicts, key=_STRENGTH.__getitem__, default=if_none)


def of_checks(level: Level, checks: Iterable[bool], ending: Verdict | None) -> Verdict:
    """One clause within one case, from its checks and from how the case ended (None: it ran to its last line).

    A failed SHOULD warns; a MAY cannot fail, for nobody promised it. A case that ended early keeps its failures but
    no passes: what it saw of the clause was not all that it wanted to see.
    """
    seen = list(checks)
    if not all(seen):
        return {"MUST": Verdict.FAIL, "SHOULD": Verdict.WARN, "MAY": Verdict.PASS}[level]
    if ending is not None:
        return ending
    return Verdict.PASS if seen else Verdict.INCONCLUSIVE


def of_case(clauses: Mapping[str, Verdict], ending: Verdict | None) -> Verdict:
    """One case: the worst of its clauses and of the way it ended (None: it ran to its last line)."""
    parts = list(clauses.values()) + ([ending] if ending is not None else [])
    return worst(parts, if_none=Verdict.INCONCLUSIVE)


def of_clause(per_case: Iterable[Verdict]) -> Verdict:
    """One applicable clause over all the cases that were to decide it."""
    return worst(per_case, if_none=Verdict.NOT_TESTED)


@dataclass(frozen=True)
class Outcome:
    """The verdict on the run, and what the process returns to its caller."""

    verdict: RunVerdict
    exit_code: int


def of_run(
    clauses: Iterable[Verdict],
    *,
    product_kind: str,
    subset: bool,
    configuration_problem: bool = False,
    examiner_problem: bool = False,
) -> Outcome:
    """The whole run from the verdicts of all applicable clauses.

    `subset`: `--only`, `--set smoke`, one shard: such a run can find a failure, but never conformance.
    `configuration_problem`: found before the first case, so there is no verdict on the product.
    """
    total = worst(clauses, if_none=Verdict.NOT_TESTED)
    if configuration_problem:
        return Outcome("no_verdict", EXIT_NO_VERDICT)
    if examiner_problem or total is Verdict.EXAMINER_FAULT:
        return Outcome("examiner_fault", EXIT_NO_VERDICT)
    if total is Verdict.FAIL:
        return Outcome("not_conformant", EXIT_NOT_CONFORMANT)
    if subset or total in (Verdict.INCONCLUSIVE, Verdict.NOT_TESTED):
        return Outcome("incomplete", EXIT_INCOMPLETE)
    return Outcome("reference_conformant" if product_kind == BUNDLED else "conformant", EXIT_CONFORMANT)
