"""Faults of a provider about answers that it corrects. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.intermediate_if.business_connection import Wrong
from renkei_emulator.rooms import BodyRooms


def correction_without_replaces(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, replacing=lambda header, _earlier: rooms.replacing(header, None))


def correction_names_the_first_answer(rooms: BodyRooms) -> BodyRooms:
    first: dict[str, str] = {}

    def replacing(header: Claims, earlier: str | None) -> Claims:
        kept = None if earlier is None else first.setdefault(str(header["exchange_number"]), earlier)
        return rooms.replacing(header, kept)

    return replace(rooms, replacing=replacing)


def correction_from_the_old_copy(rooms: BodyRooms) -> BodyRooms:
    answered: dict[str, list[Any]] = {}

    def answer_content(header: Claims, results: list[Any], salt: str) -> Claims:
        kept = answered.setdefault(str(header["exchange_number"]), results)
        return rooms.answer_content(header, kept, salt)

    return replace(rooms, answer_content=answer_content)


def closed_exchange_corrected(rooms: BodyRooms) -> BodyRooms:
    def check_correctable(number: str, state: str | None, in_time: bool, under_way: bool) -> None:
        try:
            rooms.check_correctable(number, state, in_time, under_way)
        except Wrong as wrong:
            if wrong.code != "exchange_closed":
                raise

    return replace(rooms, check_correctable=check_correctable)


def correction_by_one_official(rooms: BodyRooms) -> BodyRooms:
    def check_approval(decision: Any) -> None:
        if "decision" in decision:
            rooms.check_approval(decision)

    return replace(rooms, check_approval=check_approval)


def correction_unrecorded(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        return rooms.personal_audit(*args, **{name: more[name] for name in more if name != "replaces"})

    return replace(rooms, personal_audit=line)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        correction_without_replaces,
        correction_names_the_first_answer,
        correction_from_the_old_copy,
        closed_exchange_corrected,
        correction_by_one_official,
        correction_unrecorded,
    )
}
