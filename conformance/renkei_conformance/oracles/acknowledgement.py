"""The product's acknowledgement of an answer (clauses I-ACK-…)."""

from __future__ import annotations

from collections.abc import Mapping

from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.reader import Signed
from renkei_conformance.oracles import fields
from renkei_conformance.oracles.inquiry import by_own_certificate
from renkei_conformance.wire import Unreadable, read_object, sha256_b64u
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard, Text

TYP = "renkei-acknowledgement"
MEMBERS = frozenset({"exchange_number", "acknowledged_sha256", "outcome"})


def items_of(claims: Mapping[str, object], exchange_number: str) -> tuple[Mapping[str, object], ...]:
    """What an acknowledgement says of this exchange."""
    found = claims.get("items")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return tuple(row for row in rows if row.get("exchange_number") == exchange_number)


def form(standard: Standard, raw: bytes, signed: Signed, body: str) -> tuple[Finding, ...]:
    """A signed header alone, listed members, to the network, by an own signing certificate (I-ACK-002)."""
    return alone(standard, raw, signed, body, TYP, "acknowledgement", both("conformance.rule.acknowledgement_form"))


def alone(
    standard: Standard, raw: bytes, signed: Signed, body: str, typ: str, path: str, why: Text
) -> tuple[Finding, ...]:
    """A message to the network that is a signed header alone, of `typ`'s listed members."""
    try:
        envelope = sorted(read_object(raw, path))
    except Unreadable as trouble:
        return (Finding(False, trouble.expected, trouble.got, trouble.path, why),)
    claims = dict(signed.claims or {})
    listed = standard.message_types[typ].fields
    return (
        equal(path, ["header"], envelope, why),
        equal(f"{path}.header", [], list(fields.misfits(listed, claims)), why),
        equal(f"{path}.header.jose", ["alg", "kid", "typ"], sorted(signed.jose or {}), why),
        equal(f"{path}.header.jose.typ", typ, (signed.jose or {}).get("typ"), why),
        equal(f"{path}.header.from", body, claims.get("from"), why),
        equal(f"{path}.header.to", "network", claims.get("to"), why),
        *by_own_certificate(signed.signer, signed.signature_valid, body, path, why),
    )


def members(item: Mapping[str, object], path: str) -> Finding:
    """Code and stage stand exactly when the answer was rejected; the part of a single answer may be left out (I-ACK-002)."""
    due = MEMBERS | ({"code", "stage"} if item.get("outcome") == "rejected" else set())
    return equal(path, sorted(due), sorted(set(item) - {"part"}), both("conformance.rule.acknowledgement_form"))


def names(item: Mapping[str, object], exchange_number: str, header_token: str) -> tuple[Finding, ...]:
    """Which answer is acknowledged (I-ACK-003)."""
    why = both("conformance.rule.acknowledgement_names")
    return (
        equal("acknowledgement.items.exchange_number", exchange_number, item.get("exchange_number"), why),
        equal(
            "acknowledgement.items.acknowledged_sha256", sha256_b64u(header_token), item.get("acknowledged_sha256"), why
        ),
    )
