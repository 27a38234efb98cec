"""The kit: keys and certificates of everyone but the product, and the management port that gives them out.

Keys are made by the emulator's certificate room alone; the examiner reads them. The product's private key is never
in a kit: a kit that holds one is refused (it would let the examiner answer for the product).
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from renkei_fixtures.errors import SetupError

from renkei_conformance.drivers import Door, DoorTrouble, Request

MANAGEMENT = "/management/1"


@dataclass(frozen=True)
class KeyPair:
    """One certificate: `kid`, the chain (leaf first) and, where the kit may hold it, the private key. All PEM."""

    kid: str
    chain_pem: str
    key_pem: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class BodyKit:
    """What the kit knows of one body."""

    code: str
    signing: KeyPair
    sealing: KeyPair
    address: str | None = None


@dataclass(frozen=True)
class Kit:
    """Trust anchors, CRL, the network's signing key, and every body's certificates (keys of the emulated ones)."""

    seed: int
    anchors_pem: str
    crl_der: bytes
    network: KeyPair
    bodies: Mapping[str, BodyKit]

    def body(self, code: str) -> BodyKit:
        """The body's part; `SetupError` when the kit has no such body."""
        if code not in self.bodies:
            raise SetupError("conformance.kit.body", f"kit: bodies.{code}", ", ".join(sorted(self.bodies)), code)
        return self.bodies[code]

    @property
    def playable(self) -> tuple[str, ...]:
        """Bodies whose private keys are here, so that the forge can speak as they would."""
        return tuple(code for code, body in sorted(self.bodies.items()) if body.signing.key_pem and body.sealing.key_pem)


def read(data: Mapping[str, object]) -> Kit:
    """A kit from its JSON (`GET /management/1/kit`). Raises `SetupError` naming the member."""
    raise NotImplementedError


def from_file(path: Path) -> Kit:
    """A kit from a file. Raises `SetupError`."""
    raise NotImplementedError


class Management:
    """M of the emulated side. Its failures are the operator's: `SetupError`."""

    def __init__(self, door: Door, token: str) -> None:
        self._door = door
        self._token = token

    def kit(self) -> Kit:
        """The kit of this emulation."""
        return read(self._call("GET", "kit", None))

    def order(self, kind: str, body: str) -> KeyPair:
        """An odd certificate for `body`: expired, not_yet_valid, revoked, unknown_ca, self_signed, …"""
        raise NotImplementedError

    def link_codes(self, body: str, serials: Sequence[int]) -> tuple[str, ...]:
        """`body`'s own link codes of these persons, in order."""
        raise NotImplementedError

    def set_address(self, body: str, address: str) -> None:
        """Where the network reaches `body` from now on (its signed directory entry follows)."""
        self._call("POST", "addresses", {"body": body, "address": address})

    def advance(self, seconds: float) -> None:
        """Move a still clock."""
        self._call("POST", "clock", {"advance_s": seconds})

    def _call(self, method: str, operation: str, body: object) -> Mapping[str, object]:
        raise NotImplementedError
