"""For our own tests: a judge that names every fault of a delivery, and a provider that answers by the book.

A product stops at the first fault; the judge goes on, so that a test can say of every spoil: this, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, Reply, Request
from renkei_conformance.forge import crypto, plans
from renkei_conformance.forge.build import Bench, Facts, NotForgeable, Tweak
from renkei_conformance.forge.dice import Dice
from renkei_conformance.forge.plans import SHARED
from renkei_conformance.forge.reader import Trust
from renkei_conformance.kit import KeyPair, Kit
from renkei_conformance.oracles import authority, days, fields
from renkei_conformance.wire import (
    Json,
    Jwe,
    Jws,
    Unreadable,
    peek,
    read_jwe,
    read_jws,
    read_object,
    sha256_b64u,
    unb64u,
)
from renkei_fixtures import instants
from renkei_fixtures.standard import Standard

T = TypeVar("T")
FUTURE = timedelta(seconds=300)
LIMIT = 10 * 1024 * 1024


@dataclass
class Judge:
    """Collects the refusal codes of all faults that a delivery to `body` has, in the order of the stages."""

    standard: Standard
    body: str
    sealing: KeyPair
    trust: Trust
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    """(from, message_id) → header string."""

    def faults(self, request: Request, now: datetime) -> tuple[str, ...]:
        """Every fault; empty for a right delivery."""
        return tuple(dict.fromkeys(_Sitting(self, request, now).all()))


class _Sitting:
    """One delivery before the judge."""

    def __init__(self, judge: Judge, request: Request, now: datetime) -> None:
        self.judge, self.request, self.now = judge, request, now
        self.found: list[str] = []
        self.envelope: Json = {}

    def all(self) -> list[str]:
        self.transport()
        envelope = self.tried(lambda: read_object(self.request.body, "envelope"))
        if envelope is None:
            return self.found
        self.envelope = envelope
        self.members()
        header = self.token("header", "renkei-inquiry")
        permit = self.token("permit", "renkei-permit") if "permit" in envelope else None
        body = self.sealed()
        subjects = self.tried(lambda: unb64u(str(envelope.get("subjects", "")))) if "subjects" in envelope else None
        if header is None:
            return self.found
        claims = self.claims(header, "header_form_invalid", "renkei-inquiry")
        self.sender(header, claims)
        self.freshness(claims)
        self.permit(permit, claims)
        self.authority(claims)
        if body is not None and subjects is not None:
            self.content(body, claims)
        return self.found

    def tried(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Unreadable as trouble:
            self.found.append(trouble.code)
            return None

    def add(self, code: str, fault: bool) -> None:
        if fault:
            self.found.append(code)

    def transport(self) -> None:
        self.add("path_unknown", self.request.path != MESSAGES)
        self.add("media_type_not_allowed", self.request.headers.get("content-type") != MEDIA_TYPE)
        self.add("too_large", len(self.request.body) > LIMIT)

    def members(self) -> None:
        listed = {"header", "subjects", "body"}
        self.add("envelope_member_missing", bool(listed - set(self.envelope)))
        self.add("envelope_member_unknown", bool(set(self.envelope) - listed - {"permit"}))
        self.add("permit_missing", "permit" not in self.envelope)

    def token(self, member: str, typ: str) -> Jws | None:
        if member not in self.envelope:
            return None
        jws: Jws | None = self.tried(lambda: read_jws(self.envelope[member], member))
        if jws is None:
            return None
        self.add("jose_header_not_allowed", set(jws.jose) != {"alg", "kid", "typ"})
        self.add("algorithm_not_allowed", jws.jose.get("alg") != "ES256")
        self.add("permit_invalid" if member == "permit" else "type_not_allowed", jws.jose.get("typ") != typ)
        return jws

    def sealed(self) -> Jwe | None:
        if "body" not in self.envelope:
            return None
        jwe: Jwe | None = self.tried(lambda: read_jwe(self.envelope["body"], "body"))
        if jwe is None:
            return None
        self.add("jose_header_not_allowed", set(jwe.jose) != {"alg", "enc", "kid", "epk", "typ"})
        self.add("algorithm_not_allowed", (jwe.jose.get("alg"), jwe.jose.get("enc")) != ("ECDH-ES", "A256GCM"))
        self.add("type_not_allowed", jwe.jose.get("typ") != "renkei-body")
        return jwe

    def claims(self, jws: Jws, code: str, typ: str) -> Json:
        claims: Json | None = self.tried(lambda: read_object(jws.payload, "claims"))
        if claims is None:
            return {}
        self.add(code, bool(fields.misfits(self.judge.standard.message_types[typ].fields, claims)))
        return claims

    def sender(self, jws: Jws, claims: Json) -> None:
        self.add("not_for_us", bool(claims) and claims.get("to") != self.judge.body)
        self.signed(jws, f"urn:renkei:body:{claims.get('from')}" if claims else None)

    def signed(self, jws: Jws, uri: str | None) -> None:
        kid = str(jws.jose.get("kid"))
        pem = self.judge.trust.chain_of(kid)
        if pem is None:
            self.add("certificate_unknown", "kid" in jws.jose)
            return
        leaf = crypto.chain(pem)[0]
        if leaf.not_valid_after_utc < self.now:
            self.found.append("certificate_expired")
        elif leaf.not_valid_before_utc > self.now:
            self.found.append("certificate_not_yet_valid")
        else:
            self.add(
                "certificate_chain_invalid",
                crypto.chain_trouble(pem, self.judge.trust.anchors_pem, self.now) is not None,
            )
        looked = crypto.look(pem)
        self.add("certificate_revoked", crypto.is_revoked(pem, self.judge.trust.crl_der))
        self.add("certificate_usage_wrong", looked.usages != ("digital_signature",) or looked.is_ca)
        self.add("certificate_not_of_sender", uri is not None and looked.uris != (uri,))
        es256 = jws.jose.get("alg") == "ES256"
        self.add("signature_invalid", es256 and not crypto.verifies(jws, crypto.public_key(pem)))

    def freshness(self, claims: Json) -> None:
        issued, expires = _instant(claims.get("issued_at")), _instant(claims.get("expires_at"))
        self.add("issued_in_future", issued is not None and issued > self.now + FUTURE)
        self.add("message_expired", expires is not None and expires <= self.now)
        key, token = (str(claims.get("from")), str(claims.get("message_id"))), str(self.envelope["header"])
        self.add("message_id_reused", bool(claims) and self.judge.seen.setdefault(key, token) != token)

    def permit(self, jws: Jws | None, header: Json) -> None:
        if jws is None:
            return
        claims = self.claims(jws, "permit_invalid", "renkei-permit")
        before = len(self.found)
        self.signed(jws, "urn:renkei:network")
        if len(self.found) > before:
            self.found[before:] = ["permit_invalid"]
        if not claims or not header:
            return
        expires = _instant(claims.get("expires_at"))
        self.add("permit_expired", expires is not None and expires <= self.now < _instant(header.get("expires_at")))  # type: ignore[operator]
        self.add("permit_mismatch", any(claims.get(name) != header.get(name) for name in SHARED))
        for name in ("header", "body", "subjects"):
            beside = self.envelope.get(name)
            self.add("permit_mismatch", beside is not None and claims.get(f"{name}_sha256") != sha256_b64u(str(beside)))

    def authority(self, header: Json) -> None:
        if not header:
            return
        standard = self.judge.standard
        self.found += sorted(authority.due(standard, header, instants.japan_date(self.now)).codes)
        information = standard.informations.get(str(header.get("information")))
        known = information is None or header.get("information_version") == information.version
        self.add("edition_not_supported", not known)
        pem = self.judge.trust.chain_of(str(header.get("reply_kid")))
        looked = crypto.look(pem) if pem else None
        right = (
            looked and looked.usages == ("key_agreement",) and looked.uris == (f"urn:renkei:body:{header.get('from')}",)
        )
        self.add("reply_key_invalid", not right)

    def content(self, body: Jwe, header: Json) -> None:
        plaintext = self.opened(body)
        if plaintext is None:
            return
        self.add("content_hash_mismatch", bool(header) and header.get("content_sha256") != sha256_b64u(plaintext))
        try:
            content = read_object(plaintext, "content")
        except Unreadable:
            self.found.append("content_form_invalid")
            return
        listed = self.judge.standard.message_types["renkei-inquiry"].content_fields
        self.add(
            "body_not_bound",
            any(content.get(name) != header.get(name) for name in ("message_id", "from", "to") if header),
        )
        self.add("content_form_invalid", bool(fields.misfits(listed, content)))
        information = self.judge.standard.informations.get(str(header.get("information")))
        if information is None or not isinstance(items := content.get("items"), list):
            return
        self.add("content_form_invalid", len(plaintext) != information.padded_size)
        numbers = [item.get("item_no") for item in items]
        self.add("content_form_invalid", numbers != list(range(1, int(str(header.get("subject_count"))) + 1)))
        keys = {key.id: key.digits for key in information.keys}
        dated = {key.id for key in information.keys if key.type == "date"}
        given = [item["keys"] for item in items if isinstance(item.get("keys"), dict)]
        self.add(
            "key_invalid", any(not days.is_day(each.get(name)) for each in given for name in dated if name in each)
        )
        ends = {key.match: key.id for key in information.keys}
        if "period_from" in ends:
            turned = (str(each.get(ends["period_to"])) < str(each.get(ends["period_from"])) for each in given)
            self.add("key_invalid", any(turned))
        self.add("key_invalid", any(not _fit(keys, item["keys"]) for item in items if "keys" in item))

    def opened(self, body: Jwe) -> bytes | None:
        ours = (body.jose.get("alg"), body.jose.get("enc"), "zip" in body.jose) == ("ECDH-ES", "A256GCM", False)
        if not ours:
            return None
        try:
            if body.jose.get("kid") != self.judge.sealing.kid:
                raise crypto.NotOpened
            assert self.judge.sealing.key_pem is not None
            return crypto.unseal(body, crypto.private_key(self.judge.sealing.key_pem))
        except crypto.NotOpened:
            self.found.append("decryption_failed")
            return None


def refusal(standard: Standard, code: str, message_id: str | None = None) -> Reply:
    """A right problem reply."""
    row = standard.refusals[code]
    problem: Json = {"type": "about:blank", "status": row.http, "code": code, "stage": row.stage}
    if message_id is not None:
        problem["message_id"] = message_id
    return Reply(row.http or 400, {"content-type": "application/problem+json"}, json.dumps(problem).encode())


def accepted(exchange_number: str, state: str = "delivered") -> Reply:
    """A right 202."""
    body = {"exchange_number": exchange_number, "state": state}
    return Reply(202, {"content-type": "application/json"}, json.dumps(body).encode())


def _fit(keys: Mapping[str, int], given: Mapping[str, object]) -> bool:
    return set(keys) == set(given) and all(
        isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= keys[name]
        for name, value in given.items()
    )


def _instant(value: object) -> datetime | None:
    try:
        return instants.parse(str(value))
    except ValueError:
        return None


@dataclass
class Provider:
    """A provider by the book, for one record: refuses by the judge, answers at once through `send`.

    `tweak` spoils its answers at one stage of the bench, `results` is what it answers.
    """

    judge: Judge
    kit: Kit
    send: Callable[[Request], Reply]
    now: Callable[[], datetime]
    results: list[Json]
    tweak: Tweak | None = None
    answered: int = 0

    def __call__(self, request: Request) -> Reply:
        found = self.judge.faults(request, self.now())
        envelope = json.loads(request.body) if not found or found[0] != "not_json" else {}
        if found:
            order = self.judge.standard.stage_orders["B"]
            first = min(found, key=lambda code: order.index(self.judge.standard.refusals[code].stage))
            return refusal(self.judge.standard, first, str(peek(envelope.get("header"))[1].get("message_id")))
        number = str(peek(envelope["permit"])[1]["exchange_number"])
        self.send(self.answer(envelope, number))
        return accepted(number)

    def answer(self, envelope: Json, exchange_number: str) -> Request:
        """The answer, ready to post to the network."""
        _, header = peek(envelope["header"])
        subjects = read_object(unb64u(str(envelope["subjects"])))
        information = self.judge.standard.informations[str(header["information"])]
        codes = subjects["link_codes"]
        assert isinstance(codes, list)
        asked = plans.Answered(
            header, sha256_b64u(str(envelope["header"])), exchange_number, codes, information.padded_size
        )
        facts = Facts(self.judge.standard, self.kit, self.now(), _no_order, self.judge.body, _no_codes)
        self.answered += 1
        dice = Dice(1, f"answer {self.answered}")
        plan = plans.answer(facts, dice, asked, information.answering_responsibilities[0], self.results, {})
        return Bench(plan, dice, self.tweak).build()


def _no_order(kind: str, body: str) -> KeyPair:
    raise NotForgeable(kind)


def _no_codes(body: str, serials: object) -> tuple[str, ...]:
    raise NotForgeable(body)
