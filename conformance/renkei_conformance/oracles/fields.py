"""Whether an object has the members that the standard's table of a message lists, each of its type (PROTOCOL §5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from renkei_fixtures import instants
from renkei_fixtures.standard.rows import Field

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BODY = re.compile(r"[0-9]{6}|[0-9]{13}")
HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes: the last character has two spare bits
PRINTABLE = re.compile(r"[ -~]+")


def misfits(fields: Sequence[Field], value: Mapping[str, object], path: str = "") -> tuple[str, ...]:
    """Paths of members that are missing, unlisted, null or of the wrong form; empty when all is well."""
    return tuple(_misfits(fields, value, path))


def _misfits(fields: Sequence[Field], value: Mapping[str, object], path: str) -> Iterator[str]:
    listed = {field.name: field for field in fields}
    yield from (f"{path}{name}: unlisted" for name in value if name not in listed)
    for name, field in listed.items():
        if name in value:
            yield from _member(field, value[name], f"{path}{name}")
        elif _due(field, value):
            yield f"{path}{name}: missing"


def _due(field: Field, beside: Mapping[str, object]) -> bool:
    if field.required != "C" or field.when is None:
        return field.required == "R"
    name, _, values = field.when.partition("=")
    return str(beside.get(name)) in values.split("|")


def _member(field: Field, value: object, path: str) -> Iterator[str]:
    if field.type == "list":
        yield from _list(field, value, path)
    elif field.type == "object":
        if not isinstance(value, dict):
            yield f"{path}: not an object"
        elif field.members:
            yield from _misfits(field.members, value, f"{path}.")
    elif not _fits(field, field.type, value):
        yield f"{path}: not {field.type}"


def _list(field: Field, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list) or not (field.minimum or 0) <= len(value) <= (field.maximum or len(value)):
        yield f"{path}: not a list of that length"
        return
    for number, part in enumerate(value):
        if field.element is not None and not _fits(field, field.element, part):
            yield f"{path}[{number}]: not {field.element}"
        if field.members:
            yield from _misfits(field.members, part if isinstance(part, dict) else {"": part}, f"{path}[{number}].")


def _fits(field: Field, kind: str, value: object) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and _bounded(field, value)  # type: ignore[arg-type]
    if not isinstance(value, str):
        return False
    if kind == "enum":
        return value in field.values
    if kind[0] in "XN" and kind[1:].isdigit():
        short = max(field.minimum or 1, 1)
        return short <= len(value) <= int(kind[1:]) and (kind[0] == "N" or PRINTABLE.fullmatch(value) is not None)
    return TEXTS[kind](value)


def _bounded(field: Field, value: int) -> bool:
    return (field.minimum is None or value >= field.minimum) and (field.maximum is None or value <= field.maximum)


def _parsed(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def holds(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return holds


TEXTS: dict[str, Callable[[str], bool]] = {
    "uuid": lambda value: UUID.fullmatch(value) is not None,
    "body": lambda value: BODY.fullmatch(value) is not None,
    "network": lambda value: value == "network",
    "body_or_network": lambda value: value == "network" or BODY.fullmatch(value) is not None,
    "time": _parsed(instants.parse),
    "date": lambda value: len(value) == 10 and _parsed(date.fromisoformat)(value),
    "hash": lambda value: HASH.fullmatch(value) is not None,
    "code": lambda value: 1 <= len(value) <= 32 and PRINTABLE.fullmatch(value) is not None,
    "zeros": lambda value: set(value) <= {"0"},
}
