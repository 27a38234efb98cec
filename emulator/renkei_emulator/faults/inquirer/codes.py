"""Faults of a body that asks (欠陥): an answer's codes and the dates of their tables. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Code, Information

TODAY = date(2026, 7, 1)
"""The day on which the emulated world begins."""


def _with_tables(change: Any) -> Fault:
    """Answers are checked against tables whose rows were changed on the way into the product."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(plain: Any, ours: Mapping[str, Any], standard: Standard) -> Any:
            tables = {
                name: table.model_copy(update={"codes": tuple(change(row) for row in table.codes)})
                for name, table in standard.codes.items()
            }
            return rooms.check_answer_content(plain, ours, replace(standard, codes=tables))

        return replace(rooms, check_answer_content=check)

    return fault


def _of_any_day(row: Code) -> Code:
    return row.model_copy(update={"valid_from": date.min, "valid_to": None})


def _without_end(row: Code) -> Code:
    return row.model_copy(update={"valid_to": None})


def _ended(information: Information, record: Any, standard: Standard) -> bool:
    """Whether a coded item holds a code that has ended by today."""
    tables = {item.id: item.code for item in information.items if item.code}

    def look(value: Any, name: str) -> bool:
        if isinstance(value, dict):
            return any(look(each, member) for member, each in value.items())
        if isinstance(value, list):
            return any(look(each, name) for each in value)
        row = standard.codes[str(tables[name])].code(str(value)) if name in tables else None
        return row is not None and row.valid_to is not None and row.valid_to < TODAY

    return look(record, "")


def codes_by_todays_table(rooms: BodyRooms) -> BodyRooms:
    def check(plain: Any, ours: Mapping[str, Any], standard: Standard) -> Any:
        results = rooms.check_answer_content(plain, ours, standard)
        information = standard.informations[ours["information"]]
        if any(_ended(information, row.get("record"), standard) for row in results):
            raise Refused("code_not_in_force", "today")
        return results

    return replace(rooms, check_answer_content=check)


FAULTS: dict[str, Fault] = {
    "codes_without_dates": _with_tables(_of_any_day),
    "ended_codes_let_by": _with_tables(_without_end),
    "codes_by_todays_table": codes_by_todays_table,
}
