"""The standard as a document: everything that the tables hold is in it, in both languages, and its links lead somewhere."""

import html
import re
from functools import cache

import pytest

from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import load
from renkei_fixtures.standard.document import load_document
from renkei_reports.standard import as_html, as_markdown
from renkei_reports.standard.book import book, cover
from renkei_reports.standard.inserts import INSERTS, Sources
from renkei_reports.standard.markup import parts
from renkei_reports.standard.model import Code, Listing, Para, Table
from renkei_reports.standard.states import drawing

LANGUAGES = ("ja", "en")


@cache
def _html(lang: str) -> str:
    src = Sources(load(), load_bodies(), lang)
    return as_html.render(src, cover(src), book(src, load_document()))


@cache
def _markdown(lang: str) -> str:
    src = Sources(load(), load_bodies(), lang)
    return as_markdown.render(src, cover(src), book(src, load_document()))


@cache
def _words(lang: str) -> str:
    """The page's text without tags, spaces as they come."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<(style|script)>.*?</\1>", "", _html(lang), flags=re.DOTALL)))


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_clause_is_in_it_with_level_text_source_remedy_and_whether_it_is_observable(lang: str) -> None:
    page, text = _html(lang), _markdown(lang)
    rows = dict(re.findall(r'<tr id="([PNI]-[A-Z]{3}-[0-9]{3})">(.*?)</tr>', page, flags=re.DOTALL))
    assert set(rows) == set(load().clauses)
    for clause in load().clauses.values():
        row = html.unescape(re.sub(r"<[^>]+>", "", rows[clause.id]))
        for part in (clause.level, clause.text.of(lang), clause.source, clause.remedy.of(lang)):
            assert _plain(part) in row, (clause.id, part)
        if not clause.observable and clause.excluded_because is not None:
            assert _plain(clause.excluded_because.of(lang)) in row
        assert f'<a id="{clause.id}">' in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_code_is_in_it_with_its_stage_status_and_words(lang: str) -> None:
    page = _html(lang)
    for code in load().refusals.values():
        row = re.search(rf'<tr id="code-{code.code}">(.*?)</tr>', page, flags=re.DOTALL)
        assert row is not None, code.code
        shown = html.unescape(re.sub(r"<[^>]+>", "|", row[1]))
        assert f"|{code.http or '–'}|" in shown
        assert _plain(code.text.of(lang)) in html.unescape(re.sub(r"<[^>]+>", "", row[1]))
        before = page[: row.start()]
        assert re.findall(r'id="stage-([a-z]+)"', before)[-1] == code.stage


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_of_every_message_is_in_it_with_its_type(lang: str) -> None:
    for typ, row in load().message_types.items():
        section = _markdown(lang).split(f'<a id="typ-{typ}"></a>')[1].split('<a id="')[0]
        fields = [*row.fields, *row.content_fields]
        for field in [*fields, *(member for one in fields for member in one.members)]:
            kind = field.type if field.element is None else f"{field.type} of {field.element}"
            assert re.search(rf"`{field.name}` \| `{re.escape(kind)}` \| {field.required} \|", section), (
                typ,
                field.name,
            )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_information_is_in_it_in_both_layouts_with_every_item(lang: str) -> None:
    for information in load().informations.values():
        for layout in ("interface", "items"):
            section = _markdown(lang).split(f'<a id="{layout}-{information.id}"></a>')[1].split('<a id="')[0]
            for item in information.items:
                name = (item.ja if lang == "ja" else item.en).replace("|", "\\|")
                assert f"| {item.number} | {'　' * item.level}{name} |" in section, item.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_codes_authority_responsibilities_words_and_bodies_are_in_it(lang: str) -> None:
    page = _html(lang)
    for table in load().codes.values():
        assert all(f'id="codes-{table.id}-{code.code}"' in page for code in table.codes)
    assert all(f'<tr id="{row.id}">' in page for row in load().authority)
    assert all(f'id="responsibility-{id_}"' in page for id_ in load().responsibilities)
    assert all(_plain(term.ja) in _words(lang) and _plain(term.en) in _words(lang) for term in load().terms)
    assert all(body in page for body in load_bodies())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_lead_somewhere_and_no_place_is_marked_twice(lang: str) -> None:
    places = re.findall(r'\sid="([^"]+)"', _html(lang))
    assert len(places) == len(set(places))
    links = {link for link in re.findall(r'href="([^"]+)"', _html(lang)) if link.startswith("#")}
    assert links - {f"#{place}" for place in places} == set()
    anchors = re.findall(r'<a id="([^"]+)">', _markdown(lang))
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]+)\)", _markdown(lang))) - set(anchors) == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_the_network_for_nothing(lang: str) -> None:
    page = _html(lang)
    assert re.findall(r'\b(?:src|href|action|data)="(?!#)[^"]*"', page) == []
    assert "@import" not in page
    assert "url(" not in page.replace("url(#tip)", "")
    assert "default-src 'none'" in html.unescape(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_says_what_it_is_not(lang: str) -> None:
    said = {"ja": "政府の様式ではない", "en": "Not the government's format"}[lang]
    page = html.unescape(_html(lang))
    assert re.search(rf'<p class="banner"[^>]*>{said}', page)
    assert re.search(rf"@page {{ @bottom-center {{ content: .{said}", page)  # printed in the margin of every sheet
    chapters = re.findall(r"^## [0-9]+\. .*\n\n> (.*)$", _markdown(lang), flags=re.MULTILINE)
    assert len(chapters) == sum(section.level == 1 for section in load_document())
    assert all(line.startswith(said) for line in chapters)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_name_may_break_and_no_tag_of_ours_is_shown(lang: str) -> None:
    assert "subjects_<wbr>sha256" in _html(lang)
    assert "&lt;wbr" not in _html(lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_edition_and_hash_of_the_tables_stand_on_the_cover(lang: str) -> None:
    front = _html(lang).split('<header class="cover">')[1].split("</header>")[0]
    assert load().hash in front
    assert load().edition in front


def test_the_drawing_is_the_table() -> None:
    svg = drawing(load().states, "states")
    arrows = re.findall(r'<g class="step[^"]*" data-from="([^"]*)" data-to="([^"]*)" data-on="([^"]*)">', svg)
    assert sorted(arrows) == sorted((row.from_ or "", row.to, row.on) for row in load().states)
    boxes = re.findall(r'<g class="state( final)?" data-state="([^"]*)">', svg)
    assert {name for _, name in boxes} == {name for row in load().states for name in (row.from_, row.to) if name}
    assert {name for final, name in boxes if final} == {r.to for r in load().states} - {r.from_ for r in load().states}


def test_everything_that_can_be_drawn_is_drawn_somewhere() -> None:
    assert {name for section in load_document() for name in section.insert} == set(INSERTS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_prose_names_no_code_that_the_tables_do_not_have(lang: str) -> None:
    """What looks like a refusal code in the chapters on checking is one."""
    about = {"strict", "certificates", "directory", "freshness", "provider", "inquirer", "network"}
    bodies = [s.body.of(lang) for s in load_document() if s.id in about and s.body is not None]
    named = {word for body in bodies for word in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", body)}
    suspects = {
        word
        for word in named
        if re.search(r"_(invalid|missing|mismatch|expired|granted|unknown|revoked|exceeded)$", word)
    }
    assert suspects <= set(load().refusals)
    assert len(suspects) > 20


def test_light_markup_is_read_as_it_is_meant() -> None:
    found = list(
        parts("一行目\n二行目\n\n- a\n  b\n- c\n\n3. x\n\n| h |\n|---|\n| `a\\|b` |\n\n> n\n\n```\n- no\n\n```")
    )
    assert found == [
        Para("一行目二行目"),
        Listing(("a b", "c")),
        Listing(("x",), True, 3),
        Table(("h",), (("`a|b`",),)),
        Para("n", "note"),
        Code("- no\n"),
    ]
