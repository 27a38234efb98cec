"""Spoils of the permit: one that is not the network's, not for this message, or not for us."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from renkei_conformance.forge.build import Bench, Signing
from renkei_conformance.forge.spoils import spoil
from renkei_conformance.forge.touch import flipped, without
from renkei_conformance.wire import Json, sha256_b64u
from renkei_fixtures import instants


@spoil("permit.missing", at="envelope")
def _missing(envelope: Json, bench: Bench) -> Json:
    return without(envelope, "permit")


@spoil("permit.signed_by_a_body", at="permit_key")
def _signed_by_a_body(signing: Signing, bench: Bench) -> Signing:
    return Signing.of(bench.plan.sender)


@spoil("permit.signature_of_a_body", at="permit_key")
def _signature_of_a_body(signing: Signing, bench: Bench) -> Signing:
    return Signing(signing.kid, Signing.of(bench.plan.sender).key)


@spoil("permit.signature_bit_flipped", at="permit_token")
def _signature_bit_flipped(token: str, bench: Bench) -> str:
    return flipped(token, segment=2)


@spoil("permit.typ_of_receipt", at="permit_jose")
def _typ_of_receipt(jose: Json, bench: Bench) -> Json:
    return {**jose, "typ": "renkei-receipt"}


@spoil("permit.claim_missing", at="permit")
def _claim_missing(permit: Json, bench: Bench) -> Json:
    return without(permit, "authority_row")


@spoil("permit.claim_unknown", at="permit")
def _claim_unknown(permit: Json, bench: Bench) -> Json:
    return {**permit, "priority": "high"}


@spoil("permit.claim_null", at="permit")
def _claim_null(permit: Json, bench: Bench) -> Json:
    return {**permit, "authority_row": None}


@spoil("permit.claim_repeated", at="permit_bytes")
def _claim_repeated(payload: bytes, bench: Bench) -> bytes:
    permit = bench.part("permit")
    assert isinstance(permit, dict)
    return b'{"authority_row":' + json.dumps(permit["authority_row"]).encode() + b"," + payload[1:]


@spoil("permit.expired", at="permit")
def _expired(permit: Json, bench: Bench) -> Json:
    return {**permit, "expires_at": instants.render(bench.plan.known.now - timedelta(minutes=10))}


@spoil("permit.to_another_body", at="permit")
def _to_another_body(permit: Json, bench: Bench) -> Json:
    return {**permit, "to": bench.plan.known.another(str(permit["from"])).code}


# Hashes of something else that is right in itself


@spoil("permit.of_another_header", at="permit")
def _of_another_header(permit: Json, bench: Bench) -> Json:
    return {**permit, "header_sha256": sha256_b64u("another header")}


@spoil("permit.of_another_body", at="permit")
def _of_another_body(permit: Json, bench: Bench) -> Json:
    return {**permit, "body_sha256": sha256_b64u("another body")}


@spoil("permit.of_other_subjects", at="permit")
def _of_other_subjects(permit: Json, bench: Bench) -> Json:
    return {**permit, "subjects_sha256": sha256_b64u("other subjects")}


# Every claim that it shares with the header, one by one


def _differs(claim: str) -> None:
    @spoil(f"permit.{claim}_differs", at="permit")
    def _(permit: Json, bench: Bench) -> Json:
        return {**permit, claim: _other(claim, permit, bench)}


def _other(claim: str, permit: Json, bench: Bench) -> object:
    facts = bench.plan.known
    if claim == "from":
        return facts.another(str(permit["from"])).code
    if claim == "subject_count":
        return 2
    if claim == "expires_at":
        return instants.render(instants.parse(str(permit["expires_at"])) + timedelta(hours=1))
    tables = {
        "affair": facts.standard.affairs,
        "procedure": facts.standard.affairs[str(permit["affair"])].procedures,
        "information": {**facts.standard.informations, **facts.standard.catalogue},
        "responsibility": facts.standard.responsibilities,
        "edition": facts.standard.editions,
    }
    return _next(tables[claim], permit[claim])


def _next(table: Iterable[str], present: object) -> str:
    # Another row of the same table where there is one: a likely mistake is worth more than an impossible value.
    return next((name for name in table if name != present), f"{str(present)[:7]}X")


for _claim in (
    "from",
    "affair",
    "procedure",
    "information",
    "responsibility",
    "edition",
    "expires_at",
    "subject_count",
):
    _differs(_claim)
