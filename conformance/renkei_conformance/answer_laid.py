"""An answer laid in the inbox of a product that fetches, and what of its silence is right."""

from __future__ import annotations

from renkei_conformance.drivers import DoorTrouble, Reply, TimedOut
from renkei_conformance.forge.build import NotForgeable
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.pulled import may_be_left
from renkei_conformance.lower.inbox import ForgedInbox
from renkei_conformance.parties import Parties
from renkei_fixtures.standard import Standard

TAKEN = Reply(202)
"""In place of the reply that a product which is pushed to gives: it has fetched the message."""


def lay_answer(
    parties: Parties, inbox: ForgedInbox, draft: Draft, number: str
) -> tuple[Reply | None, DoorTrouble | None]:
    """Lay it in and wait until it was fetched. `NotForgeable` for what cannot lie in an inbox."""
    if (draft.spoil_id or "").startswith("transport."):
        raise NotForgeable("what only HTTP carries cannot lie in an inbox")
    try:
        return lay(parties, inbox, draft.request().body, number)
    except ValueError as error:
        raise NotForgeable(f"what is no JSON cannot lie in an inbox: {error}") from error


def lay(parties: Parties, inbox: ForgedInbox, raw: bytes, number: str) -> tuple[Reply | None, DoorTrouble | None]:
    """The same with any bytes; ValueError for such as are no JSON object."""
    lying = inbox.put(raw, number)
    parties.settle()
    if inbox.wait_until_offered(lying, parties.clock.patience("fetch")):
        return TAKEN, None
    lying.done = True
    return None, TimedOut("inbox", "never fetched")


def left_by_right(standard: Standard, draft: Draft) -> bool:
    """Whether it may lie without a word: nothing in it need be fit to be named."""
    return draft.spoil_id is not None and may_be_left(standard.spoils[draft.spoil_id])
