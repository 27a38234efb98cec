"""Sealing and opening: JWS and JWE in compact form, one suite, closed lists (PROTOCOL §2).

Rule 1: a token is looked at by one pattern, one strict decoder and one JSON reader (`strict`) before any cryptography.
Rule 2: what is not listed is refused: algorithms, header members, key members, lengths.
Rule 3: whatever goes wrong while opening a sealed body is one code, `decryption_failed`, so that nobody learns which
half did not fit.

Everything here is refused with stage *form*, but for `signature_invalid` (sender) and `decryption_failed` (content).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from renkei_emulator.refusals import Refused
from renkei_emulator.strict import b64u, sha256_b64u, strict_json, unb64u
from renkei_emulator.world import Dice

__all__ = [
    "JWS_TYPES",
    "Jwe",
    "Jws",
    "Opener",
    "PublicKey",
    "Signer",
    "b64u",
    "open_sealed",
    "read_envelope",
    "read_jwe",
    "read_jws",
    "seal",
    "sha256_b64u",
    "sign",
    "strict_json",
    "unb64u",
    "verify",
]

PublicKey: TypeAlias = ec.EllipticCurvePublicKey

JWS_TYPES = frozenset(
    f"renkei-{name}"
    for name in (
        *("inquiry", "answer", "refusal", "notification", "acknowledgement", "withdrawal", "query", "disclosure"),
        *("link-code-change", "permit", "receipt", "directory", "record-seal", "official"),
    )
)
BODY_TYPE = "renkei-body"

_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
# Direct agreement: the encrypted key is empty; 96 bit of IV, 128 bit of tag.
_JWE = re.compile(r"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)  # 32 bytes, canonical
_ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)  # RFC 6979: 4 µs more, and one seed gives one byte string
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# RFC 7518 §4.6.2: AlgorithmID "A256GCM", PartyUInfo and PartyVInfo empty, 256 bit.
_OTHER_INFO = (7).to_bytes(4, "big") + b"A256GCM" + bytes(4) + bytes(4) + (256).to_bytes(4, "big")


# --- envelopes --------------------------------------------------------------------------------------------------------
def read_envelope(data: bytes, required: frozenset[str], allowed: frozenset[str]) -> dict[str, str]:
    """The members of an envelope, all of them strings.

    Raises Refused `not_json`, `envelope_member_unknown`, `envelope_member_missing`, and what `strict_json` raises.
    """
    envelope = strict_json(data)
    if not isinstance(envelope, dict):
        raise Refused("not_json", "an envelope is a JSON object")
    if unknown := envelope.keys() - allowed:
        raise Refused("envelope_member_unknown", ", ".join(sorted(unknown)))
    if missing := required - envelope.keys():
        raise Refused("envelope_member_missing", ", ".join(sorted(missing)))
    for name, value in envelope.items():
        if not isinstance(value, str):
            raise Refused("envelope_member_missing", f"{name} is not a string")
    return envelope


# --- keys -----------------------------------------------------------------------------------------------------------
def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError("a key of the suite is on P-256")
    return key


@dataclass(frozen=True)
class Signer:
    """A signing key and the name of its certificate."""

    kid: str
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def of_pem(cls, kid: str, pem: str) -> "Signer":
        """From a PEM private key on P-256."""
        return cls(kid, _private(pem))


@dataclass(frozen=True)
class Opener:
    """A key that opens what was sealed to its certificate."""

    kid: str
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def of_pem(cls, kid: str, pem: str) -> "Opener":
        """From a PEM private key on P-256."""
        return cls(kid, _private(pem))


# --- signatures -----------------------------------------------------------------------------------------------------
class Jws(NamedTuple):
    """A signature that was read, not yet verified. `signature` of whatever length came."""

    kid: str
    typ: str
    payload: bytes
    signing_input: bytes
    signature: bytes


@lru_cache(maxsize=4096)
def _signature_header(kid: str, typ: str) -> str:
    return b64u(json.dumps({"alg": "ES256", "kid": kid, "typ": typ}, separators=(",", ":")).encode())


def sign(payload: bytes, typ: str, signer: Signer) -> str:
    """A JWS in compact form. `typ` as in JWS_TYPES."""
    signing_input = f"{_signature_header(signer.kid, typ)}.{b64u(payload)}"
    r, s = decode_dss_signature(signer.key.sign(signing_input.encode("ascii"), _ECDSA))
    return f"{signing_input}.{b64u(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _closed_header(segment: str, members: set[str]) -> dict[str, Any]:
    header = strict_json(unb64u(segment))
    if not isinstance(header, dict) or header.keys() != members:
        raise Refused("jose_header_not_allowed", f"members are not exactly {', '.join(sorted(members))}")
    if not isinstance(header["kid"], str) or not _HASH.fullmatch(header["kid"]):
        raise Refused("jose_header_not_allowed", "kid is not a SHA-256 in base64url")
    return header


@lru_cache(maxsize=4096)  # a sender's header is the same string in every message
def _read_signature_header(segment: str) -> tuple[str, str]:
    header = _closed_header(segment, {"alg", "kid", "typ"})
    if header["alg"] != "ES256":
        raise Refused("algorithm_not_allowed", "alg is not ES256")
    typ = header["typ"]
    if not isinstance(typ, str) or typ not in JWS_TYPES:
        raise Refused("type_not_allowed", "typ is not of the list")
    return header["kid"], typ


def read_jws(token: str) -> Jws:
    """Take a compact JWS apart. Nothing in it may be believed before `verify`.

    Raises Refused `encoding_not_canonical`, `jose_header_not_allowed`, `algorithm_not_allowed`, `type_not_allowed`.
    """
    if not _JWS.fullmatch(token):
        raise Refused("encoding_not_canonical", "not a compact JWS")
    signing_input, _, signature = token.rpartition(".")
    header, _, payload = signing_input.partition(".")
    kid, typ = _read_signature_header(header)
    return Jws(kid, typ, unb64u(payload), signing_input.encode("ascii"), unb64u(signature))


def verify(jws: Jws, public_key: PublicKey) -> None:
    """Return if the signature is the key's. Raises Refused `signature_invalid`, also for any length but 64 bytes."""
    if len(jws.signature) != 64:
        raise Refused("signature_invalid", f"{len(jws.signature)} bytes where r and s take 64")
    r, s = int.from_bytes(jws.signature[:32], "big"), int.from_bytes(jws.signature[32:], "big")
    try:  # numbers out of range are the library's to refuse, and it does
        public_key.verify(encode_dss_signature(r, s), jws.signing_input, _ECDSA)
    except InvalidSignature:
        raise Refused("signature_invalid") from None


