"""Allure's results of a real run: valid, of one mind with the record, and found out wherever they are changed."""

import json
from dataclasses import replace

import pytest

from renkei.in_process import InProcess
from renkei.over_http import product_row
from renkei_conformance.runner import run
from renkei_conformance.setup import RunSetup
from renkei_fixtures.run_record import Message, read_lines
from renkei_fixtures.standard import load
from renkei_reports.allure_check import differences
from renkei_reports.fold import fold

FAULTS = ("kid_without_chain", "person_flag_ignored")
CASES = ("SIG-01", "SIG-02", "MAN-01", "MAN-02", "ITM-02", "TRN-01")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A run directory with passed, failed and inconclusive cases, its results in English."""
    folder = tmp_path_factory.mktemp("allure") / "out"
    examine(folder, FAULTS)
    return folder


def examine(folder, faults):
    world = InProcess(1, load(), faults, "provider")
    try:
        product = product_row(None).model_copy(update={"kind": "product"})
        setup = RunSetup(world.parties, load(), 1, product, only=CASES, out=folder, lang="en", examples_cap=2)
        run(replace(setup))
    finally:
        world.close()


def results(folder):
    return {path: json.loads(path.read_text("utf-8")) for path in (folder / "allure-results").glob("*-result.json")}


def labels(result, name):
    return [label["value"] for label in result["labels"] if label["name"] == name]


def of(folder, case):
    return next(result for result in results(folder).values() if labels(result, "case") == [case])


def test_the_results_say_what_the_record_says(out):
    report = fold(out)

    assert {case.verdict for case in report.cases} == {"pass", "fail", "inconclusive"}
    assert differences(report, out / "allure-results") == []


def test_every_status_that_is_changed_is_found(out):
    report, folder = fold(out), out / "allure-results"
    for path, result in results(out).items():
        whole = path.read_bytes()
        for status in {"passed", "failed", "broken"} - {result["status"]}:
            path.write_text(json.dumps(result | {"status": status}), "utf-8")
            assert [found.case for found in differences(report, folder)] == labels(result, "case")
        path.write_bytes(whole)
    assert differences(report, folder) == []


def test_a_verdict_that_is_changed_in_the_record_is_found(out):
    report, folder = fold(out), out / "allure-results"
    for place, case in enumerate(report.cases):
        other = case.model_copy(update={"verdict": "fail" if case.verdict == "pass" else "pass"})
        changed = report.model_copy(update={"cases": (*report.cases[:place], other, *report.cases[place + 1 :])})
        assert case.id in {found.case for found in differences(changed, folder)}


def test_a_case_is_told_by_role_function_title_level_and_clause(out):
    result = of(out, "SIG-02")
    standard = load()
    clause = standard.clauses["P-SIG-002"]

    assert labels(result, "epic") == ["provider"]
    assert labels(result, "feature") == [standard.functions[clause.function].text.en]
    assert labels(result, "severity")[0] in ("blocker", "critical")
    assert labels(result, "clause") == ["P-SIG-002"]
    assert [link["url"] for link in result["links"]] == [
        "../report.html#clause-P-SIG-002",
        "../report.html#case-SIG-02",
    ]
    assert clause.text.ja in result["description"].replace("\\", "")
    assert "refuse" in result["description"]
    assert not {"host", "thread"} & {label["name"] for label in result["labels"]}


def test_a_failure_is_a_failed_step_with_both_sides_and_no_traceback_of_ours(out):
    result = of(out, "SIG-02")
    bad = [step for root in result["steps"] for step in [root, *root.get("steps", [])] if step["status"] == "failed"]
    named = {one["name"]: one["source"] for one in bad[-1]["attachments"]}

    assert set(named) == {"Expected", "Got"}
    expected = json.loads((out / "allure-results" / named["Expected"]).read_text("utf-8"))
    assert expected["stage"] == "sender"
    assert "P-SIG-002" in result["statusDetails"]["trace"]
    assert "renkei_conformance" not in json.dumps(result["statusDetails"])


def test_messages_are_steps_with_the_message_attached_and_no_person_in_full(out):
    texts = [path.read_text("utf-8") for path in (out / "allure-results").iterdir()]
    events = [line.event for line in read_lines(out / "run.ndjson")]
    people = {one[name] for event in events for one in loaded(event) for name in ("link_code", "own_number")}

    assert len(people) > 5
    assert not [code for code in people if any(code in text for text in texts)]
    assert any('"method": "POST"' in text for text in texts)


def loaded(event):
    """The persons whom a message of the record loads into the product."""
    if not isinstance(event, Message) or not (event.path or "").endswith("/load") or event.status is not None:
        return []
    return json.loads(event.body).get("link_codes", [])


def test_a_history_is_the_cases_own_in_every_run(out, tmp_path):
    examine(tmp_path / "again", ())
    before, after = (
        {labels(result, "case")[0]: result["historyId"] for result in results(folder).values()}
        for folder in (out, tmp_path / "again")
    )

    assert before == after
    assert len(set(before.values())) == len(CASES)
