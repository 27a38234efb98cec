"""認証局: the certificates of all bodies and of the network, from one seed.

Every key is derived from the seed and its label, every certificate is signed deterministically, so separate processes
with the same seed and the same year make the same bytes and agree without speaking to each other. Root → issuing CA →
leaves; a leaf has one use (`digitalSignature` or `keyAgreement`) and one name (SAN URI). These are test keys: whoever
knows the seed knows them all.

Odd certificates (`order`) are for the examiner: each is right but for the one thing its kind says. Those that are
revoked stand in the revocation list from the first day, since a list that a product holds may be a week old.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from renkei_emulator.envelope import sha256_b64u

__all__ = ["KINDS", "Authority", "BodyKeys", "KeyPair"]

Use = Literal["signature", "agreement"]
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CRL_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class KeyPair:
    """A private key (PEM, PKCS#8), its certificate's name, and the chain (PEM, leaf first, without the root)."""

    kid: str
    key_pem: str
    chain_pem: str


@dataclass(frozen=True)
class BodyKeys:
    """The two key pairs of a body; the network gets both as well, though nothing is sealed to it yet."""

    signing: KeyPair
    sealing: KeyPair


@dataclass(frozen=True)
class _Issuer:
    """Who signs, and the certificates from it up to but without the root."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class _Leaf:
    """What a certificate of a body says, before it is signed."""

    label: str
    names: tuple[str, ...]
    signs: bool
    agrees: bool
    valid: tuple[datetime, datetime]
    public: PublicKey
    issuer: _Issuer
    ca: bool = False


def _san(party: str) -> str:
    return "urn:renkei:network" if party == "network" else f"urn:renkei:body:{party}"


def _name(label: str) -> x509.Name:
    organisation = x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Renkei test keys, not the government's")
    return x509.Name([organisation, x509.NameAttribute(x509.NameOID.COMMON_NAME, label)])


def _key_usage(signs: bool, agrees: bool, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=agrees,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


class _Mint:
    """Keys and certificates as functions of (seed, label)."""

    def __init__(self, seed: int, valid: tuple[datetime, datetime]) -> None:
        self._seed = str(seed).encode()
        self.valid = valid

    def derive(self, label: str, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=b"renkei test keys", info=label.encode()).derive(self._seed)

    def scalar(self, label: str) -> int:
        return int.from_bytes(self.derive(f"key {label}", 48), "big") % (_ORDER - 1) + 1

    def key(self, label: str) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.scalar(label), ec.SECP256R1())

    def serial(self, label: str) -> int:
        return int.from_bytes(self.derive(f"serial {label}", 16), "big") >> 1 | 1 << 126

    def certify(self, leaf: _Leaf) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(leaf.label))
            .issuer_name(leaf.issuer.name)
            .public_key(leaf.public)
            .serial_number(self.serial(leaf.label))
            .not_valid_before(leaf.valid[0])
            .not_valid_after(leaf.valid[1])
            .add_extension(x509.BasicConstraints(leaf.ca, None), critical=True)
            .add_extension(_key_usage(leaf.signs, leaf.agrees, leaf.ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(leaf.public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(leaf.issuer.key.public_key()), critical=False
            )
        )
        if leaf.names:
            names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(name) for name in leaf.names])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(leaf.issuer.key, SHA256(), ecdsa_deterministic=True)

    def ca(self, label: str, issuer: _Issuer | None) -> tuple[x509.Certificate, _Issuer]:
        """A CA under `issuer`, or a root. The root is in no chain: it is the anchor."""
        key = self.key(label)
        above = issuer or _Issuer(_name(label), key, ())
        certificate = self.certify(_Leaf(label, (), False, False, self.valid, key.public_key(), above, ca=True))
        chain = (certificate, *above.chain) if issuer else ()
        return certificate, _Issuer(_name(label), key, chain)


# --- the odd ones ---------------------------------------------------------------------------------------------------
def _first_year(valid: tuple[datetime, datetime]) -> datetime:
    return valid[0].replace(month=12, day=31)


def _rsa_key(mint: _Mint, label: str) -> rsa.RSAPublicKey:
    """A number of the right size will do: nobody signs with it."""
    modulus = int.from_bytes(mint.derive(f"modulus {label}", 256), "big") | 1 << 2047 | 1
    return rsa.RSAPublicNumbers(65537, modulus).public_key()


def _other_root(mint: _Mint) -> _Issuer:
    _, root = mint.ca("stranger's root", None)
    return mint.ca("stranger's issuing CA", root)[1]


def _under_own_leaf(mint: _Mint, leaf: _Leaf) -> _Issuer:
    """The body signs a certificate with the key of its own leaf."""
    label = f"{leaf.label} as issuer"
    key = mint.key(label)
    above = mint.certify(replace(leaf, label=label, signs=True, agrees=False, public=key.public_key()))
    return _Issuer(_name(label), key, (above, *leaf.issuer.chain))


_ODD: dict[str, Callable[[_Mint, _Leaf], _Leaf]] = {
    "expired": lambda _, leaf: replace(leaf, valid=(leaf.valid[0], _first_year(leaf.valid))),
    "not_yet_valid": lambda _, leaf: replace(leaf, valid=(leaf.valid[1].replace(month=1, day=1), leaf.valid[1])),
    "wrong_usage": lambda _, leaf: replace(leaf, signs=leaf.agrees, agrees=leaf.signs),
    "both_usages": lambda _, leaf: replace(leaf, signs=True, agrees=True),
    "other_san": lambda _, leaf: replace(leaf, names=("urn:renkei:body:000000",)),
    "two_sans": lambda _, leaf: replace(leaf, names=(*leaf.names, "urn:renkei:body:000000")),
    "no_san": lambda _, leaf: replace(leaf, names=()),
    "unknown_ca": lambda mint, leaf: replace(leaf, issuer=_other_root(mint)),
    "issued_by_leaf": lambda mint, leaf: replace(leaf, issuer=_under_own_leaf(mint, leaf)),
    "self_signed": lambda mint, leaf: replace(leaf, issuer=_Issuer(_name(leaf.label), mint.key(leaf.label), ())),
    "is_ca": lambda _, leaf: replace(leaf, ca=True),
    "rsa": lambda mint, leaf: replace(leaf, public=_rsa_key(mint, leaf.label)),
    "p384": lambda mint, leaf: replace(
        leaf, public=ec.derive_private_key(mint.scalar(leaf.label), ec.SECP384R1()).public_key()
    ),
    "revoked": lambda _, leaf: leaf,
    "superseded": lambda _, leaf: leaf,
    "renewed": lambda _, leaf: leaf,
    "superseded_lately": lambda _, leaf: leaf,
    "compromised_lately": lambda _, leaf: leaf,
    "taken_back": lambda _, leaf: leaf,
    "ended_lately": lambda _, leaf: leaf,
}
KINDS: tuple[str, ...] = tuple(_ODD)
_REVOKED = {"revoked": x509.ReasonFlags.key_compromise, "superseded": x509.ReasonFlags.superseded}
# Of these every list says: since the day before it was made. A message accepted weeks ago came before that.
_REVOKED_LATELY = {
    "superseded_lately": x509.ReasonFlags.superseded,
    "compromised_lately": x509.ReasonFlags.key_compromise,
}
_A_DAY = timedelta(days=1)


def _label(kind: str, party: str, use: Use) -> str:
    return f"{party} {use}" if kind == "regular" else f"{party} {use} {kind}"


def _day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class Authority:
    """All certificates of one seed and year; each is made (some 0.3 ms) when first asked for.

    `bodies`: the codes whose revoked certificates stand in the revocation list.
    """

    def __init__(self, seed: int, year: int, bodies: Iterable[str] = ()) -> None:
        valid = (datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 2, 12, 31, 23, 59, 59, tzinfo=UTC))
        self._mint = _Mint(seed, valid)
        self._parties = ("network", *bodies)
        self._root, above = self._mint.ca("root", None)
        _, self._issuer = self._mint.ca("issuing CA", above)
        self._pairs: dict[str, KeyPair] = {}
        self._chains: dict[str, str] = {}
        self._crls: dict[datetime, bytes] = {}
        self._serials: dict[str, int] = {}
        self._taken_back: dict[int, datetime] = {}

    @property
    def valid(self) -> tuple[datetime, datetime]:
        """From when to when regular certificates hold."""
        return self._mint.valid

    @property
    def anchors_pem(self) -> str:
        """The trust anchor, to be configured in every installation."""
        return self._root.public_bytes(Encoding.PEM).decode()

    def body(self, code: str) -> BodyKeys:
        """The keys of a body, or of `network`."""
        return BodyKeys(self._pair("regular", code, "signature"), self._pair("regular", code, "agreement"))

    def renewed(self, code: str) -> KeyPair:
        """The newer of a body's two sealing pairs, in force beside the one of `body`: its key is being renewed."""
        return self._pair("renewed", code, "agreement")

    def network(self) -> BodyKeys:
        """The network's own keys."""
        return self.body("network")

    def order(self, kind: str, body: str, use: Use = "signature", now: datetime | None = None) -> KeyPair:
        """A certificate of `body` that is odd in one way, of KINDS; the same order gives the same certificate.

        `rsa` and `p384` come with a P-256 private key, so that something can be signed at all. `ended_lately` ended the
        day before `now`. Raises KeyError for a kind that is not of the list.
        """
        if kind not in _ODD:
            raise KeyError(kind)
        ended = _day(now) - _A_DAY if kind == "ended_lately" and now is not None else None
        return self._pair(kind, body, use, ended)

    def take_back(self, kid: str, now: datetime) -> None:
        """From `now` on the revocation list has this certificate, for compromise. KeyError if it was not made here."""
        self._taken_back[self._serials[kid]] = now.replace(microsecond=0)
        self._crls.clear()

    def certificate(self, kid: str) -> str | None:
        """The chain (PEM, leaf first) of a certificate that was made here, or None."""
        return self._chains.get(kid)

    def crl(self, now: datetime) -> bytes:
        """The revocation list (DER) of the day of `now` in UTC, or newer where something was taken back since; good for
        seven days."""
        day = max([_day(now), *self._taken_back.values()])
        if day not in self._crls:
            self._crls[day] = self._make_crl(day)
        return self._crls[day]

    def _pair(self, kind: str, party: str, use: Use, ended: datetime | None = None) -> KeyPair:
        label = _label(kind, party, use) + (f" {ended:%Y-%m-%d}" if ended is not None else "")
        if label not in self._pairs:
            self._pairs[label] = pair = self._make_pair(label, kind, party, use, ended)
            self._serials[pair.kid] = self._mint.serial(label)
            self._chains[pair.kid] = pair.chain_pem
        return self._pairs[label]

    def _make_pair(self, label: str, kind: str, party: str, use: Use, ended: datetime | None) -> KeyPair:
        key = self._mint.key(label)
        signs, valid = use == "signature", (self._mint.valid[0], ended or self._mint.valid[1])
        leaf = _Leaf(label, (_san(party),), signs, not signs, valid, key.public_key(), self._issuer)
        if kind != "regular":
            leaf = _ODD[kind](self._mint, leaf)
        certificate = self._mint.certify(leaf)
        chain = (certificate, *leaf.issuer.chain)
        return KeyPair(
            kid=sha256_b64u(certificate.public_bytes(Encoding.DER)),
            key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            chain_pem="".join(c.public_bytes(Encoding.PEM).decode() for c in chain),
        )

    def _make_crl(self, day: datetime) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._issuer.name)
            .last_update(day)
            .next_update(day + CRL_LIFE)
            .add_extension(x509.CRLNumber(int(day.timestamp())), critical=False)
        )
        for serial, since, reason in self._entries(day):
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            builder = builder.add_revoked_certificate(
                entry.add_extension(x509.CRLReason(reason), critical=False).build()
            )
        crl = builder.sign(self._issuer.key, SHA256(), ecdsa_deterministic=True)
        return crl.public_bytes(Encoding.DER)

    def _entries(self, day: datetime) -> Iterator[tuple[int, datetime, x509.ReasonFlags]]:
        """What stands in the list of this day: serial, since when, why."""
        uses: tuple[Use, ...] = ("signature", "agreement")
        kinds = {kind: (self._mint.valid[0] + _A_DAY, reason) for kind, reason in _REVOKED.items()}
        kinds |= {kind: (_day(day) - _A_DAY, reason) for kind, reason in _REVOKED_LATELY.items()}
        for kind, (since, reason) in kinds.items():
            for party in self._parties:
                for use in uses:
                    yield self._mint.serial(_label(kind, party, use)), since, reason
        for serial, since in self._taken_back.items():
            yield serial, since, x509.ReasonFlags.key_compromise
