"""No pipeline that reads `junit.xml` is green by mistake."""

from xml.etree import ElementTree as ET

import pytest

from renkei_fixtures.standard import load
from renkei_reports import as_junit
from renkei_reports.fold import fold_lines
from renkei_reports.testing import (
    HOSTILE,
    VENDOR,
    RecordBuilder,
    every_verdict,
    expected_case,
    expected_clause,
    passing,
)


def _suite(record: RecordBuilder, lang: str = "en") -> ET.Element:
    suite = ET.fromstring(as_junit.render(fold_lines(record.lines, load()), lang)).find("testsuite")
    assert suite is not None
    return suite


def _outcome(suite: ET.Element, name: str) -> str:
    case = next(case for case in suite.findall("testcase") if case.get("name", "").startswith(name))
    found = [child.tag for child in case if child.tag not in ("system-out", "properties")]
    return found[0] if found else "passed"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_suite_of_the_bundled_reference_says_so(lang: str) -> None:
    assert "bundled reference" in _suite(passing(), lang).get("name", "")
    assert "bundled reference" not in _suite(passing(VENDOR), lang).get("name", "")


def test_what_was_not_decided_is_an_error_and_never_skipped() -> None:
    suite = _suite(every_verdict(fault=True))

    assert _outcome(suite, "C-SIG-1") == "failure"
    assert _outcome(suite, "C-SIG-2") == "error"
    assert _outcome(suite, "C-FRM-1") == "error"
    assert _outcome(suite, "C-TRN-1") == "passed"
    # No case decides this clause: it stands for itself.
    assert _outcome(suite, "P-ITM-001") == "error"


def test_a_run_where_everything_passed_is_green() -> None:
    suite = _suite(passing(VENDOR))

    assert tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped")) == ("4", "0", "0", "0")


def test_a_run_without_a_single_case_is_red() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([], [])
    record.finish("incomplete", 3, {})

    assert _suite(record).get("errors") == "1"


def test_a_run_that_was_cut_off_is_red_though_every_case_passed() -> None:
    record = passing(VENDOR)
    record.lines.pop()

    assert _outcome(_suite(record), "Verdict of the run") == "error"


def test_a_subset_that_passed_is_red() -> None:
    record = RecordBuilder(VENDOR, set_="smoke")
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.case("C-1", {"P-SIG-001": True}, "pass")
    record.finish("incomplete", 3, {"P-SIG-001": "pass"})

    assert _suite(record).get("errors") == "1"


def test_the_counts_are_those_of_the_elements() -> None:
    suite = _suite(every_verdict(fault=True))

    assert str(len(suite.findall("testcase"))) == suite.get("tests")
    assert str(len(suite.findall("testcase/failure"))) == suite.get("failures")
    assert str(len(suite.findall("testcase/error"))) == suite.get("errors")


def test_a_failure_shows_expected_and_got() -> None:
    failure = _suite(every_verdict()).find("testcase[@name='C-SIG-1 Signature of another body …']/failure")

    assert failure is not None
    assert "signature_invalid" in (failure.text or "")
    assert "Got" in (failure.text or "")


def test_hostile_text_stays_text() -> None:
    suite = _suite(every_verdict(text=HOSTILE + "\ud842"))

    assert len([case for case in suite.findall("testcase") if "<script>" in case.get("name", "")]) == 1


def test_every_case_says_the_verdict_of_each_of_its_clauses() -> None:
    case = next(one for one in _suite(every_verdict()).findall("testcase") if one.get("name", "").startswith("C-SIG-1"))
    properties = {one.get("name"): one.get("value") for one in case.findall("properties/property")}

    assert properties == {"clause.P-SIG-001": "fail"}
