"""Faults of a provider about certificates that end or are revoked after the message came. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

JUST_NOW = timedelta(minutes=10)


def certificates_judged_as_of_now(rooms: BodyRooms) -> BodyRooms:
    def check(trust: Any, kid: str, usage: Any, san: str, _at: datetime, now: datetime) -> Any:
        return rooms.check_certificate(trust, kid, usage, san, now, now)

    return replace(rooms, check_certificate=check)


def revocation_undoes_the_past(rooms: BodyRooms) -> BodyRooms:
    def check(trust: Any, kid: str, usage: Any, san: str, at: datetime, now: datetime) -> Any:
        key = rooms.check_certificate(trust, kid, usage, san, at, now)
        try:
            rooms.check_certificate(trust, kid, usage, san, now, now)
        except Refused as refused:
            if refused.code == "certificate_revoked":
                raise
        return key

    return replace(rooms, check_certificate=check)


def ended_certificate_forgotten(rooms: BodyRooms) -> BodyRooms:
    def check(trust: Any, kid: str, usage: Any, san: str, at: datetime, now: datetime) -> Any:
        key = rooms.check_certificate(trust, kid, usage, san, at, now)
        try:
            rooms.check_certificate(trust, kid, usage, san, now, now)
        except Refused as refused:
            if refused.code == "certificate_expired":
                raise Refused("certificate_unknown", "swept") from None
        return key

    return replace(rooms, check_certificate=check)


def compromise_counts_from_its_date(rooms: BodyRooms) -> BodyRooms:
    def check(trust: Any, kid: str, usage: Any, san: str, at: datetime, now: datetime) -> Any:
        try:
            return rooms.check_certificate(trust, kid, usage, san, at, now)
        except Refused as refused:
            if refused.code != "certificate_revoked" or now - at < JUST_NOW:
                raise
            return trust.unchecked_key(kid)

    return replace(rooms, check_certificate=check)


def released_on_an_old_list(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, asks_what_was_revoked=lambda _decided: False)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        certificates_judged_as_of_now,
        revocation_undoes_the_past,
        ended_certificate_forgotten,
        compromise_counts_from_its_date,
        released_on_an_old_list,
    )
}
