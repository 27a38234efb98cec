"""符号化・署名機能: the product's own sealing key while it is being renewed."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.product import Product
from renkei_fixtures.messages import both


# P-CRT-004 自団体の封緘用証明書の更新に備える提供者は、有効な封緘用証明書が新旧二つあるとき、どちらに封じられた照会も、順序を問わず
#   開封して応答しなければならない。
@case(
    "CRT-04",
    verifies=["P-CRT-004"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    needs=["renewed_keys"],
    ja="更新の前後どちらの封緘用証明書に封じられた照会も開く",
    en="An inquiry sealed to the product's newer certificate is opened, and one sealed to the older still is",
)
def test_own_sealing_certificates(product: Product, ev: Evidence) -> None:
    product.ask()
    newer = product.ordered("renewed", product.forge.product, "agreement")
    _answered(product, ev, product.inquiry().sealed_to(newer))
    _answered(product, ev, product.inquiry())


def _answered(product: Product, ev: Evidence, draft: Draft) -> None:
    """Refused at once or later, by whatever code: it was not opened."""
    delivery = product.deliver(draft, accepted_by="P-CRT-004")
    answer, refused = delivery.answer(), delivery.refusal()
    if answer is None and refused is None:
        raise Inconclusive(both("conformance.reason.stalled"))
    why = both("conformance.why.own_keys")
    got = None if refused is None else refused.code
    ev.check("P-CRT-004", equal("refusal.code", None, got, why))
    ev.check("P-CRT-004", equal("answer.content", True, answer is not None and bool(answer.results), why))
