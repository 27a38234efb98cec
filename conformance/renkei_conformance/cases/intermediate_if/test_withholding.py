"""業務接続・ログ管理機能: nothing is withheld without a ground, and the ground stays in the body's own record."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.deciding import APPROVER, DRAFTER, GROUND, answer_after, held_back
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.finding import equal
from renkei_conformance.product import Product
from renkei_conformance.upper import Outcome
from renkei_fixtures.messages import both


# P-MAN-009 提供者は、提供しないとする決定に根拠（ground）がないとき、又は空白だけのときは、業務側の 422 ground_missing
#   で拒否し、応答してはならない。
@case(
    "MAN-13",
    verifies=["P-MAN-009"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="根拠のない提供不可の決定を拒否する",
    en="Nothing is withheld without a ground",
)
def test_ground_required(product: Product, ev: Evidence) -> None:
    delivery = held_back(product)
    number, why = str(delivery.draft.exchange_number), both("conformance.why.ground_required")
    for ground in (None, "  "):
        ev.step("decide_blank", ground=repr(ground or ""))
        said = _withhold(product, number, ground)
        got = {"done": said.done, "code": said.member("code")}
        ev.check("P-MAN-009", equal("decide", {"done": False, "code": "ground_missing"}, got, why))
    product.ask()
    product.parties.settle()
    ev.check("P-MAN-009", product.silence(number))
    product.watch("P-MAN-009", number)
    # The clean twin: the same decision with its ground is taken, and answered. About an inquiry of its own: the other
    # stays undecided, so that an answer to it is one that nobody decided, however late it comes.
    ev.step("decide_blank", ground=GROUND)
    answer_after(product, "withhold")


def _withhold(product: Product, number: str, ground: str | None) -> Outcome:
    return product.business(lambda upper: upper.decide(number, "withhold", DRAFTER, APPROVER, ground))


# P-MAN-010 提供者は、提供しないとした決定ごとに、その根拠をもつ記録を自団体に残さなければならない。
@case(
    "MAN-10",
    verifies=["P-MAN-010"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["manual", "records_export"],
    ja="提供しない根拠を、自団体の記録に残す",
    en="The ground on which it was withheld stands in the body's own record",
)
def test_ground_recorded(product: Product, ev: Evidence) -> None:
    withheld = answer_after(product, "withhold")
    lines = exported_until(product, "personal_audit", withheld.number).of_exchange(withheld.number)
    ev.check("P-MAN-010", names(lines, {"ground": GROUND}, "personal_audit"))
