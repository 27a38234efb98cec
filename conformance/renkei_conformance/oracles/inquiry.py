"""The product's own inquiry against what its business system asked (clauses I-INQ-…).

Each function decides one rule; `BY_CLAUSE` gives them by clause. What is due comes from the question and the tables; how
the emulator builds an inquiry is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.reader import OpenedAnswer, Signer
from renkei_conformance.oracles import fields
from renkei_conformance.upper import Ask
from renkei_conformance.wire import Unreadable, sha256_b64u, unb64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard
from renkei_fixtures.text import Text

LONGEST_LIFE = timedelta(days=31)
CLOCKS_APART = timedelta(seconds=300)
SALT_BYTES = 16


@dataclass(frozen=True)
class Due:
    """What an inquiry must agree with."""

    standard: Standard
    body: str
    """The body that asks."""
    ask: Ask
    link_codes: Sequence[str]
    """Its own codes of the subjects, item n of the question at n."""
    sealing_kid: str
    """The provider's newest valid sealing certificate."""
    now: datetime
    reply_signer: Signer | None
    """The certificate that `reply_kid` names."""
    forbidden: Mapping[str, str]
    """What must stand nowhere in the message: what → value."""

    @property
    def padded_size(self) -> int:
        return self.standard.informations[self.ask.information].padded_size


