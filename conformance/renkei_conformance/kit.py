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

from renkei_conformance.drivers import Door, DoorTrouble, Request
from renkei_fixtures.errors import SetupError

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
        return tuple(
            code for code, body in sorted(self.bodies.items()) if body.signing.key_pem and body.sealing.key_pem
        )


def read(data: Mapping[str, object], where: str = "kit") -> Kit:
    """A kit from its JSON (`GET /management/1/kit`). Raises `SetupError` naming the member."""
    bodies = {
        code: _body(code, part, f"{where}: bodies.{code}") for code, part in _object(data, "bodies", where).items()
    }
    seed = data.get("seed")
    if not isinstance(seed, int):
        raise SetupError("conformance.kit.member", f"{where}: seed", "int", type(seed).__name__)
    return Kit(
        seed,
        _text(data, "anchors_pem", where),
        _bytes(data, "crl_der_b64", where),
        _pair(_object(data, "network", where), "signing", f"{where}: network"),
        bodies,
    )


def from_file(path: Path) -> Kit:
    """A kit from a file. Raises `SetupError`."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError("conformance.kit.unreadable", str(path), "JSON", str(error)) from error
    if not isinstance(data, dict):
        raise SetupError("conformance.kit.unreadable", str(path), "an object", type(data).__name__)
    return read(data, str(path))


class Management:
    """M of the emulated side. Its failures are the operator's: `SetupError`."""

    def __init__(self, door: Door, token: str, patience: float = 10.0) -> None:
        self._door = door
        self._token = token
        self._patience = patience

    def kit(self) -> Kit:
        """The kit of this emulation."""
        return read(self._call("GET", "kit", None))

    def order(self, kind: str, body: str, use: str = "signature") -> KeyPair:
        """An odd certificate for `body`: expired, not_yet_valid, revoked, unknown_ca, self_signed, …

        `SetupError` when it cannot be had.
        """
        return _key_pair(
            self._call("POST", "certificates", {"kind": kind, "body": body, "use": use}), f"{MANAGEMENT}/certificates"
        )

    def take_back(self, kid: str) -> None:
        """From now on the network's revocation list has this certificate, for compromise."""
        self._call("POST", "revocations", {"kid": kid})

    def link_codes(self, body: str, serials: Sequence[int]) -> tuple[str, ...]:
        """`body`'s own link codes of these persons, in order."""
        found = self._call("POST", "link-codes", {"body": body, "serials": list(serials)}).get("link_codes")
        if (
            not isinstance(found, list)
            or len(found) != len(serials)
            or not all(isinstance(code, str) for code in found)
        ):
            raise SetupError(
                "conformance.kit.member", f"{MANAGEMENT}/link-codes", f"{len(serials)} strings", repr(found)[:60]
            )
        return tuple(found)

    def reissue(self, body: str, serial: int, after_s: int) -> None:
        """付替え: have the network give this person another link code at `body`, which holds after `after_s` seconds."""
        self._call("POST", "link-code-changes", {"body": body, "serial": serial, "after_s": after_s})

    def records(self, exchange_number: str | None = None) -> bytes:
        """The network's own record of provision as NDJSON, of one exchange or whole; its seal is the last line."""
        body = {} if exchange_number is None else {"exchange_number": exchange_number}
        return str(self._call("POST", "records", body).get("export", "")).encode()

    def set_address(self, body: str, address: str, brought: bool = False) -> None:
        """Where the network reaches `body` from now on (its signed directory entry follows).

        `brought`: that is the tap, which keeps the box of a body that fetches: what is for it is brought there.
        """
        self._call("POST", "addresses", {"body": body, "address": address, "brought": brought})

    def bar(self, inquirer: str, provider: str, barred: bool = True) -> None:
        """差止め: from now on `provider` provides nothing to `inquirer` (`*`: to nobody), or does again."""
        self._call("POST", "bars", {"from": inquirer, "to": provider, "barred": barred})

    def advance(self, seconds: float) -> None:
        """Move a still clock."""
        self._call("POST", "clock", {"advance_s": seconds})

    def _call(self, method: str, operation: str, body: object) -> Mapping[str, object]:
        where = f"{MANAGEMENT}/{operation}"
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        payload = b"" if body is None else json.dumps(body).encode()
        try:
            reply = self._door.send(Request(method, where, headers, payload), self._patience)
        except DoorTrouble as trouble:
            raise SetupError("conformance.management.unreachable", where, None, str(trouble)) from trouble
        try:
            found = json.loads(reply.body) if reply.body else {}
        except ValueError:
            found = None
        if not 200 <= reply.status < 300 or not isinstance(found, dict):
            got = f"{reply.status} {reply.body[:200].decode('utf-8', 'replace')}"
            raise SetupError("conformance.management.refused", where, "2xx", got)
        return found


def _body(code: str, part: object, where: str) -> BodyKit:
    if not isinstance(part, dict):
        raise SetupError("conformance.kit.member", where, "an object", type(part).__name__)
    address = part.get("address")
    return BodyKit(
        code,
        _pair(part, "signing", where),
        _pair(part, "sealing", where),
        address if isinstance(address, str) else None,
    )


def _pair(data: Mapping[str, object], name: str, where: str) -> KeyPair:
    return _key_pair(_object(data, name, where), f"{where}.{name}")


def _key_pair(data: Mapping[str, object], where: str) -> KeyPair:
    key = data.get("key_pem")
    return KeyPair(_text(data, "kid", where), _text(data, "chain_pem", where), key if isinstance(key, str) else None)


def _object(data: Mapping[str, object], name: str, where: str) -> dict[str, object]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise SetupError("conformance.kit.member", f"{where}: {name}", "an object", type(value).__name__)
    return value


def _text(data: Mapping[str, object], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise SetupError("conformance.kit.member", f"{where}: {name}", "a text", type(value).__name__)
    return value


def _bytes(data: Mapping[str, object], name: str, where: str) -> bytes:
    try:
        return b64decode(_text(data, name, where), validate=True)
    except ValueError as error:
        raise SetupError("conformance.kit.member", f"{where}: {name}", "base64", str(error)) from error
