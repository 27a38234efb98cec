"""暗号・署名機能: certificates that end or are revoked between the network's acceptance and the answer."""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.case import PROVIDER, Scenario, Stateful, case
from renkei_conformance.deciding import APPROVER, DRAFTER, answer_after
from renkei_conformance.errors import Inconclusive, NotTested
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.product import Product
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART

DAYS = 20
"""Earlier than any revocation that a list says `lately` of, even where the product's list is a week old."""
LEFT = timedelta(days=5)


def _before(product: Product, kind: str | None = None) -> Draft:
    """A right inquiry that the network accepted some weeks ago, under a certificate of this kind (None: the usual one)."""
    now = product.parties.clock.now()
    draft = product.inquiry().accepted(now - timedelta(days=DAYS), now + LEFT)
    product.ev.step("accepted_before", days=DAYS, kind=kind or "-")
    return draft if kind is None else draft.signed_by(product.ordered(kind, COUNTERPART))


# P-SIG-011 提供者は、危殆化のほかの理由で失効した証明書による照会でも、失効日時より前に受け付けられた（許可証の
#   accepted_at）ものには、応答しなければならない。
@case(
    "SIG-11",
    verifies=["P-SIG-011"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="受付の後に更新によって失効した証明書の照会に応答する",
    en="What was accepted before its certificate was superseded is answered",
)
def test_superseded_after_acceptance(product: Product) -> None:
    product.exchange(_before(product))
    product.exchange(_before(product, "superseded_lately"), accepted_by="P-SIG-011")


# P-SIG-012 提供者は、受付（許可証の accepted_at）の後に有効期間が終わった証明書による照会に、応答しなければならない。
@case(
    "SIG-12",
    verifies=["P-SIG-012"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="受付の後に有効期間が終わった証明書の照会に応答する",
    en="What was accepted before its certificate ended is answered",
)
def test_ended_after_acceptance(product: Product) -> None:
    product.exchange(_before(product))
    product.exchange(_before(product, "ended_lately"), accepted_by="P-SIG-012")


# P-SIG-013 提供者は、鍵の危殆化によって失効した証明書による照会を、失効日時より前に受け付けられたものでも、sender 段階の
#   certificate_revoked（403）で拒否しなければならない。
@case(
    "SIG-13",
    verifies=["P-SIG-013"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="危殆化した鍵の照会を、失効前に受け付けられたものでも拒否する",
    en="A compromised key is believed for nothing, whenever it was accepted",
)
def test_compromised_whenever_accepted(product: Product, ev: Evidence) -> None:
    product.exchange(_before(product))  # the twin: as old, under a good certificate
    spoiled = _before(product, "compromised_lately")
    said, why = product.put(spoiled), both("conformance.why.revoked_since")
    got = {"told": said.sort, "code": said.code, "stage": said.stage}
    due = {"told": "refused", "code": "certificate_revoked", "stage": "sender"}
    ev.check("P-SIG-013", equal("reply", due, got, why))
    for clause, finding in product.leaked(spoiled, said):
        ev.check(clause, finding)
    ev.check("P-SIG-013", product.silence(spoiled.exchange_number))


# P-MAN-011 提供者は、職員の決定を受けて応答する前に、失効リストを取り直して照会者の証明書をもう一度確かめ、待つ間に危殆化
#   によって失効していれば応答せず、署名した拒否 renkei-refusal（sender 段階の certificate_revoked）を送らなければならない。
@case(
    "MAN-11",
    verifies=["P-MAN-011"],
    role=PROVIDER,
    family="authority",
    kind=Stateful(),
    needs=["manual"],
    turn="last",
    ja="決定までに危殆化した鍵の持ち主には、決定しても応答しない",
    en="Whoever's key was compromised before the decision is not answered",
)
def test_judged_again_at_release(product: Product, ev: Evidence) -> None:
    if (management := product.parties.management) is None:
        raise NotTested(both("conformance.reason.not_forgeable", spoil="taken_back", detail="-"))
    answer_after(product, "release")  # the twin: as long waited, under a certificate that stayed good
    lost = product.ordered("taken_back", COUNTERPART)
    delivery = product.deliver(product.inquiry(product.people.of("protected")).signed_by(lost))
    number, why = str(delivery.draft.exchange_number), both("conformance.why.judged_at_release")
    product.parties.settle()
    if not product.silence(number).ok:
        raise Inconclusive(both("conformance.reason.not_waiting"))
    ev.step("taken_back")
    management.take_back(lost.kid)
    ev.step("decide", decision="release")
    product.business(lambda upper: upper.decide(number, "release", DRAFTER, APPROVER))
    refusal = delivery.refusal()
    got = None if refusal is None else {"code": refusal.code, "stage": refusal.stage}
    ev.check("P-MAN-011", equal("refusal", {"code": "certificate_revoked", "stage": "sender"}, got, why))
    ev.check("P-MAN-011", product.silence(number))
    product.watch("P-MAN-011", number)
