"""Faults of a body about link codes that take another's place. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.network_connection import LINK_CODE_CHANGE
from renkei_emulator.messages import LinkCode
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.trust import body_san
from renkei_fixtures.municipalities import load_bodies


def change_taken_and_forgotten(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, rebind=lambda _codes, _lookup: None)


def change_of_any_signer(rooms: BodyRooms) -> BodyRooms:
    def verify_change(framed: Any, check: Any, at: Any) -> Any:
        def any_signer(kid: str, usage: Any, san: str, when: Any) -> Any:
            for party in (san, *map(body_san, load_bodies())):
                try:
                    return check(kid, usage, party, when)
                except Refused as refused:
                    wrong = refused
            raise wrong

        return rooms.verify_change(framed, any_signer, at)

    return replace(rooms, verify_change=verify_change)


def change_hash_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_change_hash=lambda _framed: None)


def old_code_dropped_at_once(rooms: BodyRooms) -> BodyRooms:
    dropped: set[str] = set()

    def rebind(codes: tuple[str, ...], lookup: Any) -> Any:
        dropped.add(codes[0])
        return rooms.rebind(codes, lookup)

    def own_number_of(code: LinkCode, lookup: Any) -> Any:
        return None if code in dropped else rooms.own_number_of(code, lookup)

    return replace(rooms, rebind=rebind, own_number_of=own_number_of)


def open_exchange_under_the_new_code(rooms: BodyRooms) -> BodyRooms:
    newest: dict[str, LinkCode] = {}

    def rebind(codes: tuple[str, ...], lookup: Any) -> Any:
        newest[codes[0]] = LinkCode(codes[1])
        return rooms.rebind(codes, lookup)

    def answer_codes(local: Any, lookup: Any) -> tuple[LinkCode, ...]:
        return tuple(newest.get(code, code) for code in rooms.answer_codes(local, lookup))

    return replace(rooms, rebind=rebind, answer_codes=answer_codes)


def repeated_change_refused(rooms: BodyRooms) -> BodyRooms:
    def is_repeat(verified: Any, known: str | None) -> bool:
        if verified.framed.typ == LINK_CODE_CHANGE and known is not None:
            raise Refused("message_id_reused")
        return rooms.is_repeat(verified, known)

    return replace(rooms, is_repeat=is_repeat)


def change_of_a_stranger_refused(rooms: BodyRooms) -> BodyRooms:
    def rebind(codes: tuple[str, ...], lookup: Any) -> Any:
        bound = rooms.rebind(codes, lookup)
        if bound is None:
            raise Refused("header_form_invalid", "nobody here has the old code")
        return bound

    return replace(rooms, rebind=rebind)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        change_taken_and_forgotten,
        change_of_any_signer,
        change_hash_not_compared,
        old_code_dropped_at_once,
        open_exchange_under_the_new_code,
        repeated_change_refused,
        change_of_a_stranger_refused,
    )
}
