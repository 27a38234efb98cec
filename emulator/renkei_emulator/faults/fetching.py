"""Faults of bodies that fetch their messages: the inbox query, what is taken of a reply, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.messages import Verified, compact
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

ACCEPTED = 202


def pull_reuses_query(rooms: BodyRooms) -> BodyRooms:
    first: list[Claims] = []

    def query(base: Claims, wait_s: int) -> Claims:
        first.append(rooms.inbox_query(base, wait_s))
        return first[0]

    return replace(rooms, inbox_query=query)


def _asks_with(**members: int) -> Fault:
    return lambda rooms: replace(rooms, inbox_query=lambda *args: rooms.inbox_query(*args) | members)


def pull_first_of_batch_only(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, from_inbox=lambda messages: rooms.from_inbox(messages)[:1])


def pull_bad_message_stops_batch(rooms: BodyRooms) -> BodyRooms:
    def goes_on(reply: HttpReply) -> bool:
        return reply.status == ACCEPTED and rooms.goes_on_after(reply)

    return replace(rooms, goes_on_after=goes_on)


def pull_never_acknowledges(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, to_acknowledge=lambda *_: None)


def pull_reoffered_dropped(rooms: BodyRooms) -> BodyRooms:
    known: set[str] = set()

    def item(number: str, token: str) -> Any:
        if token in known:
            return None
        known.add(token)
        return rooms.to_acknowledge(number, token)

    return replace(rooms, to_acknowledge=item)


def pull_reoffered_refused(rooms: BodyRooms) -> BodyRooms:
    def is_repeat(verified: Verified, known_sha256: str | None) -> bool:
        if known_sha256 is not None:
            raise Refused("message_id_reused")
        return rooms.is_repeat(verified, known_sha256)

    return replace(rooms, is_repeat=is_repeat)


def pull_refusal_unbound(rooms: BodyRooms) -> BodyRooms:
    def refusal(inquiry: Claims, header: str, number: str, code: str) -> Claims:
        other = {"inquiry_sha256": sha256_b64u(compact(inquiry))}
        return rooms.refusal_of(inquiry, header, number, code) | other

    return replace(rooms, refusal_of=refusal)


def pull_acknowledges_other_hash(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, to_acknowledge=lambda number, token: rooms.to_acknowledge(number, token.rpartition(".")[0]))


FAULTS: dict[str, Fault] = {
    "pull_reuses_query": pull_reuses_query,
    "pull_wait_too_long": _asks_with(wait_s=120),
    "pull_first_of_batch_only": pull_first_of_batch_only,
    "pull_bad_message_stops_batch": pull_bad_message_stops_batch,
    "pull_never_acknowledges": pull_never_acknowledges,
    "pull_reoffered_dropped": pull_reoffered_dropped,
    "pull_reoffered_refused": pull_reoffered_refused,
    "pull_hammers": _asks_with(wait_s=0),
    "pull_refusal_unbound": pull_refusal_unbound,
    "pull_acknowledges_other_hash": pull_acknowledges_other_hash,
}
