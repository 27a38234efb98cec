"""Faults of 認証・認可機能: authority, responsibility, edition, reply key, answering section."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault, nothing, tolerant
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


def permit_is_enough(rooms: BodyRooms) -> BodyRooms:
    def any_row(_claims: Claims, standard: Any, *_rest: Any) -> Any:
        return standard.authority[0]

    def some_minimum(found: Any, information: Any, affair: str) -> dict[str, Any]:
        known = affair if affair in information.minimum else next(iter(information.minimum))
        return rooms.record_of(found, information, known)

    find_row = tolerant(rooms.find_row, "authority_not_granted", any_row)
    return replace(rooms, find_row=find_row, record_of=some_minimum)


def authority_dates_ignored(rooms: BodyRooms) -> BodyRooms:
    def whenever(claims: Claims, standard: Any, bodies: Any, on: date) -> Any:
        for row in standard.authority:
            try:
                return rooms.find_row(claims, standard, bodies, row.valid_from)
            except Refused:
                continue
        return rooms.find_row(claims, standard, bodies, on)

    return replace(rooms, find_row=tolerant(rooms.find_row, "authority_not_granted", whenever))


def any_responsibility(rooms: BodyRooms) -> BodyRooms:
    def exists(claims: Claims, standard: Any, asker: Any, on: date) -> None:
        known = standard.responsibilities.get(claims["responsibility"])
        if known is None or not known.valid_from <= on <= (known.valid_to or on):
            rooms.check_responsibility(claims, standard, asker, on)

    return replace(rooms, check_responsibility=exists)


def responsibility_dates_ignored(rooms: BodyRooms) -> BodyRooms:
    def whenever(claims: Claims, standard: Any, asker: Any, on: date) -> None:
        known = standard.responsibilities.get(claims["responsibility"])
        rooms.check_responsibility(claims, standard, asker, known.valid_from if known else on)

    return replace(rooms, check_responsibility=whenever)


def edition_not_looked_at(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_edition=tolerant(rooms.check_edition, "edition_not_supported", nothing))


def reply_key_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_reply_key=tolerant(rooms.check_reply_key, "reply_key_invalid", nothing))


def section_not_charged(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, answering_section=lambda *_: "CRA-STAFF")


FAULTS: dict[str, Fault] = {
    "permit_is_enough": permit_is_enough,
    "authority_dates_ignored": authority_dates_ignored,
    "any_responsibility": any_responsibility,
    "responsibility_dates_ignored": responsibility_dates_ignored,
    "edition_not_looked_at": edition_not_looked_at,
    "reply_key_not_compared": reply_key_not_compared,
    "section_not_charged": section_not_charged,
}
