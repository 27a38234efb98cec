"""鍵ストア: a key pair in the containers that other systems import: PKCS#12, and the revocation list as PEM."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates

from renkei_emulator.network.certificates import KeyPair

__all__ = ["crl_pem", "pkcs12"]

ROUNDS = 20_000


def pkcs12(pair: KeyPair, name: str, password: str) -> bytes:
    """The pair with its chain as PKCS#12 (AES-256, HMAC-SHA-256: what Java, .NET and OpenSSL of today read)."""
    leaf, *chain = x509.load_pem_x509_certificates(pair.chain_pem.encode())
    key = load_pem_private_key(pair.key_pem.encode(), None)
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(password.encode())
    )
    return serialize_key_and_certificates(name.encode(), key, leaf, chain, encryption)  # type: ignore[arg-type]


def crl_pem(der: bytes) -> str:
    """The revocation list as PEM."""
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM).decode()
