"""個別連携業務接続機能: taking records from business systems; bad rows aside, good rows in, nothing twice."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.asking import YEAR, ask_about
from renkei_conformance.bringing import ANY_LOAD, brought
from renkei_conformance.case import PROVIDER, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.loading import GOOD, WRONG_ROWS, wrong_row
from renkei_conformance.people import INFORMATION
from renkei_conformance.product import Product
from renkei_conformance.upper import Load
from renkei_fixtures.messages import both


# P-BUS-001 提供者は、登録された行のうち誤りのある行を行番号、項目及び理由とともに除外し、正しい行を登録し、両者
#   の件数の和を受け取った行数に一致させなければならない。
@case(
    "BUS-01",
    verifies=["P-BUS-001"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="誤りのある行だけを除いて登録し、行・項目・理由を返す",
    en="Wrong rows are set aside with row, item and reason; the good rows load",
)
def test_wrong_rows_set_aside(product: Product, ev: Evidence) -> None:
    template = product.people.ordinary.last(YEAR)
    assert template is not None
    persons = product.fresh(len(WRONG_ROWS) + GOOD)
    tried = [wrong_row(person, template, wrong) for person, wrong in zip(persons, WRONG_ROWS, strict=False)]
    bad = brought(ev, product.parties.upper, tried, lambda row: Load(ANY_LOAD, [row], (), (), INFORMATION))
    if not bad:  # good rows alone decide nothing about wrong ones
        return
    good = [person.holding(template) for person in persons[len(WRONG_ROWS) :]]
    rows = [
        *(one.held[0].row(one.own_number) for one in good[:1]),
        *bad,
        *(one.held[0].row(one.own_number) for one in good[1:]),
    ]
    product.people.load(persons[: len(WRONG_ROWS)] + [replace(person, held=()) for person in good])
    ev.step("load", count=len(rows))
    outcome = product.people.try_load(Load(product.people.load_id(), rows, (), (), INFORMATION))
    aside = outcome.member("set_aside")
    listed = [row for row in aside if isinstance(row, dict)] if isinstance(aside, list) else []
    why = both("conformance.why.set_aside")
    due = {"status": 200, "loaded": len(good), "set_aside": len(bad)}
    got = {"status": outcome.status, "loaded": outcome.member("loaded"), "set_aside": len(listed)}
    ev.check("P-BUS-001", equal("load", due, got, why))
    named = sorted(
        row["row"] for row in listed if isinstance(row.get("row"), int) and row.get("item") and row.get("reason")
    )
    ev.check("P-BUS-001", equal("load.set_aside.row", list(range(1, len(bad) + 1)), named, why))
    for person in good:
        result = product.ask(person).result.get("result")
        ev.check("P-BUS-001", equal("a good row", "provided", result, why))


# P-BUS-002 提供者は、同じ load_id と内容の登録が繰り返されたときは、一度だけ反映し、初回と同じ返信を返さなけれ
#   ばならない。
@case(
    "BUS-02",
    verifies=["P-BUS-002"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="同じ登録を二度送っても、効果は一度だけで、返事も同じ",
    en="The same load twice takes effect once, and gets the same reply",
)
def test_same_load_twice(product: Product, ev: Evidence) -> None:
    copies = [one for one in product.people.of("reassessed").held if one.tax_year == YEAR]
    person = product.fresh()[0]
    codes = [(person.own_number, person.link_code)]
    first, second = (
        Load(product.people.load_id(), [copy.row(person.own_number)], codes, (), INFORMATION) for copy in copies
    )
    reply, _ = (product.people.try_load(load) for load in (first, second))
    before = ask_about(product, person.holding(*copies)).result.get("record")
    ev.step("load", count=1)
    again = product.people.try_load(first)
    after = ask_about(product, person.holding(*copies)).result.get("record")
    why = both("conformance.why.load_once")
    ev.check("P-BUS-002", equal("load", reply.body, again.body, why))
    ev.check("P-BUS-002", equal("results[0].record", before, after, why))
