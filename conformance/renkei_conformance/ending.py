"""How a case ends: from its checks and from what fell out of it to a verdict, and back to what pytest must be told."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Final, NoReturn

import pytest

from renkei_conformance import verdict
from renkei_conformance.case import Case
from renkei_conformance.drivers import DoorTrouble
from renkei_conformance.errors import CaseFailed, CaseStopped, ExaminerFault, Inconclusive, NotTested
from renkei_conformance.evidence import Evidence
from renkei_conformance.verdict import Verdict
from renkei_fixtures import run_record
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Text
from renkei_fixtures.standard.rows import Clause


def decide(
    ev: Evidence, ended: BaseException | None, clauses: Mapping[str, Clause], seconds: float
) -> run_record.CaseFinished:
    """The case's verdict and that of each clause it declares, and of each standing clause that it saw broken."""
    ending = _ending(ended)
    per_clause: dict[str, Verdict] = {}
    for clause in dict.fromkeys([*ev.case.verifies, *(one.clause for one in ev.failed())]):
        checks = [one.finding.ok for one in ev.booked if one.clause == clause]
        level = clauses[clause].level if clause in clauses else "MUST"
        # Nothing was left of it that interface B could bring: that is no silence of the product's.
        nothing_left = ending is None and not checks and ev.limits > 0
        per_clause[clause] = verdict.of_checks(level, checks, Verdict.NOT_TESTED if nothing_left else ending)
    total = verdict.of_case(per_clause, ending)
    return run_record.CaseFinished(
        case=ev.case.id,
        verdict=total.value,
        reason=_reason(ev, ended, total),
        clauses={clause: one.value for clause, one in per_clause.items()},
        seconds=round(seconds, 4),
        inputs_sha256=ev.inputs_sha256,
    )


def fallen(row: Case) -> run_record.CaseFinished:
    """A case that never reached its call: something of ours fell while it was set up."""
    fault: Final = "examiner_fault"
    reason = both("conformance.reason.not_set_up")
    return run_record.CaseFinished(
        case=row.id, verdict=fault, reason=reason, clauses=dict.fromkeys(row.verifies, fault), seconds=0.0
    )


def raise_as(finished: run_record.CaseFinished, ev: Evidence, ended: BaseException | None) -> None:
    """Tell pytest (and so Allure) the same verdict: failed, broken for inconclusive and examiner fault, skipped."""
    words = finished.reason or both("conformance.reason.undecided")
    match Verdict(finished.verdict):
        case Verdict.PASS | Verdict.WARN | Verdict.NOT_APPLICABLE:
            return
        case Verdict.FAIL:
            raise CaseFailed(_failures(ev)) from ended
        case Verdict.NOT_TESTED:
            _skip(words)
        case Verdict.INCONCLUSIVE:
            raise Inconclusive(words) from None
        case Verdict.EXAMINER_FAULT:
            # Never the exception itself: an AssertionError of ours would be a product's failure in Allure's eyes.
            raise ExaminerFault(words.en) from ended


def where(error: BaseException) -> str:
    """File and line of ours where it fell."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def _skip(words: Text) -> NoReturn:
    pytest.skip(words.en)


def _ending(ended: BaseException | None) -> Verdict | None:
    match ended:
        case None:
            return None
        case NotTested():
            return Verdict.NOT_TESTED
        case CaseStopped() | DoorTrouble():
            return Verdict.INCONCLUSIVE
        case _:
            return Verdict.EXAMINER_FAULT


def _reason(ev: Evidence, ended: BaseException | None, total: Verdict) -> Text | None:
    if total in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return None
    broken = ev.failed()
    if isinstance(ended, CaseStopped):
        return ended.reason
    if isinstance(ended, DoorTrouble):
        return both("conformance.reason.door", detail=str(ended))
    if ended is not None:
        return both("conformance.reason.examiner", detail=f"{type(ended).__name__}: {ended}")
    if broken:
        return broken[0].finding.why
    silent = sorted(set(ev.case.verifies) - {one.clause for one in ev.booked})
    return both("conformance.reason.undecided_clauses", clauses=", ".join(silent))


def _failures(ev: Evidence) -> str:
    return "\n".join(
        f"{one.clause} {one.finding.path}: expected {one.finding.expected!r}, got {one.finding.got!r}"
        for one in ev.failed()
    )
