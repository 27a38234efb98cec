"""Faults of a providing body that were written from the clauses alone, by one who had not read the cases (盲検).

So they measure what the suite sees without having been made to. Texts: `standard.faults`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.claims import Claims, read_claims
from renkei_emulator.envelope import verify
from renkei_emulator.faults.by_item import told_leaves
from renkei_emulator.faults.tolerance import Fault, loose
from renkei_emulator.linkage_if.network_connection import Again, Outcome
from renkei_emulator.messages import Asked, Found, Local, compact
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.trust import NETWORK_SAN
from renkei_emulator.world import HttpReply

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import Item

EPOCH = "1970-01-01"
MANY_YEARS = timedelta(days=3650)
TRIES = 2
ACCEPTED = 202
GROUND_COLUMN = 20


# --- what is told ---------------------------------------------------------------------------------------------------
def year_before_where_there_is_none(rooms: BodyRooms) -> BodyRooms:
    def take(item: Asked, information: Any, lookup: Any) -> Found | None:
        found = rooms.take(item, information, lookup)
        if found is not None or "tax_year" not in item.keys:
            return found
        before = str(int(item.keys["tax_year"]) - 1)
        return rooms.take(item._replace(keys={**item.keys, "tax_year": before}), information, lookup)

    return replace(rooms, take=take)


def _trimmed(item: Item, value: Any) -> Any:
    return value.strip() if item.type == "N" and isinstance(value, str) and value.strip() else value


def _not_before_the_epoch(item: Item, value: Any) -> Any:
    return max(value, EPOCH) if item.type == "date" and isinstance(value, str) else value


def released_as_drafted(rooms: BodyRooms) -> BodyRooms:
    """A released answer is the copy as the official saw it; an automatic one is cut to the minimum."""
    held: set[str | None] = set()
    drafts: list[Found] = []

    def needs_person(local: Local, *rest: Any) -> str | None:
        reason = rooms.needs_person(local, *rest)
        own = {item.own_number for item in local.items}
        held.update(own) if reason is not None else held.difference_update(own)
        return reason

    def take(item: Asked, information: Any, lookup: Any) -> Found | None:
        found = rooms.take(item, information, lookup)
        if found is not None and item.own_number in held:
            drafts.append(found)
        return found

    def record_of(found: Found, information: Any, affair: str) -> dict[str, Any]:
        drafted = any(found is draft for draft in drafts)
        drafts.clear()
        return dict(found.record or {}) if drafted else rooms.record_of(found, information, affair)

    return replace(rooms, needs_person=needs_person, take=take, record_of=record_of)


def no_record_logged_without_person(rooms: BodyRooms) -> BodyRooms:
    def line(body: str, at: Any, event: str, header: Any, number: Any, persons: Any, salt: str, **more: Any) -> Any:
        joined = [person for person in persons if event != "provided" or person.get("result") == "provided"]
        return rooms.business_line(body, at, event, header, number, joined, salt, **more)

    return replace(rooms, business_line=line)


# --- what is taken --------------------------------------------------------------------------------------------------
def chain_by_issuer_name(rooms: BodyRooms) -> BodyRooms:
    """Whoever names an issuer that we know is believed to be issued by it."""

    def check(trust: Any, kid: str, *rest: Any) -> Any:
        try:
            return rooms.check_certificate(trust, kid, *rest)
        except Refused as refused:
            issuers = {issuer.subject for met in trust._checked.values() for issuer in met.path[1:]}
            known = issuers | {anchor.subject for anchor in trust._anchors}
            if refused.code != "certificate_chain_invalid" or trust._chain(kid)[0].issuer not in known:
                raise
            return trust.unchecked_key(kid)

    return replace(rooms, check_certificate=check)


def any_typ_of(wanted: str) -> Fault:
    """The network's signed paper is taken for a `wanted`, whatever typ it was signed under."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def read_paper(paper: str | None, kind: str, check: Callable[..., Any], standard: Any, at: Any) -> Claims:
            try:
                return rooms.read_paper(paper, kind, check, standard, at)
            except Refused:
                if paper is None or kind != wanted or (jws := rooms.read_jws(paper)).typ == f"renkei-{wanted}":
                    raise
                claims = read_claims(jws.payload, f"renkei-{wanted}", standard)
                verify(jws, check(jws.kid, "signature", NETWORK_SAN, at))
                return claims

        return replace(rooms, read_paper=read_paper)

    return fault


