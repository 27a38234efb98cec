"""One difference in a provided record is one red clause."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from renkei_conformance import itemwise
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles.items import expected_record
from renkei_conformance.people import INFORMATION, Held
from renkei_conformance.strategies import records
from renkei_fixtures.standard import load

AFFAIR, YEAR = "AF-02", "2025"
STANDARD = load()


def held(example: int = 0) -> Held:
    return records.boundaries(STANDARD, YEAR)[example]


def told(change: Callable[[dict[str, Any]], None], example: int = 0) -> Told:
    one = held(example)
    record = copy.deepcopy(expected_record(STANDARD, INFORMATION, AFFAIR, one.status, one.record, {"tax_year": YEAR}))
    change(record)
    result = {"item_no": 1, "result": "provided", "status": one.status, "as_of": one.as_of, "record": record}
    return Told(STANDARD, AFFAIR, one, result)


def red(one: Told) -> set[str]:
    found = {
        itemwise.SET: [itemwise.minimum_set(one)],
        itemwise.VALUES: itemwise.values(one),
        itemwise.YEAR: [itemwise.year(one)],
        itemwise.TYPES: itemwise.types(one),
        itemwise.ZERO: itemwise.zeros_and_absences(one),
        itemwise.AS_OF: [itemwise.as_of(one)],
    }
    return {clause for clause, findings in found.items() if not all(finding.ok for finding in findings)}


def deduct(record: dict[str, Any]) -> dict[str, Any]:
    return record["taxation"]["deductions"]  # type: ignore[no-any-return]


MOST, LEAST, ZERO, BARELY = range(4)


@pytest.mark.parametrize("example", range(len(records.BOUNDARIES)))
def test_the_right_record_has_nothing_red(example: int) -> None:
    assert red(told(lambda record: None, example)) == set()


@pytest.mark.parametrize(
    ("change", "example", "clause"),
    [
        (lambda r: deduct(r).pop("disability_deduction"), MOST, itemwise.SET),
        (lambda r: r["taxation"].update(nickname="x"), MOST, itemwise.SET),
        (lambda r: deduct(r).update(disability_deduction=1), MOST, itemwise.VALUES),
        (lambda r: deduct(r).update(disability_deduction=-1), LEAST, itemwise.VALUES),
        (lambda r: deduct(r).update(disability_deduction=str(deduct(r)["disability_deduction"])), MOST, itemwise.TYPES),
        (lambda r: deduct(r).pop("disability_deduction"), ZERO, itemwise.ZERO),
        (lambda r: deduct(r).update(disability_deduction=None), ZERO, itemwise.ZERO),
        (lambda r: deduct(r).update(casualty_loss_deduction=0), BARELY, itemwise.ZERO),
        (lambda r: deduct(r).update(casualty_loss_deduction=None), BARELY, itemwise.ZERO),
    ],
)
def test_one_difference_is_one_red_clause(change: Callable[[dict[str, Any]], None], example: int, clause: str) -> None:
    if clause == itemwise.SET and example == MOST:
        assert red(told(change, example)) - {itemwise.TYPES} == {clause}
    else:
        assert red(told(change, example)) == {clause}


def test_another_year_is_its_own_clause() -> None:
    assert itemwise.YEAR in red(told(lambda r: r["taxation"].update(tax_year="2024")))


def test_a_group_whose_zeros_were_left_out_is_no_item_too_many() -> None:
    def empty(record: dict[str, Any]) -> None:
        record["taxation"]["municipal_tax"] = {}

    assert red(told(empty, ZERO)) == {itemwise.ZERO}


def test_boundaries_reach_the_edges_of_every_amount() -> None:
    table = STANDARD.informations[INFORMATION]
    for item in table.items:
        if item.kind == "leaf" and item.type == "S9" and not any(item.id in (*r.parts, r.total) for r in table.rules):
            values = []
            for one in records.boundaries(STANDARD, YEAR):
                part: Any = one.record
                for name in item.path:
                    part = part.get(name) if isinstance(part, dict) else None
                values.append(part)
            assert {9_999_999_999_999, -9_999_999_999_999, 0, 1, -1} <= set(values), item.id
