"""暗号・署名機能: encrypts, decrypts, signs, verifies (seed §4-3).

Sign then encrypt; decrypt then verify the content. One choice of ours against the seed's order: the header's signature
is verified before counterpart and responsibility, since a counterpart is not known before (PROTOCOL).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.claims import Claims, read_claims
from renkei_emulator.envelope import (
    Opener,
    PublicKey,
    Signer,
    b64u,
    open_sealed,
    read_jws,
    seal,
    sha256_b64u,
    sign,
    strict_json,
    verify,
)
from renkei_emulator.messages import Authorised, Charged, Framed, Opened, OpenedAnswer, Verified, compact
from renkei_emulator.refusals import Refused
from renkei_emulator.trust import NETWORK_SAN, Check, TrustStore, Usage, body_san
from renkei_emulator.world import Dice
from renkei_fixtures.instants import parse

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard


def check_certificate(trust: TrustStore, kid: str, usage: Usage, san: str, at: datetime, now: datetime) -> PublicKey:
    """The key of ``kid``, if its chain, dates, revocation, use and name hold at ``at``. Raises Refused *sender*."""
    return trust.check(kid, usage, san, at, now)


def asks_what_was_revoked(decided: bool) -> bool:
    """Whether the newest revocation list is fetched though the one at hand is in time: what officials decide has lain
    for days, and a key that was lost meanwhile must not be answered."""
    return decided


def accepted_at(paper: str | None, member: str, now: datetime) -> datetime:
    """The instant as of which certificates are judged, as permit or receipt says it, before either is believed.

    A forged paper gains nothing: the message is refused for it later. One that lies in our future counts as now.
    """
    if paper is None:
        return now
    try:
        return min(parse(strict_json(read_jws(paper).payload)[member]), now)
    except (Refused, KeyError, TypeError, ValueError):
        return now


def verify_header(framed: Framed, check: Check, at: datetime) -> Verified:
    """Raises Refused of stage *sender* unless ``from`` signed it."""
    verify(framed.jws, check(framed.jws.kid, "signature", body_san(framed.claims["from"]), at))
    return Verified(framed, at)


def verify_change(framed: Framed, check: Check, at: datetime) -> Verified:
    """A link-code change is the network's own word. Raises Refused of stage *sender* unless the network signed it."""
    verify(framed.jws, check(framed.jws.kid, "signature", NETWORK_SAN, at))
    return Verified(framed, at)


def check_change_hash(framed: Framed) -> None:
    """The codes are those that were signed. Raises Refused `subjects_hash_mismatch`."""
    if framed.subjects is None or sha256_b64u(framed.subjects.encode("ascii")) != framed.claims["subjects_sha256"]:
        raise Refused("subjects_hash_mismatch")


def read_paper(paper: str | None, kind: str, check: Check, standard: Standard, at: datetime) -> Claims:
    """The claims of a permit or receipt that the network signed. ``kind``: `permit` or `receipt`.

    Raises Refused `permit_missing`, `permit_invalid` (`receipt_…`), or what asks for a retry.
    """
    if paper is None:
        raise Refused(f"{kind}_missing")
    typ = f"renkei-{kind}"
    try:
        jws = read_jws(paper)
        if jws.typ != typ:
            raise Refused("type_not_allowed", jws.typ)
        claims = read_claims(jws.payload, typ, standard)
        verify(jws, check(jws.kid, "signature", NETWORK_SAN, at))
    except Refused as refused:
        if refused.retry:
            raise
        raise Refused(f"{kind}_invalid", str(refused)) from None
    return claims


# --- in: the content ------------------------------------------------------------------------------------------------
def decrypt(framed: Framed, openers: Mapping[str, Opener]) -> bytes:
    """The plaintext. Raises Refused `decryption_failed`, whatever the cause."""
    if framed.jwe is None or (opener := openers.get(framed.jwe.kid)) is None:
        raise Refused("decryption_failed", "sealed to a key that is not ours")
    return open_sealed(framed.jwe, opener)


def compare_hash(claims: Claims, plaintext: bytes) -> None:
    """Raises Refused `content_hash_mismatch`."""
    if sha256_b64u(plaintext) != claims["content_sha256"]:
        raise Refused("content_hash_mismatch")


def parse_content(plaintext: bytes) -> Claims:
    """Raises Refused `content_form_invalid`."""
    try:
        content = strict_json(plaintext)
    except Refused as refused:
        raise Refused("content_form_invalid", str(refused)) from None
    if not isinstance(content, dict):
        raise Refused("content_form_invalid", "not an object")
    return content


def compare_ids(claims: Claims, content: Claims, names: tuple[str, ...]) -> None:
    """The content names the message it belongs to. Raises Refused `body_not_bound`, `content_form_invalid`."""
    for name in names:
        if name not in content:
            raise Refused("content_form_invalid", f"missing: {name}")
        if content[name] != claims[name]:
            raise Refused("body_not_bound", name)


def compare_padding(plaintext: bytes, content: Claims, size: int) -> None:
    """A padded content has the size the catalogue prescribes. Raises Refused `content_form_invalid`."""
    if "padding" in content and len(plaintext) != size:
        raise Refused("content_form_invalid", f"{len(plaintext)} bytes, {size} prescribed")


def opened(authorised: Authorised, content: Claims) -> Opened:
    """The inquiry with its content."""
    return Opened(authorised, content)


def opened_answer(charged: Charged, content: Claims) -> OpenedAnswer:
    """The answer with its content."""
    return OpenedAnswer(charged, content)


# --- out ------------------------------------------------------------------------------------------------------------
class Drawn(NamedTuple):
    """A message of ours, sealed: what travels, and what we keep to know it by."""

    header: str
    header_sha256: str
    subjects_sha256: str | None
    envelope: bytes


def subjects_text(link_codes: tuple[str, ...], salt: bytes) -> str:
    """The ``subjects`` string: base64url of salt and the sender's own codes."""
    return b64u(compact({"salt": b64u(salt), "link_codes": list(link_codes)}))


def sign_claims(claims: Mapping[str, Any], typ: str, signer: Signer) -> str:
    """A header, or the seal of an export, signed with the body's own key."""
    return sign(compact(claims), typ, signer)


def sign_and_seal(
    claims: Claims,
    typ: str,
    subjects: str | None,
    content: Claims,
    signer: Signer,
    recipient: tuple[str, PublicKey],
    dice: Dice,
) -> Drawn:
    """④ sign, then encrypt. ``recipient``: kid and public key. The hashes are of the very strings that travel."""
    plaintext = compact(content)
    claims = {**claims, "content_sha256": sha256_b64u(plaintext)}
    members: dict[str, str] = {}
    if subjects is not None:
        claims["subjects_sha256"] = sha256_b64u(subjects.encode("ascii"))
        members["subjects"] = subjects
    header = sign_claims(claims, typ, signer)
    members = {"header": header, **members, "body": seal(plaintext, recipient[1], recipient[0], dice)}
    return Drawn(header, sha256_b64u(header.encode("ascii")), claims.get("subjects_sha256"), compact(members))


def sign_only(claims: Claims, typ: str, signer: Signer) -> Drawn:
    """A signed header without body: acknowledgement, refusal, query."""
    header = sign_claims(claims, typ, signer)
    return Drawn(header, sha256_b64u(header.encode("ascii")), None, compact({"header": header}))
