"""Which items an answer must hold, and with which values (STANDARD §4; clauses P-ITM-…).

The record that is due is made from the record that was loaded by keeping the leaves that information, affair and status
name; it is not made the way a store would make it. Paths are written with dots: `taxation.municipal_tax.per_capita`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renkei_conformance.finding import Finding, equal
from renkei_conformance.oracles import days
from renkei_fixtures import characters
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item

JsonObject = dict[str, object]
Path = tuple[str | int, ...]
"""Members from the outermost inwards; a number is a place in an array."""


def due_items(information: Information, affair: str, status: str | None) -> frozenset[str]:
    """Ids of the leaves that may stand in a record for this affair and status; those without a value are left out."""
    minimum = frozenset(information.minimum.get(affair, ()))
    if status is None or information.status_table is None:
        return minimum
    standing = information.status_items.get(status, "assessed")
    # A listed status (undeclared, no right to tax, undetermined) says itself what stands, whatever the affair needs.
    return minimum if standing == "assessed" else minimum & frozenset(standing)


def expected_record(
    standard: Standard, information: str, affair: str, status: str | None, record: Mapping[str, object] | None,
    keys: Mapping[str, object] | None = None,
) -> JsonObject:  # fmt: skip
    """The record that is due for this affair, from the full record as loaded.

    An unassessed person is loaded without a record: then the item that equals an inquiry key comes from `keys`.
    """
    table = standard.informations[information]
    wanted = due_items(table, affair, status)
    found = {path: value for path, value in leaves(record or {}) if name_of(path) in wanted}
    for rule in table.rules:
        if rule.kind == "equals_key" and rule.total in wanted and keys and rule.total in keys:
            found.setdefault(table.item(rule.total).path, keys[rule.total])
    due: JsonObject = {}
    for path, value in found.items():
        _put(due, path, value)
    return due


def leaves(record: Mapping[str, object], at: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every leaf with its path. An empty group counts as a leaf: it has no business in an answer."""
    for name, value in record.items():
        yield from _leaves(value, (*at, name))


def _leaves(value: object, at: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict) and value:
        yield from leaves(value, at)
    elif isinstance(value, list) and value:
        for place, each in enumerate(value):
            yield from _leaves(each, (*at, place))
    else:
        yield at, value


def plain(path: Path) -> tuple[str, ...]:
    """The path without the places in arrays: where the item list has it."""
    return tuple(part for part in path if isinstance(part, str))


def name_of(path: Path) -> str:
    """The item's id."""
    return plain(path)[-1]


def dotted(path: Path) -> str:
    """A path for a reader: `handbooks[0].grades.mental_grade`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


# Findings about one provided record


def typed(information: Information, got: object, path: str = "record") -> tuple[Finding, ...]:
    """Every value has the JSON type and digits of its item, and stands where the item list puts it (P-ITM-004)."""
    places = {item.path: item for item in information.items if item.kind == "leaf"}
    found = dict(leaves(got)) if isinstance(got, dict) else {}
    why = both("conformance.rule.type_and_digits")
    return tuple(
        Finding(
            plain(leaf) in places and fits(places[plain(leaf)], value),
            _form(places[plain(leaf)]) if plain(leaf) in places else "no such item",
            value,
            f"{path}.{dotted(leaf)}",
            why,
        )
        for leaf, value in found.items()
    ) or (Finding(False, "items", got if not isinstance(got, dict) else {}, path, why),)


def fits(item: Item, value: object) -> bool:
    """Whether a value is of the item's type and within its digits (STANDARD §4)."""
    digits = item.digits or 0
    if item.type == "S9":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**digits
    if not isinstance(value, str) or not value:
        return False
    match item.type:
        case "date":
            return days.is_day(value)
        case "date_partial":
            return days.is_partly_known(value)
        case "N":
            return 0 < (cells_in(value) or 0) <= digits
        case "X":
            return len(value) <= digits and all("\x20" <= char <= "\x7e" for char in value)
    return len(value) <= digits and all(char in "0123456789" for char in value)


def cells_in(text: str) -> int | None:
    """How many characters of JIS X 0213 a text has, found one by one in the table of cells; None if one is not there."""
    cells, place, count = characters.cells(), 0, 0
    while place < len(text):
        size = 2 if text[place : place + 2] in characters.pairs() else 1
        if text[place : place + size] not in cells:
            return None
        place, count = place + size, count + 1
    return count


def of_the_tables(
    standard: Standard, information: Information, got: object, on: date, path: str = "record"
) -> tuple[Finding, ...]:
    """Coded items hold codes of their table that are in force (P-ITM-011); nothing coded there: one finding that says so."""
    coded = {item.path: item.code for item in information.items if item.code}
    why = both("conformance.rule.code_of_table")
    findings = []
    for leaf, value in leaves(got) if isinstance(got, dict) else ():
        if plain(leaf) in coded:
            in_force = _codes(standard, str(coded[plain(leaf)]), on)
            findings.append(Finding(value in in_force, sorted(in_force), value, f"{path}.{dotted(leaf)}", why))
    return tuple(findings) or (Finding(True, "no coded item", "no coded item", path, why),)


def status_of_table(standard: Standard, information: Information, status: object, on: date) -> Finding:
    """The status is a code of the information's status table."""
    in_force = _codes(standard, information.status_table, on) if information.status_table else frozenset()
    return Finding(
        status in in_force, sorted(in_force), status, "results.status", both("conformance.rule.code_of_table")
    )


def without_identity(
    information: Information, got: object, values: Mapping[str, str], path: str = "record"
) -> tuple[Finding, ...]:
    """Neither name nor address: not as a member, not as a value anywhere (P-ITM-010). `values`: what → the person's own."""
    why = both("conformance.rule.no_identity")
    names = {excluded.id for excluded in information.excluded} | {"name", "address", "kana", "own_number"}
    members = sorted({dotted(leaf) for leaf, _ in _all(got) if name_of(leaf) in names})
    texts = [str(value) for _, value in _all(got)]
    shown = sorted(what for what, value in values.items() if value and any(value in text for text in texts))
    return (equal(path, [], members, why), equal(path, [], shown, why))


def asked_year(got: object, year: str, path: str = "record") -> Finding:
    """The year in the record is the year in the inquiry key (P-ITM-003)."""
    found = next((value for leaf, value in _all(got) if name_of(leaf) == "tax_year"), None)
    return equal(f"{path}.taxation.tax_year", year, found, both("conformance.rule.asked_year"))


def _all(got: object) -> list[tuple[Path, object]]:
    return list(leaves(got)) if isinstance(got, dict) else []


def _codes(standard: Standard, table: str, on: date) -> frozenset[str]:
    rows = standard.codes[table].codes
    return frozenset(row.code for row in rows if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))


def _form(item: Item) -> str:
    return f"{item.type} {item.digits}"


def _put(record: JsonObject, path: Path, value: object) -> None:
    """Put a leaf at its place; rows of an array close up."""
    here: Any = record
    for part, after in itertools.pairwise((*path, None)):
        last = after is None
        if isinstance(part, int):
            if part >= len(here):
                here.append(value if last else {})
            here = here[-1] if part >= len(here) else here[part]
        elif last:
            here[part] = value
        else:
            here = here.setdefault(part, [] if isinstance(after, int) else {})
