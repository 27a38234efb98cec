"""Which copy is due, and how a record of rows is held against it: each difference on one clause, built records right."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from renkei_conformance import rowwise
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import copies as oracle
from renkei_conformance.oracles import days, items
from renkei_conformance.people import Held
from renkei_conformance.strategies import copies
from renkei_fixtures.standard import load

STANDARD = load()
HANDBOOK = STANDARD.informations["disability_handbook"]
HISTORY = STANDARD.informations["residence_history"]


def told(change: Callable[[dict[str, Any]], Any], rows: int = 3) -> Told:
    held = copies.made(STANDARD, HANDBOOK, rows=rows, number=1)
    record = copy.deepcopy(items.expected_record(STANDARD, HANDBOOK.id, "AF-01", None, held.record, held.keys))
    change(record)
    return Told(STANDARD, "AF-01", held, {"result": "provided", "as_of": held.as_of, "record": record})


def red(one: Told) -> set[str]:
    found = {
        rowwise.SET: rowwise.minimum(one),
        rowwise.TYPES: rowwise.types(one),
        rowwise.SHAPE: rowwise.shape(one),
        rowwise.ORDER: rowwise.order(one),
        rowwise.COMPLETE: rowwise.complete(one),
        **{clause: rowwise.leaves(one, clause) for clause in rowwise._WHY if clause != rowwise.SET},
    }
    return {clause for clause, findings in found.items() if not all(finding.ok for finding in findings)}


def rows(record: dict[str, Any]) -> list[Any]:
    return record["handbooks"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_right_record_has_nothing_red(count: int) -> None:
    assert red(told(lambda record: None, count)) == set()


@pytest.mark.parametrize(
    ("change", "count", "clause"),
    [
        (lambda r: r.update(handbooks=rows(r)[0]), 1, rowwise.SHAPE),
        (lambda r: r.update(handbooks=[]), 0, rowwise.SHAPE),
        (lambda r: r.update(handbooks=None), 0, rowwise.SHAPE),
        (lambda r: rows(r).reverse(), 3, rowwise.ORDER),
        (lambda r: rows(r).pop(), 3, rowwise.COMPLETE),
        (lambda r: rows(r).append(rows(r)[-1]), 3, rowwise.COMPLETE),
        (lambda r: rows(r)[0].pop("first_issued_on"), 3, rowwise.SET),
        (lambda r: rows(r)[0].update(handbook_no="A1"), 3, rowwise.SET),
        (lambda r: r.update(nickname="X"), 3, rowwise.SET),
        (lambda r: rows(r)[1].update(first_issued_on="2020-01-01"), 3, rowwise.DAYS),
        (lambda r: rows(r)[1].update(disability_name="霞"), 3, rowwise.CHARACTERS),
        (lambda r: r.update(handbook_count=str(r["handbook_count"])), 3, rowwise.TYPES),
        (lambda r: r.update(handbook_count=9), 3, rowwise.VALUES),
    ],
)
def test_one_difference_is_one_red_clause(change: Callable[[dict[str, Any]], Any], count: int, clause: str) -> None:
    assert red(told(change, count)) == {clause}


def on(day: str, mark: str) -> Held:
    return Held(HANDBOOK.id, {"base_date": day}, None, mark, {})


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2024-02-28", None), ("2024-02-29", "b"), ("2025-03-31", "b"), ("2025-04-01", "c"), ("2099-01-01", "c")],
)
def test_the_latest_copy_that_is_not_later_is_due_and_the_last_one_loaded_of_a_day(asked: str, due: str | None) -> None:
    held = [on("2025-04-01", "c"), on("2024-02-29", "a"), on("2024-02-29", "b")]
    found = oracle.due(HANDBOOK, held, {"base_date": asked})
    assert (found.as_of if found else None) == due


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [("2024-02-29", "2024-03-01", ["2024-02-29", "2024-03-01"]), ("2024-03-01", "2024-03-01", ["2024-03-01"]), ("2020-01-01", "2024-02-28", None)],
)  # fmt: skip
def test_a_period_has_both_ends_and_without_rows_no_group(first: str, last: str, due: list[str] | None) -> None:
    record: dict[str, Any] = {
        "moves": [{"moved_on": day} for day in ("2024-02-29", "2024-03-01")],
        "residence_state": "1",
    }
    held = Held(HISTORY.id, {}, None, "t", record)
    found = oracle.due(HISTORY, [held], {"period_from": first, "period_to": last})
    assert found is not None
    assert found.record is not None
    moves = found.record.get("moves")
    assert (moves and [row["moved_on"] for row in moves]) == due  # type: ignore[attr-defined]
    assert len(record["moves"]) == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [("か\u309a", 1), ("\U0002000bか\u309a霞", 3), ("髙", None), ("\u309a", None), ("A", None), ("", 0)],
)
def test_cells_are_counted_as_jis_counts_them(text: str, count: int | None) -> None:
    assert items.cells_in(text) == count


@pytest.mark.parametrize(("text", "day", "partly"), [
    ("2024-02-29", True, True), ("2023-02-29", False, False), ("1940-05-00", False, True), ("1940-00-00", False, True),
    ("0000-00-00", False, True), ("1940-00-17", False, False), ("0000-05-00", False, False), ("1940-13-00", False, False),
])  # fmt: skip
def test_days_and_partly_known_days(text: str, day: bool, partly: bool) -> None:
    assert (days.is_day(text), days.is_partly_known(text)) == (day, partly)


@pytest.mark.parametrize("information", STANDARD.informations)
def test_built_records_are_of_their_types_and_in_order(information: str) -> None:
    table = STANDARD.informations[information]
    for held in copies.edges(STANDARD, table):
        assert held.record is not None
        assert all(finding.ok for finding in items.typed(table, held.record))