# --- sealed bodies --------------------------------------------------------------------------------------------------
class Jwe(NamedTuple):
    """A sealed body that was read, not yet opened."""

    kid: str
    epk: tuple[bytes, bytes]
    aad: bytes
    iv: bytes
    ciphertext_and_tag: bytes


def _agree(private: ec.EllipticCurvePrivateKey, public: PublicKey) -> AESGCM:
    shared = private.exchange(ec.ECDH(), public)
    return AESGCM(hashlib.sha256((1).to_bytes(4, "big") + shared + _OTHER_INFO).digest())


def seal(plaintext: bytes, public_key: PublicKey, kid: str, dice: Dice) -> str:
    """A JWE in compact form that only the holder of `kid` opens. A fresh ephemeral key and IV for every call."""
    ephemeral = ec.derive_private_key(int.from_bytes(dice.bytes(48), "big") % (_ORDER - 1) + 1, _CURVE)
    point = ephemeral.public_key().public_numbers()
    epk = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64u(point.x.to_bytes(32, "big")),
        "y": b64u(point.y.to_bytes(32, "big")),
    }
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": kid, "epk": epk, "typ": BODY_TYPE}
    protected = b64u(json.dumps(header, separators=(",", ":")).encode())
    iv = dice.bytes(12)
    sealed = _agree(ephemeral, public_key).encrypt(iv, plaintext, protected.encode("ascii"))
    return f"{protected}..{b64u(iv)}.{b64u(sealed[:-16])}.{b64u(sealed[-16:])}"


def _read_epk(epk: object) -> tuple[bytes, bytes]:
    if not isinstance(epk, dict) or epk.keys() != {"kty", "crv", "x", "y"}:
        raise Refused("jose_header_not_allowed", "epk has not exactly kty, crv, x, y")
    if (epk["kty"], epk["crv"]) != ("EC", "P-256"):
        raise Refused("algorithm_not_allowed", "epk is not on P-256")
    if not all(isinstance(epk[axis], str) and _HASH.fullmatch(epk[axis]) for axis in "xy"):
        raise Refused("jose_header_not_allowed", "x and y are 32 bytes each")
    return unb64u(epk["x"]), unb64u(epk["y"])


def read_jwe(token: str) -> Jwe:
    """Take a compact JWE apart.

    Raises Refused `encoding_not_canonical`, `jose_header_not_allowed`, `algorithm_not_allowed`, `type_not_allowed`.
    """
    if not _JWE.fullmatch(token):
        raise Refused("encoding_not_canonical", "not a compact JWE of the suite")
    protected, _, iv, ciphertext, tag = token.split(".")
    header = _closed_header(protected, {"alg", "enc", "kid", "epk", "typ"})
    if (header["alg"], header["enc"]) != ("ECDH-ES", "A256GCM"):
        raise Refused("algorithm_not_allowed", "not ECDH-ES with A256GCM")
    if header["typ"] != BODY_TYPE:
        raise Refused("type_not_allowed", "typ is not renkei-body")
    epk = _read_epk(header["epk"])
    return Jwe(header["kid"], epk, protected.encode("ascii"), unb64u(iv), unb64u(ciphertext) + unb64u(tag))


def open_sealed(jwe: Jwe, opener: Opener) -> bytes:
    """The plaintext. Raises Refused `decryption_failed`, whatever the cause: key, point, tag."""
    if jwe.kid != opener.kid:
        raise Refused("decryption_failed", "sealed to another certificate")
    x, y = jwe.epk
    try:  # the uncompressed point is checked to lie on the curve, so no invalid-curve key reaches the agreement
        public = PublicKey.from_encoded_point(_CURVE, b"\x04" + x + y)
        return _agree(opener.key, public).decrypt(jwe.iv, jwe.ciphertext_and_tag, jwe.aad)
    except (ValueError, InvalidTag) as e:
        raise Refused("decryption_failed", type(e).__name__) from None
