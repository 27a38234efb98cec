"""Faults of repeated rows, of digits, of inquiry keys, and of what a load looks at between items."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from renkei_emulator.faults.by_item import each_group, forgiven, told, told_groups, told_leaves
from renkei_emulator.faults.tolerance import Fault, tolerant
from renkei_emulator.intermediate_if.business_connection import RowWrong
from renkei_emulator.messages import Asked, Found
from renkei_emulator.rooms import BodyRooms

FEW = 2
RULES = ("sum", "count", "not_before", "present_when", "era_same_day")


# --- rows -----------------------------------------------------------------------------------------------------------
def _groups(information: Any, record: dict[str, Any]) -> dict[str, Any]:
    """An empty array in the place of every repeated group that does not stand outside another group."""
    for item in information.items:
        if item.kind == "group" and item.occurs_max != 1 and len(item.path) == 1:
            record.setdefault(item.id, [])
    return record


def _numbers(item: Any, value: Any, *, lose: bool) -> Any:
    plain = item.code is None and item.type in ("9", "X") and isinstance(value, str) and value.isdigit()
    if not plain or item.id == "tax_year":
        return value
    if lose:
        return value.lstrip("0") or "0"
    return int(value) if item.type == "9" else value


# --- keys -----------------------------------------------------------------------------------------------------------
def _by_day(pick: Callable[[list[tuple[str, Any]], str], Any]) -> Fault:
    """Of a person's copies with a day the one that ``pick`` picks: [(day, row)] as loaded, and the day asked for."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        order: dict[tuple[str, str, str], int] = {}
        check = rooms.row_checks["records"]

        def remember(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            kept = check(row, information, standard)
            order[kept["own_number"], information.id, json.dumps(kept["keys"], sort_keys=True)] = len(order)
            return kept

        def take(item: Asked, information: Any, lookup: Any) -> Found | None:
            key = next((key.id for key in information.keys if key.match == "as_of"), None)
            if key is None or item.own_number is None:
                return rooms.take(item, information, lookup)
            own = item.own_number
            rows = [(json.loads(row[0]), row) for row in lookup(own, information.id)]
            rows.sort(key=lambda pair: order.get((own, information.id, json.dumps(pair[0], sort_keys=True)), 0))
            row = pick([(keys[key], row) for keys, row in rows], str(item.keys[key]))
            return None if row is None else Found(row[1], row[2], None if row[3] is None else json.loads(row[3]))

        return replace(rooms, take=take, row_checks={**rooms.row_checks, "records": remember})

    return fault


def _best(rows: list[tuple[str, Any]], by: Callable[[str], Any]) -> Any:
    return max(rows, key=lambda pair: by(pair[0]))[1] if rows else None


def _distance(day: str, asked: str) -> int:
    return abs((date.fromisoformat(day) - date.fromisoformat(asked)).days)


def _period(inside: Callable[[str, str, str], bool]) -> Fault:
    """The rows of a period are those of which ``inside(day, first, last)`` says so."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def take(item: Asked, information: Any, lookup: Any) -> Found | None:
            ends = {key.match: key.id for key in information.keys}
            if "period_from" not in ends:
                return rooms.take(item, information, lookup)
            first, last = str(item.keys[ends["period_from"]]), str(item.keys[ends["period_to"]])
            wide = {**item.keys, ends["period_from"]: "0001-01-01", ends["period_to"]: "9999-12-31"}
            found = rooms.take(item._replace(keys=wide), information, lookup)
            return found and found._replace(
                record=_cut(information, found.record, lambda day: inside(day, first, last))
            )

        return replace(rooms, take=take)

    return fault


def _cut(information: Any, record: Any, keep: Callable[[str], bool]) -> Any:
    record = json.loads(json.dumps(record))
    *outer, group = information.item(information.period_group).path
    holder = record
    for name in outer:
        holder = holder.get(name, {})
    if group in holder:
        day = information.item(information.period_item).id
        holder[group] = [row for row in holder[group] if keep(str(row[day]))]
        if not holder[group]:
            del holder[group]
    return record


def _no_rows(what: Callable[[Any, Found], Found | None]) -> Fault:
    """Where no row of a period stands, ``what`` is taken instead."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def take(item: Asked, information: Any, lookup: Any) -> Found | None:
            found = rooms.take(item, information, lookup)
            group = information.period_group
            if found is None or group is None or found.record is None or f'"{group}"' in json.dumps(found.record):
                return found
            return what(information, found)

        return replace(rooms, take=take)

    return fault


def _with_empty(information: Any, found: Found) -> Found:
    return found._replace(record={**(found.record or {}), information.period_group: []})


def empty_period_as_empty_array(rooms: BodyRooms) -> BodyRooms:
    rooms = _no_rows(_with_empty)(rooms)

    def record_of(found: Found, information: Any, affair: str) -> dict[str, Any]:
        record = rooms.record_of(found, information, affair)
        empty = (found.record or {}).get(information.period_group) == []
        return {**record, information.period_group: []} if empty else record

    return replace(rooms, record_of=record_of)


def _keys(change: Callable[[Any, dict[str, Any]], None]) -> Fault:
    """The keys of every item are changed before they are checked."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check_keys(content: Any, information: Any) -> None:
            for item in content["items"]:
                change(information, item["keys"])
            rooms.check_keys(content, information)

        return replace(rooms, check_keys=check_keys)

    return fault


def _roll_over(information: Any, keys: dict[str, Any]) -> None:
    for key in information.keys:
        text = keys.get(key.id)
        if key.type == "date" and isinstance(text, str) and len(text) == 10 and text[:4].isdigit():
            year, month, day = text[:4], text[5:7], text[8:]
            if month == "02" and day in ("29", "30", "31"):
                keys[key.id] = f"{year}-03-0{int(day) - 28}"


def _fill_up(information: Any, keys: dict[str, Any]) -> None:
    for key in information.keys:
        if key.type == "date" and isinstance(keys.get(key.id), str):
            keys[key.id] = keys[key.id].replace("/", "-").replace("-00", "-01")


def _turn_round(information: Any, keys: dict[str, Any]) -> None:
    ends = {key.match: key.id for key in information.keys}
    if "period_from" in ends and ends["period_from"] in keys and ends["period_to"] in keys:
        first, last = keys[ends["period_from"]], keys[ends["period_to"]]
        if isinstance(first, str) and isinstance(last, str) and last < first:
            keys[ends["period_from"]], keys[ends["period_to"]] = last, first


def turned_period_has_no_rows(rooms: BodyRooms) -> BodyRooms:
    def let(content: Any, information: Any) -> None:
        ends = {key.match: key.id for key in information.keys}
        if "period_from" not in ends:
            rooms.check_keys(content, information)  # refused again: no business of a period

    return replace(rooms, check_keys=tolerant(rooms.check_keys, "key_invalid", let))


# --- loads ----------------------------------------------------------------------------------------------------------
def _rules(information: Any, *kinds: str) -> set[str]:
    return {rule.id for rule in information.rules if rule.kind in kinds}


def _rule_forgiven(*kinds: str) -> Fault:
    """Rules of these kinds are not looked at."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def careless(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            rules = tuple(rule for rule in information.rules if rule.kind not in kinds)
            return check(row, information.model_copy(update={"rules": rules}), standard)

        return replace(rooms, row_checks={**rooms.row_checks, "records": careless})

    return fault


def _by_table(known: Callable[[Any, date], bool]) -> Fault:
    """A code that is out of force is taken where ``known(row of the table, day)`` says so."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def careless(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            try:
                return check(row, information, standard)
            except RowWrong as wrong:
                on = date.fromisoformat(str(row["as_of"])[:10])
                tables = {item.code for item in information.items if item.code and wrong.item.endswith("." + item.id)}
                codes = [standard.codes[table].code(wrong.got.strip("'")) for table in tables]
                if wrong.reason != "code_not_in_force" or not any(code and known(code, on) for code in codes):
                    raise
                kept = {name: row[name] for name in ("own_number", "keys", "as_of", "record")}
                return kept | {"information": information.id, "status": row.get("status")}

        return replace(rooms, row_checks={**rooms.row_checks, "records": careless})

    return fault


def _occurrences(mend: Callable[[Any, list[Any]], list[Any]]) -> Fault:
    """Repeated rows are mended on the way in, in silence."""
    from renkei_emulator.faults.by_item import brought  # noqa: PLC0415

    return brought(lambda row, information: {**row, "record": each_group(information, row["record"], mend)})


def _sorted(item: Any, rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: str(row.get(item.order_by)) if isinstance(row, dict) else str(row))


def related_numbers_in_result(rooms: BodyRooms) -> BodyRooms:
    known: list[str] = []
    check = rooms.row_checks["records"]

    def remember(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
        kept = check(row, information, standard)
        if kept["own_number"] not in known[-FEW:]:
            known.append(kept["own_number"])
        return kept

    def result_of(item: Any, *rest: Any) -> dict[str, Any]:
        place = known.index(item.own_number) if item.own_number in known else 0
        near = [number for number in known[max(place - 1, 0) : place + 2] if number != item.own_number]
        result = rooms.result_of(item, *rest)
        return result | {"related": near} if "record" in result else result

    return replace(rooms, result_of=result_of, row_checks={**rooms.row_checks, "records": remember})


FAULTS: dict[str, Fault] = {
    "single_row_as_object": told_groups(lambda item, rows: rows[0] if len(rows) == 1 else rows),
    "no_rows_as_empty_array": told(_groups),
    "newest_row_first": told_groups(lambda item, rows: rows[::-1]),
    "last_row_not_read": told_groups(lambda item, rows: rows[:-1] if len(rows) > 1 else rows),
    "rows_limited_to_a_screen": told_groups(lambda item, rows: rows[:FEW]),
    "rows_doubled_by_a_join": told_groups(lambda item, rows: [row for row in rows for _ in range(len(rows))]),
    "leading_zeros_lost": told_leaves(lambda item, value: _numbers(item, value, lose=True)),
    "digits_as_json_numbers": told_leaves(lambda item, value: _numbers(item, value, lose=False)),
    "as_of_day_excluded": _by_day(lambda rows, asked: _best([row for row in rows if row[0] < asked], str)),
    "newest_copy_for_any_day": _by_day(lambda rows, asked: _best(rows, str)),
    "oldest_copy_if_none_is_early_enough": _by_day(
        lambda rows, asked: _best([row for row in rows if row[0] <= asked] or rows[:1], str)
    ),
    "nearest_copy": _by_day(lambda rows, asked: _best(rows, lambda day: -_distance(day, asked))),
    "copy_loaded_last": _by_day(lambda rows, asked: next((row for day, row in rows[::-1] if day <= asked), None)),
    "period_end_excluded": _period(lambda day, first, last: first <= day < last),
    "period_start_excluded": _period(lambda day, first, last: first < day <= last),
    "period_ignored": _period(lambda day, first, last: True),
    "period_by_month": _period(lambda day, first, last: first[:7] <= day[:7] <= last[:7]),
    "empty_period_as_no_record": _no_rows(lambda information, found: None),
    "empty_period_as_empty_array": empty_period_as_empty_array,
    "key_day_rolled_over": _keys(_roll_over),
    "key_day_filled_up": _keys(_fill_up),
    "turned_period_mended": _keys(_turn_round),
    "turned_period_has_no_rows": turned_period_has_no_rows,
    "rules_between_items_not_checked": _rule_forgiven("sum", "count", "not_before", "present_when"),
    "sums_not_added_up": _rule_forgiven("sum", "count"),
    "order_of_days_not_checked": _rule_forgiven("not_before"),
    "item_beside_its_class_taken": _rule_forgiven("present_when"),
    "code_table_never_updated": _by_table(lambda row, on: row.valid_to is not None and row.valid_to < on),
    "code_taken_before_its_day": _by_table(lambda row, on: row.valid_from > on),
    "surplus_rows_cut_off": _occurrences(lambda item, rows: rows[: item.occurs_max]),
    "empty_array_taken": forgiven(lambda wrong: wrong.expected.startswith("list of") and wrong.got == "[]"),
    "rows_put_in_order": _occurrences(_sorted),
    "related_numbers_in_result": related_numbers_in_result,
}
