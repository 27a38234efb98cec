"""A world without an emulator: certificates made here, a network door that serves them, a still clock."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from renkei_conformance.drivers import Reply, Request
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.forge.bench import Forge
from renkei_conformance.forge.tokens import network_signer
from renkei_conformance.kit import BodyKit, KeyPair, Kit
from renkei_conformance.lower.network import ForgedNetwork
from renkei_conformance.lower.tap import Tap
from renkei_conformance.parties import ExaminerClock, Parties
from renkei_conformance.profile import BusinessSide, NetworkSide, Product, Profile
from renkei_conformance.testing import Judge
from renkei_conformance.upper.attended import AttendedUpperTester
from renkei_conformance.upper.http import HttpUpperTester
from renkei_conformance.upper.written import Written
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.standard import load
from renkei_fixtures.text import Text

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
BODIES = (SUBJECT, COUNTERPART, "482021", "480002", "003018", "001023")


class Pki:
    """Root, issuing authority and as many leaves as asked for, each odd in at most one way."""

    def __init__(self) -> None:
        self.root, self.root_key = self._authority("root", None, None)
        self.issuing, self.issuing_key = self._authority("issuing", self.root, self.root_key)
        self.rogue, self.rogue_key = self._authority("rogue", None, None)
        self.revoked: list[int] = []
        self.pems: dict[str, str] = {}

    def _authority(self, name, issuer, key):
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(subject, issuer.subject if issuer else subject, own, key or own, ca=True)
        return certificate, own

    def _signed(self, subject, issuer, own, key, ca=False, uri=None, sealing=False, days=(-365, 365)):
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)  # fmt: skip
        usage |= (
            {"key_cert_sign": True, "crl_sign": True}
            if ca
            else {("key_agreement" if sealing else "digital_signature"): True}
        )
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + timedelta(days=days[0])).not_valid_after(NOW + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
        )  # fmt: skip
        if uri:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=False
            )
        return builder.sign(key, hashes.SHA256())

    def leaf(
        self, uri: str, *, sealing=False, days=(-365, 365), rogue=False, self_signed=False, revoked=False, by=None
    ) -> KeyPair:
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, uri[-30:])])
        issuer, key = (self.rogue, self.rogue_key) if rogue else (self.issuing, self.issuing_key)
        if by is not None:
            issuer, key = by
        certificate = self._signed(
            subject,
            subject if self_signed else issuer.subject,
            own,
            own if self_signed else key,
            uri=uri,
            sealing=sealing,
            days=days,
        )
        if revoked:
            self.revoked.append(certificate.serial_number)
        self.last = (certificate, own)
        links = [certificate] if self_signed else [certificate, issuer]
        chain = "".join(link.public_bytes(Encoding.PEM).decode() for link in links)
        kid = urlsafe_b64encode(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()).rstrip(b"=").decode()
        pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.pems[kid] = chain
        return KeyPair(kid, chain, pem)

    def order(self, kind: str, body: str, use: str = "signature") -> KeyPair:
        uri = f"urn:renkei:body:{body}"
        makers: dict[str, Callable[[], KeyPair]] = {
            "expired": lambda: self.leaf(uri, days=(-20, -10)),
            "not_yet_valid": lambda: self.leaf(uri, days=(10, 20)),
            "superseded": lambda: self.leaf(uri, revoked=True),
            "revoked": lambda: self.leaf(uri, revoked=True),
            "unknown_ca": lambda: self.leaf(uri, rogue=True),
            "self_signed": lambda: self.leaf(uri, self_signed=True),
            "other_san": lambda: self.leaf("urn:renkei:body:480002"),
            "wrong_usage": lambda: self.leaf(uri, sealing=True),
            "is_ca": lambda: self._ca_leaf(uri),
            "issued_by_leaf": lambda: (self.leaf(uri), self.leaf(uri, by=self.last))[1],
        }
        return makers[kind]()

    def _ca_leaf(self, uri: str) -> KeyPair:
        own = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca leaf")])
        certificate = self._signed(name, self.issuing.subject, own, self.issuing_key, ca=True, uri=uri)
        kid = urlsafe_b64encode(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()).rstrip(b"=").decode()
        self.pems[kid] = "".join(link.public_bytes(Encoding.PEM).decode() for link in (certificate, self.issuing))
        return KeyPair(
            kid, self.pems[kid], own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        )

    def crl(self) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issuing.subject)
        builder = builder.last_update(NOW - timedelta(days=1)).next_update(NOW + timedelta(days=1))
        for serial in self.revoked:
            revoked = (
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - timedelta(days=1)).build()
            )
            builder = builder.add_revoked_certificate(revoked)
        return builder.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


class FakeManagement:
    """M as far as the forge needs it: odd certificates, link codes that are a function of body and serial."""

    def __init__(self, pki: Pki) -> None:
        self._pki = pki
        self.addresses: dict[str, str] = {}

    def order(self, kind: str, body: str, use: str = "signature") -> KeyPair:
        return self._pki.order(kind, body)

    def link_codes(self, body: str, serials) -> tuple[str, ...]:
        return tuple(
            urlsafe_b64encode(hashlib.sha256(f"{body} {n}".encode()).digest()[:16]).rstrip(b"=").decode()
            for n in serials
        )

    def set_address(self, body: str, address: str) -> None:
        self.addresses[body] = address


class World:
    """Everything a forge needs; `product` may be replaced by a test."""

    def __init__(self, pki: Pki, product_keys: BodyKit, kit: Kit) -> None:
        self.pki, self.kit, self.product_keys = pki, kit, product_keys
        self.standard = load()
        self.now = NOW
        self.product: Callable[[Request], Reply] = lambda request: Reply(500)
        waits = {wait.id: wait.seconds for wait in self.standard.waits.values()}
        clock = ExaminerClock.still(waits, lambda: self.now, self._advance)
        network = CallableDoor(self._serve)
        door = CallableDoor(self._ask_product)
        self.tap = Tap(ForgedNetwork(network_signer(kit), clock.now), network, door)
        profile = Profile(
            product=Product(name="p", vendor="v", version="1"),
            network_side=NetworkSide(address="http://127.0.0.1:1", listen="127.0.0.1:2"),
            business_side=BusinessSide(address="http://127.0.0.1:3", token="t"),
        )
        self.parties = Parties(
            product=door, network=network, management=FakeManagement(pki), upper=HttpUpperTester(door, "/business/1/x", "t"),
            tap=self.tap, clock=clock, kit=kit, profile=profile, tap_address="tap:",
        )  # fmt: skip

    def _ask_product(self, request: Request) -> Reply:
        return self.product(request)

    def _advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _serve(self, request: Request) -> Reply:
        pem = self.pki.pems.get(request.path.rpartition("/")[2])
        return (
            Reply(404)
            if pem is None
            else Reply(200, {"content-type": "application/pem-certificate-chain"}, pem.encode())
        )

    def forge(self, label: str = "test") -> Forge:
        return Forge(self.parties, self.standard, 7, label)

    def judge(self) -> Judge:
        forge = self.forge("judge")
        object.__setattr__(forge.trust, "crl_der", self.pki.crl())
        return Judge(self.standard, SUBJECT, self.product_keys.sealing, forge.trust)


@pytest.fixture(scope="session")
def pki() -> Pki:
    return Pki()


@pytest.fixture
def world(pki: Pki) -> World:
    bodies = {}
    for code in BODIES:
        uri = f"urn:renkei:body:{code}"
        bodies[code] = BodyKit(code, pki.leaf(uri), pki.leaf(uri, sealing=True))
    own = bodies[SUBJECT]
    bodies[SUBJECT] = BodyKit(
        SUBJECT, KeyPair(own.signing.kid, own.signing.chain_pem), KeyPair(own.sealing.kid, own.sealing.chain_pem)
    )
    anchors = pki.root.public_bytes(Encoding.PEM).decode()
    kit = Kit(7, anchors, pki.crl(), pki.leaf("urn:renkei:network"), bodies)
    return World(pki, own, kit)


class Operator:
    """Says one word to every step."""

    def __init__(self, word: str) -> None:
        self.word, self.shown = word, list[Text]()

    def say(self, text: Text) -> None:
        self.shown.append(text)

    def hear(self) -> str:
        return self.word


@pytest.fixture
def attended(tmp_path: Path) -> Callable[[str], tuple[AttendedUpperTester, Operator]]:
    """A driver for people, and the operator who says this word at every step."""

    def said(word: str) -> tuple[AttendedUpperTester, Operator]:
        operator = Operator(word)
        written = Written(load_layout("cp932-csv"), load())
        return AttendedUpperTester(tmp_path / "attended", written, operator), operator

    return said
