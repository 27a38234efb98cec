"""The lattice and the exit codes, row by row of the design's table."""

from __future__ import annotations

import pytest

from renkei_conformance import verdict
from renkei_conformance.verdict import Verdict
from renkei_fixtures.standard import load

V = Verdict


def run(*clauses: Verdict, kind: str = "product", **more: bool) -> tuple[str, int]:
    outcome = verdict.of_run(clauses, product_kind=kind, **{"subset": False, **more})
    return outcome.verdict, outcome.exit_code


def test_everything_passed_or_warned_is_conformant() -> None:
    assert run(V.PASS, V.WARN) == ("conformant", 0)


def test_the_bundled_reference_is_never_called_conformant() -> None:
    assert run(V.PASS, kind="bundled-reference") == ("reference_conformant", 0)


@pytest.mark.parametrize("beside", [V.PASS, V.INCONCLUSIVE, V.NOT_TESTED])
def test_one_failure_is_not_conformant_whatever_else_is_open(beside: Verdict) -> None:
    assert run(V.FAIL, beside) == ("not_conformant", 1)


@pytest.mark.parametrize("open_", [V.INCONCLUSIVE, V.NOT_TESTED])
def test_an_open_clause_leaves_the_run_incomplete(open_: Verdict) -> None:
    assert run(V.PASS, open_) == ("incomplete", 3)


def test_a_run_that_decided_nothing_is_incomplete() -> None:
    assert run() == ("incomplete", 3)


def test_a_subset_never_conforms_but_can_fail() -> None:
    assert run(V.PASS, subset=True) == ("incomplete", 3)
    assert run(V.FAIL, subset=True) == ("not_conformant", 1)


def test_a_configuration_problem_gives_no_verdict_on_the_product() -> None:
    assert run(V.NOT_TESTED, configuration_problem=True) == ("no_verdict", 4)


@pytest.mark.parametrize("beside", [V.PASS, V.FAIL])
def test_a_fault_of_ours_is_said_before_any_failure(beside: Verdict) -> None:
    assert run(V.EXAMINER_FAULT, beside) == ("examiner_fault", 4)
    assert run(beside, examiner_problem=True) == ("examiner_fault", 4)


def test_a_clause_without_a_check_is_inconclusive() -> None:
    assert verdict.of_checks("MUST", [], None) is V.INCONCLUSIVE


def test_a_case_that_ended_early_keeps_its_failures_and_no_passes() -> None:
    assert verdict.of_checks("MUST", [True, False], V.INCONCLUSIVE) is V.FAIL
    assert verdict.of_checks("MUST", [True], V.INCONCLUSIVE) is V.INCONCLUSIVE


@pytest.mark.parametrize(("level", "due"), [("MUST", V.FAIL), ("SHOULD", V.WARN), ("MAY", V.PASS)])
def test_the_level_decides_what_a_failed_check_weighs(level: verdict.Level, due: Verdict) -> None:
    assert verdict.of_checks(level, [False], None) is due


def test_the_roll_up_is_the_order_that_the_standard_prints() -> None:
    printed = [row.id for row in load().verdicts if row.scope == "case"]
    assert printed == [one.value for one in Verdict]


def test_the_exit_codes_are_those_that_the_standard_prints() -> None:
    printed = {row.id: row.exit_code for row in load().verdicts if row.scope == "run"}
    found = dict(
        [
            run(V.PASS), run(V.PASS, kind="bundled-reference"), run(V.FAIL), run(V.INCONCLUSIVE),
            run(V.PASS, configuration_problem=True), run(V.EXAMINER_FAULT),
        ]
    )  # fmt: skip
    assert printed == found
