"""Whom to believe: certificate chains up to configured anchors, and what the issuer took back.

The chain is checked by hand on `cryptography.x509`: its own verifier demands TLS purposes and knows no revocation.
A chain is checked once; each later use costs a look at the clock and at the revocation list. Every key of a chain that
was ever learnt stays known, since a message is judged as of the instant the network accepted it (PROTOCOL §2).

    store = TrustStore(anchors_pem)
    store.learn(chain_pem)          # what GET /certificates/{kid} gave: leaf, then its issuers
    store.learn_crl(crl_der)
    key = store.check(kid, "signature", "urn:renkei:body:001015", at)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from renkei_emulator.envelope import PublicKey, sha256_b64u
from renkei_emulator.refusals import Refused

__all__ = ["NETWORK_SAN", "Check", "TrustStore", "Usage", "body_san"]

Usage = Literal["signature", "agreement"]
Check = Callable[[str, Usage, str, datetime], PublicKey]
"""(kid, usage, SAN, at) → public key, or Refused of stage *sender*: a store with its clock bound to it."""

NETWORK_SAN = "urn:renkei:network"
LONGEST_CHAIN = 4
# The holder may have lost the key long before anybody noticed: no message under it is believed, whatever its date.
_COMPROMISED = (x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise, x509.ReasonFlags.aa_compromise)


def body_san(party: str) -> str:
    """The name in the certificate of a body, or of `network`."""
    return NETWORK_SAN if party == "network" else f"urn:renkei:body:{party}"


@dataclass(frozen=True)
class _Checked:
    """A leaf whose chain holds; what is left to ask is time, revocation, use and name."""

    key: PublicKey
    usage: Usage | None
    san: str | None
    path: tuple[x509.Certificate, ...]  # leaf first, anchor last


@dataclass(frozen=True)
class _Revoked:
    """A revocation list whose signature holds, and its entries by serial number."""

    crl: x509.CertificateRevocationList
    entries: dict[int, x509.RevokedCertificate]


def _in_time(crl: x509.CertificateRevocationList, now: datetime) -> bool:
    return crl.next_update_utc is not None and now < crl.next_update_utc


def _p256(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused("certificate_chain_invalid", "a key is not on P-256")
    return key


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return basic.ca and usage.key_cert_sign


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer or not isinstance(certificate.signature_hash_algorithm, SHA256):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _usage(leaf: x509.Certificate) -> Usage | None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    if usage.digital_signature == usage.key_agreement:  # both or neither: a key has one use
        return None
    return "signature" if usage.digital_signature else "agreement"


def _san(leaf: x509.Certificate) -> str | None:
    try:
        names = list(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return None
    if len(names) != 1 or not isinstance(names[0], x509.UniformResourceIdentifier):
        return None
    return names[0].value


class TrustStore:
    """Chains that were learnt, the revocation list, and the anchors they must lead to.

    `source` is asked for a chain (PEM, leaf first) that was not learnt yet; a store without one is filled by its owner.
    """

    def __init__(self, anchors_pem: str, source: Callable[[str], str | None] | None = None) -> None:
        self._anchors = x509.load_pem_x509_certificates(anchors_pem.encode())
        self._source = source
        self._chains: dict[str, list[x509.Certificate]] = {}
        self._checked: dict[str, _Checked] = {}
        self._new_crls: list[x509.CertificateRevocationList] = []
        self._crls: dict[x509.Certificate, _Revoked] = {}

    # --- what is learnt -----------------------------------------------------------------------------------------
    def knows(self, kid: str) -> bool:
        """Whether a chain for `kid` was learnt (valid or not)."""
        return kid in self._chains

    def learn(self, chain_pem: str) -> str:
        """Keep a chain (PEM, leaf first); returns its kid. Nothing is believed yet.

        Raises Refused `certificate_chain_invalid` if it is not PEM.
        """
        try:
            chain = x509.load_pem_x509_certificates(chain_pem.encode())
            kid = sha256_b64u(chain[0].public_bytes(Encoding.DER))
        except (ValueError, IndexError) as e:
            raise Refused("certificate_chain_invalid", str(e)) from None
        if kid not in self._checked:
            self._chains[kid] = chain
        return kid

    def learn_crl(self, crl_der: bytes) -> None:
        """Keep a revocation list (DER) until its issuer is met: it counts if that one signed it and none is newer.

        Bytes that are no revocation list are dropped: the old one stays, until it is past its time.
        """
        try:
            self._new_crls.append(x509.load_der_x509_crl(crl_der))
        except ValueError:
            return

    def revocation_stale(self, now: datetime) -> bool:
        """Whether a revocation list must be fetched before anything can be believed."""
        lists = [*self._new_crls, *(revoked.crl for revoked in self._crls.values())]
        return not any(_in_time(crl, now) for crl in lists)

    # --- what is believed ---------------------------------------------------------------------------------------
    def check(self, kid: str, usage: Usage, san: str, at: datetime, now: datetime | None = None) -> PublicKey:
        """The public key of `kid`, if it was good for `usage` and belonged to `san` at the instant `at`.

        `now` (default `at`) is for the revocation list's own age. Raises Refused of stage *sender*.
        """
        checked = self._checked.get(kid) or self._check_chain(kid)
        for certificate in checked.path:
            if at < certificate.not_valid_before_utc:
                raise Refused("certificate_not_yet_valid", certificate.subject.rfc4514_string())
            if at > certificate.not_valid_after_utc:
                raise Refused("certificate_expired", certificate.subject.rfc4514_string())
        self._check_revocation(checked, at, now or at)
        if checked.usage != usage:
            raise Refused("certificate_usage_wrong", f"is for {checked.usage}, not {usage}")
        if checked.san != san:
            raise Refused("certificate_not_of_sender", f"{checked.san} is not {san}")
        return checked.key

    def unchecked_key(self, kid: str) -> PublicKey:
        """The key that a certificate carries, whatever the certificate is worth: for faults, never for judging.

        Raises Refused `certificate_unknown`, and `certificate_chain_invalid` for a key that is not of the suite.
        """
        return _p256(self._chain(kid)[0])

    def _chain(self, kid: str) -> list[x509.Certificate]:
        if kid not in self._chains and self._source is not None and (pem := self._source(kid)) is not None:
            self.learn(pem)
        if kid not in self._chains:
            raise Refused("certificate_unknown", kid)
        return self._chains[kid]

    def _check_chain(self, kid: str) -> _Checked:
        leaf, *others = self._chain(kid)
        if leaf in self._anchors or _may_issue(leaf) or self._is_ca(leaf):
            raise Refused("certificate_chain_invalid", "the leaf is a CA")
        path = [leaf]
        while path[-1] not in self._anchors:
            if len(path) == LONGEST_CHAIN:
                raise Refused("certificate_chain_invalid", "longer than a chain may be")
            issuer = next((c for c in [*self._anchors, *others] if _may_issue(c) and _issued(c, path[-1])), None)
            if issuer is None or issuer in path:
                raise Refused("certificate_chain_invalid", "does not lead to an anchor")
            path.append(issuer)
        for certificate in path:
            _p256(certificate)
        checked = _Checked(_p256(leaf), _usage(leaf), _san(leaf), tuple(path))
        self._checked[kid] = checked
        return checked

    @staticmethod
    def _is_ca(leaf: x509.Certificate) -> bool:
        try:
            return leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            return False

    def _take_new_crls(self, issuer: x509.Certificate) -> None:
        for crl in [crl for crl in self._new_crls if crl.issuer == issuer.subject]:
            self._new_crls.remove(crl)
            known = self._crls.get(issuer)
            newer = known is None or known.crl.last_update_utc <= crl.last_update_utc
            if newer and crl.is_signature_valid(_p256(issuer)):
                self._crls[issuer] = _Revoked(crl, {entry.serial_number: entry for entry in crl})

    def _check_revocation(self, checked: _Checked, at: datetime, now: datetime) -> None:
        leaf, issuer = checked.path[:2]
        self._take_new_crls(issuer)
        revoked = self._crls.get(issuer)
        if revoked is None or not _in_time(revoked.crl, now):
            raise Refused("revocation_unknown", "no revocation list of the issuer, or past its time")
        entry = revoked.entries.get(leaf.serial_number)
        if entry is None:
            return
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = x509.ReasonFlags.unspecified
        if reason in _COMPROMISED or entry.revocation_date_utc <= at:
            raise Refused("certificate_revoked", reason.value)
