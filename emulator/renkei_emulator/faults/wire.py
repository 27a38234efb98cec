"""Faults of a body about what travels beside inquiries: directory, receipts, decisions. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


def directory_trouble_is_unknown(rooms: BodyRooms) -> BodyRooms:
    def refuse(refused: Refused, *ids: Any) -> Any:
        lost = refused.code == "temporarily_unable" and refused.for_log.startswith("directory")
        return rooms.refuse(Refused("certificate_unknown") if lost else refused, *ids)

    return replace(rooms, refuse=refuse)


FAULTS: dict[str, Fault] = {
    "directory_trouble_is_unknown": directory_trouble_is_unknown,
}
