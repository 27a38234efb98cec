"""The fold works the verdicts out again, and believes no verdict that the record only claims."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from renkei_fixtures.run_record import CaseFinished, CaseStarted, Problem, RunVerdict, Verdict
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.text import Text
from renkei_reports.fold import fold, fold_lines
from renkei_reports.report import ClauseTotals, Report
from renkei_reports.testing import VENDOR, RecordBuilder, every_verdict, expected_case, expected_clause, passing


def _folded(record: RecordBuilder) -> Report:
    return fold_lines(record.lines, load())


def _one_case(verdict: Verdict, *, checks: dict[str, bool], run: RunVerdict, exit_code: int) -> RecordBuilder:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", checks, verdict, clauses={"P-SIG-001": verdict})
    record.finish(run, exit_code, {"P-SIG-001": verdict})
    return record


def test_a_run_in_which_everything_passed_is_the_products_conformance() -> None:
    report = _folded(passing(VENDOR))

    assert (report.verdict, report.exit_code, report.complete) == ("conformant", 0, True)


def test_the_bundled_reference_is_never_conformant_without_that_word() -> None:
    report = _folded(passing())

    assert report.verdict == "reference_conformant"
    assert report.words.en == "reference conformant"


def test_the_denominator_is_the_sum_of_its_six_parts() -> None:
    totals = _folded(every_verdict(fault=True)).clause_totals

    parts = (
        totals.passed + totals.failed + totals.warned + totals.inconclusive + totals.not_tested + totals.examiner_fault
    )
    assert 5 == totals.applicable == parts
    assert (totals.not_applicable, totals.excluded) == (1, 1)


def test_totals_that_do_not_add_up_cannot_be_made() -> None:
    parts = dict.fromkeys(("passed", "failed", "warned", "inconclusive", "not_tested", "examiner_fault"), 1)

    with pytest.raises(ValidationError):
        ClauseTotals(applicable=5, not_applicable=0, excluded=0, **parts)


def test_every_kind_of_verdict_is_counted_where_it_belongs() -> None:
    report = _folded(every_verdict(fault=True))

    assert {"pass", "fail", "inconclusive", "not_tested", "examiner_fault", "not_applicable", None} == {
        clause.verdict for clause in report.clauses
    }
    assert report.case_totals.total == 4
    assert report.contradictions == ()


def test_a_failure_outweighs_what_was_left_undecided() -> None:
    report = _folded(every_verdict())

    assert (report.verdict, report.exit_code) == ("not_conformant", 1)


def test_our_own_fault_outweighs_a_failure() -> None:
    report = _folded(every_verdict(fault=True))

    assert (report.verdict, report.exit_code) == ("examiner_fault", 4)
    assert report.clause_totals.failed == 1


def test_a_clause_is_as_bad_as_the_worst_case_that_decides_it() -> None:
    record = RecordBuilder(VENDOR)
    record.expect(
        [expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001"), expected_case("C-2", "P-SIG-001")]
    )
    record.case("C-1", {"P-SIG-001": False}, "fail")
    record.case("C-2", {"P-SIG-001": True}, "pass")
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})

    clause = _folded(record).clauses[0]
    assert (clause.verdict, clause.cases) == ("fail", ("C-1", "C-2"))


@pytest.mark.parametrize(("set_", "only"), [("smoke", ()), ("full", ("C-1",))])
def test_a_part_of_the_set_can_pass_everything_and_stays_incomplete(set_: str, only: tuple[str, ...]) -> None:
    record = RecordBuilder(VENDOR, set_=set_, only=only)  # type: ignore[arg-type]
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", {"P-SIG-001": True}, "pass")
    record.finish("incomplete", 3, {"P-SIG-001": "pass"})

    report = _folded(record)
    assert (report.verdict, report.exit_code) == ("incomplete", 3)


def test_a_run_with_nothing_to_decide_is_no_success() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([], [])
    record.finish("incomplete", 3, {})

    assert _folded(record).verdict == "incomplete"


def test_a_problem_of_configuration_before_the_first_case_gives_no_verdict() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(Problem(label="configuration", text=Text(ja="応答がない", en="Nothing answers"), where="127.0.0.1:9"))
    record.finish("no_verdict", 4, {})

    report = _folded(record)
    assert (report.verdict, report.exit_code, report.contradictions) == ("no_verdict", 4, ())
    assert report.clauses[0].verdict == "not_tested"


def test_a_record_without_its_end_is_incomplete_and_the_rest_is_not_tested(tmp_path: Path) -> None:
    whole = passing(VENDOR)
    lines = whole.bytes().splitlines(keepends=True)
    third = next(n for n, line in enumerate(whole.lines) if line.event == CaseStarted(case="C-3"))
    (tmp_path / "run.ndjson").write_bytes(b"".join(lines[: third + 3]) + b'{"seq":')

    report = fold(tmp_path)
    assert (report.verdict, report.exit_code, report.complete) == ("incomplete", 3, False)
    assert [case.verdict for case in report.cases] == ["pass", "pass", "not_tested"]
    assert [clause.verdict for clause in report.clauses if clause.applies == "applicable"] == [
        "pass",
        "pass",
        "not_tested",
    ]
    reason = report.cases[2].reason
    assert reason is not None
    assert "during this case" in reason.en


def test_a_case_that_did_not_end_decides_nothing_but_shows_what_it_saw() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", {"P-SIG-001": False}, "fail", finish=False)

    report = _folded(record)
    assert (report.verdict, report.clauses[0].verdict) == ("incomplete", "not_tested")
    assert [check.ok for check in report.cases[0].checks] == [False]


def _contradicted(report: Report) -> str:
    assert (report.verdict, report.exit_code) == ("examiner_fault", 4)
    return " / ".join(found.what.en for found in report.contradictions)


def test_a_verdict_that_the_events_do_not_bear_out_is_said_loudly() -> None:
    record = _one_case("fail", checks={"P-SIG-001": False}, run="conformant", exit_code=0)

    assert "Verdict of the run" in _contradicted(_folded(record))


def test_a_wrong_exit_code_is_said_loudly() -> None:
    record = _one_case("fail", checks={"P-SIG-001": False}, run="not_conformant", exit_code=0)

    assert _contradicted(_folded(record)) == "Exit code"


def test_a_failed_check_in_a_case_that_claims_to_pass_is_said_loudly() -> None:
    record = _one_case("pass", checks={"P-SIG-001": False}, run="conformant", exit_code=0)

    assert "in spite of a failed check" in _contradicted(_folded(record))


def test_a_pass_without_any_check_is_said_loudly() -> None:
    record = _one_case("pass", checks={}, run="conformant", exit_code=0)

    assert "without a check" in _contradicted(_folded(record))


def test_a_clause_told_better_at_the_end_than_its_cases_were_is_said_loudly() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", {"P-SIG-001": False}, "fail")
    record.finish("not_conformant", 1, {"P-SIG-001": "pass"})

    assert "P-SIG-001" in _contradicted(_folded(record))


def test_a_case_better_than_its_clauses_is_said_loudly() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", {"P-SIG-001": False}, "pass", clauses={"P-SIG-001": "fail"})
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})

    assert "better than its clauses" in _contradicted(_folded(record))


def test_a_case_that_nobody_expected_and_one_that_ends_twice_are_said_loudly() -> None:
    record = passing(VENDOR)
    end = record.lines.pop()
    for id_ in ("C-3", "C-X"):
        record.add(CaseFinished(case=id_, verdict="pass", clauses={}, seconds=0.0))
    record.add(end.event)

    said = _contradicted(_folded(record))
    assert "C-3 ended twice" in said
    assert "C-X" in said


def _with_level(level: str) -> Standard:
    standard = load()
    row = standard.clauses["P-SIG-001"].model_copy(update={"level": level})
    return replace(standard, clauses={**standard.clauses, "P-SIG-001": row})


@pytest.mark.parametrize(("level", "verdict", "contradictions"), [("SHOULD", "warn", 0), ("MUST", "warn", 1)])
def test_a_should_that_is_not_met_warns_and_a_must_cannot(level: str, verdict: Verdict, contradictions: int) -> None:
    record = _one_case(verdict, checks={"P-SIG-001": False}, run="conformant", exit_code=0)
    report = fold_lines(record.lines, _with_level(level))

    assert contradictions == len(report.contradictions)
    assert report.clause_totals.warned == 1
