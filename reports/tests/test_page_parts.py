"""What a regulator reads: item and claims, functions, differences, the exchange, the examiner's figures, earlier runs."""

from pathlib import Path
from typing import Any

import pytest

from renkei_fixtures.run_record import CaseFinished, CaseStarted, Check, Event, Message, RunStarted, Step
from renkei_fixtures.standard import load
from renkei_fixtures.text import Text
from renkei_reports import as_html, figures, write_all
from renkei_reports.claims import claims_of, whole_profile
from renkei_reports.differing import marked
from renkei_reports.drawing import Arrow, Note, sequence
from renkei_reports.exchanges import exchange_drawing, spoiled_messages
from renkei_reports.figures import Figures
from renkei_reports.fold import fold_lines
from renkei_reports.functions import function_rows, groups_of
from renkei_reports.likely import likely_causes
from renkei_reports.page import DEPTHS, cases_of
from renkei_reports.routes import Route
from renkei_reports.scenario import scenarios_of
from renkei_reports.testing import (
    VENDOR,
    RecordBuilder,
    envelope,
    every_verdict,
    expected_case,
    expected_clause,
    passing,
)

PROFILE = {
    "product": {
        "name": "連携太郎",
        "version": "3.2.1",
        "body": "001015",
        "roles": ["provider"],
        "informations": ["income_tax_certificate"],
        "use_cases": [1],
        "options": [],
        "population": 100000,
        "novelty": "unheard of",
    },
    "business_side": {"driver": "http", "address": "http://127.0.0.1:1", "token": "s3cret-token"},
}


def _page(record: RecordBuilder, lang: str = "en") -> str:
    return as_html.render(fold_lines(record.lines, load()), lang)


def _changed(record: RecordBuilder, of: type[Event], **members: Any) -> RecordBuilder:
    """The record with its first event of this kind changed."""
    place = next(place for place, line in enumerate(record.lines) if isinstance(line.event, of))
    line = record.lines[place]
    record.lines[place] = line.model_copy(update={"event": line.event.model_copy(update=members)})
    return record


# --- item, claims, functions -----------------------------------------------------------------------------------------


def test_claims_are_said_in_words_with_how_many_of_how_many() -> None:
    claims = {claim.key: claim for claim in claims_of(PROFILE, load())}

    assert claims["roles"].values[0].ja == "提供者（provider）"
    assert claims["informations"].values[0].en.endswith("(income_tax_certificate)")
    assert claims["informations"].share is not None
    assert claims["informations"].share.en.startswith("1 of 87")
    assert claims["options"].values[0].en == "none"
    assert claims["population"].values[0].en == "100,000"


def test_a_claim_that_nobody_here_knows_is_shown_by_its_key_and_places_and_tokens_are_not() -> None:
    claims = {claim.key: claim for claim in claims_of(PROFILE, load())}

    assert (claims["novelty"].label.en, claims["novelty"].values[0].en) == ("novelty", "unheard of")
    assert not {"address", "token", "name"} & claims.keys()
    assert "s3cret-token" not in str(whole_profile(PROFILE))


def test_what_is_provided_is_no_claim_of_a_product_that_is_examined_as_an_inquirer_alone() -> None:
    asks = ["income_tax_certificate"]
    provided = {**PROFILE["product"], "asks": asks}
    only_asks = {**PROFILE, "product": {**provided, "roles": ["inquirer"]}}

    assert "informations" not in {claim.key for claim in claims_of(only_asks, load())}
    assert "informations" in {claim.key for claim in claims_of({**PROFILE, "product": provided}, load())}


def test_page_one_has_the_item_the_claims_and_the_hash_of_the_illustrative_table() -> None:
    hashes = {name: name[0] * 64 for name in ("suite", "standard", "authority", "profile", "environment")}
    page = _page(_changed(passing(VENDOR), RunStarted, profile=PROFILE, hashes=hashes))
    first = page[page.index('id="result"') : page.index('id="contents"')]

    assert first.index("The authority table is illustrative") < first.index("a" * 64) < first.index('id="item"')
    assert all(value in first for value in (*hashes.values(), "Example Systems", "1 of 87", "001015"))