def form(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Listed members alone, in envelope, header, subjects and content (I-INQ-001)."""
    why = _why("inquiry_form")
    row = due.standard.message_types["renkei-inquiry"]
    troubles = [f"{one.path}: {one.code}" for one in opened.troubles if one.code != "decryption_failed"]
    content = () if opened.content is None else fields.misfits(row.content_fields, dict(opened.content))
    return (
        equal("inquiry", [], troubles, why),
        equal("inquiry", ["body", "header", "subjects"], sorted(opened.envelope or {}), why),
        equal("inquiry.header", [], list(fields.misfits(row.fields, dict(opened.header or {}))), why),
        equal("inquiry.header.jose", ["alg", "kid", "typ"], sorted(opened.header_jose or {}), why),
        equal("inquiry.subjects", ["link_codes", "salt"], sorted(opened.subjects or {}), why),
        equal("inquiry.content", [], list(content), why),
    )


def signed(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """By a valid signing certificate of its own (I-INQ-002)."""
    why = _why("inquiry_signed")
    return (
        *by_own_certificate(opened.signer, opened.signature_valid, due.body, "inquiry", why),
        equal("inquiry.header.from", due.body, _claim(opened, "from"), why),
    )


def by_own_certificate(
    signer: Signer | None, valid: bool | None, body: str, path: str, why: Text
) -> tuple[Finding, ...]:
    """A signature of this body's, under a certificate that is good for it."""
    if signer is None:
        return (Finding(False, "a certificate of the directory", None, f"{path}.header.jose.kid", why),)
    return (
        equal(f"{path}.header.signature", True, valid, why),
        *_own(signer, body, "digital_signature", f"{path}.certificate", why),
    )


def _own(signer: Signer, body: str, usage: str, path: str, why: Text) -> tuple[Finding, ...]:
    due = {
        "subjectAltName": ([f"urn:renkei:body:{body}"], list(signer.san)),
        "keyUsage": ([usage], list(signer.usages)),
        "curve": ("secp256r1", signer.curve),
        "ca": (False, signer.is_ca),
        "kid": (True, signer.kid_fits),
        "chain": (None, signer.chain_trouble),
        "revoked": (False, signer.revoked),
    }
    return tuple(equal(f"{path}.{name}", *pair, why) for name, pair in due.items())


def sealed(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """To the provider's newest valid key, under a closed JOSE header (I-INQ-003)."""
    why = _why("inquiry_sealed")
    jose = opened.body_jose or {}
    epk = jose.get("epk")
    return (
        equal("inquiry.body.jose", ["alg", "enc", "epk", "kid", "typ"], sorted(jose), why),
        equal("inquiry.body.jose.alg", "ECDH-ES", jose.get("alg"), why),
        equal("inquiry.body.jose.enc", "A256GCM", jose.get("enc"), why),
        equal("inquiry.body.jose.typ", "renkei-body", jose.get("typ"), why),
        equal("inquiry.body.jose.epk", ["crv", "kty", "x", "y"], sorted(epk) if isinstance(epk, dict) else None, why),
        equal("inquiry.body.jose.kid", due.sealing_kid, jose.get("kid"), why),
        equal("inquiry.body", True, opened.content_bytes is not None, why),
    )


def reply_key(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Its own sealing certificate (I-INQ-004)."""
    why = _why("inquiry_reply_key")
    if due.reply_signer is None:
        got = _claim(opened, "reply_kid")
        return (Finding(False, "a certificate of the directory", got, "inquiry.header.reply_kid", why),)
    return _own(due.reply_signer, due.body, "key_agreement", "inquiry.header.reply_kid", why)


def content_bound(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Ids repeated, a salt, and the hash that the header promises (I-INQ-005)."""
    why = _why("content_bound")
    content = opened.content or {}
    digest = None if opened.content_bytes is None else sha256_b64u(opened.content_bytes)
    salt = content.get("salt")
    length = len(salt) if isinstance(salt, str) else None
    return (
        *(
            equal(f"inquiry.content.{name}", _claim(opened, name), content.get(name), why)
            for name in ("message_id", "from", "to")
        ),
        equal("inquiry.header.content_sha256", digest, _claim(opened, "content_sha256"), why),
        Finding(_salted(salt), "22 to 64 characters", length, "inquiry.content.salt", why),
    )


def padded(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """To the information's size (I-INQ-006)."""
    why = _why("padded")
    length = None if opened.content_bytes is None else len(opened.content_bytes)
    padding = (opened.content or {}).get("padding")
    zeros = isinstance(padding, str) and set(padding) <= {"0"}
    return (
        equal("inquiry.content", due.padded_size, length, why),
        Finding(zeros, "zeros", "zeros" if zeros else "other characters or none", "inquiry.content.padding", why),
    )


def times(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Issued now, ending within 31 days (I-INQ-008)."""
    why = _why("inquiry_times")
    issued, expires = (_instant(_claim(opened, name)) for name in ("issued_at", "expires_at"))
    near = issued is not None and abs(issued - due.now) <= CLOCKS_APART
    life = None if issued is None or expires is None else expires - issued
    lasts = life is not None and timedelta(0) < life <= LONGEST_LIFE
    return (
        Finding(
            near, f"{instants.render(due.now)} ± 300 s", _claim(opened, "issued_at"), "inquiry.header.issued_at", why
        ),
        Finding(lasts, "within 31 days", None if life is None else str(life), "inquiry.header.expires_at", why),
    )


def subjects(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """The body's own codes in their order, their hash and number (I-INQ-009)."""
    why = _why("inquiry_subjects")
    digest = None if opened.subjects_string is None else sha256_b64u(opened.subjects_string)
    kind = due.standard.informations[due.ask.information].subject_kind
    return (
        equal("inquiry.subjects.link_codes", list(due.link_codes), list(opened.link_codes), why),
        equal("inquiry.header.subjects_sha256", digest, _claim(opened, "subjects_sha256"), why),
        equal("inquiry.header.subject_count", len(due.link_codes), _claim(opened, "subject_count"), why),
        equal("inquiry.header.subject_kind", kind, _claim(opened, "subject_kind"), why),
    )


def editions(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """The edition in force today and the information's version (I-INQ-010)."""
    why = _why("inquiry_edition")
    on = instants.japan_date(due.now)
    force = sorted(
        row.id
        for row in due.standard.editions.values()
        if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
    )
    edition = _claim(opened, "edition")
    version = due.standard.informations[due.ask.information].version
    return (
        Finding(edition in force, force, edition, "inquiry.header.edition", why),
        equal("inquiry.header.information_version", version, _claim(opened, "information_version"), why),
    )


def as_asked(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Whom, for what affair, procedure and information (I-INQ-011)."""
    names = ("to", "affair", "procedure", "information")
    return _same(opened, {name: getattr(due.ask, name) for name in names}, _why("inquiry_as_asked"))


def by_whom(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Under whose responsibility (I-INQ-012)."""
    said = {name: getattr(due.ask, name) for name in ("responsibility", "section", "official")}
    return _same(opened, said, _why("inquiry_by_whom"))


def keys(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Items from 1 with the keys as asked (I-INQ-013)."""
    asked = [{"item_no": n, "keys": dict(given)} for n, (_, given) in enumerate(due.ask.subjects, 1)]
    return (equal("inquiry.content.items", asked, (opened.content or {}).get("items"), _why("inquiry_keys")),)


def names_nobody(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Own number, individual number, name, address stand nowhere (I-INQ-014)."""
    why = _why("inquiry_names_nobody")
    content = (opened.content_bytes or b"").decode("utf-8", "replace")
    text = "\n".join((repr(dict(opened.header or {})), repr(dict(opened.subjects or {})), content))
    return tuple(
        equal(f"inquiry: {what}", "absent", "present" if value in text else "absent", why)
        for what, value in due.forbidden.items()
        if value
    )


BY_CLAUSE: dict[str, Callable[[OpenedAnswer, Due], tuple[Finding, ...]]] = {
    "I-INQ-001": form,
    "I-INQ-002": signed,
    "I-INQ-003": sealed,
    "I-INQ-004": reply_key,
    "I-INQ-005": content_bound,
    "I-INQ-006": padded,
    "I-INQ-008": times,
    "I-INQ-009": subjects,
    "I-INQ-010": editions,
    "I-INQ-011": as_asked,
    "I-INQ-012": by_whom,
    "I-INQ-013": keys,
    "I-INQ-014": names_nobody,
}


def fresh(inquiries: Sequence[OpenedAnswer]) -> tuple[Finding, ...]:
    """No two inquiries share message id, salts or ephemeral key (I-INQ-007). Needs at least two."""
    why = _why("fresh")
    drawn: dict[str, list[object]] = {
        "header.message_id": [_claim(one, "message_id") for one in inquiries],
        "content.salt": [(one.content or {}).get("salt") for one in inquiries],
        "subjects.salt": [(one.subjects or {}).get("salt") for one in inquiries],
        "body.jose.epk": [repr((one.body_jose or {}).get("epk")) for one in inquiries],
    }
    ids = drawn["header.message_id"]
    form_ok = all(isinstance(one, str) and fields.UUID.fullmatch(one) for one in ids)
    return (
        Finding(form_ok, "UUID in lower case", ids, "inquiries.header.message_id", why),
        *(
            Finding(len(set(map(repr, values))) == len(inquiries) > 1, len(inquiries), len(set(map(repr, values))),
                    f"inquiries.{name}", why)
            for name, values in drawn.items()
        ),
    )  # fmt: skip


def _same(opened: OpenedAnswer, expected: Mapping[str, object], why: Text) -> tuple[Finding, ...]:
    return tuple(equal(f"inquiry.header.{name}", value, _claim(opened, name), why) for name, value in expected.items())


def _claim(opened: OpenedAnswer, name: str) -> object:
    return (opened.header or {}).get(name)


def _instant(value: object) -> datetime | None:
    try:
        return instants.parse(str(value))
    except ValueError:
        return None


def _salted(salt: object) -> bool:
    if not isinstance(salt, str) or not 22 <= len(salt) <= 64:
        return False
    try:
        return len(unb64u(salt)) >= SALT_BYTES
    except Unreadable:
        return True  # of another alphabet: long enough is all that is asked


def _why(name: str) -> Text:
    return both(f"conformance.rule.{name}")
