"""Faults of a body that asks (欠陥): what the inquirer says and writes down of an answer. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.crypto_signature import Drawn
from renkei_emulator.messages import Framed, LinkCode, OwnNumber, Verified
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

ACKNOWLEDGEMENT = "renkei-acknowledgement"


def sender_refused_by_problem(rooms: BodyRooms) -> BodyRooms:
    def in_clear(framed: Framed, check: Any, at: datetime) -> Verified:
        try:
            return rooms.verify_header(framed, check, at)
        except Refused as refused:
            refused.retry = True  # said at once, by a problem
            raise

    return replace(rooms, verify_header=in_clear)


def _acknowledgement(change: Callable[[Claims], Claims]) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
            return rooms.sign_only(change(claims) if typ == ACKNOWLEDGEMENT else claims, typ, signer)

        return replace(rooms, sign_only=sign_only)

    return fault


def of_each_item(change: Callable[[Claims], Claims]) -> Fault:
    return _acknowledgement(lambda claims: claims | {"items": [change(item) for item in claims["items"]]})


def _with_a_note(item: Claims) -> Claims:
    return item | {"note": "single"}


def acknowledges_the_body(rooms: BodyRooms) -> BodyRooms:
    opened: list[str] = []

    def decrypt(framed: Framed, openers: Any) -> bytes:
        opened.append(sha256_b64u((framed.body or "").encode("ascii")))
        return rooms.decrypt(framed, openers)

    def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
        if typ == ACKNOWLEDGEMENT and opened:
            digest = opened.pop()
            items = [
                item | {"acknowledged_sha256": digest} for item in claims["items"] if item["outcome"] == "accepted"
            ]
            claims = claims | {"items": items or claims["items"]}
        return rooms.sign_only(claims, typ, signer)

    return replace(rooms, decrypt=decrypt, sign_only=sign_only)


def shown_though_rejected(rooms: BodyRooms) -> BodyRooms:
    """The results are stored as they are read; the check that follows only decides what is acknowledged."""
    found: list[Refused] = []

    def check(plain: Mapping[str, Any], *rest: Any) -> Any:
        try:
            return rooms.check_answer_content(plain, *rest)
        except Refused as refused:
            if refused.code != "item_invalid":
                raise
            found.append(refused)
            return plain["content"]["results"]

    def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
        if typ == ACKNOWLEDGEMENT and found:
            said = found.pop()
            told = {"outcome": "rejected", "code": said.code, "stage": said.stage}
            claims = claims | {"items": [item | told for item in claims["items"]]}
        return rooms.sign_only(claims, typ, signer)

    return replace(rooms, check_answer_content=check, sign_only=sign_only)


def rejections_not_recorded(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, refusal=lambda *_args: [])


def link_code_in_the_audit(rooms: BodyRooms) -> BodyRooms:
    last: list[str] = []

    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        code = rooms.link_code_of(number, lookup)
        last[:] = [code or ""]
        return code

    def audit(*args: Any, **more: Any) -> Any:
        return rooms.audit(*args, subject="".join(last), **more)

    return replace(rooms, link_code_of=link_code_of, audit=audit)


def _business_line(event: str) -> Fault:
    """The line of this event is joined with nothing."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def line(body: str, at: Any, what: str, header: Any, number: str | None, *rest: Any, **more: Any) -> Any:
            return rooms.business_line(body, at, what, header, None if what == event else number, *rest, **more)

        return replace(rooms, business_line=line)

    return fault


def access_at_the_answer_only(rooms: BodyRooms) -> BodyRooms:
    def access(body: str, at: Any, event: str, claims: Any, number: str, **more: Any) -> Any:
        accepted = event == "inquiry_accepted"
        return rooms.access(body, at, event, {} if accepted else claims, "" if accepted else number, **more)

    return replace(rooms, access=access)


FAULTS: dict[str, Fault] = {
    "shown_though_rejected": shown_though_rejected,
    "sender_refused_by_problem": sender_refused_by_problem,
    "note_in_acknowledgement": of_each_item(_with_a_note),
    "acknowledges_the_body": acknowledges_the_body,
    "rejections_not_recorded": rejections_not_recorded,
    "link_code_in_the_audit": link_code_in_the_audit,
    "answer_line_without_number": _business_line("collected"),
    "handing_over_without_number": _business_line("handed_over"),
    "access_at_the_answer_only": access_at_the_answer_only,
}
