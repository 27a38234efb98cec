"""Defects of a network about link codes that are re-issued. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from renkei_emulator.network.link_codes import Force
from renkei_emulator.network.rooms import Bodies, NetworkRooms
from renkei_emulator.storage.network import Reissue

Fault = Callable[[NetworkRooms], NetworkRooms]


def old_code_outlives_the_change(rooms: NetworkRooms) -> NetworkRooms:
    def in_force(reissues: Sequence[Reissue], now: datetime) -> Force:
        return rooms.in_force(reissues, now)._replace(oldest=0)

    return replace(rooms, in_force=in_force)


def new_code_known_next_day(rooms: NetworkRooms) -> NetworkRooms:
    def in_force(reissues: Sequence[Reissue], now: datetime) -> Force:
        known = rooms.in_force(reissues, now)
        yesterday = rooms.in_force(reissues, now - timedelta(days=1))
        return known._replace(newest=yesterday.given) if yesterday.given < known.given else known

    return replace(rooms, in_force=in_force)


def change_holds_at_once(rooms: NetworkRooms) -> NetworkRooms:
    def in_force(reissues: Sequence[Reissue], now: datetime) -> Force:
        newest = rooms.in_force(reissues, now).newest
        return Force(newest, newest, newest)

    return replace(rooms, in_force=in_force)


def first_code_always_delivered(rooms: NetworkRooms) -> NetworkRooms:
    def in_force(reissues: Sequence[Reissue], now: datetime) -> Force:
        return rooms.in_force(reissues, now)._replace(given=0)

    return replace(rooms, in_force=in_force)


def change_not_told(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, change_goes_to=lambda _body, _bodies: [])


def change_told_to_all(rooms: NetworkRooms) -> NetworkRooms:
    def goes_to(_body: str, bodies: Bodies) -> list[str]:
        return list(bodies)

    return replace(rooms, change_goes_to=goes_to)


def change_new_code_first(rooms: NetworkRooms) -> NetworkRooms:
    def subjects(old: str, new: str) -> tuple[str, ...]:
        return tuple(reversed(rooms.change_subjects(old, new)))

    return replace(rooms, change_subjects=subjects)


def change_tried_once(rooms: NetworkRooms) -> NetworkRooms:
    # Longer than no time at all, shorter than the first pause before a second try.
    return replace(rooms, change_until=lambda issued_at: issued_at + timedelta(milliseconds=500))


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        old_code_outlives_the_change,
        new_code_known_next_day,
        change_holds_at_once,
        first_code_always_delivered,
        change_not_told,
        change_told_to_all,
        change_new_code_first,
        change_tried_once,
    )
}
