"""Records that a product hides from the person, or shows (P-DSC-…, I-DSC-…): asked for over interface B, heard at the tap."""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.errors import Inconclusive
from renkei_conformance.lower.network import Heard
from renkei_conformance.product import Product
from renkei_conformance.upper import Outcome
from renkei_fixtures.messages import both

TYP = "renkei-disclosure"
NOBODYS = "F0-unknown"
"""An exchange number that no network gave."""
STEP_STILL = 0.25


def disclose(product: Product, number: str, word: str) -> Outcome:
    """Bring it to interface B, whatever comes of it."""
    product.ev.step("disclose", number=number, word=word)
    outcome = product.business(lambda upper: upper.disclose(number, word))
    product.parties.settle()
    return outcome


def disclosed(product: Product, number: str, word: str) -> Outcome:
    """The same, of an exchange of the product's own and with the network's consent. `Inconclusive` if it is not taken."""
    outcome = disclose(product, number, word)
    if not outcome.done:
        detail = f"{outcome.status} {outcome.raw[:120]!r}"
        raise Inconclusive(both("conformance.reason.not_disclosed", detail=detail))
    return outcome


def heard(product: Product, number: str) -> tuple[Heard, ...]:
    """Every disclosure about this exchange so far, lost ones and resends among them."""
    product.parties.settle()
    return tuple(one for one in product.parties.tap.heard(number) if one.typ == TYP)


def heard_until(product: Product, number: str, count: int, reason: str = "resend") -> tuple[Heard, ...]:
    """The same, as time passes until there are `count` or the wait of this reason is over."""
    clock = product.parties.clock
    end = clock.now() + timedelta(seconds=clock.seconds(reason))
    while len(heard(product, number)) < count and clock.now() < end:
        clock.pass_time(STEP_STILL if clock.is_still else clock.seconds("poll"))
    return heard(product, number)
