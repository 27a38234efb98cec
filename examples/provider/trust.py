"""Certificates, signatures and seals (standard: "Certificates", "The suite")."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from .wire import Refused, SealedBody, Signed, b64u, compact, sha256

Fetch = Callable[[str], bytes | None]
"""Path at the network → the bytes, None for 404. Raises `Refused("temporarily_unable")` when there is no reply."""
ALWAYS = {x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise, x509.ReasonFlags.aa_compromise}


@dataclass(frozen=True)
class OwnKey:
    """A key pair of ours, from the kit."""

    kid: str
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def read(cls, keys: Path, use: str) -> OwnKey:
        leaf = x509.load_pem_x509_certificates((keys / f"{use}.chain.pem").read_bytes())[0]
        key = load_pem_private_key((keys / f"{use}.key.pem").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(sha256(leaf.public_bytes(Encoding.DER)), key)


class Trust:
    """What is believed of others: chains by `kid`, held against our anchors and the revocation list."""

    def __init__(self, anchors: bytes, fetch: Fetch) -> None:
        self._anchors = x509.load_pem_x509_certificates(anchors)
        self._fetch = fetch
        self._chains: dict[str, list[x509.Certificate]] = {}
        self._crls: list[x509.CertificateRevocationList] = []

    def key(self, kid: str, use: str, san: str, at: datetime, now: datetime) -> ec.EllipticCurvePublicKey:
        """The public key of `kid`, good at `at` for `use` (`signing` or `sealing`) under the name `san`."""
        chain = self._chain(kid)
        for certificate in chain:
            if at < certificate.not_valid_before_utc:
                raise Refused("certificate_not_yet_valid")
            if at > certificate.not_valid_after_utc:
                raise Refused("certificate_expired")
        leaf = chain[0]
        self._not_revoked(leaf, chain[1], at, now)
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        if (usage.digital_signature, usage.key_agreement) != ((True, False) if use == "signing" else (False, True)):
            raise Refused("certificate_usage_wrong")
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if [(type(name), name.value) for name in names] != [(x509.UniformResourceIdentifier, san)]:
            raise Refused("certificate_not_of_sender")
        return _p256(leaf)

    def verify(self, signed: Signed, key: ec.EllipticCurvePublicKey) -> None:
        if len(signed.signature) != 64:
            raise Refused("signature_invalid")
        r, s = int.from_bytes(signed.signature[:32]), int.from_bytes(signed.signature[32:])
        try:
            key.verify(encode_dss_signature(r, s), signed.signing_input, ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise Refused("signature_invalid") from None

    def _chain(self, kid: str) -> list[x509.Certificate]:
        if kid not in self._chains:
            pem = self._fetch(f"/renkei/1/certificates/{kid}")
            if pem is None:
                raise Refused("certificate_unknown")
            try:
                chain = x509.load_pem_x509_certificates(pem)
            except ValueError:
                raise Refused("certificate_chain_invalid") from None
            if sha256(chain[0].public_bytes(Encoding.DER)) != kid:
                raise Refused("certificate_unknown")
            self._chains[kid] = self._to_an_anchor(chain)
        return self._chains[kid]

    def _to_an_anchor(self, chain: list[x509.Certificate]) -> list[x509.Certificate]:
        """The chain with its anchor, every link of it verified but for time and revocation."""
        anchor = next((one for one in self._anchors if one.subject == chain[-1].issuer), None)
        if anchor is None or len(chain) > 3:
            raise Refused("certificate_chain_invalid")
        whole = [*chain, anchor]
        for number, certificate in enumerate(whole):
            _p256(certificate)
            issuer = whole[min(number + 1, len(whole) - 1)]
            try:
                certificate.verify_directly_issued_by(issuer)
                is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
                signs = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
            except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
                raise Refused("certificate_chain_invalid") from None
            if is_ca != (number > 0) or (number > 0 and not signs):
                raise Refused("certificate_chain_invalid")
        return whole

    def _not_revoked(self, leaf: x509.Certificate, issuer: x509.Certificate, at: datetime, now: datetime) -> None:
        crl = self._crl_of(issuer, now)
        entry = crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
        if entry is None:
            return
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = x509.ReasonFlags.unspecified
        if reason in ALWAYS or entry.revocation_date_utc <= at:
            raise Refused("certificate_revoked")

    def renew(self) -> None:
        """Take the newest revocation list, where the network gives one; else the one at hand holds until its end."""
        with suppress(Refused):
            if (der := self._fetch("/renkei/1/crl")) is not None:
                self._crls = [x509.load_der_x509_crl(der)]

    def _crl_of(self, issuer: x509.Certificate, now: datetime) -> x509.CertificateRevocationList:
        for fresh in (False, True):
            if fresh and (der := self._fetch("/renkei/1/crl")) is not None:
                self._crls = [x509.load_der_x509_crl(der)]
            for crl in self._crls:
                ahead = crl.next_update_utc is not None and crl.next_update_utc > now
                if crl.issuer == issuer.subject and ahead and crl.is_signature_valid(_p256(issuer)):
                    return crl
        raise Refused("revocation_unknown")


def _p256(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused("certificate_chain_invalid")
    return key


def sign(claims: object, typ: str, own: OwnKey) -> str:
    """A compact JWS by our signing key."""
    head = b64u(compact({"alg": "ES256", "kid": own.kid, "typ": typ}))
    signing_input = f"{head}.{b64u(compact(claims))}"
    r, s = decode_dss_signature(own.key.sign(signing_input.encode("ascii"), ec.ECDSA(SHA256())))
    return f"{signing_input}.{b64u(r.to_bytes(32) + s.to_bytes(32))}"


def seal(plaintext: bytes, kid: str, to: ec.EllipticCurvePublicKey) -> str:
    """A compact JWE to the holder of `kid`."""
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    epk = {"kty": "EC", "crv": "P-256", "x": b64u(point[1:33]), "y": b64u(point[33:])}
    jose = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": kid, "epk": epk, "typ": "renkei-body"}
    head, iv = b64u(compact(jose)), secrets.token_bytes(12)
    data = AESGCM(_content_key(mine.exchange(ec.ECDH(), to))).encrypt(iv, plaintext, head.encode("ascii"))
    return f"{head}..{b64u(iv)}.{b64u(data[:-16])}.{b64u(data[-16:])}"


def open_body(body: SealedBody, own: OwnKey) -> bytes:
    """The plaintext; every cause of failure is the one code."""
    if body.kid != own.kid:
        raise Refused("decryption_failed")
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), body.point)
        key = _content_key(own.key.exchange(ec.ECDH(), theirs))
        return AESGCM(key).decrypt(body.iv, body.ciphertext, body.head.encode("ascii"))
    except (ValueError, InvalidTag):
        raise Refused("decryption_failed") from None


def _content_key(shared: bytes) -> bytes:
    def sized(data: bytes) -> bytes:
        return len(data).to_bytes(4) + data

    info = sized(b"A256GCM") + sized(b"") + sized(b"") + (256).to_bytes(4)
    return ConcatKDFHash(algorithm=SHA256(), length=32, otherinfo=info).derive(shared)


def utc_now() -> datetime:
    return datetime.now(UTC)
