"""The bench: one message built stage by stage, each stage made to fit the one before it.

    claims        what the message says, once; header, permit and content all take it from here
    content       the object that will be sealed → padding → content_bytes
    recipient     whose key it is sealed to → body_jose → body (token)
    own_subjects  the sender's own codes → own_subjects_string
    header        claims + hashes → header_bytes, header_jose, header_key → header_token
    subjects      the receiver's codes → subjects_string
    permit        what the network vouches → permit_bytes, permit_jose, permit_key → permit_token
    receipt       the same for a delivered answer, whose subjects the network has taken off
    envelope      → envelope_bytes → request

A spoil is a function at exactly one stage. Everything after that stage is computed from what the spoil left, so it
still fits: hashes are of the spoiled bytes, signatures are made over them. That is what makes it one fault, not two.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, Request
from renkei_conformance.forge import crypto
from renkei_conformance.forge.dice import Dice
from renkei_conformance.kit import BodyKit, KeyPair, Kit
from renkei_conformance.wire import Json, b64u, sha256_b64u
from renkei_fixtures.standard import Standard

T = TypeVar("T")


class NotForgeable(Exception):  # noqa: N818 - a reason, not an error of ours
    """This spoil cannot be made in this run; the message says what is missing. Never the product's fault."""


STAGES = (
    "claims", "content", "padding", "content_bytes", "recipient", "body_jose", "body",
    "own_subjects", "own_subjects_string", "header", "header_bytes", "header_jose", "header_key", "header_token",
    "subjects", "subjects_string", "permit", "permit_bytes", "permit_jose", "permit_key", "permit_token",
    "receipt", "receipt_bytes", "receipt_jose", "receipt_key", "receipt_token",
    "envelope", "envelope_bytes", "request",
)  # fmt: skip

Change = Callable[[object, "Bench"], object]


@dataclass(frozen=True)
class Tweak:
    """A spoil on the bench: at this stage, this change."""

    stage: str
    change: Change

    def __post_init__(self) -> None:
        assert self.stage in STAGES, self.stage


@dataclass(frozen=True)
class Signing:
    """Who signs a token, how: the key, the `kid` it is told by, and the algorithm that is really computed."""

    kid: str
    key: crypto.PrivateKey
    alg: str = "ES256"

    @classmethod
    def of(cls, pair: KeyPair) -> Signing:
        """The ordinary way: this certificate's key under its own name."""
        if pair.key_pem is None:
            raise ValueError(f"the kit has no private key for {pair.kid}")
        return cls(pair.kid, crypto.private_key(pair.key_pem))


@dataclass(frozen=True)
class Recipient:
    """Whom a body is sealed to: the `kid` named, the key really used, and what the sealing is made with."""

    kid: str
    key: crypto.PublicKey
    ephemeral: crypto.PrivateKey | None = None
    wrap: bytes | None = None

    @classmethod
    def of(cls, pair: KeyPair) -> Recipient:
        """The ordinary way: this certificate's public key."""
        return cls(pair.kid, crypto.public_key(pair.chain_pem))


@dataclass(frozen=True)
class Facts:
    """What a spoil may look up: the tables, the time of the draft, everyone's certificates, odd ones to order."""

    standard: Standard
    kit: Kit
    now: datetime
    order: Callable[[str, str], KeyPair]
    """(kind, body) → an odd certificate. Raises `NotForgeable` where none can be had."""
    product: str
    link_codes: Callable[[str, Sequence[int]], tuple[str, ...]]
    """(body, serials) → that body's own codes, ordered over M. Raises `NotForgeable` where there is no M."""

    def another(self, *but: str) -> BodyKit:
        """A body whose keys we hold and that is none of these. `NotForgeable` when there is none."""
        for code in self.kit.playable:
            if code not in but and code != self.product:
                return self.kit.bodies[code]
        raise NotForgeable("no further body whose keys the kit holds")


@dataclass(frozen=True)
class Plan:
    """What is to be built. Claims without the hashes: the bench computes those."""

    typ: str
    claims: Json
    sender: KeyPair
    content: Json | None = None
    recipient: KeyPair | None = None
    padded_size: int | None = None
    own_subjects: Json | None = None
    permit: Json | None = None
    """Claims of the permit that are not shared with the header; None: no permit beside it."""
    receipt: Json | None = None
    """Claims of the receipt beside a delivered answer, but for those about the answer itself; None: no receipt."""
    network: KeyPair | None = None
    received_subjects: Json | None = None
    """The receiver's codes, delivered in place of the sender's own; None: the sender's own travel."""
    shared: tuple[str, ...] = ()
    """Claims that the permit repeats."""
    content_repeats: tuple[str, ...] = ("message_id", "from", "to")
    facts: Facts | None = None
    """For spoils: tables, time, keys of others. Never travels."""

    @property
    def known(self) -> Facts:
        """The facts, which every plan of the forge has."""
        assert self.facts is not None
        return self.facts


