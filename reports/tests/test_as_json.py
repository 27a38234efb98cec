"""`report.json` has the members that others script against."""

import json
from typing import Any

from renkei_fixtures.standard import load
from renkei_reports import as_json
from renkei_reports.fold import fold_lines
from renkei_reports.testing import HOSTILE, RecordBuilder, every_verdict, passing


def _json(record: RecordBuilder) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(as_json.render(fold_lines(record.lines, load())))
    return parsed


def test_the_promised_members_are_there() -> None:
    report = _json(passing())

    assert report["verdict"] == "reference_conformant"
    assert report["product"]["kind"] == "bundled-reference"
    assert report["seed"] == 20120331
    assert {"suite", "standard", "profile", "environment"} == set(report["hashes"])
    assert {"ja", "en"} == set(report["words"])
    assert {"id": "C-1", "verdict": "pass", "clauses": {"P-SIG-001": "pass"}, "seconds": 0.125}.items() <= (
        report["cases"][0].items()
    )


def test_applicable_is_the_sum_of_the_six_verdicts() -> None:
    totals = _json(every_verdict(fault=True))["totals"]["clauses"]

    six = ("passed", "failed", "warned", "inconclusive", "not_tested", "examiner_fault")
    assert totals["applicable"] == sum(totals[name] for name in six)
    assert {"applicable", *six, "not_applicable", "excluded"} == set(totals)


def test_a_clause_comes_with_its_text_and_why_it_was_not_covered() -> None:
    clauses = {clause["id"]: clause for clause in _json(every_verdict())["clauses"]}

    assert clauses["P-SIG-001"]["text"]["ja"]
    assert clauses["P-SIG-009"]["verdict"] is None
    assert clauses["P-SIG-009"]["why"]["en"]


def test_hostile_text_comes_back_as_it_was() -> None:
    assert HOSTILE in _json(every_verdict(text=HOSTILE))["cases"][0]["title"]["en"]


def test_the_page_of_a_record_with_half_a_surrogate_is_still_text() -> None:
    rendered = as_json.render(fold_lines(every_verdict(text="\ud842").lines, load()))

    assert rendered.isascii()


def test_tokens_of_the_product_file_are_not_passed_on() -> None:
    record = passing()
    first = record.lines[0].event
    profile = {"business_side": {"token": "s3cret-token"}}
    record.lines[0] = record.lines[0].model_copy(update={"event": first.model_copy(update={"profile": profile})})

    assert "s3cret-token" not in json.dumps(_json(record))


def test_clauses_have_their_role_and_functions_add_up_to_the_totals() -> None:
    report = _json(every_verdict(fault=True))
    totals = report["totals"]["clauses"]

    assert {clause["role"] for clause in report["clauses"]} == {"provider"}
    assert sum(row["applicable"] for row in report["functions"]) == totals["applicable"]
    assert sum(row["counts"].get("fail", 0) for row in report["functions"]) == totals["failed"] == 1
    assert all(row["applicable"] == sum(row["counts"].values()) for row in report["functions"])


def test_a_case_tells_its_failed_checks_with_both_sides() -> None:
    case = _json(every_verdict())["cases"][0]

    assert case["checks"] == {"held": 0, "failed": 1}
    failure = case["failures"][0]
    assert (failure["clause"], failure["path"], failure["expected"]["code"]) == (
        "P-SIG-001",
        "/header",
        "signature_invalid",
    )
    assert failure["why"]["ja"]
