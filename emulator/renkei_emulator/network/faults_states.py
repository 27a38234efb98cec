"""Defects of a network in the life of exchanges: states, receipts, sending again, inboxes. Texts: `standard.faults`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.exchange import Life, Transitions
from renkei_emulator.network import relay
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import Repeat, StoredExchange
from renkei_emulator.world import Dice, HttpReply

Fault = Callable[[NetworkRooms], NetworkRooms]
CONFLICT = 409


def _step(**turned: str) -> Fault:
    """A table of transitions that goes elsewhere: `state__on="to"`."""

    def fault(rooms: NetworkRooms) -> NetworkRooms:
        def step(transitions: Transitions, state: str | None, on: str, kind: str) -> str:
            to = turned.get(f"{state}__{on}")
            return rooms.step(transitions, state, on, kind) if to is None else to

        return replace(rooms, step=step)

    return fault


def refusal_code_flattened(rooms: NetworkRooms) -> NetworkRooms:
    def outcome(reply: HttpReply | None) -> relay.Outcome:
        said = rooms.outcome(reply)
        plain = isinstance(said, relay.NotTaken) and said.stage != "permit"
        return relay.NotTaken("internal_error", "service") if plain else said

    return replace(rooms, outcome=outcome)


def permit_trouble_passed_on(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, shown=lambda code: code)


def _never_ends(state: str) -> Fault:
    return lambda rooms: replace(rooms, end_of=lambda now: None if now == state else rooms.end_of(now))


def answer_dropped_at_expiry(rooms: NetworkRooms) -> NetworkRooms:
    def end_of(state: str) -> tuple[timedelta, str] | None:
        return (timedelta(0), "expired") if state == "answered" else rooms.end_of(state)

    return replace(rooms, end_of=end_of)


def withdrawal_not_told(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, told_of=lambda on: None if on == "withdrawn" else rooms.told_of(on))


def provider_may_withdraw(rooms: NetworkRooms) -> NetworkRooms:
    def may_withdraw(exchange: StoredExchange, sender: str) -> None:
        if sender != exchange.receiver:
            rooms.may_withdraw(exchange, sender)

    return replace(rooms, may_withdraw=may_withdraw)


def closed_without_receipt(rooms: NetworkRooms) -> NetworkRooms:
    def refuse(refused: Refused, *ids: str | None) -> HttpReply:
        reply = rooms.refuse(refused, *ids)
        members = json.loads(reply.body)
        members.pop("receipt", None)
        return replace(reply, body=json.dumps(members).encode())

    return replace(rooms, refuse=refuse)


def anything_acknowledged(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, was_delivered=lambda what: what or "inquiry")


def corrections_refused(rooms: NetworkRooms) -> NetworkRooms:
    def place_part(life: Life, claims: Claims) -> str:
        return rooms.place_part(life, {name: claims[name] for name in claims if name != "replaces"})

    return replace(rooms, place_part=place_part)


def replaces_not_looked_up(rooms: NetworkRooms) -> NetworkRooms:
    def place_part(life: Life, claims: Claims) -> str:
        known = claims["part"] in life.parts
        return "replaced" if "replaces" in claims and known else rooms.place_part(life, claims)

    return replace(rooms, place_part=place_part)


def corrections_after_the_end(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, may_correct=lambda *_: None)


def repeated_query_answered(rooms: NetworkRooms) -> NetworkRooms:
    def is_repeat(repeat: Repeat | None, header_sha256: str, typ: str) -> bool:
        same = repeat is not None and repeat.header_sha256 == header_sha256
        if typ == "renkei-query" and same:
            assert repeat is not None
            return True
        return rooms.is_repeat(repeat, header_sha256, typ)

    return replace(rooms, is_repeat=is_repeat)


def retry_after_ignored(rooms: NetworkRooms) -> NetworkRooms:
    def next_try(now: datetime, attempts: int, again: relay.Again, dice: Dice) -> datetime:
        return rooms.next_try(now, attempts, relay.Again(None), dice)

    return replace(rooms, next_try=next_try)


def silence_taken_for_delivery(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, outcome=lambda reply: relay.Taken() if reply is None else rooms.outcome(reply))


def conflict_delivered_again(rooms: NetworkRooms) -> NetworkRooms:
    def outcome(reply: HttpReply | None) -> relay.Outcome:
        return relay.Again(None) if reply is not None and reply.status == CONFLICT else rooms.outcome(reply)

    return replace(rooms, outcome=outcome)


def _leases(length: timedelta) -> Fault:
    return lambda rooms: replace(rooms, lease_until=lambda now: now + length)


def inbox_max_ignored(rooms: NetworkRooms) -> NetworkRooms:
    def most(asked: Any) -> int:
        del asked
        return rooms.most_at_once(None)

    return replace(rooms, most_at_once=most)


FAULTS: Mapping[str, Fault] = {
    "refusal_code_flattened": refusal_code_flattened,
    "permit_trouble_passed_on": permit_trouble_passed_on,
    "refusal_message_unread": _step(delivered__refused="delivered"),
    "undeliverable_called_expired": _step(accepted__undeliverable="expired"),
    "delivered_never_expires": _never_ends("delivered"),
    "answer_dropped_at_expiry": answer_dropped_at_expiry,
    "withdrawal_not_told": withdrawal_not_told,
    "provider_may_withdraw": provider_may_withdraw,
    "late_withdrawal_wins": _step(answered__withdrawn="withdrawn"),
    "closed_without_receipt": closed_without_receipt,
    "anything_acknowledged": anything_acknowledged,
    "corrections_refused": corrections_refused,
    "replaces_not_looked_up": replaces_not_looked_up,
    "corrections_after_the_end": corrections_after_the_end,
    "repeated_query_answered": repeated_query_answered,
    "retry_after_ignored": retry_after_ignored,
    "silence_taken_for_delivery": silence_taken_for_delivery,
    "conflict_delivered_again": conflict_delivered_again,
    "lease_too_short": _leases(timedelta(0)),
    "lease_for_ever": _leases(timedelta(days=365)),
    "inbox_max_ignored": inbox_max_ignored,
}
