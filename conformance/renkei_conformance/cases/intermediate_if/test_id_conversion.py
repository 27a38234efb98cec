"""ID変換機能: link code to own number and back; nobody else's, and nothing that tells who is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from renkei_conformance.asking import YEAR, YEAR_AFTER
from renkei_conformance.case import PROVIDER, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.oracles import answer
from renkei_conformance.people import Held
from renkei_conformance.product import Product
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART

# Own numbers that a program takes for one another: as numbers, by their beginning, by their end, by a comparison of text.
CONFUSABLE = ("12", "012", "000000000000012", "120", "1200000", "12000001", "12000002", "A12", "a12", "12-", "12 ",
              "700000000000001", "700000000000002")  # fmt: skip


# P-IDC-001 提供者は、許可証とともに届いたリンクコードが指す本人の情報で応答しなければならない。
@case(
    "IDC-01",
    verifies=["P-IDC-001"],
    role=PROVIDER,
    family="identity",
    kind=Property(),
    smoke=True,
    ja="紛らわしい宛名番号の者でも、その人の記録で応答する",
    en="The right person's record, even where own numbers look alike",
)
def test_right_person_among_similar_numbers(product: Product, ev: Evidence) -> None:
    template = product.people.ordinary.last("2025")
    assert template is not None
    persons = [
        replace(person, number=number, held=(_with_income(template, place),))
        for place, (person, number) in enumerate(zip(product.fresh(len(CONFUSABLE)), CONFUSABLE, strict=True))
    ]
    ev.step("load", count=len(persons))
    product.people.load(persons)
    for place, person in enumerate(persons):
        whose = _whose(product.ask(person).result)
        came = persons[whose].own_number if whose is not None and whose < len(persons) else None
        why = both("conformance.why.right_person")
        ev.check("P-IDC-001", equal(f"link code {place}", person.own_number, came, why))


# P-IDC-002 提供者は、登録されていないリンクコードへの照会を 202 で受け付け、封じた本文の結果 no_record で応答し
#   なければならない。
@case(
    "IDC-02",
    verifies=["P-IDC-002"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    smoke=True,
    ja="知らない連携符号にも202を返し、封の中で該当なしと応答する",
    en="An unknown link code is accepted, and answered with no_record under seal",
)
def test_unknown_link_code(product: Product, ev: Evidence) -> None:
    stranger = product.fresh()[0]
    exchange = product.exchange(product.inquiry(stranger), accepted_by="P-IDC-002")
    result = exchange.result.get("result")
    ev.check("P-IDC-002", equal("results[0].result", "no_record", result, both("conformance.why.no_record")))


# P-IDC-003 提供者は、本人を知っていても照会された情報を保管していないときは、封じた本文の結果 no_record で応答
#   しなければならない。
@case(
    "IDC-03",
    verifies=["P-IDC-003"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="記録のない者の照会には、該当なしと応答する",
    en="A person without such a record is answered with no_record",
)
def test_known_person_without_record(product: Product, ev: Evidence) -> None:
    for person, year in ((product.people.of("no_record"), YEAR), (product.people.ordinary, YEAR_AFTER)):
        exchange = product.exchange(product.inquiry(person, year), accepted_by="P-IDC-003")
        result = exchange.result.get("result")
        ev.check("P-IDC-003", equal("results[0].result", "no_record", result, both("conformance.why.no_record")))


# P-IDC-004 提供者の応答の subjects は、許可証とともに届いたリンクコードを同じ順序で持ち、そのハッシュをヘッダー
#   の subjects_sha256 としなければならない。
@case(
    "IDC-04",
    verifies=["P-IDC-004"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="応答の対象者は、許可された連携符号のとおり",
    en="An answer's subjects are the link codes of its permit",
)
def test_subjects_are_those_of_the_permit(product: Product) -> None:
    for situation in ("taxed", "non_taxable", "no_record", "taxed"):
        product.judge(product.ask(product.people.of(situation)), "P-IDC-004")


# P-IDC-005 提供者は、応答に自団体の識別番号、個人番号又は他団体のリンクコードを含めてはならない。
@case(
    "IDC-05",
    verifies=["P-IDC-005"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="応答に宛名番号・個人番号・他団体の連携符号を含めない",
    en="No own number, individual number or other body's link code in an answer",
)
def test_no_other_number_in_an_answer(product: Product, ev: Evidence) -> None:
    for situation in ("taxed", "undeclared", "no_record"):
        person = product.people.of(situation)
        theirs = product.forge.link_codes(COUNTERPART, [person.resident.serial])[0]
        values = {
            "own number": person.own_number,
            "individual number": person.resident.individual_number,
            "link code of another body": theirs,
        }
        ev.check_all("P-IDC-005", answer.forbidden(product.ask(person).answer, values))


# P-IDC-006 提供者は、登録されていないリンクコードと記録のない本人とを、応答のメンバー及び大きさで区別できるよう
#   にしてはならない。
@case(
    "IDC-06",
    verifies=["P-IDC-006"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="知らない連携符号と記録のない者を、応答から見分けられない",
    en="An unknown link code and a person without record look alike",
)
def test_unknown_and_recordless_look_alike(product: Product, ev: Evidence) -> None:
    stranger = product.fresh()[0]
    unknown = product.exchange(product.inquiry(stranger), accepted_by="P-IDC-002")
    recordless = product.exchange(product.inquiry(product.people.of("no_record")), accepted_by="P-IDC-003")
    if {unknown.result.get("result"), recordless.result.get("result")} != {"no_record"}:
        return  # P-IDC-002 and -003 say what is wrong; two different results can be told apart by themselves
    ev.check_all("P-IDC-006", answer.alike(unknown.answer, recordless.answer))


def _with_income(held: Held, place: int) -> Held:
    assert held.record is not None
    taxation = held.record["taxation"]
    assert isinstance(taxation, dict)
    portion = {**taxation["general_portion"], "total_income": _income(place)}
    return replace(held, record={"taxation": {**taxation, "general_portion": portion}})


def _income(place: int) -> int:
    return 1_000_003 * (place + 1)


def _whose(result: Mapping[str, object]) -> int | None:
    """Whose income this is nearest to: that an amount is changed or written otherwise is the items' business."""
    record = result.get("record")
    for name in ("taxation", "general_portion", "total_income"):
        record = record.get(name) if isinstance(record, dict) else None
    try:
        return max(0, round(int(str(record)) / _income(0)) - 1)
    except ValueError:
        return None
