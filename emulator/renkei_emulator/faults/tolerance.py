"""What careless products have in common: they go on where they should stop."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from renkei_emulator.envelope import Jws, b64u, read_jws
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

Fault = Callable[[BodyRooms], BodyRooms]


def tolerant(step: Callable[..., Any], code: str, instead: Callable[..., Any]) -> Callable[..., Any]:
    """The step, but where it would refuse with `code`, what a careless product does `instead`."""

    def careless(*args: Any, **named: Any) -> Any:
        try:
            return step(*args, **named)
        except Refused as refused:
            if refused.code != code:
                raise
            return instead(*args)

    return careless


def nothing(*_args: Any) -> None:
    """Check nothing."""


def loose(segment: str) -> bytes:
    """Base64url as common decoders take it: with or without padding, whatever the spare bits say."""
    kept = segment.rstrip("=")
    return base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))


def read_loosely(token: str) -> Jws:
    """A JWS taken for what can be taken of it; the signature is still over the string that travelled."""
    signing_input, _, _ = token.rpartition(".")
    header, payload, signature = (loose(part) for part in token.split(".")[:3])
    members = json.loads(header)
    plain = b64u(json.dumps({name: members[name] for name in ("alg", "kid", "typ")}, separators=(",", ":")).encode())
    clean = read_jws(f"{plain}.{b64u(payload)}.{b64u(signature)}")
    return clean._replace(signing_input=signing_input.encode())


def believes(code: str, *, of_senders_only: bool = False) -> Fault:
    """Take the key of a certificate although the check would refuse it with `code`.

    `of_senders_only`: where a body's message is verified; the network's papers and reply keys go another way.
    """

    def fault(rooms: BodyRooms) -> BodyRooms:
        def key(trust: Any, kid: str, *_rest: Any) -> Any:
            return trust._chain(kid)[0].public_key()

        careless = tolerant(rooms.check_certificate, code, key)

        def check(trust: Any, kid: str, usage: str, san: str, *when: Any) -> Any:
            of_a_sender = usage == "signature" and san.startswith("urn:renkei:body:")
            step = careless if of_a_sender or not of_senders_only else rooms.check_certificate
            return step(trust, kid, usage, san, *when)

        return replace(rooms, check_certificate=check)

    return fault
