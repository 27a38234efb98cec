"""連携情報保管機能: what is taken out of the reference DB, for whom, of which year, and not one item more."""

from __future__ import annotations

from renkei_conformance import itemwise
from renkei_conformance.asking import YEAR_AFTER, ask_about, load_and_ask, property_of_records
from renkei_conformance.case import PROVIDER, Property, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.generation import Generation
from renkei_conformance.oracles import items
from renkei_conformance.people import INFORMATION
from renkei_conformance.product import Product
from renkei_fixtures.instants import japan_date
from renkei_fixtures.messages import both

ASSESSED = ("taxed", "per_capita_only", "non_taxable", "single_parent", "severe_disability")
UNASSESSED = ("undeclared", "no_tax_right", "not_determined")


# P-ITM-001 提供者は、連携情報と事務について定められた必要最小限の項目を、過不足なく提供しなければならない。
@case(
    "ITM-01",
    verifies=["P-ITM-001"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    smoke=True,
    ja="提供する項目は、その情報と事務に定められた最小限の組に等しい",
    en="Exactly the minimum set of items is provided",
)
def test_minimum_set(product: Product, ev: Evidence) -> None:
    for situation in ASSESSED:
        ev.check("P-ITM-001", itemwise.minimum_set(ask_about(product, product.people.of(situation))))


# P-ITM-002 提供者は、業務システムから登録された値を変えずに提供しなければならない。
@case(
    "ITM-02",
    verifies=["P-ITM-002"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    smoke=True,
    ja="登録した値を、桁も符号も変えずに提供する",
    en="Values are provided as loaded, to the last digit and sign",
)
def test_values_as_loaded(product: Product, ev: Evidence, generation: Generation) -> None:
    property_of_records(product, generation, lambda told: [("P-ITM-002", one) for one in itemwise.values(told)])


# P-ITM-003 提供者は、照会キーで指定された年度の記録を提供しなければならない。
@case(
    "ITM-03",
    verifies=["P-ITM-003"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    smoke=True,
    ja="照会した年度の記録を提供する",
    en="The record of the year that was asked for",
)
def test_asked_year(product: Product, ev: Evidence) -> None:
    for situation in ("taxed", "non_taxable"):
        for year in ("2024", "2025"):
            ev.check("P-ITM-003", itemwise.year(ask_about(product, product.people.of(situation), year=year)))
    # What is said when there is no record at all is P-IDC-003's business; here only that it is no other year's.
    why = both("conformance.why.no_other_year")
    for year in ("2019", YEAR_AFTER):
        other = items.asked_year(product.ask(year=year).result.get("record"), year).got
        ev.check("P-ITM-003", equal("record.taxation.tax_year", "no other year", other or "no other year", why))


# P-ITM-004 提供者は、項目の値を項目表の型の JSON（X・N・9 は文字列、S9 は整数）とし、桁数の範囲内としなければな
#   らない。
@case(
    "ITM-04",
    verifies=["P-ITM-004"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="どの値も、項目に定められた型と桁数で提供する",
    en="Every value has its item's type and digits",
)
def test_types_and_digits(product: Product, ev: Evidence, generation: Generation) -> None:
    property_of_records(product, generation, lambda told: [("P-ITM-004", one) for one in itemwise.types(told)])


# P-ITM-005 提供者は、値 0 を 0 として提供し、値のない項目は null や 0 とせず省かなければならない。
@case(
    "ITM-05",
    verifies=["P-ITM-005"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="0は0として提供し、値のない項目は省く",
    en="Zero is provided as 0, an item without a value is left out",
)
def test_zero_is_a_value(product: Product, ev: Evidence, generation: Generation) -> None:
    def judge(told: itemwise.Told) -> list[tuple[str, Finding]]:
        if not itemwise.minimum_set(
            told
        ).ok:  # seen at the first example, which has no zeros: another clause's business
            raise Inconclusive(both("conformance.reason.wrong_set"))
        return [("P-ITM-005", one) for one in itemwise.zeros_and_absences(told)]

    property_of_records(product, generation, judge)


# P-ITM-006 提供者は、未申告、課税権なし又は未確定の者について、その状態コードとともに相当年度だけを提供しなけれ
#   ばならない。
@case(
    "ITM-06",
    verifies=["P-ITM-006"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="未申告・課税権なし・未確定の者には、相当年度と状態だけを提供する",
    en="For an unassessed person the tax year and the status alone",
)
def test_unassessed_states(product: Product, ev: Evidence) -> None:
    for affair in ("AF-01", "AF-02"):
        for situation in UNASSESSED:
            told = ask_about(product, product.people.of(situation), affair=affair)
            ev.check("P-ITM-006", itemwise.status(told))
            due = {"taxation": {"tax_year": told.held.tax_year}}
            ev.check("P-ITM-006", equal("record", due, told.result.get("record"), both("conformance.why.unassessed")))


# P-ITM-007 提供者は、同じ連携情報であっても、照会の事務に応じた項目を提供しなければならない。
@case(
    "ITM-07",
    verifies=["P-ITM-007"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="同じ情報でも、項目の組は照会の事務に従う",
    en="The set of items follows the affair, for the same information too",
)
def test_set_follows_the_affair(product: Product, ev: Evidence) -> None:
    told = [
        ask_about(product, product.people.ordinary, affair=affair) for affair in ("AF-01", "AF-02", "AF-11", "AF-01")
    ]
    if not itemwise.minimum_set(told[0]).ok:
        return  # the set is wrong to begin with: P-ITM-001 decides
    for one in told[1:]:
        ev.check("P-ITM-007", itemwise.minimum_set(one))


# P-ITM-008 提供者は、副本更新日時 as_of として、その記録の登録時に示された日時を返さなければならない。
@case(
    "ITM-08",
    verifies=["P-ITM-008"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="副本更新日時は、登録されたとおり",
    en="as_of is the time of the copy as loaded",
)
def test_as_of_as_loaded(product: Product, ev: Evidence) -> None:
    for situation in ("taxed", "undeclared", "non_taxable"):
        ev.check("P-ITM-008", itemwise.as_of(ask_about(product, product.people.of(situation))))


# P-ITM-009 提供者は、同じ者、連携情報及び照会キーの記録が登録し直されたときは、最後に登録された記録を提供しなけ
#   ればならない。
@case(
    "ITM-09",
    verifies=["P-ITM-009"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="登録し直された者には、最後に登録された記録を提供する",
    en="After a record is loaded again the last one is provided",
)
def test_last_loaded_record(product: Product, ev: Evidence) -> None:
    person = product.fresh()[0]
    reassessed = product.people.of("reassessed").held
    copies = [one for one in reassessed if one.tax_year == "2025"]
    for copy in copies:
        person = load_and_ask(product, ev, "P-ITM-009", person, copy)


# P-ITM-010 提供者は、本人の氏名及び住所を応答に含めてはならない。
@case(
    "ITM-10",
    verifies=["P-ITM-010"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="応答に対象者の氏名・住所を含めない",
    en="No name or address of the subject in an answer",
)
def test_no_name_or_address(product: Product, ev: Evidence) -> None:
    table = ev.run.standard.informations[INFORMATION]
    for affair in ("AF-01", "AF-02"):
        person = product.people.ordinary
        told = ask_about(product, person, affair=affair)
        values = {"name": person.resident.name, "kana": person.resident.kana, "address": person.resident.address}
        ev.check_all("P-ITM-010", items.without_identity(table, told.result.get("record"), values))


# P-ITM-011 提供者は、コード項目に、コード表にあり有効期間内のコードだけを用いなければならない。
@case(
    "ITM-11",
    verifies=["P-ITM-011"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="コードの項目には、表にあり有効なコードだけを提供する",
    en="Coded items hold only codes of their table that are in force",
)
def test_codes_of_the_table(product: Product, ev: Evidence) -> None:
    on = japan_date(product.parties.clock.now())
    for situation in (*ASSESSED, *UNASSESSED):
        told = ask_about(product, product.people.of(situation), affair="AF-02")
        ev.check_all("P-ITM-011", itemwise.codes(told, on))
