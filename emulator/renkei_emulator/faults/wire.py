"""Faults of a body about what travels beside inquiries: directory, receipts, decisions. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.network_connection import Accepted, Again, NotTaken
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.trust import NETWORK_SAN


def directory_trouble_is_unknown(rooms: BodyRooms) -> BodyRooms:
    def refuse(refused: Refused, *ids: Any) -> Any:
        lost = refused.code == "temporarily_unable" and refused.for_log.startswith("directory")
        return rooms.refuse(Refused("certificate_unknown") if lost else refused, *ids)

    return replace(rooms, refuse=refuse)


def closed_answer_sent_again(rooms: BodyRooms) -> BodyRooms:
    def outcome(reply: Any) -> Any:
        said = rooms.outcome(reply)
        return Again(None) if isinstance(said, NotTaken) else said

    return replace(rooms, outcome=outcome)


def closed_answer_unrecorded(rooms: BodyRooms) -> BodyRooms:
    def refusal(body: str, at: Any, refused: Refused, *rest: Any) -> Any:
        of_answer = refused.for_log == "the network did not take the answer"
        return [] if of_answer else rooms.refusal(body, at, refused, *rest)

    return replace(rooms, refusal=refusal)


def receipt_alone_refused(rooms: BodyRooms) -> BodyRooms:
    def open_envelope(sealed: Any) -> Any:
        envelope = rooms.open_envelope(sealed)
        if "header" not in envelope:
            raise Refused("envelope_member_missing", "header")
        return envelope

    return replace(rooms, open_envelope=open_envelope)


def lost_reply_taken_for_done(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, outcome=lambda reply: Accepted({}) if reply is None else rooms.outcome(reply))


def waiting_told_on_repeat(rooms: BodyRooms) -> BodyRooms:
    waiting: set[str] = set()

    def needs_person(local: Any, *rest: Any) -> Any:
        reason = rooms.needs_person(local, *rest)
        if reason is not None:
            waiting.add(local.permit["exchange_number"])
        return reason

    def taken(number: str, state: str) -> Any:
        return rooms.taken(number, "waiting" if number in waiting else state)

    return replace(rooms, needs_person=needs_person, taken=taken)


def withdrawal_leaves_waiting(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, ends_with=lambda state: state != "withdrawn" and rooms.ends_with(state))


def released_after_expiry(rooms: BodyRooms) -> BodyRooms:
    held: set[str] = set()

    def needs_person(local: Any, *rest: Any) -> Any:
        reason = rooms.needs_person(local, *rest)
        if reason is not None:
            held.add(local.permit["exchange_number"])
        return reason

    def check_time(permit: Claims, now: Any) -> None:
        if permit["exchange_number"] not in held:
            rooms.check_permit_time(permit, now)

    return replace(rooms, needs_person=needs_person, check_permit_time=check_time)


def deciders_not_kept(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        kept = {name: value for name, value in more.items() if name not in ("drafted_by", "approved_by")}
        return rooms.personal_audit(*args, **kept)

    return replace(rooms, personal_audit=line)


def _pinned(of_network: bool) -> Fault:
    """Whoever was met under one good certificate is not believed under another."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        first: dict[str, str] = {}

        def check(trust: Any, kid: str, usage: str, san: str, *when: Any) -> Any:
            key = rooms.check_certificate(trust, kid, usage, san, *when)
            if usage == "signature" and (san == NETWORK_SAN) == of_network and first.setdefault(san, kid) != kid:
                raise Refused("certificate_unknown", kid)
            return key

        return replace(rooms, check_certificate=check)

    return fault


def answers_sealed_to_first_key(rooms: BodyRooms) -> BodyRooms:
    first: dict[str, Any] = {}

    def sign_and_seal(claims: Claims, typ: str, subjects: str, content: Claims, signer: Any, to: Any, dice: Any) -> Any:
        known = first.setdefault(claims["to"], to) if typ == "renkei-answer" else to
        return rooms.sign_and_seal(claims, typ, subjects, content, signer, known, dice)

    return replace(rooms, sign_and_seal=sign_and_seal)


def only_compromise_counts(rooms: BodyRooms) -> BodyRooms:
    def check(trust: Any, kid: str, *rest: Any) -> Any:
        try:
            return rooms.check_certificate(trust, kid, *rest)
        except Refused as refused:
            if (refused.code, refused.for_log) != ("certificate_revoked", "superseded"):
                raise
            return trust.unchecked_key(kid)

    return replace(rooms, check_certificate=check)


FAULTS: dict[str, Fault] = {
    "directory_trouble_is_unknown": directory_trouble_is_unknown,
    "closed_answer_sent_again": closed_answer_sent_again,
    "closed_answer_unrecorded": closed_answer_unrecorded,
    "receipt_alone_refused": receipt_alone_refused,
    "lost_reply_taken_for_done": lost_reply_taken_for_done,
    "waiting_told_on_repeat": waiting_told_on_repeat,
    "withdrawal_leaves_waiting": withdrawal_leaves_waiting,
    "released_after_expiry": released_after_expiry,
    "deciders_not_kept": deciders_not_kept,
    "sender_certificate_pinned": _pinned(of_network=False),
    "answers_sealed_to_first_key": answers_sealed_to_first_key,
    "network_certificate_pinned": _pinned(of_network=True),
    "only_compromise_counts": only_compromise_counts,
}
