"""One run, from its set-up to its verdict. `renkei/` builds the set-up; everything it can know is in the result.

catalogue → expected set → record → pre-flight → pytest, one case after the other → roll-up → last line
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from renkei_conformance import coverage, verdict
from renkei_conformance.allure_diary import AllureDiary
from renkei_conformance.case import Case, catalogue
from renkei_conformance.evidence import RunEvidence
from renkei_conformance.hermetic import run_pytest
from renkei_conformance.identity import hashes, profile_members, versions
from renkei_conformance.plugin import Examiner
from renkei_conformance.preflight import preflight
from renkei_conformance.record import Record
from renkei_conformance.setup import RunResult, RunSetup
from renkei_conformance.stage import RunStage, claims_of_profile, features_of_profile
from renkei_conformance.verdict import Verdict
from renkei_fixtures import run_record
from renkei_fixtures.instants import japan_date
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import ClauseResult, ExpectedCase, ExpectedClause, RunVerdict
from renkei_fixtures.standard import Standard, Text

__all__ = ["RunResult", "RunSetup", "cases_catalogue", "explain", "run"]

INTERNAL_ERROR, USAGE_ERROR = 3, 4  # pytest's own exit codes


def run(setup: RunSetup) -> RunResult:
    """Examine. Raises SetupError only for an `out` that cannot be written; all else is a result with its exit code."""
    cases = catalogue()
    on = japan_date(setup.parties.clock.now())
    claims, features = claims_of_profile(setup), features_of_profile(setup)
    due = coverage.clauses_due(setup.standard, setup.roles, claims, on, features)
    chosen = coverage.cases_due(cases, due, setup.roles, setup.set, setup.only)
    if not chosen:
        words = both("conformance.run.nothing_selected", only=", ".join(setup.only) or "-")
        return RunResult(verdict.EXIT_USAGE, "no_verdict", words)
    coverage.require_sound(setup.standard, chosen)
    path = None
    if setup.out is not None:
        setup.out.mkdir(parents=True, exist_ok=True)
        path = setup.out / "run.ndjson"
    record = Record(path, setup.parties.clock.now, setup.progress)
    try:
        return _run(setup, record, due, chosen)
    finally:
        record.close()


def _run(setup: RunSetup, record: Record, due: tuple[ExpectedClause, ...], chosen: tuple[Case, ...]) -> RunResult:
    record.add(_started(setup))
    record.add(run_record.Expected(clauses=due, cases=tuple(expected_case(setup.standard, row) for row in chosen)))
    evidence = RunEvidence(record, setup.standard)
    stage = RunStage(setup, evidence)
    problems = preflight(stage)
    for problem in problems:
        record.add(problem)
    if problems:
        nothing = {clause.id: Verdict.NOT_TESTED for clause in due if clause.applies == "applicable"}
        return _finish(setup, record, nothing, {}, problems, configuration=True)
    diary = AllureDiary(setup, evidence) if setup.allure and setup.out is not None else None
    examiner = Examiner(chosen, evidence, stage, [diary] if diary else [])
    with diary or nullcontext():
        code = run_pytest(examiner, out=setup.out, allure=diary is not None)
    problems = _own_problems(code, examiner)
    for problem in problems:
        record.add(problem)
    clauses = roll_up(due, chosen, examiner.finished)
    result = _finish(setup, record, clauses, examiner.finished, problems, faults=examiner.faults)
    return replace(result, odd_keys=dict(stage.odd_keys))


def roll_up(
    due: tuple[ExpectedClause, ...], chosen: tuple[Case, ...], finished: Mapping[str, run_record.CaseFinished]
) -> dict[str, Verdict]:
    """Every applicable clause over the cases that were to decide it, and over those that saw it broken in passing."""
    clauses: dict[str, Verdict] = {}
    for clause in (one.id for one in due if one.applies == "applicable"):
        parts = [Verdict(end.clauses[clause]) for end in finished.values() if clause in end.clauses]
        missing = any(clause in row.verifies and row.id not in finished for row in chosen)
        clauses[clause] = verdict.of_clause([*parts, *([Verdict.NOT_TESTED] if missing else [])])
    return clauses


def _own_problems(code: int, examiner: Examiner) -> list[run_record.Problem]:
    """What pytest itself could not do is ours, in our words, never a verdict on the product."""
    said = [*examiner.internal]
    if code in (INTERNAL_ERROR, USAGE_ERROR) and not said:
        said.append(f"pytest ended with {code}")
    return [
        run_record.Problem(label="examiner", text=both("conformance.problem.suite", detail=one[:2000])) for one in said
    ]


def _finish(
    setup: RunSetup,
    record: Record,
    clauses: Mapping[str, Verdict],
    cases: Mapping[str, run_record.CaseFinished],
    problems: list[run_record.Problem],
    *,
    configuration: bool = False,
    faults: list[str] | None = None,
) -> RunResult:
    outcome = verdict.of_run(
        clauses.values(),
        product_kind=setup.product.kind,
        subset=bool(setup.only) or setup.set != "full",
        configuration_problem=configuration,
        # A clause that had failed before we fell over stays failed, but the run is ours to answer for.
        examiner_problem=any(problem.label == "examiner" for problem in problems)
        or any(Verdict(case.verdict) is Verdict.EXAMINER_FAULT for case in cases.values()),
    )
    words = words_of(setup.standard, outcome.verdict)
    results = {clause: _clause_result(clause, one, cases) for clause, one in clauses.items()}
    totals: dict[str, Any] = {"clauses": _count(clauses.values()), "cases": _count(Verdict(c.verdict) for c in cases.values()),
              "examples_cap": setup.examples_cap}  # fmt: skip
    record.add(
        run_record.RunFinished(
            verdict=outcome.verdict, words=words, exit_code=outcome.exit_code, clauses=results, totals=totals
        )
    )
    return RunResult(outcome.exit_code, outcome.verdict, words, results, dict(cases), problems, faults or [])


def _clause_result(clause: str, one: Verdict, cases: Mapping[str, run_record.CaseFinished]) -> ClauseResult:
    deciding = [case for case in cases.values() if clause in case.clauses]
    weight = [case for case in deciding if case.clauses[clause] == one.value]
    reason = next((case.reason for case in weight if case.reason is not None), None)
    silent = reason is None and one is Verdict.NOT_TESTED
    return ClauseResult(
        verdict=one.value,
        cases=tuple(case.case for case in deciding),
        reason=both("conformance.reason.no_case_ran") if silent else reason,
    )


def _count(verdicts: object) -> dict[str, int]:
    counts = {one.value: 0 for one in Verdict}
    for one in verdicts:  # type: ignore[attr-defined]
        counts[one.value] += 1
    return counts


def words_of(standard: Standard, run_verdict: RunVerdict) -> Text:
    """The verdict in the field's words, from the standard's table of verdict names."""
    return next(row.text for row in standard.verdicts if row.scope == "run" and row.id == run_verdict)


def _started(setup: RunSetup) -> run_record.RunStarted:
    return run_record.RunStarted(
        run_id=str(uuid.uuid4()),
        seed=setup.seed,
        set=setup.set,
        only=tuple(setup.only),
        lang=setup.lang,
        product=setup.product,
        profile=profile_members(setup.parties.profile),
        hashes=hashes(setup),
        versions=versions(),
        argv=tuple(setup.argv),
    )


def expected_case(standard: Standard, row: Case) -> ExpectedCase:
    """The catalogue's row as the record and the reports know it; its function is that of its first clause."""
    clause = standard.clauses.get(row.verifies[0]) if row.verifies else None
    return ExpectedCase(
        id=row.id, title=row.title, clauses=row.verifies, role=row.role, family=row.family, kind=row.kind_name,
        function=clause.function if clause else None, spoil=row.spoil,
    )  # fmt: skip


def cases_catalogue(standard: Standard, *, idle_only: bool = False) -> tuple[ExpectedCase, ...]:
    """Every case, for `renkei cases`; `idle_only`: those that neither alone decide a clause nor alone kill a fault."""
    cases = catalogue()
    rows = coverage.idle(standard, cases) if idle_only else cases
    return tuple(expected_case(standard, row) for row in rows)


def explain(standard: Standard, name: str) -> Text | None:
    """What a case id, clause id, spoil or fault means, in full; None for a name the suite does not have."""
    from renkei_conformance.explain import explanation  # noqa: PLC0415 - only for a person who asks

    return explanation(standard, catalogue(), name)
