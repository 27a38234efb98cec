"""Which of a person's copies answers which question (STANDARD §4; clauses P-KEY-…).

A twin of the emulator's store: that one asks row by row, here the copies are put in order of their days and searched.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from renkei_conformance.people import Held
from renkei_fixtures.standard.rows import Information


def due(information: Information, held: Sequence[Held], asked: Mapping[str, str]) -> Held | None:
    """The copy that is due, cut to the rows of the asked period; None where `no_record` is due.

    Of copies loaded under the same keys the last one counts.
    """
    last = {tuple(sorted(copy.keys.items())): copy for copy in held if copy.information == information.id}
    exact = {key.id: asked[key.id] for key in information.keys if key.match == "exact"}
    fitting = [copy for copy in last.values() if all(copy.keys.get(name) == value for name, value in exact.items())]
    by_day = [key.id for key in information.keys if key.match == "as_of"]
    if by_day:
        fitting.sort(key=lambda copy: date.fromisoformat(copy.keys[by_day[0]]))
        days = [date.fromisoformat(copy.keys[by_day[0]]) for copy in fitting]
        place = bisect_right(days, date.fromisoformat(asked[by_day[0]]))
        return fitting[place - 1] if place else None
    return _cut(information, fitting[0], asked) if fitting else None


def _cut(information: Information, copy: Held, asked: Mapping[str, str]) -> Held:
    ends = {key.match: date.fromisoformat(asked[key.id]) for key in information.keys if key.match.startswith("period")}
    if not ends or copy.record is None:
        return copy
    group = information.item(str(information.period_group)).path
    within = information.item(str(information.period_item)).path[len(group) :]
    days = range(ends["period_from"].toordinal(), ends["period_to"].toordinal() + 1)
    rows = [row for row in _rows(copy.record, group) if date.fromisoformat(_at(row, within)).toordinal() in days]
    return replace(copy, record=_with(copy.record, group, rows))


def _rows(record: Any, path: tuple[str, ...]) -> list[Any]:
    for name in path:
        record = record.get(name, {}) if isinstance(record, dict) else {}
    return record if isinstance(record, list) else []


def _at(row: Any, path: tuple[str, ...]) -> str:
    for name in path:
        row = row[name]
    return str(row)


def _with(record: Any, path: tuple[str, ...], rows: list[Any]) -> Any:
    """The record with these rows in the group's place; without any the group does not stand."""
    name, rest = path[0], path[1:]
    if name not in record:
        return record
    inner = rows if not rest else _with(record[name], rest, rows)
    return {key: value for key, value in {**record, name: inner}.items() if key != name or inner}
