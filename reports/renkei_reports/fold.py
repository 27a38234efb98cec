"""Events of a run → a report. Pure: the record in, a value out; no clock, no network, no running thing.

The fold believes what was seen (checks, cases) and works the verdicts out again by itself. What the examiner wrote
in `run_finished` is compared with that and never taken over: where the two differ, the report says so first of all
and gives no verdict on the product. The roll-up is the order of `standard.verdicts`, strongest first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from renkei_fixtures.messages import both
from renkei_fixtures.run_record import (
    BUNDLED,
    CaseFinished,
    CaseStarted,
    Check,
    Expected,
    ExpectedCase,
    Limit,
    Line,
    Message,
    Problem,
    RunFinished,
    RunStarted,
    RunVerdict,
    Step,
    Verdict,
    read_lines,
)
from renkei_fixtures.standard import Standard, load
from renkei_reports.contradictions import contradictions_of
from renkei_reports.report import (
    CaseReport,
    CaseTotals,
    ClauseReport,
    ClauseTotals,
    Numbered,
    Report,
)
from renkei_reports.verdicts import exit_code_of, name_of, roll_up

_COUNTED_AS: dict[Verdict, str] = {
    "pass": "passed",
    "fail": "failed",
    "warn": "warned",
    "inconclusive": "inconclusive",
    "not_tested": "not_tested",
    "examiner_fault": "examiner_fault",
    "not_applicable": "not_applicable",
}


@dataclass
class _Seen:
    """The record sorted by what it speaks of; filled line by line, then read."""

    run: RunStarted
    started_at: str
    ended_at: str
    expected: Expected = field(default_factory=lambda: Expected(clauses=(), cases=()))
    started: set[str] = field(default_factory=set)
    finished: dict[str, list[CaseFinished]] = field(default_factory=dict)
    traces: dict[str, list[Numbered]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    limits: dict[str, list[Limit]] = field(default_factory=dict)
    run_finished: RunFinished | None = None
    lines: int = 0

    def take(self, line: Line) -> None:
        event = line.event
        self.ended_at = line.at
        self.lines += 1
        match event:
            case Expected():
                self.expected = event
            case CaseStarted():
                self.started.add(event.case)
            case Step() | Check() | Message():
                if event.case is not None:
                    entry = Numbered.model_construct(seq=line.seq, at=line.at, event=event)
                    self.traces.setdefault(event.case, []).append(entry)
            case Limit():
                self.limits.setdefault(event.case, []).append(event)
            case CaseFinished():
                self.finished.setdefault(event.case, []).append(event)
            case Problem():
                self.problems.append(event)
            case RunFinished():
                self.run_finished = event


def fold(path: Path, standard: Standard | None = None) -> Report:
    """The report on the record at `path` (a run directory or its `run.ndjson`).

    Raises `SetupError` where the record cannot be read (`renkei_fixtures.run_record.read_lines`).
    """
    return fold_lines(read_lines(path / "run.ndjson" if path.is_dir() else path), standard or load())


def fold_lines(lines: Iterable[Line], standard: Standard) -> Report:
    """The report on a record that is already read; its first line is `run_started`."""
    seen = _gather(lines)
    cases = tuple(_case(expected, seen, standard) for expected in seen.expected.cases)
    clauses = _clauses(seen, cases, standard)
    verdict = _run_verdict(seen, clauses, standard)
    contradictions = contradictions_of(
        standard,
        verdict=verdict,
        clauses=clauses,
        cases=cases,
        finished=seen.finished,
        run_finished=seen.run_finished,
    )
    if contradictions:
        verdict = "examiner_fault"
    return Report(
        run=seen.run,
        started_at=seen.started_at,
        ended_at=seen.ended_at,
        complete=seen.run_finished is not None,
        verdict=verdict,
        exit_code=exit_code_of(standard, verdict),
        words=name_of(standard, "run", verdict).text,
        clause_totals=_clause_totals(clauses),
        case_totals=_case_totals(cases),
        clauses=clauses,
        cases=cases,
        problems=tuple(seen.problems),
        contradictions=contradictions,
        lines=seen.lines,
    )


def _gather(lines: Iterable[Line]) -> _Seen:
    remaining = iter(lines)
    first = next(remaining)
    assert isinstance(first.event, RunStarted), "read_lines gives run_started first"
    seen = _Seen(run=first.event, started_at=first.at, ended_at=first.at, lines=1)
    for line in remaining:
        seen.take(line)
    return seen


def _case(expected: ExpectedCase, seen: _Seen, standard: Standard) -> CaseReport:
    """One expected case. One that did not end decided nothing; what it had seen stays in its trace."""
    trace = tuple(seen.traces.get(expected.id, ()))
    limits = tuple(seen.limits.get(expected.id, ()))
    endings = seen.finished.get(expected.id, [])
    if endings:
        ending = endings[-1]
        return CaseReport(
            expected=expected,
            verdict=roll_up(standard, [end.verdict for end in endings], if_none="inconclusive"),
            reason=ending.reason,
            clauses=dict(ending.clauses),
            seconds=ending.seconds,
            inputs_sha256=ending.inputs_sha256,
            trace=trace,
            limits=limits,
        )
    return CaseReport(
        expected=expected,
        verdict="not_tested",
        reason=both("reports.case.cut_short" if expected.id in seen.started else "reports.case.not_reached"),
        clauses=dict.fromkeys(expected.clauses, "not_tested"),
        seconds=None,
        inputs_sha256=None,
        trace=trace,
        limits=limits,
    )


def _clauses(seen: _Seen, cases: Iterable[CaseReport], standard: Standard) -> tuple[ClauseReport, ...]:
    by_clause: dict[str, list[CaseReport]] = {}
    for case in cases:
        for clause in case.clauses:
            by_clause.setdefault(clause, []).append(case)
    recorded = seen.run_finished.clauses if seen.run_finished else {}
    reports = []
    for expected in seen.expected.clauses:
        deciders = by_clause.get(expected.id, [])
        verdict: Verdict | None = "not_applicable" if expected.applies == "not_applicable" else None
        if expected.applies == "applicable":
            verdict = roll_up(standard, [case.clauses[expected.id] for case in deciders], if_none="not_tested")
        deciding = next((case for case in deciders if case.clauses[expected.id] == verdict), None)
        reason = deciding.reason if deciding and verdict != "pass" else None
        if reason is None and expected.id in recorded:
            reason = recorded[expected.id].reason
        if verdict == "not_tested" and reason is None:
            reason = both("reports.clause.no_case" if seen.expected.cases else "reports.case.not_reached")
        reports.append(
            ClauseReport(
                id=expected.id,
                applies=expected.applies,
                verdict=verdict,
                why=expected.why,
                reason=reason,
                cases=tuple(case.id for case in deciders),
            )
        )
    return tuple(reports)


def _run_verdict(seen: _Seen, clauses: Iterable[ClauseReport], standard: Standard) -> RunVerdict:
    """The table of the design's CONFORMANCE page; a record that was cut short is incomplete whatever it holds."""
    if seen.run_finished is None:
        return "incomplete"
    labels = {problem.label for problem in seen.problems}
    if "configuration" in labels and not seen.started:
        return "no_verdict"
    applicable = [clause.verdict for clause in clauses if clause.applies == "applicable" and clause.verdict]
    total = roll_up(standard, applicable, if_none="not_tested")
    if "examiner" in labels or total == "examiner_fault":
        return "examiner_fault"
    if total == "fail":
        return "not_conformant"
    if seen.run.only or seen.run.set != "full" or total in ("inconclusive", "not_tested"):
        return "incomplete"
    return "reference_conformant" if seen.run.product.kind == BUNDLED else "conformant"


def _clause_totals(clauses: Iterable[ClauseReport]) -> ClauseTotals:
    applies = Counter(clause.applies for clause in clauses)
    counts = _counts(clause.verdict for clause in clauses if clause.applies == "applicable" and clause.verdict)
    counts["not_applicable"] = applies["not_applicable"]
    return ClauseTotals(applicable=applies["applicable"], excluded=applies["excluded"], **counts)


def _case_totals(cases: tuple[CaseReport, ...]) -> CaseTotals:
    return CaseTotals(total=len(cases), **_counts(case.verdict for case in cases))


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counted: Mapping[Verdict, int] = Counter(verdicts)
    return {name: counted.get(verdict, 0) for verdict, name in _COUNTED_AS.items()}