def test_functions_add_up_to_the_denominator_and_groups_hold_every_clause_once() -> None:
    report, standard = fold_lines(every_verdict(fault=True).lines, load()), load()
    rows = function_rows(report, standard)
    groups = groups_of(report, standard)

    assert sum(row.applicable for row in rows) == report.clause_totals.applicable
    assert [row.id for row in rows] == list(standard.functions)
    assert sorted(clause.id for group in groups for clause, _ in group.clauses) == sorted(c.id for c in report.clauses)


# --- expected and got ------------------------------------------------------------------------------------------------


def test_only_what_differs_is_marked_and_a_comma_is_no_difference() -> None:
    left, right = marked('{\n "code": "a",\n "status": 403\n}', '{\n "code": "b",\n "status": 403,\n "more": 1\n}')

    assert left == '{\n &#34;code&#34;: &#34;<mark class="gone">a</mark>&#34;,\n &#34;status&#34;: 403\n}'
    assert right.count("<mark") == 2
    assert '<mark class="come"> &#34;more&#34;: 1</mark>' in right


def test_equal_texts_have_no_mark_and_hostile_ones_no_element() -> None:
    assert "<mark" not in marked("a\nb", "a\nb")[1]
    assert "<img" not in "".join(marked("<img src=x>", "<b>"))


def test_failed_checks_that_are_alike_are_shown_once_and_counted() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(CaseStarted(case="C-1"))
    for got in range(7):
        record.add(Check(case="C-1", clause="P-SIG-001", ok=False, path="/a", expected=9, got=got))
    record.add(CaseFinished(case="C-1", verdict="fail", clauses={"P-SIG-001": "fail"}, seconds=1.0))
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})
    case = cases_of(fold_lines(record.lines, load()), load(), DEPTHS[0])[0]

    assert [(check.times, check.path) for check in case.failed] == [(7, "/a")]


def test_a_failure_has_likely_causes_from_the_catalogue_of_faults() -> None:
    standard = load()
    stories = likely_causes(standard, "P-SIG-002")

    assert standard.faults["kid_without_chain"].story in stories
    assert len(likely_causes(standard, "P-ITM-002")) <= 3


# --- the exchange ----------------------------------------------------------------------------------------------------


def _case_with_exchange() -> RecordBuilder:
    """A control, a spoiled inquiry and its refusal; the control's answer is recorded before its inquiry."""
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(CaseStarted(case="C-1"))
    record.add(Step(case="C-1", text=Text(ja="対照", en="Control"), key="control"))
    spoiled = envelope("renkei-inquiry", {"from": "482013", "to": "001015", "message_id": "m-3"})
    inquiry = envelope("renkei-inquiry", {"from": "482013", "to": "001015", "message_id": "m-1"})
    answer = envelope("renkei-answer", {"from": "001015", "to": "482013", "message_id": "m-2", "in_reply_to": "m-1"})
    common: dict[str, Any] = {"case": "C-1", "door": "N", "method": "POST", "path": "/m"}
    record.add(Message(**common, direction="heard", body=answer))
    record.add(Message(**common, direction="sent", status=202))
    record.add(Message(**common, direction="sent", body=inquiry))
    record.add(Message(**common, direction="heard", status=202))
    record.add(Step(case="C-1", text=Text(ja="汚す", en="Spoil"), key="spoiled"))
    record.add(Message(**common, direction="sent", body=spoiled))
    seq = record.add(Message(**common, direction="heard", status=202, body='{"state": "delivered"}'))
    record.add(Check(case="C-1", clause="P-SIG-001", ok=False, expected=403, got=202, evidence=(seq - 1, seq)))
    record.add(CaseFinished(case="C-1", verdict="fail", clauses={"P-SIG-001": "fail"}, seconds=1.0))
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})
    return record


def test_the_drawing_marks_what_was_spoiled_and_what_the_product_said_wrong() -> None:
    report = fold_lines(_case_with_exchange().lines, load())
    drawing = str(cases_of(report, load(), DEPTHS[0])[0].drawing)
    spoiled = spoiled_messages(report.cases[0])

    assert drawing.count("seq-arrow spoiled") == drawing.count("seq-arrow reply failed") == 1
    assert len(spoiled) == 1
    assert f"#{next(iter(spoiled))} renkei-inquiry" in drawing
    assert all(party in drawing for party in ("counterpart", "network", "product"))
    assert "business side" not in drawing


