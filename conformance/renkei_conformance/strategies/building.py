"""A record of any information, built from its item table so that every rule between its items holds.

Values are chosen freely (`Choice`), item by item; then each rule settles the items that it binds, as the table says.
Made, not searched for: a record that a right product must take needs no tries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from renkei_conformance.oracles.days import era_of
from renkei_conformance.upper import JsonObject
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item, Rule

Scalar = int | str | None
Values = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What is free: the value of an item in a row (None: absent, where it may be), and how many rows a group has."""

    value: Callable[[Item, int], Scalar]
    rows: Callable[[Item], int]


def build(
    standard: Standard, table: Information, keys: Mapping[str, str], status: str | None, choice: Choice
) -> JsonObject:
    """The full record below the information's root."""
    builder = _Builder(standard, table, keys, status, choice)
    return builder.record()


class _Builder:
    def __init__(
        self, standard: Standard, table: Information, keys: Mapping[str, str], status: str | None, choice: Choice
    ) -> None:
        self.standard, self.table, self.keys, self.status, self.choice = standard, table, keys, status, choice
        self.items = {item.id: item for item in table.items}
        self.repeated = {item.id: item for item in table.items if item.occurs_max != 1}

    def record(self) -> JsonObject:
        once = {item.id: self.choice.value(item, 0) for item in self._leaves(None)}
        rows = {name: self._rows(item) for name, item in self.repeated.items()}
        self._gate(once, rows)
        self._settle(once, [rule for rule in self.table.rules if not self._groups_of(rule)], once)
        self._settle_groups(once, rows)
        for name, group in rows.items():
            rules = [rule for rule in self.table.rules if name in self._groups_of(rule) and rule.kind != "count"]
            for row in group:
                self._settle(row, rules, once)
            rows[name] = self._ordered(self.repeated[name], group)
        for rule in self.table.rules:
            if rule.kind == "count" and rule.total:
                once[rule.total] = len(rows[rule.parts[0]])
        return self._nested(once, rows)

    # --- free values -------------------------------------------------------------------------------------------------

    def _leaves(self, group: str | None) -> list[Item]:
        """Leaves of this repeated group, or of none."""
        return [item for item in self.table.items if item.kind == "leaf" and self._group_of(item.id) == group]

    def _group_of(self, name: str) -> str | None:
        return next((part for part in self.items[name].path if part in self.repeated), None)

    def _groups_of(self, rule: Rule) -> set[str]:
        names = [*rule.parts, rule.total or ""]
        found = {self._group_of(name) for name in names if name in self.items}
        # A rule about a group itself speaks of what stands once, not of its rows.
        return {group for group in found if group is not None} - set(rule.parts)

    def _rows(self, group: Item) -> list[Values]:
        count = max(group.occurs_min, min(self.choice.rows(group), group.occurs_max or 1))
        return [{item.id: self.choice.value(item, n) for item in self._leaves(group.id)} for n in range(count)]

    # --- rules -------------------------------------------------------------------------------------------------------

    def _gate(self, once: Values, rows: dict[str, list[Values]]) -> None:
        """Let the code that calls for a repeated group go with the rows that were chosen, where it can."""
        for rule in self.table.rules:
            groups = set(rule.parts) & set(rows)
            total = self.items.get(rule.total or "")
            if rule.kind != "present_when" or not groups or total is None or total.id not in once:
                continue
            wanted = any(rows[name] for name in groups)
            if wanted != (once[total.id] in rule.values):
                others = [code for code in in_force(self.standard, total) if code not in rule.values]
                once[total.id] = rule.values[0] if wanted else (others or [once[total.id]])[0]

    def _settle_groups(self, once: Values, rows: dict[str, list[Values]]) -> None:
        for rule in self.table.rules:
            if rule.kind == "present_when" and set(rule.parts) & set(rows):
                due = once.get(rule.total or "") in rule.values
                for name in set(rule.parts) & set(rows):
                    if not due:
                        rows[name] = []
                    elif not rows[name]:
                        leaves = self._leaves(name)
                        rows[name] = [{item.id: self.choice.value(item, 0) for item in leaves}]

    def _settle(self, values: Values, rules: list[Rule], around: Values) -> None:
        """Let the rules have their way with `values`; `around` is what stands once, outside of a row."""
        for rule in sorted(rules, key=lambda rule: _TURN.get(rule.kind, 9)):
            match rule.kind:
                case "zero" if rule.status == self.status:
                    values |= dict.fromkeys(rule.parts, 0)
                case "sum" if rule.total and values.get(rule.total) is not None:
                    most = (10 ** (self.items[rule.total].digits or 1) - 1) // len(rule.parts)
                    values |= {part: min(values[part], most) for part in rule.parts if values.get(part) is not None}
                    values[rule.total] = sum(values.get(part) or 0 for part in rule.parts)
                case "equals_key" if rule.total and rule.total in self.keys:
                    values[rule.total] = self.keys[rule.total]
                case "present_when":
                    self._present(rule, values, around)
                case "not_before" if rule.total:
                    self._after(rule, values, around)
                case "era_same_day" if values.get(rule.total or ""):
                    code, ymd = era_of(date.fromisoformat(values[rule.total or ""]))
                    values |= {rule.parts[0]: code, rule.parts[1]: ymd}

    def _present(self, rule: Rule, values: Values, around: Values) -> None:
        due = {**around, **values}.get(rule.total or "") in rule.values
        for part in rule.parts:
            for leaf in self._beneath(part):
                if leaf.id not in values:
                    continue  # of a repeated group, whose rows stand or not
                if not due:
                    values[leaf.id] = None
                elif values.get(leaf.id) is None and (leaf.id == part or leaf.occurs_min):
                    values[leaf.id] = plain(self.standard, leaf)

    def _after(self, rule: Rule, values: Values, around: Values) -> None:
        """Bring days that are later than `total` down to it; where the day orders its rows, `total` up to it."""
        total = rule.total or ""
        places = {item.order_by for item in self.repeated.values()}
        for part in rule.parts:
            where = values if part in values else around
            if not values.get(total) or not where.get(part) or not _later(where[part], values[total]):
                continue
            if part in places and total not in places:
                values[total] = _day(where[part])
            else:
                where[part] = _day(values[total])

    def _beneath(self, name: str) -> list[Item]:
        return [item for item in self.table.items if item.kind == "leaf" and name in item.path]

    # --- the record --------------------------------------------------------------------------------------------------

    def _ordered(self, group: Item, rows: list[Values]) -> list[Values]:
        by = group.order_by or ""
        kept = {row[by]: row for row in rows if row.get(by) is not None}
        return [kept[place] for place in sorted(kept)]

    def _nested(self, once: Values, rows: dict[str, list[Values]]) -> JsonObject:
        record: JsonObject = {}
        for item in self.table.items:
            if item.kind == "leaf" and item.id in once and once[item.id] is not None:
                _put(record, item.path, once[item.id])
            if rows.get(item.id):
                value: list[object] = [self._row(item, row) for row in rows[item.id]]
                _put(record, item.path, value)
        return record

    def _row(self, group: Item, row: Values) -> object:
        if group.kind == "leaf":
            return row[group.id]
        found: JsonObject = {}
        for name, value in row.items():
            if value is not None:
                _put(found, self.items[name].path[len(group.path) :], value)
        return found


