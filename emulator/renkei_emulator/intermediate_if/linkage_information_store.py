"""連携情報保管機能: takes records out of the reference DB (参照用DB) by key (seed §4-3).

The reference DB holds copies (副本) that business systems load: one per person, information and inquiry keys, the
newest that was loaded. ``lookup`` reads one row of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from renkei_emulator.messages import Asked, Found, OwnNumber

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Information

Row = tuple[str | None, str, str | None]
"""(status, as_of, record as JSON text or None)"""
RecordLookup = Callable[[OwnNumber, str, str], Row | None]


def key_text(keys: Mapping[str, object]) -> str:
    """Inquiry keys as one text, whatever order they came in."""
    return json.dumps(dict(sorted(keys.items())), ensure_ascii=False, separators=(",", ":"))


def take(item: Asked, information: Information, lookup: RecordLookup) -> Found | None:
    """The copy for this person and these keys, or None: nobody here, or nothing stored."""
    if item.own_number is None:
        return None
    row = lookup(item.own_number, information.id, key_text(item.keys))
    if row is None:
        return None
    status, as_of, record = row
    return Found(status, as_of, None if record is None else json.loads(record))
