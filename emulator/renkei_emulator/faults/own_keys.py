"""Faults of a provider whose own sealing key is being renewed. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from renkei_emulator.envelope import Opener
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.messages import Framed
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


def newer_key_not_taken_up(rooms: BodyRooms) -> BodyRooms:
    def decrypt(framed: Framed, openers: Mapping[str, Opener]) -> bytes:
        first = next(iter(openers))
        return rooms.decrypt(framed, {first: openers[first]})

    return replace(rooms, decrypt=decrypt)


def older_key_taken_for_a_downgrade(rooms: BodyRooms) -> BodyRooms:
    last: dict[str, int] = {}

    def decrypt(framed: Framed, openers: Mapping[str, Opener]) -> bytes:
        plaintext = rooms.decrypt(framed, openers)
        assert framed.jwe is not None  # it opened
        sender, place = framed.claims["from"], list(openers).index(framed.jwe.kid)
        before, last[sender] = last.get(sender, 0), place
        if place < before:
            raise Refused("decryption_failed", "sealed to an older key than the message before")
        return plaintext

    return replace(rooms, decrypt=decrypt)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault for fault in (newer_key_not_taken_up, older_key_taken_for_a_downgrade)
}