class Bench:
    """A plan while it is being built. `parts` keeps what each stage left."""

    def __init__(self, plan: Plan, dice: Dice, tweak: Tweak | None = None, order: int | None = None) -> None:
        self.plan = plan
        self.dice = dice
        self.parts: dict[str, object] = {}
        self._tweak = tweak
        self._order = order

    def part(self, stage: str) -> object:
        """What an earlier stage left."""
        return self.parts[stage]

    def text(self, stage: str) -> str:
        """The same, for stages that leave a string."""
        return cast(str, self.parts[stage])

    def dumps(self, value: object) -> bytes:
        """JSON as it will travel; with an order, members are shuffled by it and white space is added (both are free, P-FRM-012)."""
        if self._order is not None:
            value = _shuffled(value, random.Random(self._order))  # noqa: S311 - an order, not a secret
            return json.dumps(value, ensure_ascii=False, separators=(" ,\r\n\t", " : ")).encode()
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def build(self) -> Request:
        """Walk the stages."""
        claims = self._at("claims", dict(self.plan.claims))
        header = dict(claims)
        if self.plan.content is not None:
            header["content_sha256"] = sha256_b64u(self._content(self.plan.content, claims))
            self._body(cast(bytes, self.part("content_bytes")))
        if self.plan.own_subjects is not None:
            own = self._at("own_subjects", dict(self.plan.own_subjects))
            header["subjects_sha256"] = sha256_b64u(self._at("own_subjects_string", b64u(self.dumps(own))))
        token = self._token("header", header, self.plan.typ, Signing.of(self.plan.sender))
        envelope: Json = {"header": token, **self._beside(token, claims)}
        if self.plan.content is not None:
            envelope["body"] = self.part("body")
        envelope = self._at("envelope", envelope)
        payload = self._at("envelope_bytes", self.dumps(envelope))
        request = self._at("request", Request("POST", MESSAGES, {"content-type": MEDIA_TYPE}, payload))
        if self._tweak is not None and self._tweak.stage not in self.parts:
            raise ValueError(f"a message of this kind has no {self._tweak.stage} to spoil")
        return request

    def _content(self, planned: Json, claims: Json) -> bytes:
        content = {**planned, **{name: claims[name] for name in self.plan.content_repeats}}
        content = self._at("content", content)
        if self.plan.padded_size is None:
            return self._at("content_bytes", self.dumps(content))
        zeros = self.plan.padded_size - len(self.dumps({**content, "padding": ""}))
        zeros = self._at("padding", zeros)
        return self._at("content_bytes", self.dumps({**content, "padding": "0" * zeros}))

    def _body(self, plaintext: bytes) -> str:
        assert self.plan.recipient is not None
        recipient = self._at("recipient", Recipient.of(self.plan.recipient))
        ephemeral = recipient.ephemeral or crypto.derived_key(self.dice.bytes("ephemeral", 48))
        jose: Json = {
            "alg": "ECDH-ES" if recipient.wrap is None else "ECDH-ES+A256KW",
            "enc": "A256GCM",
            "kid": recipient.kid,
            "epk": crypto.point(ephemeral.public_key()),
            "typ": "renkei-body",
        }
        jose = self._at("body_jose", jose)
        sealing = crypto.Sealing(recipient.key, ephemeral, self.dice.bytes("iv", 12), recipient.wrap)
        return self._at("body", crypto.seal(plaintext, b64u(self.dumps(jose)), jose, sealing))

    def _beside(self, header_token: str, claims: Json) -> Json:
        # What stands beside header and body: subjects and, on delivery, the permit that vouches for all of it.
        if self.plan.receipt is not None:
            return {"receipt": self._receipt(header_token)}
        string = self.parts.get("own_subjects_string")
        if self.plan.received_subjects is not None:
            subjects = self._at("subjects", dict(self.plan.received_subjects))
            string = self._at("subjects_string", b64u(self.dumps(subjects)))
        beside: Json = {} if string is None else {"subjects": string}
        if self.plan.permit is not None:
            beside["permit"] = self._permit(header_token, claims, cast(str, string))
        return beside

    def _permit(self, header_token: str, claims: Json, subjects: str) -> str:
        assert self.plan.network is not None
        assert self.plan.permit is not None
        permit: Json = {name: claims[name] for name in self.plan.shared if name in claims}
        permit.update(self.plan.permit)
        permit["header_sha256"] = sha256_b64u(header_token)
        permit["body_sha256"] = sha256_b64u(self.text("body"))
        permit["subjects_sha256"] = sha256_b64u(subjects)
        return self._token("permit", permit, "renkei-permit", Signing.of(self.plan.network))

    def _receipt(self, header_token: str) -> str:
        assert self.plan.network is not None
        header = cast(Json, self.part("header"))
        receipt: Json = {
            **(self.plan.receipt or {}),
            "answer_sha256": sha256_b64u(header_token),
            "body_sha256": sha256_b64u(self.text("body")),
            **{name: header[name] for name in ("part", "last_part") if name in header},
        }
        return self._token("receipt", receipt, "renkei-receipt", Signing.of(self.plan.network))

    def _token(self, name: str, claims: Json, typ: str, signing: Signing) -> str:
        claims = self._at(name, claims)
        payload = self._at(f"{name}_bytes", self.dumps(claims))
        signing = self._at(f"{name}_key", signing)
        jose = self._at(f"{name}_jose", {"alg": signing.alg, "kid": signing.kid, "typ": typ})
        signing_input = f"{b64u(self.dumps(jose))}.{b64u(payload)}"
        signature = crypto.signature(signing_input.encode("ascii"), signing.key, signing.alg)
        return self._at(f"{name}_token", f"{signing_input}.{b64u(signature)}")

    def _at(self, stage: str, value: T) -> T:
        if self._tweak is not None and self._tweak.stage == stage:
            value = cast(T, self._tweak.change(value, self))
        self.parts[stage] = value
        return value


def _shuffled(value: object, dice: random.Random) -> object:
    if isinstance(value, dict):
        names = list(value)
        dice.shuffle(names)
        return {name: _shuffled(value[name], dice) for name in names}
    if isinstance(value, list):
        return [_shuffled(part, dice) for part in value]
    return value
