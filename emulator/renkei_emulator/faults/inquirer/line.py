"""Faults of a body that asks over a slow line, and where messages cross on it. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.network_connection import Again
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

A_DAY = "86400"


def patience_of_a_second(rooms: BodyRooms) -> BodyRooms:
    def in_drips(reply: HttpReply, seconds: float | None) -> HttpReply | None:
        return reply if seconds is not None and seconds <= 1 else None

    return replace(rooms, reply_within_s=1.0, came_in_drips=in_drips)


def timeout_of_each_read(rooms: BodyRooms) -> BodyRooms:
    """A still world cannot hang: there a wait without an end is a very long one."""

    def in_drips(reply: HttpReply, seconds: float | None) -> HttpReply | None:
        return reply if seconds is not None else HttpReply(503, {"retry-after": A_DAY}, b"")

    return replace(rooms, reply_within_s=None, came_in_drips=in_drips)


def status_line_is_enough(rooms: BodyRooms) -> BodyRooms:
    def in_drips(reply: HttpReply, seconds: float | None) -> HttpReply | None:
        in_time = rooms.came_in_drips(reply, seconds)
        return in_time if in_time is not None else HttpReply(reply.status, reply.headers, b"{}")

    return replace(rooms, came_in_drips=in_drips)


def outbox_swept_every_six_seconds(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, again: Again, dice: Any) -> datetime:
        if again.after_s is not None:
            return rooms.next_try(now, attempts, again, dice)
        return now + timedelta(seconds=6)

    return replace(rooms, next_try=next_try)


def question_found_by_number_alone(rooms: BodyRooms) -> BodyRooms:
    def question_of(claims: Claims, _by_message: Any, by_number: Any) -> Any:
        return by_number(claims["exchange_number"])

    return replace(rooms, question_of=question_of)


FAULTS: dict[str, Fault] = {
    "patience_of_a_second": patience_of_a_second,
    "timeout_of_each_read": timeout_of_each_read,
    "status_line_is_enough": status_line_is_enough,
    "outbox_swept_every_six_seconds": outbox_swept_every_six_seconds,
    "question_found_by_number_alone": question_found_by_number_alone,
    "acceptance_takes_the_answer_back": lambda rooms: replace(rooms, enters_accepted=lambda _state: True),
}
