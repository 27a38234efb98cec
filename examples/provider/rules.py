"""Rules between the items of a loaded record (standard: "Kinds of rules between items"), and the order of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from .wire import Json

# Standard: "Dates". On the day of a change either era is right.
ERAS = {
    "1": ("1868-01-25", "1912-07-30"),
    "2": ("1912-07-30", "1926-12-25"),
    "3": ("1926-12-25", "1989-01-07"),
    "4": ("1989-01-08", "2019-04-30"),
    "5": ("2019-05-01", "9999-12-31"),
}
Broken = tuple[str, str, str]
"""Where (a path), why (a reason of `set_aside`), and which rule."""


class Rules:
    """Of one information."""

    def __init__(self, information: Json) -> None:
        self._rules: list[Json] = information["rules"]
        self._items: dict[str, Json] = {item["id"]: item for item in information["items"]}

    def broken(self, record: Json, status: str | None, keys: Json) -> Iterator[Broken]:
        """What is wrong between the items of a record whose every item is right by itself."""
        once: Json = {}
        rows: dict[str, list[Json]] = {}
        _flatten(record, once, rows)
        for group, each in rows.items():
            by = self._items[group]["order_by"]
            places = [row[by] for row in each if by in row]
            if not all(one < other for one, other in pairwise(places)):
                yield self._path(group), "item_invalid", f"rows ascending by {by}, no two alike"
        counts = {group: len(each) for group, each in rows.items()}
        for rule in self._rules:
            for number, values in self._scopes(rule, once, rows):
                for item, reason in _look(rule, values, counts, status, keys):
                    yield self._path(item, number), reason, rule["text"]["en"]

    def _scopes(self, rule: Json, once: Json, rows: dict[str, list[Json]]) -> Iterator[tuple[int | None, Json]]:
        """The values that a rule looks at: all that stand once, or with them those of each row of a repeated group."""
        groups = {group for name in (*rule["parts"], rule["total"]) if name and (group := self._repeated(name))}
        if rule["kind"] == "count" or not groups:
            yield None, once
            return
        for number, row in enumerate(rows.get(groups.pop(), [])):
            yield number, once | row

    def _repeated(self, name: str) -> str | None:
        above = self._items[name]["path"][:-1]
        return next((group for group in above if (self._items[group]["occurs_max"] or 1) > 1), None)

    def _path(self, name: str, number: int | None = None) -> str:
        group = self._repeated(name)
        steps = [f"{step}[{number}]" if step == group else step for step in self._items[name]["path"]]
        return ".".join(("record", *steps))


def _flatten(members: Json, into: Json, rows: dict[str, list[Json]]) -> None:
    for name, value in members.items():
        into[name] = value
        if isinstance(value, dict):
            _flatten(value, into, rows)
        elif isinstance(value, list):
            rows[name] = []
            for one in value:
                row: Json = {}
                _flatten(one if isinstance(one, dict) else {name: one}, row, {})
                rows[name].append(row)


def _look(
    rule: Json, values: Json, counts: dict[str, int], status: str | None, keys: Json
) -> Iterator[tuple[str, str]]:
    """The items in which a rule is broken, and why."""
    kind, total, value = rule["kind"], rule["total"], values.get(rule["total"])
    here = [values[part] for part in rule["parts"] if part in values]
    wrong = (
        (kind == "sum" and value is not None and value != sum(here))
        or (kind == "equals_key" and value is not None and total in keys and value != keys[total])
        or (kind == "not_before" and any(_before(value, part) for part in here))
        or (kind == "count" and value is not None and value != counts.get(rule["parts"][0], 0))
    )
    if wrong:
        yield total, "item_invalid"
    if kind == "zero" and status == rule["status"]:
        yield from ((part, "item_invalid") for part in rule["parts"] if values.get(part, 0) != 0)
    if kind == "era_same_day" and value is not None and len(here) == 2 and not _same_day(value, *here):
        yield rule["parts"][1], "item_invalid"
    if kind == "present_when":
        for part in rule["parts"]:
            if (part in values) != (value in rule["values"]):
                yield part, "item_not_permitted" if part in values else "item_missing"


def _before(one: Any, other: Any) -> bool:
    """Of two dates, as far as both are known."""
    if not isinstance(one, str):
        return False
    for mine, theirs in zip(one.split("-"), other.split("-"), strict=True):
        if not int(mine) or not int(theirs):
            return False
        if mine != theirs:
            return mine < theirs
    return False


def _same_day(day: str, era: str, ymd: str) -> bool:
    first, last = ERAS[era]
    try:
        meant = date(int(first[:4]) + int(ymd[:2]) - 1, int(ymd[2:4]), int(ymd[4:])).isoformat()
    except ValueError:
        return False
    return len(ymd) == 6 and ymd[:2] != "00" and first <= meant <= last and meant == day
