"""An inquiry that waits for a person, and what officials decide about it (P-MAN-…)."""

from __future__ import annotations

from typing import Literal

from renkei_conformance.errors import Inconclusive
from renkei_conformance.forge.deliver import Delivery
from renkei_conformance.people import Person
from renkei_conformance.product import Exchange, Product
from renkei_fixtures.messages import both

DRAFTER, APPROVER = "official-11", "official-12"
GROUND = "根拠検査用0417号：支援措置の申出により提供しない"
"""Why it is withheld: words that stand nowhere else, so that they are found wherever they should not be, in characters and at
a length that people write."""


def waiting_inquiry(product: Product, accepted_by: str | None = None, person: Person | None = None) -> Delivery:
    """A right inquiry about the protected person (or another that is marked so), accepted."""
    return product.deliver(product.inquiry(person or product.people.of("protected")), accepted_by)


def held_back(product: Product, person: Person | None = None) -> Delivery:
    """The same, and nothing answered yet. `Inconclusive` otherwise: P-MAN-001 decides that."""
    delivery = waiting_inquiry(product, person=person)
    product.parties.settle()
    if not product.silence(delivery.draft.exchange_number).ok:
        raise Inconclusive(both("conformance.reason.not_waiting"))
    return delivery


def answer_after(product: Product, decision: Literal["release", "withhold"], person: Person | None = None) -> Exchange:
    """Ask about the protected person (or another that is marked so), decide by two officials, and open the answer.

    `Inconclusive` if none comes.
    """
    delivery = held_back(product, person)
    product.ev.step("decide", decision=decision)
    number = str(delivery.draft.exchange_number)
    ground = GROUND if decision == "withhold" else None
    outcome = product.business(lambda upper: upper.decide(number, decision, DRAFTER, APPROVER, ground))
    if not outcome.done:
        raise Inconclusive(both("conformance.reason.not_decided", detail=f"{outcome.status} {outcome.raw[:120]!r}"))
    opened = delivery.answer()
    if opened is None:
        raise Inconclusive(both("conformance.reason.stalled"))
    product.watch("P-ANS-010", number, allowed=1)  # what was decided, and nothing beside it
    return Exchange(delivery.draft, delivery, opened)
