"""Faults of a body that asks (欠陥): who sent an answer, and to which question. Texts: `standard.faults`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.faults.tolerance import Fault, believes, loose, tolerant
from renkei_emulator.messages import Charged, Delivered, Framed, Receipted, Verified
from renkei_emulator.rooms import BodyRooms


def receipt_optional(rooms: BodyRooms) -> BodyRooms:
    read = tolerant(rooms.read_paper, "receipt_missing", lambda *_args: {})

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        return rooms.check_receipt(framed, receipt, ours) if receipt else Receipted(framed, receipt)

    return replace(rooms, read_paper=read, check_receipt=check_receipt)


def receipt_read_not_verified(rooms: BodyRooms) -> BodyRooms:
    def unverified(paper: str, *_rest: Any) -> Claims:
        claims: Claims = json.loads(loose(paper.split(".")[1]))
        return claims

    return replace(rooms, read_paper=tolerant(rooms.read_paper, "receipt_invalid", unverified))


def _receipt_taken_for_ours(*members: str) -> Fault:
    """These members of the receipt are not compared."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
            due = {
                "answer_sha256": framed.header_sha256,
                "body_sha256": sha256_b64u((framed.body or "").encode("ascii")),
                "from": ours["from"],
                "to": ours["to"],
                "in_reply_to": ours["message_id"],
                "inquiry_sha256": ours["inquiry_sha256"],
                "subjects_sha256": ours.get("subjects_sha256"),
                "expires_at": ours["expires_at"],
            }
            return rooms.check_receipt(framed, receipt | {name: due[name] for name in members}, ours)

        return replace(rooms, check_receipt=check_receipt)

    return fault


def joined_by_exchange_number(rooms: BodyRooms) -> BodyRooms:
    """What the answer's header says of the question is not looked at."""

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        said = {"in_reply_to": ours["message_id"], "inquiry_sha256": ours["inquiry_sha256"]}
        said |= {"information": ours["information"], "edition": ours["edition"]}
        rooms.check_receipt(framed._replace(claims=framed.claims | said), receipt, ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


def answer_of_anyone(rooms: BodyRooms) -> BodyRooms:
    """Whoever signs, as long as the signature is that body's own."""

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        asked = framed._replace(claims=framed.claims | {"from": ours["to"]})
        rooms.check_receipt(asked, receipt | {"to": ours["to"]}, ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


def network_vouches_for_signature(rooms: BodyRooms) -> BodyRooms:
    def as_vouched(framed: Framed, _check: Any, at: datetime) -> Verified:
        return Verified(framed, at)

    return replace(rooms, verify_header=tolerant(rooms.verify_header, "signature_invalid", as_vouched))


def answers_from_the_future(rooms: BodyRooms) -> BodyRooms:
    def as_it_is(verified: Verified, _now: Any) -> Verified:
        return verified

    return replace(rooms, check_fresh=tolerant(rooms.check_fresh, "issued_in_future", as_it_is))


def any_section_answers(rooms: BodyRooms) -> BodyRooms:
    def charged(delivered: Delivered, *_rest: Any) -> Charged:
        return Charged(delivered)

    return replace(rooms, check_answering=tolerant(rooms.check_answering, "responsibility_not_granted", charged))


FAULTS: dict[str, Fault] = {
    "receipt_optional": receipt_optional,
    "receipt_read_not_verified": receipt_read_not_verified,
    "receipt_hashes_not_compared": _receipt_taken_for_ours("answer_sha256", "body_sha256"),
    "receipt_of_any_inquiry": _receipt_taken_for_ours("in_reply_to", "inquiry_sha256"),
    "receipt_about_anybody": _receipt_taken_for_ours("subjects_sha256"),
    "receipt_to_anybody": _receipt_taken_for_ours("from", "expires_at"),
    "joined_by_exchange_number": joined_by_exchange_number,
    "answer_of_anyone": answer_of_anyone,
    "network_vouches_for_signature": network_vouches_for_signature,
    "answer_under_any_chain": believes("certificate_chain_invalid"),
    "answer_under_expired_certificate": believes("certificate_expired"),
    "answer_under_revoked_certificate": believes("certificate_revoked"),
    "answer_under_any_usage": believes("certificate_usage_wrong"),
    "answer_under_another_name": believes("certificate_not_of_sender"),
    "answers_from_the_future": answers_from_the_future,
    "any_section_answers": any_section_answers,
}