def test_an_inquiry_is_drawn_before_its_answer_in_whatever_order_they_were_recorded() -> None:
    drawing = str(cases_of(fold_lines(_case_with_exchange().lines, load()), load(), DEPTHS[0])[0].drawing)

    assert drawing.index("renkei-inquiry") < drawing.index("renkei-answer")


def test_a_drawing_of_nothing_still_has_the_product() -> None:
    report = fold_lines(_case_with_exchange().lines, load())

    assert "product" in str(exchange_drawing(report.cases[0], (), 9, "001015"))


def test_a_long_exchange_goes_on_in_a_further_drawing_and_no_step_stands_alone_at_the_end() -> None:
    note, hop = Note(Text(ja="手順", en="step")), Route("network", "product")
    rows = [row for n in range(20) for row in (note, *(Arrow(n, hop, "N", "x", reply=False) for _ in range(2)))]
    drawn = str(sequence(rows)).split("\n")

    assert len(drawn) == 3
    assert sum(sheet.count('class="seq-arrow') for sheet in drawn) == 40
    assert sum(sheet.count("seq-band") for sheet in drawn) == 20
    assert all(sheet.rindex("seq-arrow") > sheet.rindex("seq-band") for sheet in drawn)
    assert all("product" in sheet for sheet in drawn)


# --- the record decides the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "members", "told"),
    [
        (RunStarted, {"product": VENDOR.model_copy(update={"version": "9.9.9"})}, "9.9.9"),
        (RunStarted, {"hashes": {"authority": "f" * 64}}, "f" * 64),
        (RunStarted, {"seed": 77665544}, "77665544"),
        (Check, {"expected": "words of nobody"}, "words of nobody"),
        (Check, {"path": "/permit/affair"}, "/permit/affair"),
        (Message, {"body": '{"state": "unheard"}'}, "unheard"),
        (CaseFinished, {"reason": Text(ja="別の理由", en="another reason")}, "another reason"),
        (Step, {"text": Text(ja="別の手順", en="another step")}, "another step"),
    ],
)
def test_a_record_that_says_something_else_makes_another_page(of: Any, members: dict[str, Any], told: str) -> None:
    assert told not in _page(every_verdict())
    assert told in _page(_changed(every_verdict(), of, **members))


def test_a_check_that_is_turned_round_turns_the_page_round() -> None:
    record = every_verdict()
    page = _page(_changed(record, Check, ok=True))

    assert 'class="check bad"' not in page
    assert "contradicts itself" not in _page(every_verdict())


# --- the use case ----------------------------------------------------------------------------------------------------

SCENARIO = """
use_case = 1
title = { ja = "児童扶養手当", en = "Child rearing allowance" }
[[step]]
id = "1"
who = { ja = "窓口", en = "Counter" }
text = { ja = "相談を受ける", en = "Interview" }
[[step]]
id = "10"
text = { ja = "照会に答える", en = "Answer the inquiry" }
cases = ["C-TRN-1", "C-SIG-1", "C-GONE"]
[[branch]]
id = "1-s"
text = { ja = "一斉照会", en = "All at once" }
excluded_because = { ja = "後の版", en = "A later edition" }
"""


def test_a_use_case_is_shown_with_the_strongest_verdict_behind_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "use_case_1.toml").write_text(SCENARIO, "utf-8")
    report = fold_lines(every_verdict().lines, load())
    found = scenarios_of(report, load(), tmp_path)

    assert [(row.id, row.verdict) for row in found[0].rows] == [("1", None), ("10", "fail"), ("1-s", None)]
    assert (found[0].covered, len(found[0].rows)) == (1, 3)
    monkeypatch.setattr(as_html, "scenarios_of", lambda report, standard: found)
    page = _page(every_verdict())
    section = page[page.index('id="scenario"') : page.index('id="uncovered"')]
    assert all(word in section for word in ("相談を受ける", "Interview", "A later edition", "#case-C-SIG-1"))


