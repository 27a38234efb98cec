"""連携確認機能: what waits for a person, seen from outside, and how its waiting ends."""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.case import PROVIDER, Scenario, Stateful, case
from renkei_conformance.deciding import APPROVER, DRAFTER, answer_after, held_back
from renkei_conformance.drivers import Reply
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.finding import equal
from renkei_conformance.forge.deliver import Delivery, json_object
from renkei_conformance.product import Product
from renkei_fixtures import instants
from renkei_fixtures.messages import both

BRIEFLY_S = 4.0


# P-MAN-005 提供者は、照会が職員の判断を待っていることを、外に示してはならない（202 の内容も、再送への 202 の内容も、自動応答の場合
#   と同じとする）。
@case(
    "MAN-05",
    verifies=["P-MAN-005"],
    role=PROVIDER,
    family="identity",
    kind=Stateful(),
    needs=["manual"],
    ja="判断を待っていることは、外から分からない",
    en="That an inquiry waits is not seen from outside",
)
def test_waiting_is_not_seen(product: Product, ev: Evidence) -> None:
    why = both("conformance.why.waiting_unseen")
    one, other, waiting = product.ask().delivery, product.ask().delivery, held_back(product)
    seen = [
        [_said(each.reply, delivery) for each in (delivery, product.forge.deliver(delivery.draft))]
        for delivery in (one, other, waiting)
    ]
    # What differs between two automatic ones, as a number of the product's own does, tells nobody anything.
    own = {name for name, value in seen[0][0].items() if seen[1][0].get(name) != value}
    due, _, got = ([{n: v if n not in own else "" for n, v in said.items()} for said in both_] for both_ in seen)
    ev.check("P-MAN-005", equal("replies", due, got, why))
    product.parties.clock.wait("silence")
    product.parties.settle()
    said = [one.typ for one in waiting.heard() if one.typ != "renkei-acknowledgement"]
    ev.check("P-MAN-005", equal("messages while it waits", [], said, why))
    product.watch("P-MAN-001", waiting.draft.exchange_number)


def _said(reply: Reply | None, delivery: Delivery) -> dict[str, object]:
    """Status and members of a 202, or its text where that is no JSON object; the exchange's own number stands apart."""
    if reply is None:
        return {"status": None}
    text = reply.body.decode("utf-8", "replace").replace(str(delivery.draft.exchange_number), "NUMBER")
    return {"status": reply.status, **(json_object(text.encode()) or {"text": text})}


# P-MAN-006 提供者は、判断を待つ間に取り下げられた照会を待ちから外し、その後の決定によって応答してはならない。
@case(
    "MAN-06",
    verifies=["P-MAN-006"],
    role=PROVIDER,
    family="authority",
    kind=Stateful(),
    needs=["manual"],
    ja="待つ間に取り下げられた照会には、決定しても応答しない",
    en="An inquiry withdrawn while it waited is answered by no decision",
)
def test_withdrawn_while_waiting(product: Product, ev: Evidence) -> None:
    delivery = held_back(product)
    number = str(delivery.draft.exchange_number)
    why = both("conformance.why.withdrawn_waiting")
    ev.step("receipt_alone", state="withdrawn")
    reply = product.hand(product.forge.closing_receipt(delivery.draft, "withdrawn"), number)
    if not product.fetches and (reply is None or reply.status != 202):
        raise Inconclusive(both("conformance.reason.receipt_not_taken"))
    product.parties.clock.wait("silence")
    ev.check("P-MAN-006", equal("waiting", False, number in product.waiting(), why))
    ev.step("decide", decision="release")
    product.business(lambda upper: upper.decide(number, "release", DRAFTER, APPROVER))
    _silent(product, ev, "P-MAN-006", number)


# P-MAN-007 提供者は、判断を待つ間に expires_at を過ぎた照会に、その後の決定によって応答してはならない。
@case(
    "MAN-07",
    verifies=["P-MAN-007"],
    role=PROVIDER,
    family="authority",
    kind=Stateful(),
    needs=["manual"],
    ja="待つ間に期限を過ぎた照会には、決定しても応答しない",
    en="An inquiry whose end came while it waited is answered by no decision",
)
def test_expired_while_waiting(product: Product, ev: Evidence) -> None:
    end = product.parties.clock.now() + timedelta(seconds=BRIEFLY_S)
    person = product.people.of("protected")
    delivery = product.deliver(product.inquiry(person).with_claims(expires_at=instants.render(end)))
    number = str(delivery.draft.exchange_number)
    product.parties.settle()
    if not product.silence(number).ok:
        raise Inconclusive(both("conformance.reason.not_waiting"))
    ev.step("outlived")
    product.parties.clock.wait("outlive")
    ev.step("decide", decision="release")
    product.business(lambda upper: upper.decide(number, "release", DRAFTER, APPROVER))
    _silent(product, ev, "P-MAN-007", number)


def _silent(product: Product, ev: Evidence, clause: str, number: str) -> None:
    product.parties.settle()
    product.ask()
    product.parties.clock.wait("silence")
    product.parties.settle()
    ev.check(clause, product.silence(number))
    product.watch(clause, number)


# P-MAN-008 提供者は、手動の決定ごとに、起案者と決裁者をもつ記録を自団体に残さなければならない。
@case(
    "MAN-08",
    verifies=["P-MAN-008"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["manual", "records_export"],
    ja="決定の起案者と決裁者を、自団体の記録に残す",
    en="Who drafted and who approved a decision stands in the body's own record",
)
def test_deciders_recorded(product: Product, ev: Evidence) -> None:
    released = answer_after(product, "release")
    export = exported_until(product, "personal_audit", released.number)
    due = {"drafted_by": DRAFTER, "approved_by": APPROVER}
    ev.check("P-MAN-008", names(export.of_exchange(released.number), due, "personal_audit"))
