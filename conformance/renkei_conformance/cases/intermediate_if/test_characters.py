"""文字: characters of JIS X 0213 as they were loaded, counted as JIS counts them; what is none of them is reduced and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renkei_conformance import rowwise
from renkei_conformance.asking_more import ask_for, by_hand, property_of_copies
from renkei_conformance.bringing import as_load, brought
from renkei_conformance.case import PROVIDER, Property, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.informations import asked_keys, having
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import items
from renkei_conformance.people import Held, Person
from renkei_conformance.product import Product
from renkei_conformance.setting_aside import Wrong, present, with_value, wrong_rows
from renkei_conformance.strategies import copies
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information, Item

UNCHANGED = ("\ufa19\ufa1b\uf9dc\ufa10", "〜‖−―", "邉邊齋齊", "\ufa11德", "①㈱ゟヷゔ", "　ＡＢＣ１２３", "ガパヴ")
"""Changed by NFC; read in two ways by encodings; variants; extensions; compatibility forms; full width; voiced kana."""
ROOM = 4
"""Texts fill a quarter of an item: how its length is counted is P-CHR-002's business."""
PAIR, WIDE, PLAIN_KANJI = "か\u309a", "\U0002000b", "霞"
FOREIGN = ("髙橋一", "\U00020bb7野一", "\ue000橋一", "葛\U000e0100城一", "㊞鑑一", "ｶﾞ橋一", "\U0001f600橋一")
"""外字 first; its other characters need no reduction."""


