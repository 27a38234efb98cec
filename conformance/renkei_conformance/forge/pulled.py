"""A message laid in the product's inbox instead of being pushed, and what the product's own messages say of it.

Nobody hears a reply: `taken`, an answer, or a signed refusal is the word. It is told on in the form of the reply that a
pushed product would have given, so that cases need not know how their message travelled. Where the product fetched a
message and says nothing, that is `Left`: right for what it cannot even name, wrong for anything else.
"""

from __future__ import annotations

import json

from renkei_conformance.drivers import DoorTrouble, Reply, TimedOut
from renkei_conformance.forge.build import NotForgeable
from renkei_conformance.forge.draft import Draft
from renkei_conformance.lower.inbox import ForgedInbox
from renkei_conformance.lower.network import Heard
from renkei_conformance.parties import Parties
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Spoil

WORDS = ("renkei-acknowledgement", "renkei-refusal")


class Left(TimedOut):
    """It was fetched, and nothing was said of it in time."""


def lay(
    parties: Parties, standard: Standard, draft: Draft, inbox: ForgedInbox
) -> tuple[Reply | None, DoorTrouble | None]:
    """Lay a draft in the inbox and wait for the product's word. `NotForgeable` for what cannot lie in an inbox."""
    request = draft.request()
    number = draft.exchange_number
    before = len(parties.tap.heard(number)) if number else 0
    if _only_over_the_line(draft):
        raise NotForgeable("what only HTTP carries cannot lie in an inbox")
    try:
        lying = inbox.put(request.body, number)
    except ValueError as error:
        raise NotForgeable(f"what is no JSON cannot lie in an inbox: {error}") from error
    parties.settle()
    if not inbox.wait_until_offered(lying, parties.clock.patience("fetch")):
        lying.done = True
        return None, TimedOut("inbox", "never fetched")
    heard = _word(parties, standard, draft, before)
    lying.done = lying.done or heard is None
    if heard is None:
        return None, Left("inbox", "fetched, and nothing said of it")
    return _as_reply(standard, heard, draft), None


def may_be_left(row: Spoil) -> bool:
    """Whether a product that fetches may leave such a message without a word: nothing in it need be fit to be named."""
    return row.stage == "form" or bool({"permit_missing", "permit_invalid"} & set(row.codes))


def _only_over_the_line(draft: Draft) -> bool:
    return draft.spoil_id is not None and draft.spoil_id.startswith("transport.")


def _word(parties: Parties, standard: Standard, draft: Draft, before: int) -> Heard | None:
    """The first word on it after it was laid in: a refusal tells more than that it was taken."""
    number = draft.exchange_number
    if number is None:
        parties.clock.wait("silence")
        return None
    # What may rightly be left lying is not waited for long; should it be answered later, the run's last sweep sees it.
    reason = "silence" if draft.spoil_id is not None and may_be_left(standard.spoils[draft.spoil_id]) else "reply"
    said = parties.tap.wait_until(
        lambda heard: heard.exchange_number == number and (heard.typ in WORDS or heard.is_answer),
        parties.clock.patience(reason),
        1 + sum(1 for one in parties.tap.heard(number)[:before] if one.typ in WORDS or one.is_answer),
        about=number,
    )
    fresh = [one for one in parties.tap.heard(number)[before:] if one in said]
    refused = [one for one in fresh if one.typ == "renkei-refusal"]
    return refused[0] if refused else fresh[0] if fresh else None


def _as_reply(standard: Standard, heard: Heard, draft: Draft) -> Reply:
    if heard.typ != "renkei-refusal":
        members = {"exchange_number": draft.exchange_number, "state": "delivered"}
        return Reply(202, {"content-type": "application/json"}, json.dumps(members).encode())
    code, stage = str(heard.claims.get("code")), str(heard.claims.get("stage"))
    row = standard.refusals.get(code)
    status = row.http if row is not None and row.http is not None else 422
    problem = {"type": "about:blank", "status": status, "code": code, "stage": stage}
    problem |= {"exchange_number": heard.exchange_number, "message_id": heard.claims.get("in_reply_to")}
    return Reply(status, {"content-type": "application/problem+json"}, json.dumps(problem).encode())
