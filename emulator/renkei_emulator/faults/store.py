"""Faults of the store, ID conversion and business connection: the wrong record, the wrong person, the wrong row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault, nothing
from renkei_emulator.intermediate_if.business_connection import Load, RowWrong
from renkei_emulator.intermediate_if.linkage_information_store import key_text
from renkei_emulator.messages import Asked, Found
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

Row = Mapping[str, Any]


def newest_year_for_any_year(rooms: BodyRooms) -> BodyRooms:
    def take(item: Asked, information: Any, lookup: Any) -> Found | None:
        for year in range(2040, 2000, -1):
            found = rooms.take(item._replace(keys={**item.keys, "tax_year": str(year)}), information, lookup)
            if found is not None:
                return found
        return None

    return replace(rooms, take=take)


def missing_record_answered_empty(rooms: BodyRooms) -> BodyRooms:
    def take(item: Asked, information: Any, lookup: Any) -> Found | None:
        found = rooms.take(item, information, lookup)
        if found is None and item.own_number is not None:
            return Found("1", "2026-04-01T00:00:00.000Z", {})
        return found

    return replace(rooms, take=take)


def undeclared_as_zero(rooms: BodyRooms) -> BodyRooms:
    def take(item: Asked, information: Any, lookup: Any) -> Found | None:
        found = rooms.take(item, information, lookup)
        if found is None or found.status != "4":
            return found
        record: dict[str, Any] = {}
        for row in information.items:
            if row.kind == "leaf":
                inner = record
                for group in row.path[:-1]:
                    inner = inner.setdefault(group, {})
                inner[row.id] = 0 if row.type == "S9" else str(item.keys.get(row.id, "0"))
        return Found("1", found.as_of, record)

    return replace(rooms, take=take)


# --- persons --------------------------------------------------------------------------------------------------------
def own_number_by_prefix(rooms: BodyRooms) -> BodyRooms:
    known: list[str] = []
    check = rooms.row_checks["records"]

    def remember(row: Any, information: Any, standard: Any) -> Row:
        kept = check(row, information, standard)
        known.append(kept["own_number"])
        return kept

    def own_number_of(code: Any, lookup: Any) -> Any:
        own = rooms.own_number_of(code, lookup)
        return own and next((other for other in known if other[:14] == own[:14]), own)

    return replace(rooms, row_checks={**rooms.row_checks, "records": remember}, own_number_of=own_number_of)


def unknown_code_refused_in_clear(rooms: BodyRooms) -> BodyRooms:
    def own_number_of(code: Any, lookup: Any) -> Any:
        own = rooms.own_number_of(code, lookup)
        if own is None:
            raise Refused("link_code_invalid", "not found")
        return own

    return replace(rooms, own_number_of=own_number_of)


def subjects_from_last_exchange(rooms: BodyRooms) -> BodyRooms:
    last: list[Any] = []

    def answer_codes(*args: Any) -> Any:
        last.append(rooms.answer_codes(*args))
        return last[-2] if len(last) > 1 else last[-1]

    return replace(rooms, answer_codes=answer_codes)


# --- loads ----------------------------------------------------------------------------------------------------------
def _records(rooms: BodyRooms, change: Any) -> BodyRooms:
    """A record row is changed as it is kept."""
    check = rooms.row_checks["records"]

    def changed(row: Any, information: Any, standard: Any) -> Row:
        kept: Row = change(dict(check(row, information, standard)))
        return kept

    return replace(rooms, row_checks={**rooms.row_checks, "records": changed})


def first_copy_kept(rooms: BodyRooms) -> BodyRooms:
    first: dict[tuple[str, str, str], Row] = {}
    return _records(
        rooms, lambda row: first.setdefault((row["own_number"], row["information"], key_text(row["keys"])), row)
    )


def _amounts(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {name: _amounts(inner, change) for name, inner in value.items()}
    return change(value) if type(value) is int else value


def thirteenth_digit_lost(rooms: BodyRooms) -> BodyRooms:
    def cut(amount: int) -> int:
        return int(str(amount)[:-1]) if len(str(abs(amount))) > 12 else amount

    return _records(rooms, lambda row: {**row, "record": _amounts(row["record"], cut)})


def minus_sign_lost(rooms: BodyRooms) -> BodyRooms:
    return _records(rooms, lambda row: {**row, "record": _amounts(row["record"], abs)})


def unknown_code_passed_on(rooms: BodyRooms) -> BodyRooms:
    check = rooms.row_checks["records"]

    def length_only(row: Any, information: Any, standard: Any) -> Row:
        try:
            return check(row, information, standard)
        except RowWrong as wrong:
            if wrong.reason != "code_not_in_force":
                raise
            kept = {name: row[name] for name in ("own_number", "keys", "as_of", "record")}
            return kept | {"information": information.id, "status": row.get("status")}

    return replace(rooms, row_checks={**rooms.row_checks, "records": length_only})


def bad_row_drops_the_rest(rooms: BodyRooms) -> BodyRooms:
    def read_load(*args: Any) -> Load:
        load = rooms.read_load(*args)
        first = min((aside.row for aside in load.set_aside if aside.list == "records"), default=None)
        return load if first is None else replace(load, records=load.records[:first])

    return replace(rooms, read_load=read_load)


def drafter_may_approve(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_approval=nothing)


FAULTS: dict[str, Fault] = {
    "newest_year_for_any_year": newest_year_for_any_year,
    "missing_record_answered_empty": missing_record_answered_empty,
    "undeclared_as_zero": undeclared_as_zero,
    "own_number_by_prefix": own_number_by_prefix,
    "unknown_code_refused_in_clear": unknown_code_refused_in_clear,
    "subjects_from_last_exchange": subjects_from_last_exchange,
    "first_copy_kept": first_copy_kept,
    "thirteenth_digit_lost": thirteenth_digit_lost,
    "minus_sign_lost": minus_sign_lost,
    "unknown_code_passed_on": unknown_code_passed_on,
    "bad_row_drops_the_rest": bad_row_drops_the_rest,
    "drafter_may_approve": drafter_may_approve,
}