# P-CHR-001 提供者は、JIS X 0213の文字を、正規化、全角半角の変換又は異体字への置換えをせず、登録されたとおりに提供
#   しなければならない。
@case(
    "CHR-01",
    verifies=["P-CHR-001"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="互換漢字、異体字、波ダッシュなどを、正規化も置換えもせずに提供する",
    en="Compatibility ideographs, variants, wave dashes: not normalised, not replaced",
)
def test_characters_as_loaded(product: Product, ev: Evidence) -> None:
    _texts(product, ev, "P-CHR-001", UNCHANGED)


# P-CHR-002 提供者は、N項目の長さをJIS X 0213の文字数で数え、桁数までの文字列を切り詰めずに登録し、提供しなければ
#   ならない。
@case(
    "CHR-02",
    verifies=["P-CHR-002"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="桁数ちょうどの文字列を、符号位置2つの文字や基本面外の文字でも切らずに提供する",
    en="Texts of exactly as many characters as allowed, of two code points or beyond the basic plane, come whole",
)
def test_length_in_characters(product: Product, ev: Evidence) -> None:
    examples = [
        _filled(ev, table, cell) for table in having(product, "item_text") for cell in (PAIR, WIDE, PLAIN_KANJI)
    ]

    def judge(told: Told) -> list[tuple[str, Finding]]:
        return [("P-CHR-002", one) for one in rowwise.leaves(told, "P-CHR-001")]

    property_of_copies(product, "P-CHR-002", examples, judge)


# P-CHR-003 提供者は、JIS X 0213の文字数で桁数を超えるN項目を持つ行を、切り詰めずに除外しなければならない。
@case(
    "CHR-03",
    verifies=["P-CHR-003"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="1文字多い文字列の行を、切り詰めずに除外する",
    en="A row with one character too many is set aside, not cut",
)
def test_one_character_too_many(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_text"):
        good = copies.showing(ev.run.standard, table, _all_texts(table))
        wrong = []
        for item in _texts_of(table, good):
            for cell in (PLAIN_KANJI, PAIR):
                held = with_value(good, item, cell * ((item.digits or 1) + 1))
                wrong.append(Wrong(f"{item.id} of {(item.digits or 1) + 1} {cell}", item.id, held))
        wrong_rows(product, "P-CHR-003", table, good, wrong)


# P-CHR-004 提供者は、JIS X 0213にない文字（外字、異体字セレクタ、半角カナ、絵文字など）を応答に含めてはならない。そ
#   の行は縮退して登録するか、項目と理由を示して除外する。
# P-CHR-005 提供者は、文字を縮退し又は代替文字に置き換えたときは、その項目の縮退区分を1又は2とし、そうでないときは登
#   録された縮退区分を変えてはならない。
# P-CHR-006 提供者は、縮退に当たり、文字を落としてはならず、縮退の要らない文字を変えてはならない。
@case(
    "CHR-04",
    verifies=["P-CHR-004", "P-CHR-005", "P-CHR-006"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="外字は、縮退して区分で示すか、理由を示して除外し、黙って落とさない",
    en="外字 are reduced and flagged, or set aside with a reason, and never dropped in silence",
)
def test_foreign_characters(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_reduced"):
        long = [item for item in _all_texts(table) if _flag(table, item) is not None and (item.digits or 1) >= ROOM * 3]
        good = copies.showing(ev.run.standard, table, long)
        found = [item for item in long if present(good, item)]
        if not found:
            continue
        item = found[0]
        written = [(text, _written(good, table, item, text)) for text in ("橋一", *FOREIGN)]
        can = brought(ev, product.parties.upper, written, lambda one: as_load(one[1]))
        if can[:1] == written[:1] and len(can) > 1:  # a text without any of them alone decides nothing about them
            _load_and_look(product, ev, table, item, dict(can))


def _load_and_look(product: Product, ev: Evidence, table: Information, item: Item, written: Mapping[str, Held]) -> None:
    """Load a copy with each of the texts, of which the first needs no reduction, and look at what becomes of it."""
    held, texts = list(written.values()), list(written)
    persons = [one.holding(copy) for one, copy in zip(product.fresh(len(held)), held, strict=True)]
    ev.inputs([table.id, item.id, *texts[1:]])
    ev.step("load", count=len(persons))
    outcome = product.people.offer(persons, automatic=by_hand(product, [table.id]))[0][1]
    aside = outcome.member("set_aside")
    rows = {row["row"]: row for row in aside if isinstance(row, dict)} if isinstance(aside, list) else {}
    for place, (person, text) in enumerate(zip(persons, texts, strict=True)):
        if place in rows and place:
            named = item.id in str(rows[place].get("item")) and bool(rows[place].get("reason"))
            why = both("conformance.rule.foreign_characters")
            ev.check(
                "P-CHR-004", equal(f"load[{place}]", f"set aside for {item.id}", _aside(named, item, rows[place]), why)
            )
        else:
            _look(product, ev, table, item, person, text)


def _look(product: Product, ev: Evidence, table: Information, item: Item, person: Person, loaded: str) -> None:
    """What is provided for a text that begins with a character outside JIS X 0213, or for one that has none."""
    result = ask_for(product, person, table, asked_keys(table, person.held[0])).result
    text, flag = (_value(result.get("record"), name) for name in (item, _flag(table, item)))
    path, due = f"record.{item.id}", items.cells_in(loaded)
    why = both("conformance.rule.foreign_characters")
    if isinstance(text, str):
        ev.check("P-CHR-004", Finding(items.cells_in(text) is not None, "characters of JIS X 0213", text, path, why))
        if items.cells_in(text) is None:
            return  # passed on as it was: nothing was reduced that a flag could tell
    expected = "0" if due is not None else "1 or 2"
    ok = flag == "0" if due is not None else flag in ("1", "2")
    ev.check("P-CHR-005", Finding(ok, expected, flag, f"{path}_reduced", both("conformance.rule.flag_says_so")))
    kept = isinstance(text, str) and text.endswith("一") and len(text) >= len("橋一") + (due is None)
    ev.check(
        "P-CHR-006",
        Finding(kept, f"{loaded[-2:]}, nothing dropped", text, path, both("conformance.rule.nothing_dropped")),
    )


def _aside(named: bool, item: Item, row: dict[str, object]) -> str:
    return f"set aside for {item.id}" if named else f"set aside for {row.get('item')}, {row.get('reason')}"


def _texts(product: Product, ev: Evidence, clause: str, texts: Sequence[str]) -> None:
    """Every N item of every claimed information in turn with each of the texts."""
    examples = []
    for table in having(product, "item_text"):
        examples += [
            _saying(ev, table, {item.id: text[: max(1, (item.digits or 1) // ROOM)] for item in _all_texts(table)})
            for text in texts
        ]
    property_of_copies(
        product, clause, examples, lambda told: [(clause, one) for one in rowwise.leaves(told, "P-CHR-001")]
    )


def _filled(ev: Evidence, table: Information, cell: str) -> Held:
    return _saying(ev, table, {item.id: cell * (item.digits or 1) for item in _all_texts(table)})


def _saying(ev: Evidence, table: Information, said: Mapping[str, str]) -> Held:
    return copies.made(ev.run.standard, table, lambda item, row: said.get(item.id, copies.PLAIN))


def _all_texts(table: Information) -> list[Item]:
    return [item for item in table.items if item.type == "N"]


def _texts_of(table: Information, held: Held) -> list[Item]:
    return [item for item in table.items if item.type == "N" and present(held, item)]


def _flag(table: Information, item: Item) -> Item | None:
    return next((one for one in table.items if one.id == f"{item.id}_reduced"), None)


def _written(held: Held, table: Information, item: Item, text: str) -> Held:
    """The copy with this text in the item, and a flag that says it was not reduced."""
    flag = _flag(table, item)
    held = with_value(held, item, text)
    return held if flag is None else with_value(held, flag, "0")


def _value(record: object, item: Item | None) -> object:
    """The item's value in a provided record, of the first row where it repeats."""
    if item is None or not isinstance(record, dict):
        return None
    return next((value for path, value in items.leaves(record) if items.plain(path) == item.path), None)
