"""Faults of a body that asks (欠陥): answers in bytes the standard does not allow, taken all the same. Texts: `standard.faults`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault, read_loosely, tolerant
from renkei_emulator.messages import Sealed, compact
from renkei_emulator.rooms import BodyRooms


def answer_with_surplus_members(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Any:
        members = json.loads(sealed.data)
        return rooms.open_envelope(Sealed(compact({n: members[n] for n in ("header", "body", "receipt")})))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "envelope_member_unknown", lenient))


def answer_with_the_last_member(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Any:
        return rooms.open_envelope(Sealed(compact(json.loads(sealed.data))))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "member_repeated", lenient))


def answer_of_any_media_type(rooms: BodyRooms) -> BodyRooms:
    accept = tolerant(rooms.accept, "media_type_not_allowed", lambda request: Sealed(request.body))
    return replace(rooms, accept=accept)


FAULTS: dict[str, Fault] = {
    "answer_with_surplus_members": answer_with_surplus_members,
    "answer_with_the_last_member": answer_with_the_last_member,
    "answer_of_any_media_type": answer_of_any_media_type,
    "answer_in_loose_base64": lambda rooms: replace(
        rooms, read_jws=tolerant(rooms.read_jws, "encoding_not_canonical", read_loosely)
    ),
    "answer_with_a_key_sent_along": lambda rooms: replace(
        rooms, read_jws=tolerant(rooms.read_jws, "jose_header_not_allowed", read_loosely)
    ),
}