def test_where_no_use_case_is_shipped_there_is_no_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scenarios_of(fold_lines(passing().lines, load()), load(), tmp_path / "none") == []
    monkeypatch.setattr(as_html, "scenarios_of", lambda report, standard: [])

    assert 'href="#scenario"' not in _page(passing())


# --- the examiner's own figures --------------------------------------------------------------------------------------

MATRIX = {
    "fault": "kid_without_chain", "role": "provider", "kind": "vendor", "blind": False, "breaks": ["P-SIG-002"],
    "failed": ["P-SIG-002"], "cases": ["SIG-02"], "caught": True, "exact": True, "seconds": 1.0,
}  # fmt: skip
SELFCHECK = {
    "faults": 40, "caught": 39, "exact": 38, "false_alarms": 0, "blind": {"faults": 4, "caught": 4, "rate": 1.0},
    "hashes": {"suite": "s" * 64, "standard": "s" * 64, "seed": "1"}, "matrix": [MATRIX], "alarms": [],
}  # fmt: skip


def test_figures_stand_with_their_denominators_and_say_whether_they_are_of_this_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = figures.parsed(SELFCHECK)
    assert isinstance(found, Figures)
    monkeypatch.setattr(as_html, "shipped", lambda: found)

    same = _page(passing(VENDOR))
    other = _page(_changed(passing(VENDOR), RunStarted, hashes={"suite": "0" * 64, "standard": "s" * 64}))
    assert "Of 40 faults such as vendors make it found 39 (97.5 %)" in same
    assert "made from the very suite" in same
    assert "made from another state" in other
    assert "made from the very suite" not in other


def test_without_figures_the_page_says_that_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_html, "shipped", lambda: None)

    assert "No figures on detection came with this version" in _page(passing(VENDOR))
    assert figures.parsed({"faults": "many"}) is None


def test_the_figures_that_are_shipped_can_be_read() -> None:
    path = Path(figures.__file__).parent / "data" / "selfcheck.json"

    assert (figures.shipped() is not None) == path.is_file()


# --- runs before -----------------------------------------------------------------------------------------------------


def test_earlier_runs_in_the_same_directory_are_told_with_their_verdicts(tmp_path: Path) -> None:
    every_verdict().write(tmp_path / "earlier" / "one")
    passing(VENDOR).write(tmp_path / "earlier" / "two", cut=400)
    report = write_all(passing(VENDOR).write(tmp_path), "en")
    page = (tmp_path / "report.html").read_text("utf-8")

    assert sorted(str(run.verdict) for run in report.earlier) == ["None", "not_conformant"]
    history = page[page.index("Runs before this one") :]
    assert "not_conformant" in history
    assert "cut off" in history
    assert "2 in the same directory" in history


def test_an_earlier_record_that_cannot_be_read_stops_no_report(tmp_path: Path) -> None:
    (tmp_path / "earlier" / "x").mkdir(parents=True)
    (tmp_path / "earlier" / "x" / "run.ndjson").write_bytes(b"\xff{")

    assert [run.run_id for run in write_all(passing(VENDOR).write(tmp_path), "ja").earlier] == ["x"]


# --- size ------------------------------------------------------------------------------------------------------------


def test_a_full_run_in_which_everything_failed_stays_mailable() -> None:
    standard = load()
    record = RecordBuilder(VENDOR)
    ids = list(standard.clauses)
    record.expect([expected_clause(id_) for id_ in ids], [expected_case(f"C-{id_}", id_) for id_ in ids])
    for id_ in ids:
        record.add(CaseStarted(case=f"C-{id_}"))
        for _ in range(12):
            seq = record.exchange(f"C-{id_}", request=envelope("renkei-inquiry", {"n": "x" * 600}), reply="{}" * 900)
            record.add(Check(case=f"C-{id_}", clause=id_, ok=False, expected="e" * 900, got="g" * 900, evidence=(seq,)))
        record.add(CaseFinished(case=f"C-{id_}", verdict="fail", clauses={id_: "fail"}, seconds=1.0))
    record.finish("not_conformant", 1, dict.fromkeys(ids, "fail"))
    page = _page(record)

    assert len(page.encode()) <= as_html.LIMIT
    assert all(f'id="case-C-{id_}"' in page for id_ in ids)
