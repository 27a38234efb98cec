"""Rows of a load that are wrong in one thing each (P-BUS-001)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from renkei_conformance.people import Held, Person
from renkei_conformance.upper import JsonObject

GOOD = 3
Wrong = Callable[[dict[str, Any]], None]


def _unknown_code(taxation: dict[str, Any]) -> None:
    taxation["person_info"]["widow_class"] = "9"


def _too_many_digits(taxation: dict[str, Any]) -> None:
    taxation["general_portion"]["total_income"] = 10**13


def _text_for_number(taxation: dict[str, Any]) -> None:
    taxation["general_portion"]["total_income"] = "1200000"


def _unknown_item(taxation: dict[str, Any]) -> None:
    taxation["nickname"] = "X"


def _null(taxation: dict[str, Any]) -> None:
    taxation["deductions"]["disability_deduction"] = None


def _missing(taxation: dict[str, Any]) -> None:
    del taxation["general_portion"]["total_income"]


WRONG_ROWS: tuple[Wrong, ...] = (_unknown_code, _too_many_digits, _text_for_number, _unknown_item, _null, _missing)


def wrong_row(person: Person, held: Held, wrong: Wrong) -> JsonObject:
    """The row of a right record with one thing wrong in it."""
    row = copy.deepcopy(held.row(person.own_number))
    record = row["record"]
    assert isinstance(record, dict)
    wrong(record["taxation"])
    return row
