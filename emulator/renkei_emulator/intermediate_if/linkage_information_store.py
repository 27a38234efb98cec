"""連携情報保管機能: takes records out of the reference DB (参照用DB) by key (seed §4-3).

The reference DB holds copies (副本) that business systems load: one per person, information and the keys it was loaded
with, the newest that was loaded. ``lookup`` reads all copies of one person and information. A question's keys choose:
equal ones, the copy of the latest day that is not after the asked one, or of one copy the rows within a period.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from renkei_emulator.messages import Asked, Found, OwnNumber
from renkei_emulator.values import copy_keys

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Information

Row = tuple[str, str | None, str, str | None]
"""(keys as ``key_text``, status, as_of, record as JSON text or None)"""
CopyLookup = Callable[[OwnNumber, str], Iterable[Row]]


def key_text(keys: Mapping[str, object]) -> str:
    """Inquiry keys as one text, whatever order they came in."""
    return json.dumps(dict(sorted(keys.items())), ensure_ascii=False, separators=(",", ":"))


def take(item: Asked, information: Information, lookup: CopyLookup) -> Found | None:
    """The copy for this person and these keys, or None: nobody here, or nothing stored that these keys mean."""
    if item.own_number is None:
        return None
    row = choose(information, item.keys, lookup(item.own_number, information.id))
    if row is None:
        return None
    _, status, as_of, record = row
    found = Found(status, as_of, None if record is None else json.loads(record))
    return within_period(information, item.keys, found)


def choose(information: Information, asked: Mapping[str, Any], rows: Iterable[Row]) -> Row | None:
    """Of one person's copies the one that the asked keys mean."""
    by_day = next((key.id for key in information.keys if key.match == "as_of"), None)
    equal = [key.id for key in copy_keys(information.keys) if key.id != by_day]
    best: tuple[str, Row] | None = None
    for row in rows:
        own = json.loads(row[0])
        if any(own.get(name) != asked[name] for name in equal):
            continue
        day = own.get(by_day, "") if by_day is not None else ""
        if by_day is not None and day > asked[by_day]:
            continue
        if best is None or day >= best[0]:
            best = day, row
    return None if best is None else best[1]


def within_period(information: Information, asked: Mapping[str, Any], found: Found) -> Found:
    """The copy with those rows alone that lie within the asked period, ends included; without the group where none does."""
    ends = {key.match: asked[key.id] for key in information.keys if key.match in ("period_from", "period_to")}
    if not ends or found.record is None or information.period_group is None or information.period_item is None:
        return found
    first, last = ends["period_from"], ends["period_to"]
    *outer, group = information.item(information.period_group).path
    within = information.item(information.period_item).path[len(outer) + 1 :]
    record = json.loads(json.dumps(found.record))
    holder = _at(record, outer)
    if not isinstance(holder, dict) or group not in holder:
        return found
    holder[group] = [row for row in holder[group] if first <= str(_at(row, within)) <= last]
    if not holder[group]:
        del holder[group]
    return found._replace(record=record)


def _at(value: Any, path: Iterable[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
