"""Faults of a body that asks (欠陥): what an answer says, and what of it is handed on. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault, nothing, tolerant
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


def _results(code: str) -> Fault:
    """What is wrong with `code` is let by; the results go on as they came."""

    def as_they_came(plain: Mapping[str, Any], *_rest: Any) -> Any:
        return plain["content"]["results"]

    return lambda rooms: replace(rooms, check_answer_content=tolerant(rooms.check_answer_content, code, as_they_came))


# What was expected where a value is of another type, or longer than its digits: not where a text is, or a day, or rows.
OF_TYPE_AND_SIZE = ("text ", "whole number of at most ", "9 ", "X ")


def item_types_converted(rooms: BodyRooms) -> BodyRooms:
    def check(plain: Mapping[str, Any], *rest: Any) -> Any:
        try:
            return rooms.check_answer_content(plain, *rest)
        except Refused as refused:
            expected = refused.for_log.partition(": ")[2]
            if refused.code != "item_invalid" or not expected.startswith(OF_TYPE_AND_SIZE):
                raise
            return plain["content"]["results"]

    return replace(rooms, check_answer_content=check)


def stranger_left_out(rooms: BodyRooms) -> BodyRooms:
    def the_rest(plain: Mapping[str, Any], ours: Mapping[str, Any], *_rest: Any) -> Any:
        return [row for row in plain["content"]["results"] if row["item_no"] <= ours["subject_count"]]

    return replace(rooms, check_answer_content=tolerant(rooms.check_answer_content, "subject_not_asked", the_rest))


def answer_ids_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_ids=tolerant(rooms.compare_ids, "body_not_bound", nothing))


def answer_hash_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_hash=nothing)


def answer_length_not_looked_at(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_padding=nothing)


def reason_of_failed_decryption(rooms: BodyRooms) -> BodyRooms:
    def explained(*_args: Any) -> bytes:
        raise Refused("content_form_invalid", "authentication tag")

    return replace(rooms, decrypt=tolerant(rooms.decrypt, "decryption_failed", explained))


def newest_answer_wins(rooms: BodyRooms) -> BodyRooms:
    def check_open(state: str, replaces_ours: bool) -> None:
        if state not in ("collected", "handed_over"):
            rooms.check_open(state, replaces_ours)

    return replace(rooms, check_open=check_open)


def late_answers_welcome(rooms: BodyRooms) -> BodyRooms:
    def check_open(state: str, replaces_ours: bool) -> None:
        if state in ("collected", "handed_over"):
            rooms.check_open(state, replaces_ours)

    return replace(rooms, check_open=check_open)


def corrections_not_taken(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_open=lambda state, _replaces: rooms.check_open(state, False))


def _shown(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Results as they are handed on, changed after every check."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(*args: Any) -> Any:
            return [change(row) for row in rooms.check_answer_content(*args)]

        return replace(rooms, check_answer_content=check)

    return fault


def _without_zeros(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_zeros(part) for name, part in value.items() if part != 0 or isinstance(part, bool)}


def _day_only(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"as_of": f"{row['as_of'][:10]}T00:00:00.000Z"} if "as_of" in row else row


FAULTS: dict[str, Fault] = {
    "reason_of_failed_decryption": reason_of_failed_decryption,
    "answer_hash_not_compared": answer_hash_not_compared,
    "answer_ids_not_compared": answer_ids_not_compared,
    "answer_length_not_looked_at": answer_length_not_looked_at,
    "surplus_items_kept": _results("item_not_permitted"),
    "missing_items_let_by": _results("item_missing"),
    "item_types_converted": item_types_converted,
    "year_not_compared": lambda rooms: replace(rooms, check_asked_keys=nothing),
    "codes_not_looked_up": _results("code_not_in_force"),
    "stranger_left_out": stranger_left_out,
    "incomplete_is_better_than_nothing": _results("answer_incomplete"),
    "newest_answer_wins": newest_answer_wins,
    "late_answers_welcome": late_answers_welcome,
    "corrections_not_taken": corrections_not_taken,
    "zeros_not_shown": _shown(_without_zeros),
    "as_of_by_day": _shown(_day_only),
    "results_read_loosely": _results("content_form_invalid"),
}
