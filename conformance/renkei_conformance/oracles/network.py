"""Permits, receipts, refusals and directory entries of the network (network role; clauses N-…)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.plans import SHARED
from renkei_conformance.forge.reader import Signed
from renkei_conformance.oracles import authority
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard

NETWORK_URI = "urn:renkei:network"


def of_the_network(signed: Signed, typ: str, path: str) -> tuple[Finding, ...]:
    """A token is the network's: its certificate, its signature, its typ, closed JOSE header."""
    why = both("conformance.rule.of_the_network")
    signer = signed.signer
    return (
        equal(f"{path}.jose", ["alg", "kid", "typ"], sorted(signed.jose or {}), why),
        equal(f"{path}.typ", typ, (signed.jose or {}).get("typ"), why),
        equal(f"{path}.signature", True, signed.signature_valid, why),
        equal(f"{path}.certificate", [NETWORK_URI], list(signer.san) if signer else None, why),
        equal(f"{path}.chain", None, signer.chain_trouble if signer else "no certificate", why),
    )


def permit(
    standard: Standard, inquiry: Mapping[str, object], signed: Signed, envelope: Mapping[str, object]
) -> tuple[Finding, ...]:
    """A delivered permit against the inquiry's header and the strings beside it (N-REL-002)."""
    why = both("conformance.rule.permit")
    claims = dict(signed.claims or {})
    shared = {name: inquiry[name] for name in SHARED if name in inquiry}
    own = {"exchange_number", "kind", "authority_row", "authority_date", "accepted_at", "header_sha256", "body_sha256"}
    listed = sorted({*shared, *own, "subjects_sha256"})
    accepted = _date(claims.get("accepted_at"))
    row = authority.due(standard, inquiry, accepted, "N").row if accepted else None
    hashes = {
        f"{name}_sha256": sha256_b64u(str(envelope.get(name)).encode()) for name in ("header", "body", "subjects")
    }
    expected = {**shared, **hashes, "kind": "inquiry", "authority_row": row.id if row else None,
                "authority_date": accepted.isoformat() if accepted else None}  # fmt: skip
    return (
        *of_the_network(signed, "renkei-permit", "permit"),
        equal("permit", listed, sorted(claims), why),
        *(equal(f"permit.{name}", value, claims.get(name), why) for name, value in expected.items()),
    )


def untouched(
    sent: Mapping[str, object], delivered: Mapping[str, object], members: Sequence[str]
) -> tuple[Finding, ...]:
    """These strings were handed on as they came (N-REL-004, N-ANS-001)."""
    why = both("conformance.rule.untouched")
    return tuple(
        equal(f"{name}", sha256_b64u(str(sent.get(name)).encode()), sha256_b64u(str(delivered.get(name)).encode()), why)
        for name in members
    )


def translated(expected: Sequence[str], delivered: Sequence[object]) -> Finding:
    """The provider's codes of the same persons, in order (N-REL-003)."""
    return equal("subjects.link_codes", list(expected), list(delivered), both("conformance.rule.translated"))


def receipt(
    signed: Signed, expected: Mapping[str, object], beside: Mapping[str, object] | None = None
) -> tuple[Finding, ...]:
    """A receipt with these claims; `beside`: the envelope of the answer that it vouches for (N-ANS-001, N-STA-…)."""
    why = both("conformance.rule.receipt")
    claims = signed.claims or {}
    wanted = dict(expected)
    if beside is not None:
        wanted["answer_sha256"] = sha256_b64u(str(beside.get("header")).encode())
        wanted["body_sha256"] = sha256_b64u(str(beside.get("body")).encode())
    return (
        *of_the_network(signed, "renkei-receipt", "receipt"),
        *(equal(f"receipt.{name}", value, claims.get(name), why) for name, value in wanted.items()),
    )


def entry(standard: Standard, signed: Signed) -> tuple[Finding, ...]:
    """A directory entry is signed by the body it speaks of and has the listed members (N-DIR-001)."""
    why = both("conformance.rule.directory_entry")
    claims = signed.claims or {}
    fields = standard.message_types["renkei-directory"].fields
    required = {field.name for field in fields if field.required == "R"}
    listed = {field.name for field in fields}
    signer = signed.signer
    return (
        equal("entry.typ", "renkei-directory", (signed.jose or {}).get("typ"), why),
        equal("entry.signature", True, signed.signature_valid, why),
        equal(
            "entry.certificate", [f"urn:renkei:body:{claims.get('body')}"], list(signer.san) if signer else None, why
        ),
        equal("entry", [], sorted((required - set(claims)) | (set(claims) - listed)), why),
    )


def _date(instant: object) -> date | None:
    try:
        return instants.japan_date(instants.parse(str(instant)))
    except ValueError:
        return None
