"""Faults of a provider about the ground on which it withholds. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.rooms import BodyRooms


def withheld_without_a_ground(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_ground=lambda _decision: None)


def blank_taken_for_a_ground(rooms: BodyRooms) -> BodyRooms:
    def check_ground(decision: Any) -> None:
        if not decision.get("ground"):
            rooms.check_ground(decision)

    return replace(rooms, check_ground=check_ground)


def ground_not_kept(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        return rooms.personal_audit(*args, **{name: more[name] for name in more if name != "ground"})

    return replace(rooms, personal_audit=line)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault for fault in (withheld_without_a_ground, blank_taken_for_a_ground, ground_not_kept)
}
