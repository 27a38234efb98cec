"""Faults of a body that asks (欠陥): until when a question lasts. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.messages import Framed, Receipted, Verified
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.instants import parse, render


def a_week_for_every_question(rooms: BodyRooms) -> BodyRooms:
    def header(*args: Any) -> Claims:
        made = rooms.inquiry_header(*args)
        return made | {"expires_at": render(parse(made["issued_at"]) + timedelta(days=7))}

    return replace(rooms, inquiry_header=header)


def expired_by_our_own_clock(rooms: BodyRooms) -> BodyRooms:
    ends: list[datetime] = []

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        ends[:] = [parse(ours["expires_at"])]
        return rooms.check_receipt(framed, receipt, ours)

    def check_fresh(verified: Verified, now: datetime) -> Verified:
        if ends and now >= ends[0]:
            raise Refused("message_expired")
        return rooms.check_fresh(verified, now)

    return replace(rooms, check_receipt=check_receipt, check_fresh=check_fresh)


def end_of_the_inquiry_not_compared(rooms: BodyRooms) -> BodyRooms:
    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        rooms.check_receipt(framed, receipt | {"state_at": receipt["accepted_at"]}, ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


FAULTS: dict[str, Fault] = {
    "a_week_for_every_question": a_week_for_every_question,
    "expired_by_our_own_clock": expired_by_our_own_clock,
    "end_of_the_inquiry_not_compared": end_of_the_inquiry_not_compared,
    "resent_after_the_end": lambda rooms: replace(rooms, sends_until=lambda _end: datetime.max.replace(tzinfo=UTC)),
}
