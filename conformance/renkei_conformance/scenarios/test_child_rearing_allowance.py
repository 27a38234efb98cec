"""児童扶養手当の認定申請: certification of eligibility for the child rearing allowance (seed §2-2, use case 1).

A clerk of another city looks at the income of the claimant and of the supporter in the same household, for the year
that the allowance goes by; the claimant moved here, so one of them is not known. In June the assessment is corrected.
"""

from __future__ import annotations

from renkei_conformance import itemwise
from renkei_conformance.asking import ask_about, load_and_ask
from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.product import Product
from renkei_fixtures.messages import both

CERTIFICATION, PRESENT_STATUS = "PR-0101", "PR-0102"


# P-ITM-003 提供者は、照会キーで指定された年度の記録を提供しなければならない。
# P-IDC-002 提供者は、登録されていないリンクコードへの照会を 202 で受け付け、封じた本文の結果 no_record で応答し
#   なければならない。
# P-ITM-009 提供者は、同じ者、連携情報及び照会キーの記録が登録し直されたときは、最後に登録された記録を提供しなけ
#   ればならない。
@case(
    "SCN-UC1",
    verifies=["P-ITM-003", "P-IDC-002", "P-ITM-009"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="児童扶養手当の認定申請: 受給者・扶養義務者の所得を確かめ、更正後の所得で見直す",
    en="Child rearing allowance: incomes of claimant and supporter, and again after a correction",
)
def test_certification_and_review(product: Product, ev: Evidence) -> None:
    claimant, supporter, newcomer = (
        product.people.of("single_parent"),
        product.people.ordinary,
        product.fresh()[0],
    )
    for person, year in ((claimant, "2024"), (claimant, "2025"), (supporter, "2025")):
        ev.step("ask", person=person.label, year=year)
        ev.check("P-ITM-003", itemwise.year(ask_about(product, person, year=year, procedure=CERTIFICATION)))
    ev.step("ask", person=newcomer.label, year="2025")
    unknown = product.exchange(product.inquiry(newcomer, affair="AF-01", procedure=CERTIFICATION), "P-IDC-002")
    result = unknown.result.get("result")
    ev.check("P-IDC-002", equal("results[0].result", "no_record", result, both("conformance.why.no_record")))
    first, corrected = (one for one in product.people.of("reassessed").held if one.tax_year == "2025")
    newcomer = load_and_ask(product, ev, "P-ITM-009", newcomer, first, procedure=CERTIFICATION)
    load_and_ask(product, ev, "P-ITM-009", newcomer, corrected, procedure=PRESENT_STATUS)
