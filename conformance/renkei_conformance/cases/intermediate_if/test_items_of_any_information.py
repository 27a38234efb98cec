"""Items of whatever the product claims: minimum sets, values, repeated rows, digits; one rule over many rows is one clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renkei_conformance import itemwise, rowwise
from renkei_conformance.asking_more import ask_for, property_of_copies
from renkei_conformance.case import PROVIDER, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.generation import Generation
from renkei_conformance.informations import asked_keys, everything, having, is_digits, widest
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import answer, items
from renkei_conformance.people import Held, Person
from renkei_conformance.product import Product
from renkei_conformance.strategies import copies
from renkei_fixtures.instants import japan_date
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information, Item

SURPLUS = 2
FAMILY = ("claimant", "claimant_child", "claimant_mother")


# P-ITM-001 提供者は、連携情報と事務について定められた必要最小限の項目を、過不足なく提供しなければならない。
# P-ITM-002 提供者は、業務システムから登録された値を変えずに提供しなければならない。
# P-ITM-004 提供者は、項目の値を項目表の型の JSON（X・N・9 は文字列、S9 は整数）とし、桁数の範囲内としなければな
#   らない。
# P-ITM-005 提供者は、値 0 を 0 として提供し、値のない項目は null や 0 とせず省かなければならない。
# P-ITM-008 提供者は、副本更新日時 as_of として、その記録の登録時に示された日時を返さなければならない。
# P-ITM-011 提供者は、コード項目に、コード表にあり有効期間内のコードだけを用いなければならない。
@case(
    "ITM-21",
    verifies=["P-ITM-001", "P-ITM-002", "P-ITM-004", "P-ITM-005", "P-ITM-008", "P-ITM-011"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="宣言したどの情報でも、最小限の項目を登録されたとおりに提供する",
    en="Of every claimed information the minimum set, as loaded",
)
def test_every_claimed_information(product: Product, ev: Evidence, generation: Generation) -> None:
    standard, tables = ev.run.standard, having(product) or everything(product)
    examples = [held for table in tables for held in copies.edges(standard, table)]
    for table in tables:
        examples += generation.draw(copies.drawn(standard, table), SURPLUS)
    on = japan_date(product.parties.clock.now())

    def judge(told: Told) -> list[tuple[str, Finding]]:
        return [
            *(("P-ITM-001", one) for one in rowwise.minimum(told)),
            *(("P-ITM-002", one) for one in rowwise.leaves(told, "P-ITM-002")),
            *(("P-ITM-004", one) for one in rowwise.types(told)),
            *(("P-ITM-005", one) for one in rowwise.leaves(told, "P-ITM-005")),
            ("P-ITM-008", itemwise.as_of(told)),
            *(("P-ITM-011", one) for one in items.of_the_tables(standard, told.table, told.result.get("record"), on)),
        ]

    property_of_copies(product, "P-ITM-001", examples, judge)


# P-ITM-012 提供者は、繰り返し得る項目を、1件であっても配列とし、1件もないときはメンバーごと省かなければならない。
# P-ITM-013 提供者は、繰り返す項目の行を、項目表の並び順の項目の昇順に並べなければならない。
# P-ITM-014 提供者は、繰り返す項目の登録された行を、漏れなく一度ずつ提供しなければならない。
@case(
    "ITM-12",
    verifies=["P-ITM-012", "P-ITM-013", "P-ITM-014"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="繰り返す項目を、0件・1件・上限まで、形・順序・件数を保って提供する",
    en="Repeated items of none, one and as many as may be: shape, order and every row",
)
def test_repeated_rows(product: Product, ev: Evidence) -> None:
    standard = ev.run.standard
    examples = [
        copies.made(standard, table, rows=rows, number=rows)
        for table in having(product, "item_repeated")
        for rows in (0, 1, 2, 99)
    ]

    def judge(told: Told) -> list[tuple[str, Finding]]:
        return [
            *(("P-ITM-012", one) for one in rowwise.shape(told)),
            *(("P-ITM-013", one) for one in rowwise.order(told)),
            *(("P-ITM-014", one) for one in rowwise.complete(told)),
        ]

    property_of_copies(product, "P-ITM-014", examples, judge)


# P-ITM-015 提供者は、数字の項目（型9）を、先頭の0を含めて登録されたとおりの文字列で提供しなければならない。
@case(
    "ITM-15",
    verifies=["P-ITM-015"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="団体コードなどの数字の項目は、先頭の0を失わない",
    en="Codes of municipalities and other digits keep their leading zeros",
)
def test_leading_zeros(product: Product, ev: Evidence) -> None:
    def zeros(table: Information, tail: str) -> Held:
        def override(item: Item, row: int) -> object:
            orders = any(group.order_by == item.id for group in table.items)
            digits = item.digits or 1
            return tail.rjust(min(digits, 6), "0")[-digits:] if is_digits(item) and not orders else copies.PLAIN

        return copies.made(ev.run.standard, table, override)

    examples = [zeros(table, tail) for table in having(product, "item_digits") for tail in ("1015", "0", "100")]
    property_of_copies(
        product,
        "P-ITM-015",
        examples,
        lambda told: [("P-ITM-015", one) for one in rowwise.leaves(told, "P-ITM-015")],
    )


# P-IDC-001 提供者は、許可証とともに届いたリンクコードが指す本人の情報で応答しなければならない。
# P-IDC-007 提供者は、照会されていない者のリンクコード、識別番号又は氏名を応答に含めてはならない。
@case(
    "IDC-08",
    verifies=["P-IDC-001", "P-IDC-007"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="同じ世帯の三人を順に照会し、それぞれ本人の情報だけが返る",
    en="Three persons of one household, asked one by one: each gets their own, and nothing of the others",
)
def test_one_household(product: Product, ev: Evidence) -> None:
    tables = everything(product)
    family = product.people.knowing(FAMILY, [table.id for table in tables])
    for name, person in family.items():
        others = [one for other, one in family.items() if other != name]
        forbidden = {f"{what} of {one.label}": value for one in others for what, value in _names_of(one)}
        for table in tables:
            if not person.copies(table.id):
                continue
            keys = asked_keys(table, person.copies(table.id)[-1])
            exchange = ask_for(product, person, table, keys)
            whose = _whose(product, exchange.result, table, person, others)
            ev.check(
                "P-IDC-001", equal(f"{name}: {table.id}", person.label, whose, both("conformance.why.right_person"))
            )
            ev.check_all("P-IDC-007", answer.forbidden(exchange.answer, forbidden))


def _whose(
    product: Product, result: Mapping[str, object], table: Information, person: Person, others: Sequence[Person]
) -> str:
    """Whose record this is; a record that is nobody's, altered perhaps, is the other clauses' business."""
    affair = widest(product, table).affair
    for one in (person, *others):
        for held in one.copies(table.id):
            if Told(product.ev.run.standard, affair, held, result).due_record == result.get("record"):
                return one.label
    return person.label


def _names_of(person: Person) -> tuple[tuple[str, str], ...]:
    who = person.resident
    return (
        ("link code", person.link_code),
        ("own number", person.own_number),
        ("individual number", who.individual_number),
        ("name", who.name),
    )
