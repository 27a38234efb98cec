"""Faults held back while the cases were written, so that the suite's eyesight is also measured blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.faults.tolerance import Fault, tolerant
from renkei_emulator.intermediate_if.business_connection import Load
from renkei_emulator.messages import Framed, Verified
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.instants import japan_date, parse


def _thousands(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _thousands(inner) for name, inner in value.items()}
    return int(value / 1000) * 1000 if type(value) is int else value  # cut off, a negative amount towards zero


def amount_rounded_to_thousands(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, record_of=lambda *args: _thousands(rooms.record_of(*args)))


def withheld_unpadded(rooms: BodyRooms) -> BodyRooms:
    def pad(content: Claims, size: int) -> Claims:
        held = any(result["result"] == "withheld" for result in content["results"])
        return {**content, "padding": ""} if held else rooms.pad(content, size)

    return replace(rooms, pad=pad)


def _same_day(expires_at: str, now: datetime) -> bool:
    return japan_date(parse(expires_at)) >= japan_date(now)


def expiry_by_day(rooms: BodyRooms) -> BodyRooms:
    def fresh(verified: Verified, now: datetime) -> Verified:
        if not _same_day(verified.framed.claims["expires_at"], now):
            raise Refused("message_expired")
        return verified

    def permit_time(permit: Claims, now: datetime) -> None:
        if not _same_day(permit["expires_at"], now):
            raise Refused("permit_expired")

    return replace(
        rooms,
        check_fresh=tolerant(rooms.check_fresh, "message_expired", fresh),
        check_permit_time=tolerant(rooms.check_permit_time, "permit_expired", permit_time),
    )


def responsibility_by_prefix(rooms: BodyRooms) -> BodyRooms:
    def by_prefix(claims: Claims, standard: Any, asker: Any, on: Any) -> None:
        prefix = claims["responsibility"].partition("-")[0]
        for other in standard.responsibilities:
            if other.partition("-")[0] == prefix:
                try:
                    return rooms.check_responsibility({**claims, "responsibility": other}, standard, asker, on)
                except Refused:
                    continue
        return rooms.check_responsibility(claims, standard, asker, on)

    return replace(rooms, check_responsibility=by_prefix)


class _Generous(Load):
    @property
    def loaded(self) -> int:
        return super().loaded + len(self.set_aside)


def load_counts_all_rows(rooms: BodyRooms) -> BodyRooms:
    def read_load(*args: Any) -> Load:
        load = rooms.read_load(*args)
        return _Generous(**{f.name: getattr(load, f.name) for f in fields(load)})

    return replace(rooms, read_load=read_load)


def audit_line_without_stage(rooms: BodyRooms) -> BodyRooms:
    def refusal(*args: Any) -> Any:
        lines = rooms.refusal(*args)
        return [replace(line, line={k: v for k, v in line.line.items() if k != "stage"}) for line in lines]

    return replace(rooms, refusal=refusal)


def permit_subjects_not_compared(rooms: BodyRooms) -> BodyRooms:
    def hashes(permit: Claims, framed: Framed) -> None:
        due = {"header_sha256": framed.header, "body_sha256": framed.body or ""}
        for name, text in due.items():
            if permit.get(name) != sha256_b64u(text.encode("ascii")):
                raise Refused("permit_mismatch", name)

    return replace(rooms, check_permit_hashes=hashes)


BODY: Mapping[str, Fault] = {
    "amount_rounded_to_thousands": amount_rounded_to_thousands,
    "withheld_unpadded": withheld_unpadded,
    "expiry_by_day": expiry_by_day,
    "responsibility_by_prefix": responsibility_by_prefix,
    "load_counts_all_rows": load_counts_all_rows,
    "audit_line_without_stage": audit_line_without_stage,
    "permit_subjects_not_compared": permit_subjects_not_compared,
}
