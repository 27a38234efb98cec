"""Defects of a network, as vendors come to write them: functions that put another step in a room's place.

Names, texts and the clauses they break are data (`standard.faults`); here is only what they do. None is ever on by
itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Jws, sha256_b64u, verify
from renkei_emulator.exchange import Life, Transitions
from renkei_emulator.network.link_codes import LinkCodes
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import Repeat
from renkei_emulator.trust import TrustStore
from renkei_fixtures.instants import japan_date, parse

Fault = Callable[[NetworkRooms], NetworkRooms]


def _nothing(*_: Any, **__: Any) -> None:
    """Checks nothing."""


def procedure_not_looked_at(rooms: NetworkRooms) -> NetworkRooms:
    def find_row(claims: Claims, standard: Any, bodies: Any, on: date) -> Any:
        try:
            return rooms.find_row(claims, standard, bodies, on)
        except Refused as refused:
            for row in standard.authority:
                if row.affair == claims["affair"]:
                    try:
                        return rooms.find_row(claims | {"procedure": row.procedure}, standard, bodies, on)
                    except Refused:
                        continue
            raise refused from None

    return replace(rooms, find_row=find_row)


def network_any_responsibility(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, check_responsibility=_nothing)


def codes_not_translated(rooms: NetworkRooms) -> NetworkRooms:
    def translate(codes: LinkCodes, subjects: tuple[str, ...], giver: str, receiver: str) -> tuple[str, ...]:
        rooms.translate(codes, subjects, giver, receiver)
        return subjects

    return replace(rooms, translate=translate)


def last_answer_wins(rooms: NetworkRooms) -> NetworkRooms:
    def place_part(life: Life, claims: Claims) -> str:
        unasked = claims["part"] in life.parts and "replaces" not in claims
        return "replaced" if unasked else rooms.place_part(life, claims)

    return replace(rooms, place_part=place_part)


def any_body_may_answer(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, may_answer=_nothing)


def status_for_anyone(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, may_see=_nothing)


def subjects_hash_not_compared(rooms: NetworkRooms) -> NetworkRooms:
    def check(claims: Claims, subjects: str | None, codes: tuple[str, ...]) -> None:
        own = {} if subjects is None else {"subjects_sha256": sha256_b64u(subjects.encode())}
        rooms.check_inquiry_subjects(claims | own, subjects, codes)

    return replace(rooms, check_inquiry_subjects=check)


def withdrawal_forgotten(rooms: NetworkRooms) -> NetworkRooms:
    def step(transitions: Transitions, state: str | None, on: str, kind: str) -> str:
        return rooms.step(transitions, "delivered" if (state, on) == ("withdrawn", "answered") else state, on, kind)

    return replace(rooms, step=step)


def receipt_of_inquiry_only(rooms: NetworkRooms) -> NetworkRooms:
    def answer_binding(claims: Claims, header: str, body: str) -> dict[str, Any]:
        binding = rooms.answer_binding(claims, header, body)
        return {name: binding[name] for name in ("part", "last_part")}

    return replace(rooms, answer_binding=answer_binding)


def network_reuse_unnoticed(rooms: NetworkRooms) -> NetworkRooms:
    def is_repeat(repeat: Repeat | None, header_sha256: str, typ: str) -> bool:
        if repeat is None or repeat.header_sha256 != header_sha256:
            return False
        return rooms.is_repeat(repeat, header_sha256, typ)

    return replace(rooms, is_repeat=is_repeat)


def provision_not_recorded(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, record=lambda *_, **__: [])


def network_revocation_unread(rooms: NetworkRooms) -> NetworkRooms:
    def check_sender(trust: TrustStore, jws: Jws, party: str, now: datetime) -> None:
        try:
            rooms.check_sender(trust, jws, party, now)
        except Refused as refused:
            if refused.code != "certificate_revoked":
                raise
            verify(jws, trust.unchecked_key(jws.kid))

    return replace(rooms, check_sender=check_sender)


def network_expiry_by_day(rooms: NetworkRooms) -> NetworkRooms:
    def by_day(typ: str, claims: Claims, now: datetime) -> None:
        try:
            rooms.check_freshness(typ, claims, now)
        except Refused as refused:
            if refused.code != "message_expired" or japan_date(parse(claims["expires_at"])) < japan_date(now):
                raise

    return replace(rooms, check_freshness=by_day)


NETWORK_FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        procedure_not_looked_at,
        network_any_responsibility,
        codes_not_translated,
        last_answer_wins,
        any_body_may_answer,
        status_for_anyone,
        subjects_hash_not_compared,
        withdrawal_forgotten,
        receipt_of_inquiry_only,
        network_reuse_unnoticed,
        provision_not_recorded,
        network_revocation_unread,
        network_expiry_by_day,
    )
}
