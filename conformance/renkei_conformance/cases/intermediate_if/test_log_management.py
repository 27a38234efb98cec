"""ログ管理機能（中間IF）: the logs that do name persons, joined with those that do not."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.oracles import records
from renkei_conformance.product import Product


# P-REC-004 提供者は、応答ごとに、識別番号、処理通番及び結果をもつ業務記録を中間IFに残さなければならない。
@case(
    "REC-04",
    verifies=["P-REC-004"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="応答ごとに、宛名番号・処理通番・結果を業務ログに残す",
    en="Every answer has its business line with own number, exchange number and result",
)
def test_business_line_of_an_answer(product: Product, ev: Evidence) -> None:
    for situation in ("taxed", "no_record"):
        person = product.people.of(situation)
        exchange = product.ask(person)
        export = exported_until(product, "business", exchange.number)
        due = {"own_number": person.own_number, "result": exchange.result.get("result")}
        ev.check("P-REC-004", names(export.of_exchange(exchange.number), due, "business"))


# P-REC-007 提供者は、連携IFと中間IFの記録を処理通番で突き合わせられるようにしなければならない。
@case(
    "REC-07",
    verifies=["P-REC-007"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="連携IFと中間IFの記録を、処理通番で突き合わせられる",
    en="The logs of both interfaces are joined by the exchange number",
)
def test_logs_join_by_exchange_number(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    both_logs = [exported_until(product, log, number) for log in ("access", "business")]
    ev.check("P-REC-007", records.joined(both_logs[0], both_logs[1], number))
