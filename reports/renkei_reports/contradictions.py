"""What a record says of itself held against its own events.

A verdict in the record that its checks do not bear out is a fault of the examiner or a record somebody changed.
Either way nobody may read a verdict on a product from it, so every such place is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from renkei_fixtures.messages import both
from renkei_fixtures.run_record import CaseFinished, RunFinished, RunVerdict, Verdict
from renkei_fixtures.standard import Standard
from renkei_reports.report import CaseReport, ClauseReport, Contradiction
from renkei_reports.verdicts import exit_code_of, roll_up


def contradictions_of(
    standard: Standard,
    *,
    verdict: RunVerdict,
    clauses: Iterable[ClauseReport],
    cases: tuple[CaseReport, ...],
    finished: Mapping[str, list[CaseFinished]],
    run_finished: RunFinished | None,
) -> tuple[Contradiction, ...]:
    """Every place where the record and its own events differ, the run's verdict first."""
    found = list(_of_run(standard, verdict, run_finished)) if run_finished else []
    found += _of_clauses(clauses, run_finished) if run_finished else []
    known = {case.id for case in cases}
    for id_, endings in finished.items():
        if id_ not in known:
            found.append(_found("case_unexpected", "–", endings[-1].verdict, id=id_))
        if len(endings) > 1:
            found.append(_found("case_twice", " ".join(end.verdict for end in endings), "1", id=id_))
    for case in cases:
        if case.id in finished:
            found += _of_case(standard, case)
    return tuple(found)


def _of_run(standard: Standard, verdict: RunVerdict, run_finished: RunFinished) -> Iterator[Contradiction]:
    if run_finished.verdict != verdict:
        yield _found("run_verdict", run_finished.verdict, verdict)
    elif run_finished.exit_code != exit_code_of(standard, verdict):
        yield _found("exit_code", str(run_finished.exit_code), str(exit_code_of(standard, verdict)))


def _of_clauses(clauses: Iterable[ClauseReport], run_finished: RunFinished) -> Iterator[Contradiction]:
    """Clauses that the end of the record does not name are left alone: a run without a verdict names none."""
    for clause in clauses:
        recorded = run_finished.clauses.get(clause.id)
        if recorded is not None and clause.verdict is not None and recorded.verdict != clause.verdict:
            yield _found("clause_verdict", recorded.verdict, clause.verdict, id=clause.id)


def _of_case(standard: Standard, case: CaseReport) -> Iterator[Contradiction]:
    """A pass needs a check, a failed check cannot pass, and a case is no better than its worst clause."""
    for clause, verdict in case.clauses.items():
        results = [check.ok for check in case.checks if check.clause == clause]
        if verdict == "pass" and not results:
            yield _found("pass_unchecked", verdict, "inconclusive", id=f"{case.id} · {clause}")
        if not all(results) and verdict in _too_good(standard, clause):
            yield _found("failed_check_passed", verdict, "fail", id=f"{case.id} · {clause}")
    worst = roll_up(standard, [*case.clauses.values(), case.verdict], if_none=case.verdict)
    if worst != case.verdict:
        yield _found("case_verdict", case.verdict, worst, id=case.id)


def _too_good(standard: Standard, clause: str) -> tuple[Verdict, ...]:
    """The verdicts that a clause with a failed check cannot have: a MUST fails, a SHOULD warns, a MAY passes."""
    level = standard.clauses[clause].level if clause in standard.clauses else "MUST"
    by_level: dict[str, tuple[Verdict, ...]] = {"MUST": ("pass", "warn"), "SHOULD": ("pass",), "MAY": ()}
    return by_level[level]


def _found(topic: str, recorded: str, folded: str, **values: str) -> Contradiction:
    return Contradiction(what=both(f"reports.contradiction.{topic}", **values), recorded=recorded, folded=folded)
