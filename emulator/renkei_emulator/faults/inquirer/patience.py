"""Faults of a body that asks (欠陥): what is sent again, when, and in which bytes. Texts: `standard.faults`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.network_connection import Again, NotTaken, Outcome
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

TOO_MANY, SERVER = frozenset({429}), frozenset({500, 502, 503, 504})
CLIENT = frozenset({400, 403, 404, 409, 413, 415, 422})


def resent_in_other_bytes(rooms: BodyRooms) -> BodyRooms:
    def bytes_to_send(kept: bytes, attempts: int, anew: Callable[[], bytes]) -> bytes:
        sent = rooms.bytes_to_send(kept, attempts, anew)
        return json.dumps(json.loads(sent)).encode() if attempts and b'"subjects"' in sent else sent

    return replace(rooms, bytes_to_send=bytes_to_send)


def hammering(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, again: Again, dice: Any) -> datetime:
        return now + timedelta(seconds=0.1) if again.after_s is None else rooms.next_try(now, attempts, again, dice)

    return replace(rooms, next_try=next_try)


def retry_after_not_read(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, _again: Again, dice: Any) -> datetime:
        return rooms.next_try(now, attempts, Again(None), dice)

    return replace(rooms, next_try=next_try)


def _outcome(statuses: frozenset[int], instead: Callable[[HttpReply], Outcome]) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def outcome(reply: HttpReply | None) -> Outcome:
            return instead(reply) if reply is not None and reply.status in statuses else rooms.outcome(reply)

        return replace(rooms, outcome=outcome)

    return fault


def acknowledgement_resent_anew(rooms: BodyRooms) -> BodyRooms:
    def bytes_to_send(kept: bytes, attempts: int, anew: Callable[[], bytes]) -> bytes:
        sent = rooms.bytes_to_send(kept, attempts, anew)
        bare = json.loads(sent).keys() == {"header"}
        return json.dumps(json.loads(sent), indent=1).encode() if attempts and bare else sent

    return replace(rooms, bytes_to_send=bytes_to_send)


FAULTS: dict[str, Fault] = {
    "resent_in_other_bytes": resent_in_other_bytes,
    "hammering": hammering,
    "retry_after_not_read": retry_after_not_read,
    "too_many_requests_final": _outcome(TOO_MANY, lambda _reply: NotTaken("too_many_requests", "transport")),
    "server_trouble_final": _outcome(SERVER, lambda _reply: NotTaken("internal_error", "service")),
    "refusals_tried_again": _outcome(CLIENT, lambda _reply: Again(None)),
    "acknowledgement_resent_anew": acknowledgement_resent_anew,
}
