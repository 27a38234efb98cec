"""Faults of 連携確認機能 and of both logs: what an answer holds, how it goes out, what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault, nothing, tolerant
from renkei_emulator.linkage_if.network_connection import Again, NotTaken
from renkei_emulator.messages import Found
from renkei_emulator.rooms import BodyRooms

DROP = object()


def _leaves(record: Any, change: Callable[[Any], Any]) -> Any:
    if not isinstance(record, dict):
        return change(record)
    changed = {name: _leaves(inner, change) for name, inner in record.items()}
    return {name: inner for name, inner in changed.items() if inner is not DROP}


def _told(change: Callable[[Any], Any]) -> Fault:
    """Every value of a record is changed as it is told."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        return replace(rooms, record_of=lambda *args: _leaves(rooms.record_of(*args), change))

    return fault


def whole_record_sent(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, record_of=lambda found, *_: dict(found.record or {}))


def minimum_cached_by_information(rooms: BodyRooms) -> BodyRooms:
    first: dict[str, str] = {}

    def record_of(found: Found, information: Any, affair: str) -> dict[str, Any]:
        return rooms.record_of(found, information, first.setdefault(information.id, affair))

    return replace(rooms, record_of=record_of)


def as_of_is_now(rooms: BodyRooms) -> BodyRooms:
    def content(header: Claims, results: list[dict[str, Any]], salt: str) -> Claims:
        now = [{**r, "as_of": header["issued_at"]} if "as_of" in r else r for r in results]
        return rooms.answer_content(header, now, salt)

    return replace(rooms, answer_content=content)


def no_record_not_padded(rooms: BodyRooms) -> BodyRooms:
    def pad(content: Claims, size: int) -> Claims:
        carries = any("record" in result for result in content["results"])
        return rooms.pad(content, size) if carries else {**content, "padding": ""}

    return replace(rooms, pad=pad)


def own_number_in_answer(rooms: BodyRooms) -> BodyRooms:
    def result_of(item: Any, *rest: Any) -> dict[str, Any]:
        return rooms.result_of(item, *rest) | {"own_number": item.own_number or ""}

    return replace(rooms, result_of=result_of)


def last_part_never_said(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, answer_header=lambda *args: rooms.answer_header(*args) | {"last_part": False})


def salt_constant(rooms: BodyRooms) -> BodyRooms:
    first: list[str] = []

    def content(header: Claims, results: list[dict[str, Any]], salt: str) -> Claims:
        first.append(salt)
        return rooms.answer_content(header, results, first[0])

    return replace(rooms, answer_content=content)


def unknown_key_ignored(rooms: BodyRooms) -> BodyRooms:
    def check_keys(content: Claims, information: Any) -> None:
        known = {key.id for key in information.keys}
        for item in content["items"]:
            for name in item["keys"].keys() - known:
                del item["keys"][name]
        rooms.check_keys(content, information)

    return replace(rooms, check_keys=check_keys)


def content_read_leniently(rooms: BodyRooms) -> BodyRooms:
    def as_it_is(plain: dict[str, Any], _standard: Any) -> Any:
        return plain["content"]

    check = tolerant(rooms.check_inquiry_content, "content_form_invalid", as_it_is)
    return replace(rooms, compare_padding=nothing, check_inquiry_content=check)


# --- a person decides -----------------------------------------------------------------------------------------------
def person_flag_ignored(rooms: BodyRooms) -> BodyRooms:
    def needs_person(local: Any, marks: Any, information: Any) -> str | None:
        unread = [None if mark is not None and mark[0] == "manual" else mark for mark in marks]
        return rooms.needs_person(local, unread, information)

    return replace(rooms, needs_person=needs_person)


def withheld_with_reason(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, withheld=lambda item, ground: rooms.withheld(item, ground) | {"ground": ground or "dv"})


# --- on its way -----------------------------------------------------------------------------------------------------
def resend_seals_anew(rooms: BodyRooms) -> BodyRooms:
    def bytes_to_send(kept: bytes, attempts: int, seal_anew: Callable[[], bytes]) -> bytes:
        return seal_anew() if attempts else kept

    return replace(rooms, bytes_to_send=bytes_to_send)


def gives_up_after_503(rooms: BodyRooms) -> BodyRooms:
    def outcome(reply: Any) -> Any:
        said = rooms.outcome(reply)
        return NotTaken("busy", "transport") if reply is not None and isinstance(said, Again) else said

    return replace(rooms, outcome=outcome)


# --- records --------------------------------------------------------------------------------------------------------
def link_code_in_access_log(rooms: BodyRooms) -> BodyRooms:
    seen: dict[str, list[str]] = {}

    def read_message(*args: Any) -> Any:
        framed = rooms.read_message(*args)
        seen[framed.claims["message_id"]] = list(framed.link_codes)
        return framed

    def access(body: str, at: Any, event: str, claims: Any, number: str, **more: Any) -> Any:
        traced = {"subjects": seen.get(claims.get("message_id", ""), [])}
        return rooms.access(body, at, event, claims, number, **more, **traced)

    return replace(rooms, read_message=read_message, access=access)


def refusals_not_recorded(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, refusal=lambda *_: [])


def business_log_without_number(rooms: BodyRooms) -> BodyRooms:
    def line(body: str, at: Any, event: str, header: Any, _number: Any, *rest: Any, **more: Any) -> Any:
        return rooms.business_line(body, at, event, header, None, *rest, **more)

    return replace(rooms, business_line=line)


def chain_over_parsed_line(rooms: BodyRooms) -> BodyRooms:
    def exported(lines: list[str]) -> list[str]:
        return [json.dumps(json.loads(line), ensure_ascii=False) for line in rooms.exported(lines)]

    return replace(rooms, exported=exported)


def seal_counts_one_less(rooms: BodyRooms) -> BodyRooms:
    def seal(*args: Any) -> Claims:
        claims = rooms.seal_claims(*args)
        return claims | {"lines": max(claims["lines"] - 1, 0)}

    return replace(rooms, seal_claims=seal)


FAULTS: dict[str, Fault] = {
    "zero_becomes_null": _told(lambda value: None if value == 0 and value is not False else value),
    "zero_left_out": _told(lambda value: DROP if value == 0 else value),
    "amounts_as_text": _told(lambda value: str(value) if type(value) is int else value),
    "whole_record_sent": whole_record_sent,
    "minimum_cached_by_information": minimum_cached_by_information,
    "as_of_is_now": as_of_is_now,
    "no_record_not_padded": no_record_not_padded,
    "own_number_in_answer": own_number_in_answer,
    "last_part_never_said": last_part_never_said,
    "salt_constant": salt_constant,
    "unknown_key_ignored": unknown_key_ignored,
    "content_read_leniently": content_read_leniently,
    "person_flag_ignored": person_flag_ignored,
    "withheld_with_reason": withheld_with_reason,
    "resend_seals_anew": resend_seals_anew,
    "gives_up_after_503": gives_up_after_503,
    "link_code_in_access_log": link_code_in_access_log,
    "refusals_not_recorded": refusals_not_recorded,
    "business_log_without_number": business_log_without_number,
    "chain_over_parsed_line": chain_over_parsed_line,
    "seal_counts_one_less": seal_counts_one_less,
}
