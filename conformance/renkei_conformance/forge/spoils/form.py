"""Spoils of form: JSON, members, claims and encodings that a reader refuses before it looks at any meaning."""

from __future__ import annotations

import json

from renkei_conformance.forge.build import Bench, Plan
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import other_last_character, with_claims, without
from renkei_conformance.wire import Json
from renkei_fixtures import instants


@spoil("form.not_json", at="envelope_bytes")
def _not_json(payload: bytes, bench: Bench) -> bytes:
    return payload[:-1] + b",}"


@spoil("form.not_utf8", at="envelope_bytes")
def _not_utf8(payload: bytes, bench: Bench) -> bytes:
    return payload + b"\xff"


@spoil("form.bytes_after_the_end", at="envelope_bytes")
def _bytes_after_the_end(payload: bytes, bench: Bench) -> bytes:
    return payload + b"{}"


@spoil("form.nested_too_deep", at="envelope_bytes")
def _nested_too_deep(payload: bytes, bench: Bench) -> bytes:
    # Deep enough to fell a recursive reader, small enough to pass every limit of size.
    return payload[:-1] + b',"note":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@spoil("form.nested_one_too_deep", at="envelope_bytes")
def _nested_one_too_deep(payload: bytes, bench: Bench) -> bytes:
    # The envelope is level 1: sixteen arrays in it reach level 17, one more than is allowed.
    return payload[:-1] + b',"note":' + b"[" * 16 + b"]" * 16 + b"}"


@spoil("form.envelope_member_repeated", at="envelope_bytes")
def _envelope_member_repeated(payload: bytes, bench: Bench) -> bytes:
    # The same value twice: nothing but the repetition is wrong.
    return b'{"header":' + json.dumps(bench.text("header_token")).encode() + b"," + payload[1:]


@spoil("form.envelope_body_missing", at="envelope")
def _envelope_body_missing(envelope: Json, bench: Bench) -> Json:
    return without(envelope, "body")


@spoil("form.envelope_header_missing", at="envelope")
def _envelope_header_missing(envelope: Json, bench: Bench) -> Json:
    return without(envelope, "header")


@spoil("form.envelope_subjects_missing", at="envelope")
def _envelope_subjects_missing(envelope: Json, bench: Bench) -> Json:
    return without(envelope, "subjects")


@spoil("form.envelope_member_unknown", at="envelope")
def _envelope_member_unknown(envelope: Json, bench: Bench) -> Json:
    return {**envelope, "note": "none"}


# Claims of the header. Those spoiled here are not shared with the permit, so that no mismatch comes with them.


@spoil("form.header_claim_repeated", at="header_bytes")
def _header_claim_repeated(payload: bytes, bench: Bench) -> bytes:
    claims = bench.part("header")
    assert isinstance(claims, dict)
    return b'{"issued_at":' + json.dumps(claims["issued_at"]).encode() + b"," + payload[1:]


@spoil("form.header_claim_unknown", at="header")
def _header_claim_unknown(claims: Json, bench: Bench) -> Json:
    return {**claims, "priority": "high"}


@spoil("form.header_claim_missing", at="header")
def _header_claim_missing(claims: Json, bench: Bench) -> Json:
    return without(claims, "issued_at")


@spoil("form.header_claim_null", at="header")
def _header_claim_null(claims: Json, bench: Bench) -> Json:
    return {**claims, "issued_at": None}


@spoil("form.header_claim_of_wrong_type", at="header")
def _header_claim_of_wrong_type(claims: Json, bench: Bench) -> Json:
    return {**claims, "issued_at": int(bench.plan.known.now.timestamp())}


@spoil("form.header_claim_empty", at="header")
def _header_claim_empty(claims: Json, bench: Bench) -> Json:
    return {**claims, "section": ""}


@spoil("form.instant_with_offset", at="header")
def _instant_with_offset(claims: Json, bench: Bench) -> Json:
    at = instants.parse(str(claims["issued_at"])).astimezone(instants.JAPAN)
    return {**claims, "issued_at": at.isoformat(timespec="milliseconds")}


@spoil("form.instant_without_milliseconds", at="header")
def _instant_without_milliseconds(claims: Json, bench: Bench) -> Json:
    return {**claims, "issued_at": f"{str(claims['issued_at'])[:19]}Z"}


@spoil("form.message_id_in_upper_case", at="claims")
def _message_id_in_upper_case(claims: Json, bench: Bench) -> Json:
    # Always a letter in it: the version 7 ids of the forge could by chance have digits only.
    return {**claims, "message_id": str(claims["message_id"])[:-1].upper() + "A"}


# Encodings


@spoil("form.header_last_character", at="header_token")
def _header_last_character(token: str, bench: Bench) -> str:
    return other_last_character(token)


@spoil("form.header_padded", at="header_token")
def _header_padded(token: str, bench: Bench) -> str:
    return token + "=="


@spoil("form.permit_last_character", at="permit_token")
def _permit_last_character(token: str, bench: Bench) -> str:
    return other_last_character(token)


@spoil("form.body_last_character", at="body")
def _body_last_character(token: str, bench: Bench) -> str:
    return other_last_character(token)


@spoil("form.body_padded", at="body")
def _body_padded(token: str, bench: Bench) -> str:
    return token + "=="


@spoil("form.subjects_padded", at="subjects_string")
def _subjects_padded(string: str, bench: Bench) -> str:
    # "=" to a full group of four; a length that needs none still may not have one.
    return string + "=" * (-len(string) % 4 or 4)


# Addressees


@replan("form.to_another_body")
def _to_another_body(plan: Plan) -> Plan:
    return with_claims(plan, to=plan.known.another(str(plan.claims["from"])).code)


@replan("form.to_unknown_body")
def _to_unknown_body(plan: Plan) -> Plan:
    return with_claims(plan, to="999997")  # right in form and check digit, and no body of this world
