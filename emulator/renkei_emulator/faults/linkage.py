"""Faults of the linkage IF: framing, certificates, permit, authority, content. Texts: `standard.faults`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault, believes, nothing, read_loosely, tolerant
from renkei_emulator.linkage_if.network_connection import Envelope
from renkei_emulator.messages import Framed, Sealed, Verified
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms


# --- form -----------------------------------------------------------------------------------------------------------
def last_member_wins(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Envelope:
        return rooms.open_envelope(Sealed(json.dumps(json.loads(sealed.data)).encode()))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "member_repeated", lenient))


def unknown_envelope_member_ignored(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Envelope:
        members = json.loads(sealed.data)
        known = {name: members[name] for name in ("header", "subjects", "body", "permit") if name in members}
        return rooms.open_envelope(Sealed(json.dumps(known).encode()))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "envelope_member_unknown", lenient))


def lenient_base64(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, read_jws=tolerant(rooms.read_jws, "encoding_not_canonical", read_loosely))


def unknown_jose_members_ignored(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, read_jws=tolerant(rooms.read_jws, "jose_header_not_allowed", read_loosely))


def media_type_not_looked_at(rooms: BodyRooms) -> BodyRooms:
    accept = tolerant(rooms.accept, "media_type_not_allowed", lambda request: Sealed(request.body))
    return replace(rooms, accept=accept)


def deaf_after_refusal(rooms: BodyRooms) -> BodyRooms:
    owed: list[bool] = []

    def refuse(*args: Any) -> Any:
        owed.append(True)
        return rooms.refuse(*args)

    def accept(request: Any) -> Sealed:
        if owed:
            owed.clear()
            raise Refused("internal_error", "no connection left in the pool")
        return rooms.accept(request)

    def refuse_and_forget(refused: Refused, *args: Any) -> Any:
        return rooms.refuse(refused, *args) if refused.code == "internal_error" else refuse(refused, *args)

    return replace(rooms, accept=accept, refuse=refuse_and_forget)


def problem_quotes_the_value(rooms: BodyRooms) -> BodyRooms:
    def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> Any:
        reply = rooms.refuse(refused, message_id, exchange_number)
        members = {**json.loads(reply.body), "detail": f"{refused.for_log or 'wrong'} in message {message_id}"}
        return replace(reply, body=json.dumps(members).encode())

    return replace(rooms, refuse=refuse)


# --- sender ---------------------------------------------------------------------------------------------------------
def permit_of_anyone(rooms: BodyRooms) -> BodyRooms:
    """The chain of the permit's signer is checked, the name in its certificate is not."""

    def read_paper(paper: str | None, kind: str, check: Callable[..., Any], standard: Any, at: Any) -> Claims:
        signer: dict[str, str] = {}

        def any_name(kid: str, usage: str, san: str, when: Any) -> Any:
            try:
                return check(kid, usage, san, when)
            except Refused as refused:
                if refused.code != "certificate_not_of_sender":
                    raise
                signer["san"] = refused.for_log.split(" ")[0]
                return check(kid, usage, signer["san"], when)

        return rooms.read_paper(paper, kind, any_name, standard, at)

    return replace(rooms, read_paper=read_paper)


# --- freshness, permit ----------------------------------------------------------------------------------------------
def clock_of_sender_trusted(rooms: BodyRooms) -> BodyRooms:
    def as_it_is(verified: Verified, _now: Any) -> Verified:
        return verified

    return replace(rooms, check_fresh=tolerant(rooms.check_fresh, "issued_in_future", as_it_is))


def reuse_unnoticed(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, is_repeat=tolerant(rooms.is_repeat, "message_id_reused", lambda *_: False))


def permit_never_expires(rooms: BodyRooms) -> BodyRooms:
    def but_for_the_end(permit: Claims, framed: Framed) -> None:
        rooms.check_permit_fields({**permit, "expires_at": framed.claims["expires_at"]}, framed)

    check_time = tolerant(rooms.check_permit_time, "permit_expired", nothing)
    return replace(rooms, check_permit_time=check_time, check_permit_fields=but_for_the_end)


def permit_hash_of_header_only(rooms: BodyRooms) -> BodyRooms:
    def header_only(permit: Claims, framed: Framed) -> None:
        if permit["header_sha256"] != framed.header_sha256:
            raise Refused("permit_mismatch", "header_sha256")

    return replace(rooms, check_permit_hashes=header_only)


def permit_fields_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_permit_fields=nothing)


def permit_for_any_body(rooms: BodyRooms) -> BodyRooms:
    def without_to(permit: Claims, framed: Framed) -> None:
        rooms.check_permit_fields({**permit, "to": framed.claims["to"]}, framed)

    return replace(rooms, check_permit_party=nothing, check_permit_fields=without_to)


# --- content --------------------------------------------------------------------------------------------------------
def content_hash_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_hash=nothing)


def content_ids_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_ids=tolerant(rooms.compare_ids, "body_not_bound", nothing))


def decryption_error_explained(rooms: BodyRooms) -> BodyRooms:
    def explained(*_args: Any) -> bytes:
        raise Refused("internal_error", "authentication tag")

    return replace(rooms, decrypt=tolerant(rooms.decrypt, "decryption_failed", explained))


FAULTS: dict[str, Fault] = {
    "last_member_wins": last_member_wins,
    "unknown_envelope_member_ignored": unknown_envelope_member_ignored,
    "lenient_base64": lenient_base64,
    "unknown_jose_members_ignored": unknown_jose_members_ignored,
    "media_type_not_looked_at": media_type_not_looked_at,
    "deaf_after_refusal": deaf_after_refusal,
    "problem_quotes_the_value": problem_quotes_the_value,
    "kid_without_chain": believes("certificate_chain_invalid"),
    "expired_certificate_taken": believes("certificate_expired"),
    "revocation_list_never_read": believes("certificate_revoked"),
    "usage_not_looked_at": believes("certificate_usage_wrong", of_senders_only=True),
    "sender_name_not_compared": believes("certificate_not_of_sender", of_senders_only=True),
    "permit_of_anyone": permit_of_anyone,
    "clock_of_sender_trusted": clock_of_sender_trusted,
    "reuse_unnoticed": reuse_unnoticed,
    "permit_never_expires": permit_never_expires,
    "permit_hash_of_header_only": permit_hash_of_header_only,
    "permit_fields_not_compared": permit_fields_not_compared,
    "permit_for_any_body": permit_for_any_body,
    "content_hash_not_compared": content_hash_not_compared,
    "content_ids_not_compared": content_ids_not_compared,
    "decryption_error_explained": decryption_error_explained,
}
