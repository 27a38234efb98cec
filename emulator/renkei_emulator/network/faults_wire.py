"""Defects of a network at its door: what it reads too kindly, and whom it believes too easily. Texts: `standard.faults`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Jws, verify
from renkei_emulator.network import arrival
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.trust import TrustStore
from renkei_emulator.world import HttpReply, HttpRequest

Fault = Callable[[NetworkRooms], NetworkRooms]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _plain(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


# --- what is read too kindly ----------------------------------------------------------------------------------------
def _reads(code: str, kindly: Callable[[bytes], tuple[bytes, Callable[[Jws], Jws]]]) -> Fault:
    """Where the door would refuse with `code`, read what `kindly` makes of the bytes.

    The signature stays over the string that travelled: `kindly` also says how the reader's header is to be taken.
    """

    def fault(rooms: NetworkRooms) -> NetworkRooms:
        def read(data: bytes, standard: Any) -> arrival.Arrived:
            try:
                return rooms.read_message(data, standard)
            except Refused as refused:
                if refused.code != code:
                    raise
                cleaned, as_signed = kindly(data)
                arrived = rooms.read_message(cleaned, standard)
                return arrived._replace(jws=as_signed(arrived.jws))

        return replace(rooms, read_message=read)

    return fault


def _as_it_is(jws: Jws) -> Jws:
    return jws


def _known_members(data: bytes) -> tuple[bytes, Callable[[Jws], Jws]]:
    members = json.loads(data)
    return _plain({name: members[name] for name in ("header", "subjects", "body") if name in members}), _as_it_is


def _signed_as(signing_input: str) -> Callable[[Jws], Jws]:
    return lambda jws: jws._replace(signing_input=signing_input.encode())


def _loose(segment: str) -> bytes:
    kept = segment.rstrip("=")
    return base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))


def _header_again(data: bytes, claims: Callable[[Any], Any]) -> tuple[bytes, Callable[[Jws], Jws]]:
    """The message with its header read loosely and written canonically."""
    members = json.loads(data)
    signing_input = members["header"].rpartition(".")[0]
    jose, payload, signature = (_loose(part) for part in members["header"].split("."))
    clean = f"{_b64(_plain(json.loads(jose)))}.{_b64(_plain(claims(json.loads(payload))))}.{_b64(signature)}"
    again = {name: _strictly(value) if name == "subjects" else value for name, value in members.items()}
    return _plain(again | {"header": clean}), _signed_as(signing_input)


def _strictly(text: str) -> str:
    return _b64(_loose(text))


def _padding_dropped(data: bytes) -> tuple[bytes, Callable[[Jws], Jws]]:
    cleaned, as_signed = _header_again(data, lambda claims: claims)
    members = json.loads(cleaned)
    if "body" in members:
        members["body"] = ".".join(_b64(_loose(part)) for part in members["body"].split("."))
    return _plain(members), as_signed


def _known_claims(claims: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in claims.items() if value is not None}
    return {name: known[name] for name in known if name in _INQUIRY}


_INQUIRY = frozenset(
    (
        *("message_id", "from", "to", "from_principal", "to_principal", "issued_at", "expires_at", "edition", "affair"),
        *("procedure", "information", "responsibility", "section", "official", "disaster_id", "consent_ref"),
        *("record_disclosure", "subject_kind", "information_version", "subject_count", "subjects_sha256", "reply_kid"),
        "content_sha256",
    )
)


def network_media_type_ignored(rooms: NetworkRooms) -> NetworkRooms:
    def check(request: HttpRequest) -> None:
        right = {**request.headers, "content-type": arrival.MEDIA_TYPE}
        rooms.check_transport(replace(request, headers=right))

    return replace(rooms, check_transport=check)


# --- whom it believes -----------------------------------------------------------------------------------------------
def _believes(code: str) -> Fault:
    """Go on with the key of a certificate although the check says `code`."""

    def fault(rooms: NetworkRooms) -> NetworkRooms:
        def check_sender(trust: TrustStore, jws: Jws, party: str, now: datetime) -> None:
            try:
                rooms.check_sender(trust, jws, party, now)
            except Refused as refused:
                if refused.code != code:
                    raise
                verify(jws, trust.unchecked_key(jws.kid))

        return replace(rooms, check_sender=check_sender)

    return fault


def _young(code: str) -> Fault:
    def fault(rooms: NetworkRooms) -> NetworkRooms:
        def check(typ: str, claims: Claims, now: datetime) -> None:
            try:
                rooms.check_freshness(typ, claims, now)
            except Refused as refused:
                if refused.code != code:
                    raise

        return replace(rooms, check_freshness=check)

    return fault


def network_bars_read_at_start(rooms: NetworkRooms) -> NetworkRooms:
    read: list[frozenset[tuple[str, str]]] = []

    def check(claims: Claims, bars: Any) -> None:
        if not read:
            read.append(frozenset(bars))
        rooms.check_bars(claims, read[0])

    return replace(rooms, check_bars=check)


def network_says_not_a_party(rooms: NetworkRooms) -> NetworkRooms:
    def refuse(refused: Refused, message_id: str | None, number: str | None) -> HttpReply:
        reply = rooms.refuse(refused, message_id, number)
        if refused.code != "exchange_unknown" or "party" not in refused.for_log:
            return reply
        return replace(reply, body=_plain(json.loads(reply.body) | {"detail": "not a party to this exchange"}))

    return replace(rooms, refuse=refuse)


FAULTS: Mapping[str, Fault] = {
    "network_media_type_ignored": network_media_type_ignored,
    "network_unknown_envelope_member": _reads("envelope_member_unknown", _known_members),
    "network_last_member_wins": _reads("member_repeated", lambda data: _header_again(data, lambda claims: claims)),
    "network_lenient_base64": _reads("encoding_not_canonical", _padding_dropped),
    "network_unknown_claim_ignored": _reads("header_form_invalid", lambda data: _header_again(data, _known_claims)),
    "network_directory_is_trust": _believes("certificate_chain_invalid"),
    "network_expiry_of_certificate_by_night": _believes("certificate_expired"),
    "network_future_tolerated": _young("issued_in_future"),
    "network_query_age_unread": _young("query_too_old"),
    "network_bars_read_at_start": network_bars_read_at_start,
    "network_says_not_a_party": network_says_not_a_party,
}