def version_not_compared(rooms: BodyRooms) -> BodyRooms:
    def check_edition(claims: Claims, us: Any, standard: Any) -> None:
        information = standard.informations.get(claims["information"])
        ours = {} if information is None else {"information_version": information.version}
        rooms.check_edition({**claims, **ours}, us, standard)

    return replace(rooms, check_edition=check_edition)


# --- what is said, and how often ------------------------------------------------------------------------------------
def _number_in(envelope: bytes) -> str:
    claims = json.loads(loose(json.loads(envelope)["header"].split(".")[1]))
    return str(claims.get("exchange_number"))


def accepted_answer_built_again(rooms: BodyRooms) -> BodyRooms:
    """202 is read as `not yet`: the answer is made once more and sent until it would be 200."""
    again: set[str] = set()

    def outcome(reply: HttpReply | None) -> Outcome:
        if reply is None or reply.status != ACCEPTED:
            return rooms.outcome(reply)
        said = json.loads(reply.body)
        number = str(said.get("exchange_number"))
        if "receipt" not in said or number in again:
            return rooms.outcome(reply)
        again.add(number)
        return Again(None)

    def bytes_to_send(kept: bytes, attempts: int, anew: Callable[[], bytes]) -> bytes:
        return anew() if attempts and _number_in(kept) in again else rooms.bytes_to_send(kept, attempts, anew)

    return replace(rooms, outcome=outcome, bytes_to_send=bytes_to_send)


def answer_tried_twice(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, again: Again, dice: Any) -> datetime:
        return rooms.next_try(now, attempts, again, dice) if attempts < TRIES else now + MANY_YEARS

    return replace(rooms, next_try=next_try)


def problem_as_plain_json(rooms: BodyRooms) -> BodyRooms:
    def refuse(*args: Any) -> HttpReply:
        reply = rooms.refuse(*args)
        return replace(reply, headers={**reply.headers, "content-type": "application/json"})

    return replace(rooms, refuse=refuse)


def taken_with_our_reference(rooms: BodyRooms) -> BodyRooms:
    def taken(number: str, state: str) -> HttpReply:
        reply = rooms.taken(number, state)
        return replace(reply, body=compact(json.loads(reply.body) | {"reference": f"R-{number[-6:]}"}))

    return replace(rooms, taken=taken)


def pull_receipts_left_lying(rooms: BodyRooms) -> BodyRooms:
    def to_acknowledge(number: str, token: str) -> dict[str, str] | None:
        jose = json.loads(loose(token.split(".", maxsplit=1)[0]))
        return None if jose["typ"] == "renkei-receipt" else rooms.to_acknowledge(number, token)

    return replace(rooms, to_acknowledge=to_acknowledge)


# --- what an official said, and when a certificate was good ----------------------------------------------------------
def approver_of_a_correction_is_its_drafter(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        same = {"approved_by": more["drafted_by"]} if "replaces" in more else {}
        return rooms.personal_audit(*args, **{**more, **same})

    return replace(rooms, personal_audit=line)


def ground_cut_at_its_column(rooms: BodyRooms) -> BodyRooms:
    def line(*args: Any, **more: Any) -> Any:
        kept = {"ground": str(more["ground"])[:GROUND_COLUMN]} if more.get("ground") else {}
        return rooms.personal_audit(*args, **{**more, **kept})

    return replace(rooms, personal_audit=line)


FAULTS: dict[str, Fault] = {
    "year_before_where_there_is_none": year_before_where_there_is_none,
    "spaces_trimmed": told_leaves(_trimmed),
    "days_before_the_epoch": told_leaves(_not_before_the_epoch),
    "released_as_drafted": released_as_drafted,
    "no_record_logged_without_person": no_record_logged_without_person,
    "chain_by_issuer_name": chain_by_issuer_name,
    "permit_of_any_typ": any_typ_of("permit"),
    "version_not_compared": version_not_compared,
    "accepted_answer_built_again": accepted_answer_built_again,
    "answer_tried_twice": answer_tried_twice,
    "problem_as_plain_json": problem_as_plain_json,
    "taken_with_our_reference": taken_with_our_reference,
    "pull_receipts_left_lying": pull_receipts_left_lying,
    "approver_of_a_correction_is_its_drafter": approver_of_a_correction_is_its_drafter,
    "ground_cut_at_its_column": ground_cut_at_its_column,
}
