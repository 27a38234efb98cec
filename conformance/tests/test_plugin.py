"""What comes of a case is decided in the call: pytest, the record and Allure say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from renkei_conformance.errors import NotTested
from renkei_conformance.testing_cases import BareStage, run_small
from renkei_fixtures.run_record import CaseFinished, Check, Problem
from renkei_fixtures.standard import Text

HEAD = """
from renkei_conformance.case import PROVIDER, Positive, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.testing_cases import BROKEN, HELD, WHY

def row(id, *clauses, **more):
    return case(id, verifies=clauses, role=PROVIDER, family="items", kind=Positive(), ja="件", en="case", **more)
"""
ALL = (
    HEAD
    + """
@row("A", "P-ITM-001")
def test_passes(ev): ev.check("P-ITM-001", HELD)

@row("B", "P-ITM-001", "P-ITM-002")
def test_fails(ev):
    ev.check("P-ITM-001", BROKEN)
    ev.check("P-ITM-002", HELD)

@row("C", "P-ITM-001")
def test_returns_early(ev): return

@row("D", "P-ITM-001", "P-ITM-002")
def test_forgets_a_clause(ev): ev.check("P-ITM-001", HELD)

@row("E", "P-ITM-001")
def test_stops(ev):
    ev.check("P-ITM-001", HELD)
    raise Inconclusive(WHY)

@row("F", "P-ITM-001")
def test_falls(ev): 1 / 0

@row("G", "P-ITM-001")
def test_asserts(ev): assert False

@row("H", "P-ITM-001")
def test_decides_what_it_does_not_declare(ev): ev.check("P-ITM-003", HELD)

@row("I", "P-ITM-001")
def test_sees_a_standing_clause_broken(ev):
    ev.check("P-TRN-001", BROKEN)
    raise Inconclusive(WHY)
"""
)
DUE = {
    "A": "pass", "B": "fail", "C": "inconclusive", "D": "inconclusive", "E": "inconclusive", "F": "examiner_fault",
    "G": "examiner_fault", "H": "examiner_fault", "I": "fail",
}  # fmt: skip


def test_every_ending_has_its_verdict(tmp_path: Path) -> None:
    run = run_small(tmp_path, ALL)
    assert {case: run.verdict(case) for case in DUE} == DUE


def test_a_standing_clause_is_booked_where_it_belongs(tmp_path: Path) -> None:
    run = run_small(tmp_path, ALL, only=["I"])
    assert run.clauses("I") == {"P-ITM-001": "inconclusive", "P-TRN-001": "fail"}


def test_a_fault_of_ours_is_written_down_as_ours(tmp_path: Path) -> None:
    run = run_small(tmp_path, ALL, only=["F"])
    problems = [event for event in run.events if isinstance(event, Problem)]
    assert [problem.label for problem in problems] == ["examiner"]
    assert "ZeroDivisionError" in run.examiner.faults[0]


def test_checks_keep_both_sides(tmp_path: Path) -> None:
    run = run_small(tmp_path, ALL, only=["B"])
    check = next(event for event in run.events if isinstance(event, Check))
    assert (check.clause, check.ok, check.expected, check.got, check.path) == ("P-ITM-001", False, 1, 2, "here")


def test_allure_says_what_the_record_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "suite").mkdir()
    run_small(tmp_path / "suite", ALL, out=out)
    results = [json.loads(path.read_text("utf-8")) for path in (out / "allure-results").glob("*-result.json")]
    told = {result["name"]: result["status"] for result in results}
    word = {"pass": "passed", "fail": "failed", "inconclusive": "broken", "examiner_fault": "broken"}
    names = [line.split("def ")[1].split("(")[0] for line in ALL.splitlines() if line.startswith("def test_")]
    assert told == {name: word[verdict] for name, verdict in zip(names, DUE.values(), strict=True)}


def test_what_cannot_be_tried_is_not_tested_and_skipped(tmp_path: Path) -> None:
    def tried(row: object) -> None:
        raise NotTested(Text(ja="宣言なし", en="not claimed"))

    run = run_small(tmp_path, ALL, stage=BareStage(tried=tried), only=["A"])
    assert run.verdict("A") == "not_tested"
    ended = next(event for event in run.events if isinstance(event, CaseFinished))
    assert ended.reason is not None
    assert ended.reason.en == "not claimed"


def test_a_vendors_directory_cannot_disturb_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile, suite = tmp_path / "vendor", tmp_path / "suite"
    hostile.mkdir()
    suite.mkdir()
    (hostile / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    (hostile / "conftest.py").write_text("raise RuntimeError('loaded')\n")
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert run_small(suite, ALL, only=["A"]).verdict("A") == "pass"
    assert sorted(path.name for path in hostile.iterdir()) == ["conftest.py", "pytest.ini"]


def test_cases_run_first_turn_then_smoke_then_as_written(tmp_path: Path) -> None:
    source = HEAD + "".join(
        f"\n@row('{name}', 'P-ITM-001', {more})\ndef test_{name.lower()}(ev): ev.check('P-ITM-001', HELD)\n"
        for name, more in (("L", "turn='last'"), ("U", ""), ("S", "smoke=True"), ("F", "turn='first'"))
    )
    run = run_small(tmp_path, source)
    assert list(run.examiner.finished) == ["F", "S", "U", "L"]


def test_the_same_inputs_have_the_same_hash(tmp_path: Path) -> None:
    source = (
        HEAD
        + "@row('A', 'P-ITM-001')\ndef test_a(ev):\n    ev.inputs({'b': 1, 'a': 2})\n    ev.check('P-ITM-001', HELD)\n"
    )
    hashes = {run_small(tmp_path, source).examiner.finished["A"].inputs_sha256 for _ in range(2)}
    assert len(hashes) == 1
    assert None not in hashes
