"""Records to load, from an information's item table: full, valid, and at the edges of what the table allows.

A record keeps the rules between items (a total is the sum of its parts, who owes nothing owes 0), for a product may
refuse one that does not; everything else is free within type, digits, occurrence and code table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from renkei_conformance.people import INFORMATION, Held
from renkei_conformance.upper import JsonObject
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item

Value = int | str | None
AS_OF = "{year}-10-0{day}T0{hour}:15:30.{ms:03d}Z"
BOUNDARIES = ("most", "least", "zero", "barely", "one", "minus_one", "last_digit")


def held(standard: Standard, year: str, information: str = INFORMATION) -> SearchStrategy[Held]:
    """Records of one year in every assessed state, optional items there or not."""
    table = standard.informations[information]
    states = sorted(code for code, stands in table.status_items.items() if stands == "assessed")

    @st.composite
    def made(draw: DrawFn) -> Held:
        status = draw(st.sampled_from(states))
        values = {item.id: draw(_value(standard, table, item)) for item in _leaves(table)}
        hour, day, ms = draw(st.integers(0, 9)), draw(st.integers(1, 9)), draw(st.integers(0, 999))
        as_of = AS_OF.format(year=year, day=day, hour=hour, ms=ms)
        return Held(information, {"tax_year": year}, status, as_of, _record(table, _ruled(table, values, status, year)))

    return made()


def boundaries(standard: Standard, year: str, information: str = INFORMATION) -> list[Held]:
    """The fixed examples: every amount at its edge, every optional item there, at 0, and absent, every code once."""
    table = standard.informations[information]
    found = []
    for number, edge in enumerate(BOUNDARIES):
        values = {item.id: _edge(standard, table, item, edge, number) for item in _leaves(table)}
        as_of = AS_OF.format(year=year, day=number + 1, hour=number, ms=number)
        found.append(
            Held(information, {"tax_year": year}, "1", as_of, _record(table, _ruled(table, values, "1", year)))
        )
    return found


def _value(standard: Standard, table: Information, item: Item) -> SearchStrategy[Value]:
    most = _most(table, item)
    plain: SearchStrategy[Any]
    if item.code:
        plain = st.sampled_from(_codes(standard, item))
    elif item.type == "S9":
        least = 0 if item.id in _taxes(table) else -most
        edges = [value for value in (0, 1, most, least, most // 10, least // 10) if least <= value <= most]
        plain = st.one_of(st.sampled_from(edges), st.integers(least, most))
    else:
        plain = st.text("ABC012 -", min_size=1, max_size=item.digits or 1)
    return st.one_of(st.none(), plain) if item.occurs_min == 0 else plain


def _edge(standard: Standard, table: Information, item: Item, edge: str, number: int) -> Value:
    optional, most = item.occurs_min == 0, _most(table, item)
    if optional and edge == "barely":
        return None
    if item.code:
        codes = _codes(standard, item)
        return codes[number % len(codes)]
    if item.type != "S9":
        return "0" * (item.digits or 1)
    signed = item.id not in _taxes(table)
    least = -most if signed else 0
    amounts = {"most": most, "least": least, "zero": 0, "barely": 0, "one": 1, "minus_one": -1 if signed else 1}
    return amounts.get(edge, most - 9 + number)


def _most(table: Information, item: Item) -> int:
    """The largest amount; parts of a sum are smaller, so that the total stays within its own digits."""
    most: int = 10 ** (item.digits or 1) - 1
    sums = [rule for rule in table.rules if rule.kind == "sum" and item.id in rule.parts]
    return most // len(sums[0].parts) if sums else most


def _taxes(table: Information) -> frozenset[str]:
    """Items of a sum or of a rule about owing nothing: amounts of tax, never below zero."""
    named = [(rule.total or "", *rule.parts) for rule in table.rules if rule.kind in ("sum", "zero")]
    return frozenset(item for names in named for item in names)


def _ruled(table: Information, values: Mapping[str, Value], status: str, year: str) -> dict[str, Value]:
    ruled = dict(values)
    for rule in table.rules:
        if rule.kind == "zero" and rule.status == status:
            ruled |= dict.fromkeys(rule.parts, 0)
    for rule in table.rules:
        if rule.kind == "sum" and rule.total:
            ruled[rule.total] = sum(part for name in rule.parts if isinstance(part := ruled[name], int))
        if rule.kind == "equals_key" and rule.total:
            ruled[rule.total] = year
    return ruled


def _record(table: Information, values: Mapping[str, Value]) -> JsonObject:
    """Nested as the item list has it, from the outermost member down; what has no value is left out, groups too."""
    record: JsonObject = {}
    for item in _leaves(table):
        if values[item.id] is None:
            continue
        place: dict[str, Any] = record
        for group in item.path[:-1]:
            place = place.setdefault(group, {})
        place[item.path[-1]] = values[item.id]
    return record


def _leaves(table: Information) -> list[Item]:
    return [item for item in table.items if item.kind == "leaf"]


def _codes(standard: Standard, item: Item, on: date | None = None) -> list[str]:
    """Codes still in force: what a product must take today."""
    rows = standard.codes[str(item.code)].codes
    return [row.code for row in rows if row.valid_to is None or (on is not None and on <= row.valid_to)]
