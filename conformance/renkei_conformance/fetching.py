"""What cases about a product that fetches need: messages given together, offered again, and what it said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import Signed
from renkei_conformance.lower.inbox import Asked, ForgedInbox
from renkei_conformance.lower.network import Heard
from renkei_conformance.oracles import fields
from renkei_conformance.product import Product
from renkei_fixtures.messages import both

ACKNOWLEDGEMENT, REFUSAL = "renkei-acknowledgement", "renkei-refusal"
PAUSE_S = 1.0


def box(product: Product) -> ForgedInbox:
    """The product's inbox. `Inconclusive` where it is pushed to."""
    inbox = product.parties.tap.inbox
    if inbox is None:
        raise Inconclusive(both("conformance.why_not.not_claimed", option="pull"))
    return inbox


def give_together(product: Product, drafts: Sequence[Draft]) -> None:
    """Lay several messages in the inbox so that one query gets them all."""
    inbox = box(product)
    with inbox.gathering():
        for draft in drafts:
            product.forge.open(draft)
            inbox.put(draft.bytes(), draft.exchange_number)
    product.parties.settle()


def said_of(product: Product, number: str | None, *, after: int = 0, reason: str = "answer") -> tuple[Heard, ...]:
    """What the product said of an exchange beyond the first `after` messages, waiting for at least one."""
    product.parties.settle()
    tap, patience = product.parties.tap, product.parties.clock.patience(reason)
    return tap.wait_until(lambda heard: heard.exchange_number == number, patience, after + 1, about=number)[after:]


def answered(product: Product, draft: Draft) -> bool:
    """Whether an answer to the draft has come in time."""
    product.parties.settle()
    return bool(product.parties.tap.wait_until(product.answer_of(draft), product.parties.clock.patience("answer")))


def signed_by_product(product: Product, typ: str, signed: Signed, path: str) -> Iterable[Finding]:
    """A message of the product's: its typ, its fields, its own valid certificate."""
    why = both("conformance.why.own_message")
    signer, claims = signed.signer, dict(signed.claims or {})
    yield equal(f"{path}.typ", typ, (signed.jose or {}).get("typ"), why)
    yield equal(f"{path}.signature", True, signed.signature_valid, why)
    body = product.parties.profile.product.body
    yield equal(f"{path}.certificate", [f"urn:renkei:body:{body}"], list(signer.san) if signer else None, why)
    yield equal(f"{path}.chain", None, signer.chain_trouble if signer else "no certificate", why)
    table = product.ev.run.standard.message_types[typ].fields
    yield equal(f"{path}.fields", [], [str(misfit) for misfit in fields.misfits(table, claims)], why)


def hurried(asked: Sequence[Asked]) -> list[float]:
    """Seconds between an empty reply to a query that did not wait and the next query, where that is under a second."""
    pauses = [
        (later.at - earlier.at).total_seconds()
        for earlier, later in pairwise(asked)
        if not earlier.given and not earlier.claims.get("wait_s")
    ]
    return [pause for pause in pauses if pause < PAUSE_S]
