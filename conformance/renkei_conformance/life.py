"""What cases about the life of an exchange at the network need: short lives, played replies, receipts, inboxes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, Reply, Request
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.bodies import ForgedBody
from renkei_conformance.forge.draft import Draft
from renkei_conformance.lower.network import Heard
from renkei_conformance.network_side import Carried, NetworkSide, member
from renkei_conformance.oracles import network as rules
from renkei_conformance.told import Told
from renkei_conformance.wire import peek
from renkei_fixtures import instants
from renkei_fixtures.messages import both

FETCHER = "482021"
"""A city of the same prefecture that fetches: the asker may ask it, too."""
BRIEFLY = timedelta(hours=1)


def brief(network: NetworkSide) -> Draft:
    """A right inquiry that lives for an hour."""
    return network.inquiry(expires_at=instants.render(network.parties.clock.now() + BRIEFLY))


def problem(status: int, code: str, stage: str, retry_after: int | None = None) -> Reply:
    """What a body replies to a delivery that it refuses."""
    members = {"type": "about:blank", "status": status, "code": code, "stage": stage}
    headers = {"content-type": "application/problem+json"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return Reply(status, headers, json.dumps(members).encode())


def refused(path: str, said: Told, status: int, code: str, stage: str) -> Finding:
    """That the network refused with exactly this."""
    due = {"told": "refused", "status": status, "code": code, "stage": stage}
    return equal(path, due, said.short(), both("conformance.why.table_of_states"))


def require_state(network: NetworkSide, carried: Carried, state: str) -> None:
    """`Inconclusive` unless the exchange stands there: what the case wants to see cannot be seen otherwise."""
    if (got := network.state_of(carried.exchange_number)) != state:
        raise Inconclusive(both("conformance.reason.other_state", expected=state, got=str(got)))


def check_told(
    network: NetworkSide, clause: str, carried: Carried, who: ForgedBody, state: str, **more: object
) -> None:
    """Book that a receipt alone of this state came to `who`, and that the network says the same when asked."""
    network.parties.settle()
    heard = network.parties.tap.heard(carried.exchange_number)
    # All bodies that the forge plays have one address: that a receipt came can be seen, not to which of the two.
    alone = [one for one in heard if one.typ == "renkei-receipt"]
    why = both("conformance.why.told_of_the_end")
    if network.ev.check(clause, equal("receipts", 1, len(alone), why)):
        receipt = who.signed(alone[0].envelope.get("receipt"), "receipt")
        due = {"exchange_number": carried.exchange_number, "state": state, **more}
        network.ev.check_all(clause, rules.receipt(receipt, due))
    network.check_state(clause, carried, state, None, **more)


def correction(network: NetworkSide, carried: Carried, first: Draft) -> Draft:
    """A right correction of the first answer."""
    return network.answerer.answer(carried.delivered, replaces=first.message_id)


def attempts(network: NetworkSide, carried: Carried) -> list[bytes]:
    """The bytes of every delivery of the inquiry that was tried."""
    heard = network.parties.tap.heard(carried.exchange_number)
    return [one.request.body for one in heard if one.typ == "renkei-inquiry"]


# --- inboxes ---------------------------------------------------------------------------------------------------------
def inquiry_to(network: NetworkSide, provider: str, n: int = 0) -> str:
    """A right inquiry to a body that fetches, accepted: its exchange number."""
    network.body(provider)
    draft = network.inquiry(n, to=provider)
    reply, said = network.send(draft)
    number = member(reply, "exchange_number")
    if not isinstance(number, str):
        raise Inconclusive(both("conformance.reason.not_accepted", clause="N-REL-001", told=said.words))
    return number


def fetch(network: NetworkSide, body: str, most: int | None = None) -> list[Heard]:
    """Ask for a body's inbox: what it got, as if it had been pushed."""
    played = network.body(body)
    reply, _ = network.send(played.query(None, "inbox", wait_s=0, max=100 if most is None else most), played)
    messages = member(reply, "messages")
    rows = [row for row in messages if isinstance(row, dict)] if isinstance(messages, list) else []
    return [_as_pushed(row) for row in rows]


def taken(network: NetworkSide, body: str, message: Heard) -> Reply | None:
    """Acknowledge a fetched inquiry."""
    played = network.body(body)
    draft = played.acknowledgement(message, "taken")
    return network.send(draft, played)[0]


def _as_pushed(envelope: Mapping[str, object]) -> Heard:
    typ, claims = peek(envelope.get("header") or envelope.get("receipt"))
    _, paper = peek(envelope.get("permit") or envelope.get("receipt"))
    request = Request("POST", MESSAGES, {"content-type": MEDIA_TYPE}, json.dumps(envelope).encode())
    number = paper.get("exchange_number")
    return Heard(0, str(number) if number is not None else None, typ, claims, envelope, request, None, counted=True)
