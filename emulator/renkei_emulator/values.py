"""One value against its row: type and digits of an item (項目) or an inquiry key (照会キー)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from renkei_emulator.characters import jis_length
from renkei_emulator.dates import day_of, known_of

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Key

_X = re.compile(r"[ -~]+", re.ASCII)
_9 = re.compile(r"[0-9]+", re.ASCII)


def value_fault(type_: str | None, digits: int | None, value: object) -> str | None:
    """What was expected, where ``value`` is not of the type; None where it is. Text is never empty."""
    most = digits or 1
    if type_ == "S9":
        fits = type(value) is int and abs(value) < 10**most
        return None if fits else f"whole number of at most {most} digits"
    if not isinstance(value, str):
        return f"text {type_} {most}"
    return None if _fits(type_, most, value) else _form(type_, most)


def _fits(type_: str | None, most: int, value: str) -> bool:
    match type_:
        case "9":
            return bool(_9.fullmatch(value)) and len(value) <= most
        case "X":
            return bool(_X.fullmatch(value)) and len(value) <= most
        case "date":
            return day_of(value) is not None
        case "date_partial":
            return known_of(value) is not None
        case _:
            length = jis_length(value)
            return length is not None and 0 < length <= most


def _form(type_: str | None, most: int) -> str:
    match type_:
        case "date":
            return "a day, YYYY-MM-DD"
        case "date_partial":
            return "a day, YYYY-MM-DD, unknown parts 00 from the right"
        case "N":
            return f"N {most}: characters of JIS X 0213"
        case _:
            return f"{type_} {most}"


def copy_keys(keys: Sequence[Key]) -> tuple[Key, ...]:
    """The keys that a copy is loaded with: a period belongs to the question alone."""
    return tuple(key for key in keys if key.match in ("exact", "as_of"))


def key_faults(keys: Sequence[Key], given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """(key, expected, got) for every inquiry key that is missing, unknown, of the wrong form, or a period that ends
    before it begins."""
    wrong = False
    for key in keys:
        if key.id not in given:
            wrong = True
            yield key.id, f"{key.type} {key.digits}", "nothing"
        elif expected := value_fault(key.type, key.digits, given[key.id]):
            wrong = True
            yield key.id, expected, repr(given[key.id])
    known = {key.id for key in keys}
    for name in given:
        if name not in known:
            yield name, f"one of {', '.join(sorted(known)) or 'none'}", name
    if not wrong:
        yield from _turned_round(keys, given)


def _turned_round(keys: Sequence[Key], given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    ends = {key.match: key.id for key in keys}
    if "period_from" in ends and "period_to" in ends:
        first, last = day_of(given[ends["period_from"]]), day_of(given[ends["period_to"]])
        if first is not None and last is not None and last < first:
            yield ends["period_to"], f"not before {first}", str(last)
