"""Defects of a network, written from the clauses alone by one who had not read the cases (盲検).

Texts: `standard.faults`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.exchange import Life
from renkei_emulator.network.disclosing import Row
from renkei_emulator.network.link_codes import LinkCodes
from renkei_emulator.network.rooms import Codes, NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import StoredExchange
from renkei_emulator.trust import TrustStore

Fault = Callable[[NetworkRooms], NetworkRooms]
OVER = ("collected", "rejected", "refused", "expired", "undeliverable", "withdrawn")
CAME_TO_NOTHING = ("refused", "expired", "undeliverable", "withdrawn")


def rejected_without_code(rooms: NetworkRooms) -> NetworkRooms:
    def receipt(inquiry: Claims, life: Life, answer: dict[str, Any] | None = None) -> Claims:
        claims = rooms.receipt(inquiry, life, answer)
        bare = {name: value for name, value in claims.items() if name not in ("code", "stage")}
        return bare if life.state == "rejected" else claims

    return replace(rooms, receipt=receipt)


def reply_key_of_any_body(rooms: NetworkRooms) -> NetworkRooms:
    """Chain, dates and use of the reply key are checked; whose it is is not."""

    def check_reply_key(trust: TrustStore, claims: Claims, now: datetime) -> None:
        try:
            rooms.check_reply_key(trust, claims, now)
        except Refused as refused:
            if "certificate_not_of_sender" not in refused.for_log:
                raise

    return replace(rooms, check_reply_key=check_reply_key)


def codes_of_any_body(rooms: NetworkRooms) -> NetworkRooms:
    """A code that is not the asker's is looked for in everybody's."""

    def translate(codes: LinkCodes, subjects: Codes, giver: str, receiver: str) -> Codes:
        for body in (giver, *sorted({body for body, _ in codes._ciphers})):
            try:
                return rooms.translate(codes, subjects, body, receiver)
            except Refused:
                continue
        return rooms.translate(codes, subjects, giver, receiver)

    return replace(rooms, translate=translate)


def disclosure_ends_with_the_exchange(rooms: NetworkRooms) -> NetworkRooms:
    """The record is closed with the exchange; what either side says later is acknowledged and kept, and not looked at."""

    def is_hidden(exchange: StoredExchange, inquiry: Claims, life: Life) -> bool:
        frozen = replace(life, disclosed={}) if life.state in OVER else life
        return rooms.is_hidden(exchange, inquiry, frozen)

    return replace(rooms, is_hidden=is_hidden)


def answered_exchanges_only(rooms: NetworkRooms) -> NetworkRooms:
    """What came to nothing is no provision of the person's data, and is not told to the person."""

    def rows_told(rows: list[tuple[Row, bool]]) -> list[Row]:
        return rooms.rows_told([(row, hidden) for row, hidden in rows if row["state"] not in CAME_TO_NOTHING])

    return replace(rooms, rows_told=rows_told)


FAULTS: dict[str, Fault] = {
    "rejected_without_code": rejected_without_code,
    "reply_key_of_any_body": reply_key_of_any_body,
    "codes_of_any_body": codes_of_any_body,
    "disclosure_ends_with_the_exchange": disclosure_ends_with_the_exchange,
    "answered_exchanges_only": answered_exchanges_only,
}
