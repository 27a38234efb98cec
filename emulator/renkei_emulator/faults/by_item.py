"""What faults of items have in common: a record walked with its item table, a row changed before or after its check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.intermediate_if.business_connection import RowWrong
from renkei_emulator.messages import Found
from renkei_emulator.rooms import BodyRooms

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Information, Item

DROP = object()
"""Said of a value whose member is to be left out."""
Change = Callable[["Item", Any], Any]
RowChange = Callable[[dict[str, Any], "Information"], dict[str, Any]]


def each_leaf(information: Information, record: Any, change: Change) -> Any:
    """The record with every leaf changed, rows included."""
    items = {item.id: item for item in information.items}

    def walk(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [walk(name, each) for each in value]
        if isinstance(value, dict):
            changed = {inner: walk(inner, each) for inner, each in value.items()}
            return {inner: each for inner, each in changed.items() if each is not DROP}
        return change(items[name], value) if name in items else value

    return walk("", record)


def each_group(information: Information, record: Any, change: Callable[[Item, list[Any]], Any]) -> Any:
    """The record with every repeated item changed; ``change`` gives what stands in its place."""
    items = {item.id: item for item in information.items}

    def walk(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return change(items[name], value)
        if isinstance(value, dict):
            return {inner: walk(inner, each) for inner, each in value.items()}
        return value

    return walk("", record)


def told(change: Callable[[Information, dict[str, Any]], Any]) -> Fault:
    """A fault of telling: the record as it goes out is changed."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def record_of(found: Found, information: Information, affair: str) -> Any:
            return change(information, rooms.record_of(found, information, affair))

        return replace(rooms, record_of=record_of)

    return fault


def told_leaves(change: Change) -> Fault:
    """Every leaf is changed as it is told."""
    return told(lambda information, record: each_leaf(information, record, change))


def told_groups(change: Callable[[Item, list[Any]], Any]) -> Fault:
    """Every repeated item is changed as it is told."""
    return told(lambda information, record: each_group(information, record, change))


def brought(change: RowChange) -> Fault:
    """A fault of loading: a record row is changed before it is checked."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def changed(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            readable = isinstance(row, dict) and isinstance(row.get("record"), dict)
            return check(change(dict(row), information) if readable else row, information, standard)

        return replace(rooms, row_checks={**rooms.row_checks, "records": changed})

    return fault


def brought_leaves(change: Change) -> Fault:
    """Every leaf is changed before it is checked."""
    return brought(lambda row, information: {**row, "record": each_leaf(information, row["record"], change)})


def forgiven(forgive: Callable[[RowWrong], bool]) -> Fault:
    """A fault of checking: a row that is wrong in this way is kept as it came."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def careless(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            try:
                return check(row, information, standard)
            except RowWrong as wrong:
                if not forgive(wrong):
                    raise
                kept = {name: row[name] for name in ("own_number", "keys", "as_of", "record")}
                return kept | {"information": information.id, "status": row.get("status")}

        return replace(rooms, row_checks={**rooms.row_checks, "records": careless})

    return fault