_TURN = {"present_when": 0, "zero": 1, "sum": 2, "equals_key": 3, "not_before": 4, "era_same_day": 5}


def plain(standard: Standard, item: Item, row: int = 0) -> int | str:
    """An ordinary value of an item: of its type, within its digits, of its code table."""
    digits = item.digits or 1
    if item.code:
        codes = in_force(standard, item)
        return str(codes[row % len(codes)])
    match item.type:
        case "S9":
            return min(int(10**digits) - 1, 3 + row)
        case "9":
            width = min(digits, 6)
            return f"{row % (10**width - 1) + 1:0{width}d}"
        case "date" | "date_partial":
            return f"202{row % 5}-0{row % 9 + 1}-1{row % 9}"
        case "N":
            return "霞浜市花待町"[:digits]
        case _:
            return f"A{row}"[:digits]


def in_force(standard: Standard, item: Item) -> list[str]:
    """The codes of an item that go on being in force: what any copy of these years may hold."""
    rows = standard.codes[str(item.code)].codes
    return [row.code for row in rows if row.valid_to is None and row.valid_from.year < 2024]


def _later(one: object, other: object) -> bool:
    """Whether a day lies after another, as far as both are known."""
    mine, theirs = (str(day).split("-00")[0] for day in (one, other))
    known = min(len(mine), len(theirs))
    return "0000" not in (mine, theirs) and mine[:known] > theirs[:known]


def _day(text: object) -> str:
    """A whole day in place of one of which a part is unknown."""
    return str(text).replace("-00", "-01")


def _put(record: Any, path: tuple[str, ...], value: object) -> None:
    *groups, leaf = path
    for group in groups:
        record = record.setdefault(group, {})
    record[leaf] = value
