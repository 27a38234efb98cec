"""Defects of a network about a person's own records and what is kept from them. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from renkei_emulator.claims import Claims
from renkei_emulator.exchange import Life
from renkei_emulator.network.disclosing import Row
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.storage.network import StoredExchange

Fault = Callable[[NetworkRooms], NetworkRooms]


def hidden_inquiry_shown(rooms: NetworkRooms) -> NetworkRooms:
    def is_hidden(exchange: StoredExchange, inquiry: Claims, life: Life) -> bool:
        plain = {name: value for name, value in inquiry.items() if name != "record_disclosure"}
        return rooms.is_hidden(exchange, plain, life)

    return replace(rooms, is_hidden=is_hidden)


def only_the_inquirer_hides(rooms: NetworkRooms) -> NetworkRooms:
    def is_hidden(exchange: StoredExchange, inquiry: Claims, life: Life) -> bool:
        own = {body: word for body, word in life.disclosed.items() if body == exchange.sender}
        return rooms.is_hidden(exchange, inquiry, replace(life, disclosed=own))

    return replace(rooms, is_hidden=is_hidden)


def hidden_row_left_blank(rooms: NetworkRooms) -> NetworkRooms:
    def rows_told(rows: list[tuple[Row, bool]]) -> list[Row]:
        return [{"hidden": True} if hidden else row for row, hidden in rows]

    return replace(rooms, rows_told=rows_told)


def disclosure_passed_on(rooms: NetworkRooms) -> NetworkRooms:
    def told_too(exchange: StoredExchange, sender: str) -> str:
        return exchange.receiver if sender == exchange.sender else exchange.sender

    return replace(rooms, told_too=told_too)


def anybody_discloses(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, may_disclose=lambda *_: None)


def any_body_reads_records(rooms: NetworkRooms) -> NetworkRooms:
    return replace(rooms, may_read=lambda *_: None)


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        hidden_inquiry_shown,
        only_the_inquirer_hides,
        hidden_row_left_blank,
        disclosure_passed_on,
        anybody_discloses,
        any_body_reads_records,
    )
}
