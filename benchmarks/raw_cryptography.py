"""The cryptography of one exchange, alone: recorded from the emulator, repeated on the bare `cryptography` library.

`record` puts a listener around the four operations of the emulator's envelope. `Partner` does each recorded operation
again: same keys, same bytes, and since signatures are deterministic (RFC 6979) even the same results, which `check`
proves. What is left out is what is not cryptography: base64url, JSON, certificates, HTTP, disk.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from renkei_emulator import envelope

_ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)
_CURVE = ec.SECP256R1()
# RFC 7518 §4.6.2 for ECDH-ES with A256GCM, empty party information.
_OTHER_INFO = bytes.fromhex("00000007") + b"A256GCM" + bytes(8) + (256).to_bytes(4, "big")
KINDS = ("sign", "verify", "seal", "open")


@dataclass(frozen=True)
class Operation:
    """One operation. `size`: bytes signed, verified, sealed, or plaintext bytes opened."""

    kind: str
    what: str
    size: int
    again: Callable[[], bytes | None]
    expected: bytes | None

    @property
    def key(self) -> tuple[str, str, int]:
        """What two operations have in common that are the same work."""
        return self.kind, self.what, self.size


def _aead(private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> AESGCM:
    shared = private.exchange(ec.ECDH(), public)
    return AESGCM(hashlib.sha256((1).to_bytes(4, "big") + shared + _OTHER_INFO).digest())


# --- what the partner does ------------------------------------------------------------------------------------------
def _sign(signer: envelope.Signer, token: str) -> Operation:
    data, _, signature = token.rpartition(".")
    signed, key, raw = data.encode(), signer.key, envelope.unb64u(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    typ = envelope.read_jws(token).typ
    return Operation("sign", typ, len(signed), lambda: key.sign(signed, _ECDSA), der)


def _verify(jws: envelope.Jws, key: envelope.PublicKey) -> Operation:
    r, s = int.from_bytes(jws.signature[:32], "big"), int.from_bytes(jws.signature[32:], "big")
    der, signed = encode_dss_signature(r, s), jws.signing_input
    return Operation("verify", jws.typ, len(signed), lambda: key.verify(der, signed, _ECDSA), None)


def _seal(plaintext: bytes, key: envelope.PublicKey, token: str) -> Operation:
    jwe = envelope.read_jwe(token)

    def again() -> None:
        _aead(ec.generate_private_key(_CURVE), key).encrypt(jwe.iv, plaintext, jwe.aad)

    return Operation("seal", "renkei-body", len(plaintext), again, None)


def _open(jwe: envelope.Jwe, opener: envelope.Opener, plaintext: bytes) -> Operation:
    point, key = b"\x04" + jwe.epk[0] + jwe.epk[1], opener.key

    def again() -> bytes:
        public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        return _aead(key, public).decrypt(jwe.iv, jwe.ciphertext_and_tag, jwe.aad)

    return Operation("open", "renkei-body", len(plaintext), again, plaintext)


class Partner:
    """The raw side of the comparison: the operations of one exchange, in their order."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        """Take over what was recorded and `check` it."""
        self.operations = tuple(operations)
        self._calls = [operation.again for operation in operations]
        self.check()

    def run(self, times: int) -> None:
        """Do the cryptography of so many exchanges."""
        for _ in range(times):
            for call in self._calls:
                call()

    def check(self) -> None:
        """Every operation gives what it gave the emulator. AssertionError else (InvalidSignature for a signature)."""
        for operation in self.operations:
            got = operation.again()
            assert operation.expected is None or got == operation.expected, operation.key

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        found = Counter(operation.kind for operation in self.operations)
        return {kind: found[kind] for kind in KINDS}


# --- the listener ---------------------------------------------------------------------------------------------------
@contextmanager
def record() -> Iterator[list[Operation]]:
    """Within, every operation of the emulator in this process is appended to the list."""
    heard: list[Operation] = []
    sign, verify, seal, open_sealed = envelope.sign, envelope.verify, envelope.seal, envelope.open_sealed

    def heard_sign(payload: bytes, typ: str, signer: envelope.Signer) -> str:
        token = sign(payload, typ, signer)
        heard.append(_sign(signer, token))
        return token

    def heard_verify(jws: envelope.Jws, public_key: envelope.PublicKey) -> None:
        verify(jws, public_key)
        heard.append(_verify(jws, public_key))

    def heard_seal(plaintext: bytes, public_key: envelope.PublicKey, kid: str, dice: Any) -> str:
        token = seal(plaintext, public_key, kid, dice)
        heard.append(_seal(plaintext, public_key, token))
        return token

    def heard_open(jwe: envelope.Jwe, opener: envelope.Opener) -> bytes:
        plaintext = open_sealed(jwe, opener)
        heard.append(_open(jwe, opener, plaintext))
        return plaintext

    ears: list[tuple[Any, Any]] = [(sign, heard_sign), (verify, heard_verify), (seal, heard_seal)]
    ears.append((open_sealed, heard_open))
    for old, new in ears:
        _replace(old, new)
    try:
        yield heard
    finally:
        for old, new in ears:
            _replace(new, old)


def _replace(old: Any, new: Any) -> None:
    """Wherever a module of the emulator calls `old` by name, let it call `new`."""
    for name, module in list(sys.modules.items()):
        if name.startswith("renkei_emulator"):
            for member, value in list(vars(module).items()):
                if value is old:
                    setattr(module, member, new)
