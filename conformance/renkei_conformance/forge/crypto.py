"""Signing, sealing, opening and looking at certificates, on `cryptography` alone.

The only module of the examiner that imports it. Unlike a product's code it also makes what no library would: another
algorithm's name over this one's signature, a foreign curve, a nonce of choice. Everything is deterministic (RFC 6979
signatures, ephemeral keys handed in), so that the same draft has the same bytes.
"""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from renkei_conformance.wire import Jwe, Jws, b64u, sha256_b64u, unb64u

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NotOpened(Exception):  # noqa: N818 - a finding about a message
    """A sealed body that this key does not open, for whatever cause."""


@lru_cache(maxsize=512)
def private_key(pem: str) -> PrivateKey:
    """An elliptic curve private key from PEM; another kind is a ValueError."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"not an elliptic curve key: {type(key).__name__}")
    return key


@lru_cache(maxsize=512)
def chain(pem: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM text in their order, leaf first. ValueError when there is none."""
    return tuple(x509.load_pem_x509_certificates(pem.encode()))


def public_key(chain_pem: str) -> PublicKey:
    """The public key of the leaf."""
    key = chain(chain_pem)[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"not an elliptic curve key: {type(key).__name__}")
    return key


def derived_key(secret: bytes, curve: ec.EllipticCurve | None = None) -> PrivateKey:
    """A private key from 48 bytes of dice (P-256 unless told otherwise)."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (P256_ORDER - 1) + 1, curve or ec.SECP256R1())


# Signatures


def signature(signing_input: bytes, key: PrivateKey, alg: str = "ES256") -> bytes:
    """The JOSE signature bytes. `ES384` hashes with SHA-384 though the key is of P-256; `HS256` keys its MAC with the
    public key's PEM, as the classic confusion of algorithms has it; `none` is empty."""
    if alg == "none":
        return b""
    if alg == "HS256":
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return hmac.digest(pem, signing_input, "sha256")
    algorithm: hashes.HashAlgorithm = hashes.SHA384() if alg == "ES384" else hashes.SHA256()
    r, s = decode_dss_signature(key.sign(signing_input, ec.ECDSA(algorithm, deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def der_signature(raw: bytes) -> bytes:
    """The 64 bytes as the DER sequence that most libraries give by themselves."""
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def verifies(jws: Jws, key: PublicKey) -> bool:
    """Whether the signature is ES256 by this key: 64 bytes, no other length."""
    if len(jws.signature) != 64:
        return False
    r, s = int.from_bytes(jws.signature[:32], "big"), int.from_bytes(jws.signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), jws.signing_input, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


# Sealing: ECDH-ES on P-256 with A256GCM (PROTOCOL §2), and its wrong relatives


def point(key: PublicKey) -> dict[str, object]:
    """The public key as `epk`."""
    numbers, size = key.public_numbers(), (key.curve.key_size + 7) // 8
    names = {"secp256r1": "P-256", "secp384r1": "P-384"}
    return {
        "kty": "EC",
        "crv": names[key.curve.name],
        "x": b64u(numbers.x.to_bytes(size, "big")),
        "y": b64u(numbers.y.to_bytes(size, "big")),
    }


def other_curve_key(secret: bytes) -> PrivateKey:
    """An ephemeral key on P-384."""
    return derived_key(secret, ec.SECP384R1())


def agreed_secret(ephemeral: PrivateKey, recipient: PublicKey) -> bytes:
    """The shared secret. An ephemeral key of another curve agrees on nothing; then the secret is of its own public x."""
    if ephemeral.curve.name != recipient.curve.name:
        return ephemeral.public_key().public_numbers().x.to_bytes(48, "big")[:32]
    return ephemeral.exchange(ec.ECDH(), recipient)


def derived(secret: bytes, algorithm: str, length: int) -> bytes:
    """The one-step key derivation of RFC 7518 §4.6.2 (no party info)."""
    name = algorithm.encode("ascii")
    info = len(name).to_bytes(4, "big") + name + bytes(8) + (length * 8).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), length, info).derive(secret)


@dataclass(frozen=True)
class Sealing:
    """What a body is sealed with. `wrap` is the content key of `ECDH-ES+A256KW`, a lawful algorithm that is not ours."""

    recipient: PublicKey
    ephemeral: PrivateKey
    iv: bytes
    wrap: bytes | None = None

    def keys(self, jose: dict[str, object]) -> tuple[bytes, bytes]:
        """The content encryption key and the encrypted key segment."""
        secret = agreed_secret(self.ephemeral, self.recipient)
        length = 16 if jose.get("enc") == "A128GCM" else 32
        if self.wrap is None:
            return derived(secret, str(jose.get("enc")), length), b""
        return self.wrap, aes_key_wrap(derived(secret, str(jose.get("alg")), 32), self.wrap)


def seal(plaintext: bytes, protected: str, jose: dict[str, object], sealing: Sealing) -> str:
    """The compact JWE. `protected` is the encoded JOSE header as it shall travel."""
    key, encrypted = sealing.keys(jose)
    if jose.get("zip") == "DEF":  # not ours, but a library that follows RFC 7516 would take it: then it must open
        deflate = zlib.compressobj(wbits=-15)
        plaintext = deflate.compress(plaintext) + deflate.flush()
    sealed = AESGCM(key).encrypt(sealing.iv, plaintext, protected.encode("ascii"))
    return ".".join((protected, b64u(encrypted), b64u(sealing.iv), b64u(sealed[:-16]), b64u(sealed[-16:])))


def unseal(jwe: Jwe, key: PrivateKey) -> bytes:
    """Open an ECDH-ES/A256GCM body. Any failure is `NotOpened`; nothing is told apart (PROTOCOL §8)."""
    try:
        epk = jwe.jose["epk"]
        assert isinstance(epk, dict)
        x, y = (int.from_bytes(unb64u(str(epk[name])), "big") for name in ("x", "y"))
        ephemeral = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        content_key = derived(key.exchange(ec.ECDH(), ephemeral), "A256GCM", 32)
        return AESGCM(content_key).decrypt(jwe.iv, jwe.ciphertext + jwe.tag, jwe.protected)
    except (InvalidTag, ValueError, KeyError, AssertionError) as error:
        raise NotOpened(type(error).__name__) from error


# Certificates


@dataclass(frozen=True)
class Looked:
    """A certificate as it was seen."""

    kid: str
    uris: tuple[str, ...]
    usages: tuple[str, ...]
    curve: str
    is_ca: bool
    serial: int


@lru_cache(maxsize=512)
def look(chain_pem: str) -> Looked:
    """The leaf's facts that the standard has rules about."""
    leaf = chain(chain_pem)[0]
    key = leaf.public_key()
    return Looked(
        sha256_b64u(leaf.public_bytes(Encoding.DER)),
        _uris(leaf),
        _usages(leaf),
        key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__,
        _is_ca(leaf),
        leaf.serial_number,
    )


def chain_trouble(chain_pem: str, anchors_pem: str, at: datetime) -> str | None:
    """Why the chain does not lead to an anchor at that time; None when it does. Built link by link, by hand."""
    links = chain(chain_pem)
    anchors = chain(anchors_pem)
    for link in links:
        if not link.not_valid_before_utc <= at <= link.not_valid_after_utc:
            return f"{link.subject.rfc4514_string()} is not valid at {at:%Y-%m-%d}"
    current = links[0]
    for issuer in (*links[1:], *anchors):
        if current in anchors:
            break
        if not _issued(current, issuer):
            if issuer in anchors:
                continue
            return f"{current.subject.rfc4514_string()} is not issued by {issuer.subject.rfc4514_string()}"
        if not _is_ca(issuer):
            return f"{issuer.subject.rfc4514_string()} is no certification authority"
        current = issuer
    return None if current in anchors else f"{current.subject.rfc4514_string()} leads to no trust anchor"


def is_revoked(chain_pem: str, crl_der: bytes) -> bool:
    """Whether the leaf's serial number stands in the list (whose own signature the network role looks at)."""
    revoked = x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(look(chain_pem).serial)
    return revoked is not None


def crl_trouble(crl_der: bytes, issuer_chain_pem: str, at: datetime) -> str | None:
    """Why the list is not one of the issuing authority's and in force; None when it is."""
    crl = x509.load_der_x509_crl(crl_der)
    issuers = chain(issuer_chain_pem)
    if not any(_signs(crl, issuer) for issuer in issuers):
        return "not signed by an authority of this chain"
    if crl.next_update_utc is None or not crl.last_update_utc <= at <= crl.next_update_utc:
        return f"not in force at {at:%Y-%m-%dT%H:%M:%SZ}"
    return None


def self_made(secret: bytes) -> tuple[str, PrivateKey]:
    """A key that no authority knows and the `kid` it goes by."""
    key = derived_key(secret)
    return sha256_b64u(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)), key


def _signs(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _is_ca(certificate: x509.Certificate) -> bool:
    return any(
        isinstance(extension.value, x509.BasicConstraints) and extension.value.ca
        for extension in certificate.extensions
    )


def _uris(certificate: x509.Certificate) -> tuple[str, ...]:
    names = [part for part in _values(certificate) if isinstance(part, x509.SubjectAlternativeName)]
    return tuple(name.value for part in names for name in part if isinstance(name, x509.UniformResourceIdentifier))


def _usages(certificate: x509.Certificate) -> tuple[str, ...]:
    kinds = (
        "digital_signature",
        "key_agreement",
        "key_encipherment",
        "key_cert_sign",
        "crl_sign",
        "content_commitment",
    )
    found = [part for part in _values(certificate) if isinstance(part, x509.KeyUsage)]
    return tuple(kind for part in found for kind in kinds if getattr(part, kind))


def _values(certificate: x509.Certificate) -> Iterable[x509.ExtensionType]:
    return (extension.value for extension in certificate.extensions)
