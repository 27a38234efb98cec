"""What came back, opened strictly: everything that the oracles judge, and every trouble met on the way.

Reading goes as far as it can: a header that cannot be believed is still read, a body is opened though its header is not
right. Only so can a report say all that is wrong with an answer and not just the first thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from renkei_conformance.forge import crypto
from renkei_conformance.kit import KeyPair
from renkei_conformance.wire import Json, Jws, Unreadable, read_jwe, read_jws, read_object, unb64u


@dataclass(frozen=True)
class Trouble:
    """A place where strict reading had to stop: `code` as the standard's refusals call it."""

    path: str
    code: str
    expected: object
    got: object


@dataclass(frozen=True)
class Signer:
    """Who signed: the chain looked at with the examiner's own anchors, at the given time."""

    kid: str
    san: tuple[str, ...]
    usages: tuple[str, ...]
    """`digital_signature`, `key_agreement`, … as the certificate says."""
    curve: str
    is_ca: bool
    kid_fits: bool
    """`kid` is the base64url SHA-256 of the leaf's DER."""
    chain_trouble: str | None
    """Why the chain does not lead to an anchor at that time, None when it does."""
    revoked: bool


@dataclass(frozen=True)
class Signed:
    """One signed token, opened: JOSE header, claims, who signed, whether the signature is right. None: not readable."""

    token: str
    jose: Mapping[str, object] | None = None
    claims: Mapping[str, object] | None = None
    signer: Signer | None = None
    signature_valid: bool | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class OpenedAnswer:
    """An answer as it came, opened as far as it could be. What could not be read is None, and `troubles` says why."""

    raw: bytes
    envelope: Mapping[str, object] | None = None
    header_token: str | None = None
    header_jose: Mapping[str, object] | None = None
    header: Mapping[str, object] | None = None
    signer: Signer | None = None
    signature_valid: bool | None = None
    subjects_string: str | None = None
    subjects: Mapping[str, object] | None = None
    body_token: str | None = None
    body_jose: Mapping[str, object] | None = None
    content_bytes: bytes | None = None
    content: Mapping[str, object] | None = None
    body_length: int | None = None
    troubles: tuple[Trouble, ...] = field(default_factory=tuple)

    @property
    def results(self) -> tuple[Mapping[str, object], ...]:
        """The content's results that are objects; empty when there are none."""
        found = (self.content or {}).get("results")
        return tuple(row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()

    @property
    def link_codes(self) -> tuple[object, ...]:
        """The codes of the subjects string, as they came."""
        found = (self.subjects or {}).get("link_codes")
        return tuple(found) if isinstance(found, list) else ()


@dataclass(frozen=True)
class Trust:
    """What the examiner believes: its anchors, the CRL, and where a chain is looked up by `kid` (None: nowhere to be had)."""

    anchors_pem: str
    crl_der: bytes
    chain_of: Callable[[str], str | None]

    def signer(self, kid: str, at: datetime) -> Signer | None:
        """Look at the certificate of this name; None when nobody has it."""
        pem = self.chain_of(kid)
        if pem is None:
            return None
        leaf = crypto.look(pem)
        return Signer(
            kid, leaf.uris, leaf.usages, leaf.curve, leaf.is_ca, leaf.kid == kid,
            crypto.chain_trouble(pem, self.anchors_pem, at), crypto.is_revoked(pem, self.crl_der),
        )  # fmt: skip


def read_signed(token: object, path: str, trust: Trust, at: datetime) -> Signed:
    """Open one signed token."""
    try:
        jws = read_jws(token, path)
    except Unreadable as trouble:
        return Signed(token if isinstance(token, str) else "", troubles=(_trouble(trouble),))
    signed = Signed(jws.token, jose=jws.jose)
    try:
        signed = replace(signed, claims=read_object(jws.payload, path))
    except Unreadable as trouble:
        signed = replace(signed, troubles=(_trouble(trouble),))
    kid = jws.jose.get("kid")
    signer = trust.signer(kid, at) if isinstance(kid, str) else None
    return replace(signed, signer=signer, signature_valid=_valid(jws, trust, kid))


def open_answer(raw: bytes, trust: Trust, sealing: KeyPair, at: datetime) -> OpenedAnswer:
    """Open an answer, or any sealed message, with the receiver's key. Never raises for what a product may have sent."""
    opened = OpenedAnswer(raw)
    try:
        envelope = read_object(raw, "answer")
    except Unreadable as trouble:
        return replace(opened, troubles=(_trouble(trouble),))
    signed = read_signed(envelope.get("header"), "answer.header", trust, at)
    opened = replace(
        opened,
        envelope=envelope,
        header_token=signed.token or None,
        header_jose=signed.jose,
        header=signed.claims,
        signer=signed.signer,
        signature_valid=signed.signature_valid,
        troubles=signed.troubles,
    )
    if "subjects" in envelope:
        opened = _with_subjects(opened, envelope)
    if "body" in envelope:
        opened = _with_body(opened, envelope, sealing)
    return opened


def _with_subjects(opened: OpenedAnswer, envelope: Json) -> OpenedAnswer:
    string = envelope["subjects"]
    try:
        if not isinstance(string, str):
            raise Unreadable("answer.subjects", "header_form_invalid", "a string", type(string).__name__)
        subjects = read_object(unb64u(string, "answer.subjects"), "answer.subjects")
    except Unreadable as trouble:
        kept = string if isinstance(string, str) else None
        return replace(opened, subjects_string=kept, troubles=(*opened.troubles, _trouble(trouble)))
    return replace(opened, subjects_string=string, subjects=subjects)


def _with_body(opened: OpenedAnswer, envelope: Json, sealing: KeyPair) -> OpenedAnswer:
    try:
        jwe = read_jwe(envelope["body"], "answer.body")
    except Unreadable as trouble:
        return replace(opened, troubles=(*opened.troubles, _trouble(trouble)))
    opened = replace(opened, body_token=jwe.token, body_jose=jwe.jose, body_length=len(jwe.token))
    try:
        assert sealing.key_pem is not None
        plaintext = crypto.unseal(jwe, crypto.private_key(sealing.key_pem))
        opened = replace(opened, content_bytes=plaintext)
        return replace(opened, content=read_object(plaintext, "answer.content"))
    except crypto.NotOpened as trouble:
        found = Trouble("answer.body", "decryption_failed", f"sealed to {sealing.kid}", str(trouble))
    except Unreadable as trouble:
        found = _trouble(trouble)
    return replace(opened, troubles=(*opened.troubles, found))


def _valid(jws: Jws, trust: Trust, kid: object) -> bool | None:
    pem = trust.chain_of(kid) if isinstance(kid, str) else None
    if pem is None:
        return None
    try:
        return crypto.verifies(jws, crypto.public_key(pem))
    except ValueError:  # not an elliptic curve key
        return False


def _trouble(trouble: Unreadable) -> Trouble:
    return Trouble(trouble.path, trouble.code, trouble.expected, trouble.got)
