"""A provided record of any information against the copy that was due, each difference booked on one clause.

Rows of a repeated group are laid side by side by the item that orders them: a row that was dropped is one missing row and
not twenty wrong values, and an array sent as an object is the shape's business alone. Twin of `itemwise`, which knows
the income and tax certificate's own clauses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from renkei_conformance.finding import Finding, equal
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import items
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information, Item

SET, VALUES, TYPES, ZERO = "P-ITM-001", "P-ITM-002", "P-ITM-004", "P-ITM-005"
SHAPE, ORDER, COMPLETE, LEADING_ZEROS = "P-ITM-012", "P-ITM-013", "P-ITM-014", "P-ITM-015"
CHARACTERS, FLAG = "P-CHR-001", "P-CHR-005"
PARTLY_KNOWN, DAYS, ERAS = "P-DAT-001", "P-DAT-002", "P-DAT-005"
ABSENT = "absent"


class Pair(NamedTuple):
    """One leaf: what was due and what came; `ABSENT` stands for no member."""

    path: str
    item: Item
    due: object
    got: object
    told: bool = True
    """Whether the affair is told this item at all."""


@dataclass(frozen=True)
class Rows:
    """A repeated item of the record: the rows due, what came in its place, and both laid side by side."""

    item: Item
    due: list[Any]
    came: object

    @property
    def got(self) -> list[Any]:
        """The rows that came, whatever they came in."""
        if self.came is ABSENT or self.came is None:
            return []
        return self.came if isinstance(self.came, list) else [self.came]

    def place(self, row: object) -> object:
        """What a row stands by."""
        if self.item.kind == "leaf":
            return row
        return next((value for name, value in _leaves_of(row) if name == self.item.order_by), None)

    def pairs(self) -> list[tuple[Any, Any]]:
        """Rows due and got that are the same row; by place in the list where as many came as were due."""
        by_place = {str(self.place(row)): row for row in self.got}
        if len(self.got) == len(self.due) and {str(self.place(row)) for row in self.due} != set(by_place):
            return list(zip(self.due, self.got, strict=True))
        return [(row, by_place[str(self.place(row))]) for row in self.due if str(self.place(row)) in by_place]


def shape(told: Told) -> tuple[Finding, ...]:
    """P-ITM-012: an array, even of one; no member where there is none."""
    why = both("conformance.rule.repeated_shape")
    found = []
    for rows in repeated(told):
        due = "array" if rows.due else ABSENT
        empty = isinstance(rows.came, list) and not rows.came
        got = "empty array" if empty else "array" if isinstance(rows.came, list) else _kind(rows.came)
        if got == ABSENT and due == "array":
            continue  # rows that did not come are another clause's business
        found.append(equal(f"record.{rows.item.id}", due, got, why))
    return tuple(found) or (equal("record", "as loaded", "as loaded", why),)


def order(told: Told) -> tuple[Finding, ...]:
    """P-ITM-013: rows stand ascending by the item that orders them, so in the order of the rows due.

    A row is known by what it stands by, a zero lost in front of it or not; rows that are nobody's are left out.
    """
    why = both("conformance.rule.row_order")
    found = []
    for rows in repeated(told):
        due, got = ([str(rows.place(row)).lstrip("0") for row in side] for side in (rows.due, rows.got))
        known = [place for place in got if place in due]
        found.append(equal(f"record.{rows.item.id}", sorted(known, key=due.index), known, why))
    return tuple(found)


def complete(told: Told) -> tuple[Finding, ...]:
    """P-ITM-014: every row that is due, once, and no other."""
    why = both("conformance.rule.every_row")
    found = []
    for rows in repeated(told):
        due, got = ([str(rows.place(row)) for row in side] for side in (rows.due, rows.got))
        changed = len(due) == len(got) and len(set(got)) == len(got)  # the same rows, with what orders them changed
        shown = sorted(due) if changed else sorted(got)
        found.append(equal(f"record.{rows.item.id}", sorted(due), shown, why))
    return tuple(found)


def leaves(told: Told, clause: str) -> tuple[Finding, ...]:
    """Every difference of a leaf that breaks this clause; one finding that there is none."""
    why = both(f"conformance.rule.{_WHY[clause]}")
    wrong = [pair for pair in pairs(told) if pair.due != pair.got and clause_of(pair) == clause]
    found = [Finding(False, pair.due, pair.got, f"record.{pair.path}", why) for pair in wrong]
    return tuple(found) or (equal("record", "as loaded", "as loaded", why),)


def clause_of(pair: Pair) -> str:
    """The clause that a difference breaks."""
    item, due, got = pair.item, pair.due, pair.got
    if due == ABSENT:
        return ZERO if pair.told and (got is None or got in (0, "0", "")) else SET
    if item.type == "date_partial" and "-00" in str(due):
        return PARTLY_KNOWN
    if got is None or got == ABSENT:
        return ZERO if got is None or due in (0, "0") else SET
    if item.type in ("date", "date_partial"):
        return DAYS
    if item.type == "N":
        return CHARACTERS
    if item.id.endswith("_reduced"):
        return FLAG
    if (
        item.code is None
        and item.type in ("9", "X")
        and str(due).startswith("0")
        and str(got).lstrip("0") == str(due).lstrip("0")
    ):
        return LEADING_ZEROS
    return TYPES if str(due) == str(got) else VALUES


def in_eras(told: Told) -> tuple[Finding, ...]:
    """P-DAT-005: era code and YYMMDD as loaded; nothing where none stands."""
    why = both("conformance.rule.era_as_loaded")
    names = {part for rule in told.table.rules if rule.kind == "era_same_day" for part in rule.parts}
    due = [one for one in pairs(told) if one.item.id in names and one.due != ABSENT]
    return tuple(equal(f"record.{one.path}", one.due, one.got, why) for one in due)


def repeated(told: Told) -> list[Rows]:
    """The repeated items that the affair is told and of which something was due or came."""
    due, got = told.due_record, _object(told.result.get("record"))
    found = []
    for item in told.table.items:
        if item.occurs_max != 1 and _is_told(told, item):
            mine, came = _at(due, item.path), _at(got, item.path)
            if mine is not ABSENT or came is not ABSENT:
                found.append(Rows(item, mine if isinstance(mine, list) else [], came))
    return found


def pairs(told: Told) -> Iterator[Pair]:
    """Every leaf of the record outside and inside its rows, due beside got."""
    due, got = told.due_record, _object(told.result.get("record"))
    rows = repeated(told)
    inside = {one.item.id for one in rows}
    named = items.due_items(told.table, told.affair, told.held.status)
    yield from (one._replace(told=one.item.id in named) for one in _all_pairs(told, due, got, rows, inside))


def _all_pairs(
    told: Told, due: Mapping[str, Any], got: Mapping[str, Any], rows: list[Rows], inside: set[str]
) -> Iterator[Pair]:
    yield from _pairs(told.table, due, got, "", (), inside)
    for one in rows:
        for n, (mine, came) in enumerate(one.pairs()):
            where = f"{one.item.id}[{n}]"
            if one.item.kind == "leaf":
                yield Pair(where, one.item, mine, came)
            else:
                yield from _pairs(told.table, _object(mine), _object(came), where, one.item.path, set())


def _pairs(
    table: Information,
    due: Mapping[str, Any],
    got: Mapping[str, Any],
    where: str,
    base: tuple[str, ...],
    inside: set[str],
) -> Iterator[Pair]:
    for item in table.items:
        below = item.path[: len(base)] == base and len(item.path) > len(base)
        if item.kind != "leaf" or not below or inside & set(item.path[len(base) :]):
            continue
        path = item.path[len(base) :]
        mine, came = _at(due, path), _at(got, path)
        if mine is not ABSENT or came is not ABSENT:
            yield Pair(".".join(part for part in (where, *path) if part), item, mine, came)


def unlisted(told: Told) -> tuple[str, ...]:
    """Members that the item list does not have at all, wherever they stand."""
    known = {item.path for item in told.table.items}
    got = told.result.get("record")
    came = items.leaves(got) if isinstance(got, dict) else ()
    return tuple(items.dotted(path) for path, _ in came if items.plain(path) not in known)


def minimum(told: Told) -> tuple[Finding, ...]:
    """P-ITM-001 for any information: nothing missing, nothing more, nothing that the list does not have."""
    none: list[str] = []
    more = [*unlisted(told), *_groups_beyond(told)]
    return (*leaves(told, SET), equal("record", none, more, both("conformance.rule.minimum_set")))


def _groups_beyond(told: Told) -> Iterator[str]:
    """Repeated items that came and of which the affair is told nothing."""
    got = _object(told.result.get("record"))
    for item in told.table.items:
        if item.occurs_max != 1 and not _is_told(told, item) and _at(got, item.path) is not ABSENT:
            yield item.id


def _is_told(told: Told, group: Item) -> bool:
    named = items.due_items(told.table, told.affair, told.held.status)
    return any(group.id in told.table.item(name).path for name in named)


def types(told: Told) -> tuple[Finding, ...]:
    """P-ITM-004: the JSON types of what is there; days and characters have clauses of their own."""
    why = both("conformance.rule.type_and_digits")
    found = [
        Finding(False, _form(one.item), one.got, f"record.{one.path}", why)
        for one in pairs(told)
        if one.due != one.got and clause_of(one) == TYPES
    ]
    return tuple(found) or (equal("record", "types of the item list", "types of the item list", why),)


def _leaves_of(row: object) -> Iterator[tuple[str, object]]:
    if isinstance(row, dict):
        for path, value in items.leaves(row):
            yield items.name_of(path), value


def _at(record: object, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(record, dict) or name not in record:
            return ABSENT
        record = record[name]
    return record


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _kind(value: object) -> str:
    return ABSENT if value is ABSENT else "null" if value is None else type(value).__name__


def _form(item: Item) -> str:
    return f"{item.type} {item.digits}"


_WHY = {
    SET: "minimum_set", VALUES: "value_as_loaded", ZERO: "zero_and_absent", LEADING_ZEROS: "leading_zeros",
    CHARACTERS: "characters_as_loaded", FLAG: "flag_as_loaded", PARTLY_KNOWN: "partly_known_as_loaded",
    DAYS: "day_as_loaded",
}  # fmt: skip
