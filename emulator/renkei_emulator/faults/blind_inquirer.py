"""Faults of a body that asks, written from the clauses alone by one who had not read the cases (盲検).

Texts: `standard.faults`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.blind_provider import any_typ_of
from renkei_emulator.faults.by_item import Change, each_leaf
from renkei_emulator.faults.tolerance import Fault, loose
from renkei_emulator.linkage_if.network_connection import Again, NotTaken, Outcome
from renkei_emulator.messages import Framed, Receipted
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import Item


# --- sending --------------------------------------------------------------------------------------------------------
def reason_not_read(rooms: BodyRooms) -> BodyRooms:
    def outcome(reply: HttpReply | None) -> Outcome:
        said = rooms.outcome(reply)
        return NotTaken("internal_error", "service") if isinstance(said, NotTaken) else said

    return replace(rooms, outcome=outcome)


def pause_never_grows(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, again: Again, dice: Any) -> datetime:
        return now + timedelta(seconds=1) if again.after_s is None else rooms.next_try(now, attempts, again, dice)

    return replace(rooms, next_try=next_try)


# --- receipt --------------------------------------------------------------------------------------------------------
def receipt_number_not_compared(rooms: BodyRooms) -> BodyRooms:
    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        same = {name: framed.claims[name] for name in ("exchange_number", "part", "last_part")}
        return rooms.check_receipt(framed, {**receipt, **same}, ours)

    return replace(rooms, check_receipt=check_receipt)


# --- inbox ----------------------------------------------------------------------------------------------------------
def _sender_of(place: int, envelope: Any) -> str:
    """The body that an answer of the box is from; a message without a header stands alone."""
    if "header" not in envelope:
        return f"alone {place}"
    return str(json.loads(loose(envelope["header"].split(".")[1])).get("from"))


def one_answer_a_provider_of_the_box(rooms: BodyRooms) -> BodyRooms:
    """What one reply holds is put in a map by provider, where a later answer takes the earlier one's place."""

    def from_inbox(messages: list[Any]) -> list[Any]:
        given = rooms.from_inbox(messages)
        return list({_sender_of(place, envelope): envelope for place, envelope in enumerate(given)}.values())

    return replace(rooms, from_inbox=from_inbox)


def the_end_itself_is_in_time(rooms: BodyRooms) -> BodyRooms:
    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        at_the_end = receipt["state_at"] == ours["expires_at"]
        rooms.check_receipt(framed, receipt | ({"state_at": receipt["accepted_at"]} if at_the_end else {}), ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


# --- content --------------------------------------------------------------------------------------------------------
def _handed_on(change: Change) -> Fault:
    """Values as they are handed on, changed after every check."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(plain: Any, ours: Mapping[str, Any], standard: Standard) -> Any:
            information = standard.informations[ours["information"]]
            rows = rooms.check_answer_content(plain, ours, standard)
            return [
                row | {"record": each_leaf(information, row["record"], change)} if "record" in row else row
                for row in rows
            ]

        return replace(rooms, check_answer_content=check)

    return fault


def _as_numbers(item: Item, value: Any) -> Any:
    digits = item.code is None and item.type == "9" and isinstance(value, str)
    return value.lstrip("0") or "0" if digits else value


def _trimmed(item: Item, value: Any) -> Any:
    return value.strip() if item.type == "N" and isinstance(value, str) else value


FAULTS: dict[str, Fault] = {
    "reason_not_read": reason_not_read,
    "pause_never_grows": pause_never_grows,
    "receipt_number_not_compared": receipt_number_not_compared,
    "permit_taken_for_receipt": any_typ_of("receipt"),
    "digits_handed_on_as_numbers": _handed_on(_as_numbers),
    "spaces_trimmed_when_collected": _handed_on(_trimmed),
    "one_answer_a_provider_of_the_box": one_answer_a_provider_of_the_box,
    "the_end_itself_is_in_time": the_end_itself_is_in_time,
}
