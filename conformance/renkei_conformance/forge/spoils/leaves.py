"""Spoils of items wherever they stand, in rows of repeated groups first: one leaf or one group of an answer's record.

The last place that fits is taken: who looks at the first row alone, or at none, is found out. `NotForgeable` where the
record has no such place.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from renkei_conformance.forge.build import NotForgeable, Plan
from renkei_conformance.forge.spoils import replan
from renkei_fixtures import instants
from renkei_fixtures.standard.rows import Code, Information, Item


class Place(NamedTuple):
    """Where a value stands: in `members` under `name`. `item` is its row, `value` what is there."""

    members: Any
    name: str | int
    item: Item
    value: Any


Fits = Callable[[Place], bool]


def _information(plan: Plan) -> Information:
    return plan.known.standard.informations[str(plan.claims["information"])]


def _with_record(plan: Plan) -> tuple[Plan, Any]:
    """The plan with a copy of its first record, and that copy."""
    content = copy.deepcopy(dict(plan.content or {}))
    results: Any = content.get("results") or [{}]
    if "record" not in results[0]:
        raise NotForgeable("nothing is provided in this answer")
    return replace(plan, content=content), results[0]["record"]


def _places(information: Information, record: Any) -> Iterator[Place]:
    """Every group and leaf of a record, rows of arrays one by one; the array itself as the group that it repeats."""
    rows = {item.path: item for item in information.items}

    def walk(members: Any, path: tuple[str, ...]) -> Iterator[Place]:
        for name, value in list(members.items()):
            item = rows[(*path, name)]
            yield Place(members, name, item, value)
            for number, each in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(each, dict):
                    yield from walk(each, (*path, name))
                elif isinstance(value, list):
                    yield Place(value, number, item, each)

    yield from walk(record, ())


def _on_last(name: str, fits: Fits, change: Callable[[Place, Information], object]) -> None:
    """Register a spoil that puts another value in the last place that fits; in a row, if there is one."""

    @replan(name)
    def _(plan: Plan) -> Plan:
        changed, record = _with_record(plan)
        place = _last(_information(plan), record, fits)
        place.members[place.name] = change(place, _information(plan))
        return changed


def _last(information: Information, record: Any, fits: Fits) -> Place:
    found = [place for place in _places(information, record) if fits(place)]
    repeated = {item.id for item in information.items if item.occurs_max != 1}
    in_rows = [place for place in found if repeated & set(place.item.path)]
    if not found:
        raise NotForgeable("the answer has no such item")
    return (in_rows or found)[-1]


def _leaf(place: Place) -> bool:
    return place.item.kind == "leaf" and not isinstance(place.value, list)


def _of_type(*types: str) -> Fits:
    return lambda place: _leaf(place) and place.item.type in types


def _too_long(place: Place, _information: Information) -> object:
    digits = place.item.digits or 1
    longer: dict[str | None, object] = {
        "S9": 10**digits, "9": "1" * (digits + 1), "X": "A" * (digits + 1), "N": "霞" * (digits + 1),
    }  # fmt: skip
    return longer[place.item.type]


def _measured(place: Place) -> bool:
    return _of_type("S9", "9", "X", "N")(place) and place.item.code is None


def _rows(place: Place) -> bool:
    return isinstance(place.value, list) and isinstance(place.name, str)


def _turned(place: Place, _information: Information) -> object:
    first, second, *rest = place.value
    return [second, first, *rest]


def _mixed(char: str) -> Callable[[Place, Information], object]:
    """One character of the text becomes this one."""
    return lambda place, _information: char + str(place.value)[1:]


_on_last("leaf.wrong_type", _leaf, lambda place, _i: str(place.value) if isinstance(place.value, int) else 1)
_on_last("leaf.too_long", _measured, _too_long)
_on_last(
    "leaf.code_unknown",
    lambda place: _of_type("X")(place) and place.item.code is not None,
    lambda place, _i: "~" * min(place.item.digits or 1, 4),
)
_on_last("rows.out_of_order", lambda place: _rows(place) and len(place.value) > 1, _turned)
_on_last("rows.not_in_an_array", _rows, lambda place, _i: place.value[0])
_on_last("text.private_use", _of_type("N"), _mixed("\ue000"))
_on_last("text.outside_the_repertoire", _of_type("N"), _mixed("们"))
_on_last("text.half_width_kana", _of_type("N"), _mixed("ｶ"))
_on_last(
    "text.variation_selector",
    lambda place: _of_type("N")(place) and (place.item.digits or 0) > 1,
    lambda _p, _i: "辻\U000e0100",
)
_on_last("day.impossible", _of_type("date", "date_partial"), lambda _p, _i: "2025-02-30")
_on_last("day.partly_unknown", _of_type("date"), lambda place, _i: f"{place.value[:7]}-00")
_on_last("day.known_beneath_unknown", _of_type("date_partial"), lambda _p, _i: "2025-00-15")


def _out_of_force(name: str, out: Callable[[Code, date], bool]) -> None:
    """Register a spoil that puts in a code of the item's table that is out of force on the copy's day."""

    @replan(name)
    def _(plan: Plan) -> Plan:
        changed, record = _with_record(plan)
        information, tables = _information(plan), plan.known.standard.codes
        results: Any = (changed.content or {}).get("results")
        day = instants.japan_date(instants.parse(str(results[0].get("as_of"))))
        bound = {rule.total for rule in information.rules}

        def codes(place: Place) -> list[str]:
            listed = _leaf(place) and place.item.code is not None and place.item.id not in bound
            return [row.code for row in tables[str(place.item.code)].codes if out(row, day)] if listed else []

        place = _last(information, record, lambda one: bool(codes(one)))
        place.members[place.name] = codes(place)[0]
        return changed


_out_of_force("leaf.code_ended", lambda row, day: row.valid_to is not None and row.valid_to < day)
_out_of_force("leaf.code_not_begun", lambda row, day: row.valid_from > day)


@replan("leaf.unknown")
def _unknown(plan: Plan) -> Plan:
    changed, record = _with_record(plan)
    place = _last(_information(plan), record, lambda one: _leaf(one) and isinstance(one.members, dict))
    place.members["nickname"] = "X"
    return changed


@replan("leaf.missing")
def _missing(plan: Plan) -> Plan:
    """A leaf that every group of its kind has. What orders rows stays: it would be another fault."""
    changed, record = _with_record(plan)
    information = _information(plan)
    kept = {item.order_by for item in information.items}

    def fits(place: Place) -> bool:
        needed = place.item.occurs_min > 0 and place.item.id not in kept
        return _leaf(place) and needed and isinstance(place.members, dict) and len(place.members) > 1

    place = _last(information, record, fits)
    del place.members[place.name]
    return changed
