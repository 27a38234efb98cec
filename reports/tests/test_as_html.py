"""The page says the verdict first, says what it is about, and lets no evidence act."""

import re
from html.parser import HTMLParser

import pytest

from renkei_fixtures.run_record import CaseFinished, CaseStarted, Check, Message
from renkei_fixtures.standard import load
from renkei_fixtures.text import Text
from renkei_reports import as_html
from renkei_reports.fold import fold_lines
from renkei_reports.testing import (
    HOSTILE,
    REFERENCE,
    VENDOR,
    RecordBuilder,
    every_verdict,
    expected_case,
    expected_clause,
    passing,
)

# What may stand before the word when the bundled reference was examined.
_BARE = re.compile(r"(?<!reference )(?<!reference_)(?<!not )(?<!not_)conformant", re.IGNORECASE)


class _Elements(HTMLParser):
    """Every element with its attributes, and whatever stands inside `script`."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def _page(record: RecordBuilder, lang: str = "ja") -> str:
    return as_html.render(fold_lines(record.lines, load()), lang)


@pytest.mark.parametrize("record", [passing(), every_verdict(REFERENCE), every_verdict(REFERENCE, fault=True)])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_bundled_reference_is_never_called_conformant_alone(record: RecordBuilder, lang: str) -> None:
    page = _page(record, lang)

    assert _BARE.findall(page) == []
    assert "Bundled reference" in page
    assert "同梱の参照実装" in page


def test_the_title_and_the_first_line_name_the_bundled_reference() -> None:
    page = _page(passing(), "en")

    assert ">Bundled reference — reference conformant</title>" in page
    assert '<span class="t" lang="en">Bundled reference — reference conformant</span></h1>' in page


def test_a_products_verdict_stands_in_the_title() -> None:
    assert "連携太郎 3.2.1 — conformant</title>" in _page(passing(VENDOR), "en")
    assert "連携太郎 3.2.1 — 不適合</title>" in _page(every_verdict(), "ja")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_both_languages_are_in_the_file_and_the_chosen_one_is_its_language(lang: str) -> None:
    page = _page(every_verdict(), lang)
    row = load().clauses["P-SIG-001"]

    assert f'<html lang="{lang}">' in page
    assert page.count('class="t" lang="ja"') == page.count('class="t" lang="en"') > 50
    assert row.text.ja in page
    assert row.text.en in page


def test_page_one_says_that_the_authority_table_is_illustrative_and_the_format_nobodys_law() -> None:
    page = _page(passing(), "en")
    first = page[: page.index('id="item"')]

    assert "The authority table is illustrative, not the law." in first
    assert "It is not the government&#39;s format." in first


def test_hostile_evidence_makes_no_element_and_no_invisible_character() -> None:
    clean, hostile = (_Elements(_page(every_verdict(text=text))) for text in ("…", HOSTILE + "\ud842"))

    # Only the marks of the difference between expected and got are more where more differs.
    clean_tags, hostile_tags = ([tag for tag, _ in page.found if tag != "mark"] for page in (clean, hostile))
    assert clean_tags == hostile_tags
    assert len(hostile.all("script")) == 1
    assert hostile.all("img") == []
    assert not set("\u202e\x00\x1b\ud842") & set(hostile.text)
    assert "⟨U+202E⟩" in hostile.text


def test_the_page_loads_nothing_and_its_policy_forbids_loading() -> None:
    elements = _Elements(_page(every_verdict(text=HOSTILE)))
    references = [a[name] for _, a in elements.found for name in ("src", "href", "action", "data") if name in a]

    assert all(reference is not None and reference.startswith("#") for reference in references)
    policy = next(a["content"] for a in elements.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert (policy or "").startswith("default-src 'none'")
    assert "unsafe" not in (policy or "")
    assert all("style" not in a and not any(name.startswith("on") for name in a) for _, a in elements.found)


def test_a_failure_shows_clause_expected_got_and_remedy() -> None:
    page = _page(every_verdict(), "en")
    row = load().clauses["P-SIG-001"]
    case = page[page.index('id="case-C-SIG-1"') :]

    assert row.remedy.en in case
    assert "<h5>" in case
    assert "signature_invalid" in case
    assert "<svg" in case
    assert "renkei certify --product renkei.toml --seed 20120331 --only C-SIG-1" in case


def test_what_did_not_pass_comes_before_what_did() -> None:
    page = _page(every_verdict(fault=True))

    order = [page.index(f'id="case-{id_}"') for id_ in ("C-FRM-1", "C-SIG-1", "C-SIG-2", "C-TRN-1")]
    assert order == sorted(order)


def test_clauses_that_were_not_covered_stand_with_their_reason() -> None:
    page = _page(every_verdict(), "en")
    uncovered = page[page.index('id="uncovered"') : page.index('id="cases"')]

    assert all(id_ in uncovered for id_ in ("P-SIG-009", "P-MAN-001", "P-ITM-001"))
    assert "Not claimed by the product" in uncovered
    assert "No case of this run decides this clause." in uncovered


def test_a_contradiction_stands_before_everything_else() -> None:
    record = passing(VENDOR)
    record.lines.pop()
    record.finish("not_conformant", 1, dict.fromkeys(("P-SIG-001", "P-TRN-001", "P-ITM-001"), "pass"))
    page = _page(record, "en")

    assert "The run record contradicts itself" in page[: page.index('id="result"')]
    assert "examiner fault</title>" in page


def test_a_cut_off_record_says_so_at_the_top() -> None:
    record = every_verdict()
    record.lines.pop()
    page = _page(record, "en")

    assert "The run record ends half-way" in page[: page.index('id="result"')]
    assert "Nothing failed" not in page


def test_a_page_that_would_grow_too_big_carries_less_evidence_and_counts_what_it_left_out() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(CaseStarted(case="C-1"))
    for _ in range(300):
        record.add(Message(case="C-1", direction="heard", door="N", status=200, body="x " * 40_000))
    record.add(Check(case="C-1", clause="P-SIG-001", ok=False, expected="y" * 90_000, evidence=(5,)))
    record.add(CaseFinished(case="C-1", verdict="fail", clauses={"P-SIG-001": "fail"}, seconds=1.0))
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})
    report = fold_lines(record.lines, load())

    whole = as_html.render(report, "en")
    small = as_html.render(report, "en", limit=400_000)
    assert len(small.encode()) <= 400_000 < len(whole.encode()) <= as_html.LIMIT
    assert "Body (80000 characters in all)" in whole
    assert "260 more messages" in whole
    assert "[90000]" in whole
    assert "more messages" in small


def test_a_clause_of_another_edition_is_shown_by_its_id() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-XXX-999")], [expected_case("C-1", "P-XXX-999")])
    record.case("C-1", {"P-XXX-999": True}, "pass")
    record.finish("conformant", 0, {"P-XXX-999": "pass"})

    assert "This edition of the standard does not have this clause." in _page(record, "en")


def test_a_case_without_an_exchange_says_that_it_checked_nothing() -> None:
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(CaseStarted(case="C-1"))
    reason = Text(ja="理由", en="Because")
    record.add(
        CaseFinished(
            case="C-1", verdict="inconclusive", reason=reason, clauses={"P-SIG-001": "inconclusive"}, seconds=0
        )
    )
    record.finish("incomplete", 3, {"P-SIG-001": "inconclusive"})

    assert "This case checked nothing." in _page(record, "en")
