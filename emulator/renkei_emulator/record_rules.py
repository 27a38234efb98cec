"""Rules between the items of a record (項目間の規則), as the item list of an information states them.

A rule over a repeated group holds in each of its rows. Of a record of which only some items may be told, a rule speaks
where all of its items may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.dates import before, day_of, days_of_era
from renkei_fixtures.eras import eras

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Information, Item, Rule

Values = Mapping[str, Any]


class Broken(NamedTuple):
    """A rule that does not hold: what is wrong, with which item, and the rule's id."""

    code: str
    item: str
    rule: str
    got: str


@dataclass
class _Flat:
    """A record by item ids: what stands once, and the rows of each repeated group."""

    once: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def broken_rules(
    information: Information,
    record: Mapping[str, Any],
    status: str | None,
    keys: Mapping[str, object],
    allowed: Collection[str] | None = None,
) -> Iterator[Broken]:
    """Every rule that a rightly formed ``record`` breaks. ``allowed``: the leaves that may stand (None: all)."""
    flat = _flat(information, record)
    told = _told(information, allowed)
    for rule in information.rules:
        names = [name for name in (*rule.parts, rule.total) if name]
        if all(name in told for name in names):
            for values in _scopes(information, flat, names, rule):
                yield from _look(rule, values, flat, status, keys)


def disordered(information: Information, record: Mapping[str, Any]) -> Iterator[Broken]:
    """Every repeated group or leaf whose rows do not stand ascending by its ``order_by``, no two alike."""
    flat = _flat(information, record)
    for item in information.items:
        if item.order_by is not None and item.id in flat.rows:
            places = [row.get(item.order_by) for row in flat.rows[item.id]]
            known = [place for place in places if place is not None]
            if any(not one < other for one, other in pairwise(known)):
                yield Broken("item_invalid", item.id, f"rows ascending by {item.order_by}", repr(known)[:60])


def _told(information: Information, allowed: Collection[str] | None) -> Collection[str]:
    """Ids of leaves that may be told, and of groups all of whose leaves may."""
    if allowed is None:
        return {item.id for item in information.items}
    within: dict[str, list[str]] = {}
    for item in information.items:
        if item.kind == "leaf":
            for group in item.path[:-1]:
                within.setdefault(group, []).append(item.id)
    return {*allowed, *(group for group, leaves in within.items() if any(leaf in allowed for leaf in leaves))}


def _flat(information: Information, record: Mapping[str, Any]) -> _Flat:
    flat, items = _Flat(), {item.id: item for item in information.items}

    def walk(members: Mapping[str, Any], into: dict[str, Any]) -> None:
        for name, value in members.items():
            item = items[name]
            into[name] = value
            if isinstance(value, list):
                flat.rows[name] = [_row(item, each) for each in value]
            elif isinstance(value, dict):
                walk(value, into)

    def _row(item: Item, each: Any) -> dict[str, Any]:
        row: dict[str, Any] = {}
        if isinstance(each, dict):
            walk(each, row)
        else:
            row[item.id] = each
        return row

    walk(record, flat.once)
    return flat


def _scopes(information: Information, flat: _Flat, names: Sequence[str], rule: Rule) -> Iterator[Values]:
    """The values that the rule looks at, once or for each row."""
    groups = {group for name in names if (group := _repeated(information, name)) is not None}
    if rule.kind == "count" or not groups:
        yield flat.once
        return
    for row in flat.rows.get(groups.pop(), []):
        yield {**flat.once, **row}


def _repeated(information: Information, name: str) -> str | None:
    many = {item.id for item in information.items if item.occurs_max != 1}
    # That a repeated group stands at all is said outside its rows.
    return next((part for part in information.item(name).path if part in many and part != name), None)


def _look(rule: Rule, values: Values, flat: _Flat, status: str | None, keys: Mapping[str, object]) -> Iterator[Broken]:
    total, got = rule.total or "", values.get(rule.total or "")
    here = [values[part] for part in rule.parts if part in values]
    match rule.kind:
        case "sum" if total in values and got != sum(here):
            yield Broken("item_invalid", total, rule.id, str(got))
        case "zero" if rule.status == status:
            yield from (Broken("item_invalid", p, rule.id, str(values[p])) for p in rule.parts if values.get(p, 0) != 0)
        case "equals_key" if total in values and total in keys and got != keys[total]:
            yield Broken("item_invalid", total, rule.id, str(got))
        case "not_before" if any(before(got, part) for part in here):
            yield Broken("item_invalid", total, rule.id, str(got))
        case "present_when":
            yield from _present(rule, values)
        case "count" if got is not None and got != len(flat.rows.get(rule.parts[0], ())):
            yield Broken("item_invalid", total, rule.id, str(got))
        case "era_same_day" if got is not None and len(here) == 2 and not _same_day(got, *here):
            yield Broken("item_invalid", rule.parts[1], rule.id, str(here[1]))


def _present(rule: Rule, values: Values) -> Iterator[Broken]:
    due = values.get(rule.total or "") in rule.values
    for part in rule.parts:
        if due and part not in values:
            yield Broken("item_missing", part, rule.id, "absent")
        if not due and part in values:
            yield Broken("item_not_permitted", part, rule.id, "present")


def _same_day(day: Any, code: Any, ymd: Any) -> bool:
    return day_of(day) in days_of_era(str(ymd), [era for era in eras() if era.code == code])
