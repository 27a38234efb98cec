"""Faults of a body about the records that it hides from the person or shows. Texts: `standard.faults`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.municipalities import COUNTERPART


def disclosure_to_the_other_body(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, disclosure_of=lambda base, *said: rooms.disclosure_of(base | {"to": COUNTERPART}, *said))


def finished_exchange_not_disclosed(rooms: BodyRooms) -> BodyRooms:
    over: set[str] = set()

    def read_paper(*args: Any) -> Claims:
        claims = rooms.read_paper(*args)
        if args[1] == "receipt" and "state" in claims and rooms.ends_with(claims["state"]):
            over.add(str(claims["exchange_number"]))
        return claims

    def check_part(exchange_number: str, ours: bool) -> None:
        rooms.check_part(exchange_number, ours and exchange_number not in over)

    return replace(rooms, read_paper=read_paper, check_part=check_part)


def record_only_ever_hidden(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, disclosure_of=lambda base, number, _word: rooms.disclosure_of(base, number, "hidden"))


def disclosure_of_any_exchange(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_part=lambda _number, _ours: None)


def disclosure_taken_for_granted(rooms: BodyRooms) -> BodyRooms:
    def state(said: Any) -> dict[str, str]:
        return {"state": "sent"} if said is None else {"state": "accepted"}

    return replace(rooms, disclosure_state=state)


def disclosure_not_sent_again(rooms: BodyRooms) -> BodyRooms:
    def state(said: Any) -> dict[str, str]:
        gone = getattr(said, "code", None) == "message_expired"
        return rooms.disclosure_state(None if gone else said)

    return replace(rooms, disclosure_kept_until=lambda now: now, disclosure_state=state)


def later_word_overtakes(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_settled=lambda _number, _under_way: None)


def disclosure_word_unchecked(rooms: BodyRooms) -> BodyRooms:
    def read_disclosure(body: bytes) -> dict[str, Any]:
        return dict(json.loads(body))

    return replace(rooms, read_disclosure=read_disclosure)


def disclosure_unrecorded(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        return rooms.personal_audit(*args, **{name: more[name] for name in more if name != "record_disclosure"})

    return replace(rooms, personal_audit=line)


def asker_disclosure_names_its_question(rooms: BodyRooms) -> BodyRooms:
    def disclosure_of(base: Claims, number: str, word: str) -> Claims:
        return rooms.disclosure_of(base, number, word) | {"in_reply_to": base["message_id"]}

    return replace(rooms, disclosure_of=disclosure_of)


def hidden_left_out_of_inquiry(rooms: BodyRooms) -> BodyRooms:
    def inquiry_header(*args: Any) -> Claims:
        header = rooms.inquiry_header(*args)
        header.pop("record_disclosure", None)
        return header

    return replace(rooms, inquiry_header=inquiry_header)


def hidden_once_hidden_always(rooms: BodyRooms) -> BodyRooms:
    said: dict[str, str] = {}

    def inquiry_header(*args: Any) -> Claims:
        header = rooms.inquiry_header(*args)
        said.update({name: header[name] for name in header if name == "record_disclosure"})
        return {**said, **header}

    return replace(rooms, inquiry_header=inquiry_header)


def one_disclosure_id_per_exchange(rooms: BodyRooms) -> BodyRooms:
    def disclosure_of(base: Claims, number: str, word: str) -> Claims:
        return rooms.disclosure_of(base | {"message_id": str(uuid5(NAMESPACE_OID, number))}, number, word)

    return replace(rooms, disclosure_of=disclosure_of)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        disclosure_to_the_other_body,
        finished_exchange_not_disclosed,
        record_only_ever_hidden,
        disclosure_of_any_exchange,
        disclosure_taken_for_granted,
        disclosure_not_sent_again,
        later_word_overtakes,
        disclosure_word_unchecked,
        disclosure_unrecorded,
        asker_disclosure_names_its_question,
        hidden_left_out_of_inquiry,
        hidden_once_hidden_always,
        one_disclosure_id_per_exchange,
    )
}
FAULTS["asker_disclosure_of_any_exchange"] = disclosure_of_any_exchange
