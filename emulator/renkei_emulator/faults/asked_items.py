"""Faults of a body that asks, in items of every information: rows, characters and days, as they come and as they are
handed on. Texts: `standard.faults`."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from renkei_emulator.faults.by_item import Change, each_group, each_leaf
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.values import value_fault
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item

Records = Callable[[Information, Any], Any]
FEBRUARY_30 = "-02-30"


def _each_record(results: Any, information: Information, change: Records) -> list[dict[str, Any]]:
    return [row | {"record": change(information, row["record"])} if "record" in row else row for row in results]


def _handed(change: Records) -> Fault:
    """Records as they are handed on, changed after every check."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(plain: Any, ours: Mapping[str, Any], standard: Standard) -> list[dict[str, Any]]:
            results = rooms.check_answer_content(plain, ours, standard)
            return _each_record(results, standard.informations[ours["information"]], change)

        return replace(rooms, check_answer_content=check)

    return fault


def _taken(change: Records) -> Fault:
    """Records are mended before they are checked, and go on as mended."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(plain: Any, ours: Mapping[str, Any], standard: Standard) -> list[dict[str, Any]]:
            content = copy.deepcopy(plain["content"])
            rows, information = content.get("results"), standard.informations[ours["information"]]
            if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
                content["results"] = _each_record(rows, information, change)
            return rooms.check_answer_content({**plain, "content": content}, ours, standard)

        return replace(rooms, check_answer_content=check)

    return fault


def _leaves(change: Change) -> Records:
    return lambda information, record: each_leaf(information, record, change)


def _text(change: Callable[[str], str]) -> Records:
    return _leaves(lambda item, value: change(value) if item.type == "N" and isinstance(value, str) else value)


# --- as they are handed on ------------------------------------------------------------------------------------------
def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _without_the_last(_item: Item, rows: list[Any]) -> list[Any]:
    return rows[:-1] if len(rows) > 1 else rows


def _newest_first(_item: Item, rows: list[Any]) -> list[Any]:
    return rows[::-1]


def _first_day(item: Item, value: Any) -> Any:
    return value.replace("-00", "-01") if item.type == "date_partial" else value


# --- as they come ---------------------------------------------------------------------------------------------------
def _sorted(item: Item, rows: list[Any]) -> list[Any]:
    by = item.order_by
    if by is None or not all(isinstance(row, dict) and isinstance(row.get(by), str) for row in rows):
        return rows
    return sorted(rows, key=lambda row: row[by])


def _wrapped(information: Information, record: Any) -> Any:
    repeated = {item.id for item in information.items if item.occurs_max != 1}

    def walk(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: [part] if name in repeated and not isinstance(part, list) else walk(part)
            for name, part in value.items()
        }

    return walk(record)


def _geta(text: str) -> str:
    return "".join("〓" if "\ue000" <= char <= "\uf8ff" else char for char in text)


def _widened(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", char) if "｡" <= char <= "ﾟ" else char for char in text)


def _rolled(item: Item, value: Any) -> Any:
    if item.type not in ("date", "date_partial") or not isinstance(value, str) or not value.endswith(FEBRUARY_30):
        return value
    last = date(int(value[:4]), 3, 1) - timedelta(days=1)
    return (last + timedelta(days=30 - last.day)).isoformat() if value_fault(item.type, 10, value) else value


FAULTS: dict[str, Fault] = {
    "normalised_when_collected": _handed(_text(_nfc)),
    "last_row_lost": _handed(lambda information, record: each_group(information, record, _without_the_last)),
    "rows_newest_first": _handed(lambda information, record: each_group(information, record, _newest_first)),
    "unknown_day_is_the_first": _handed(_leaves(_first_day)),
    "rows_sorted_on_arrival": _taken(lambda information, record: each_group(information, record, _sorted)),
    "single_row_wrapped": _taken(_wrapped),
    "gaiji_as_geta": _taken(_text(_geta)),
    "kana_widened": _taken(_text(_widened)),
    "dates_roll_over": _taken(_leaves(_rolled)),
}
