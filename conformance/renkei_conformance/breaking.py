"""A right copy with one rule between its items broken, or one occurrence too many: what a load must set aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_conformance.people import Held
from renkei_conformance.setting_aside import Wrong, present, put, spoiled, with_value
from renkei_conformance.strategies import copies
from renkei_conformance.strategies.building import plain
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item, Rule


def broken_rules(standard: Standard, table: Information, good: Held) -> list[Wrong]:
    """One wrong copy for each rule that the plain copy can break in an item that it has."""
    found = (_broken(standard, table, good, rule) for rule in table.rules)
    return [replace(wrong, tied=wrong.tied | _tied(table, wrong.item)) for wrong in found if wrong is not None]


def _tied(table: Information, item: str) -> frozenset[str]:
    """The items of all rules that speak of this one: which of them is wrong is a matter of view."""
    of_rules = ({*rule.parts, rule.total} - {None} for rule in table.rules)
    return frozenset(str(name) for names in of_rules if item in names for name in names)


def _broken(standard: Standard, table: Information, good: Held, rule: Rule) -> Wrong | None:
    total = table.item(rule.total) if rule.total else None
    parts = [table.item(part) for part in rule.parts]
    match rule.kind:
        case "sum" | "count" if total is not None and present(good, total):
            return _changed(good, rule, total, lambda value: value + 1 if value < 9 else value - 1)
        case "zero" if rule.status is not None and present(good, parts[0]):
            # Another status: the amounts stand, and should be nothing. Sums of them stay right.
            return None
        case "not_before" if total is not None and present(good, total) and present(good, parts[0]):
            return Wrong(rule.id, total.id, with_value(with_value(good, parts[0], "2024-06-01"), total, "2024-05-31"))
        case "present_when" if total is not None and present(good, total) and parts[0].kind == "leaf":
            return _missing_or_more(standard, table, good, rule, parts[0])
    return None


def _changed(good: Held, rule: Rule, item: Item, change: Any) -> Wrong:
    value: Any = good.record
    for name in item.path:
        value = value[0][name] if isinstance(value, list) else value[name]
    return Wrong(rule.id, item.id, with_value(good, item, change(value)))


def _missing_or_more(standard: Standard, table: Information, good: Held, rule: Rule, part: Item) -> Wrong:
    """The item taken away where it is called for, put in where it has no place."""
    if present(good, part):

        def without(record: dict[str, Any]) -> None:
            here: Any = record
            for name in part.path[:-1]:
                here = here[0] if isinstance(here, list) else here
                here = here[name]
            here = here[0] if isinstance(here, list) else here
            del here[part.path[-1]]
            _prune(record)

        held = spoiled(good, without)
        # Where the item was all that its group held, the group is missing too.
        gone = [] if part.parent is None or present(held, table.item(part.parent)) else [part.parent]
        return Wrong(f"{rule.id}: missing", part.id, held, frozenset(gone))
    return Wrong(f"{rule.id}: more", part.id, with_value(good, part, plain(standard, part)))


def _prune(members: dict[str, Any]) -> None:
    """Take out groups that have become empty: an empty object is a fault of its own."""
    for name, value in list(members.items()):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                _prune(one)
        if value == {}:
            del members[name]


def codes_out_of_force(standard: Standard, table: Information, good: Held) -> list[Wrong]:
    """For each coded item a code that ended before the copy's day, one that has not begun, and one of no table."""
    found = []
    for item in table.items:
        if item.code is None or not present(good, item):
            continue
        rows = standard.codes[item.code].codes
        ended = [row.code for row in rows if row.valid_to is not None and row.valid_to.isoformat() < copies.DAY]
        unborn = [row.code for row in rows if row.valid_from.isoformat() > copies.DAY]
        found += [
            Wrong(f"{item.id} {code}", item.id, with_value(good, item, code)) for code in (*ended[:1], *unborn[:1])
        ]
    return found


def wrong_occurrences(standard: Standard, table: Information) -> list[Wrong]:
    """Per repeated group: one row too many, no row in an array, two rows turned round, one row twice."""
    found = []
    full = copies.made(standard, table, rows=2)
    for group in table.items:
        if group.kind != "group" or group.occurs_max == 1 or not present(full, group):
            continue
        rows = _rows(full, group)
        wrong: dict[str, list[Any]] = {"empty": [], "one twice": [rows[0], rows[0]]}
        if len(rows) > 1:
            wrong["turned round"] = [rows[1], rows[0]]
        if surplus := _surplus(standard, table, group):
            wrong["too many"] = surplus
        found += [
            Wrong(f"{group.id} {what}", group.id, _with_rows(full, group, value), _tied(table, group.id))
            for what, value in wrong.items()
        ]
    return found


def _surplus(standard: Standard, table: Information, group: Item) -> list[Any]:
    """One row more than may be, in order and no two alike; none where there are not so many to stand by."""
    most = group.occurs_max or 1
    wider = tuple(
        item.model_copy(update={"occurs_max": most + 1}) if item.id == group.id else item for item in table.items
    )
    held = copies.made(standard, table.model_copy(update={"items": wider}), rows=99, number=1)
    rows = _rows(held, group) if present(held, group) else []
    return rows if len(rows) > most else []


def _rows(held: Held, group: Item) -> list[Any]:
    value: Any = held.record
    for name in group.path:
        value = value[name]
    return list(value)


def _with_rows(held: Held, group: Item, rows: list[Any]) -> Held:
    return spoiled(held, lambda record: put(record, group, rows))
