"""Faults of a body that asks, about the ground that its question has. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault, tolerant
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


def ground_of_another_kind_of_body(rooms: BodyRooms) -> BodyRooms:
    def whoever_asks(claims: Claims, standard: Any, *_rest: Any) -> Any:
        wanted = (claims["affair"], claims["procedure"], claims["information"])
        for row in standard.authority:
            if (row.affair, row.procedure, row.information) == wanted:
                return row
        raise Refused("authority_not_granted", "no row")

    return replace(rooms, find_row=tolerant(rooms.find_row, "authority_not_granted", whoever_asks))


FAULTS: dict[str, Fault] = {"ground_of_another_kind_of_body": ground_of_another_kind_of_body}
