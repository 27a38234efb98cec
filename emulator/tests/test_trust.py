"""Whom to believe: each odd certificate is refused for what is odd about it, and time decides as the standard says."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from renkei_emulator.network.certificates import Authority
from renkei_emulator.refusals import Refused
from renkei_emulator.trust import NETWORK_SAN, TrustStore, body_san

BODY, OTHER = "001015", "482013"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SAN = body_san(BODY)
CA = Authority(7, 2026, (BODY, OTHER))
KID = CA.body(BODY).signing.kid


def store(now=NOW, authority=CA, crl=True):
    trust = TrustStore(authority.anchors_pem, authority.certificate)
    if crl:
        trust.learn_crl(authority.crl(now))
    return trust


def refusal(trust, kid, *args, **more):
    with pytest.raises(Refused) as refused:
        trust.check(kid, *args, **more)
    assert refused.value.stage == "sender"
    return refused.value.code


def test_a_regular_certificate_is_believed_for_its_use_and_name():
    keys = CA.body(BODY)

    assert store().check(keys.signing.kid, "signature", SAN, NOW).public_numbers()
    assert store().check(keys.sealing.kid, "agreement", SAN, NOW).public_numbers()
    assert store().check(CA.network().signing.kid, "signature", NETWORK_SAN, NOW).public_numbers()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("expired", "certificate_expired"),
        ("not_yet_valid", "certificate_not_yet_valid"),
        ("wrong_usage", "certificate_usage_wrong"),
        ("both_usages", "certificate_usage_wrong"),
        ("other_san", "certificate_not_of_sender"),
        ("two_sans", "certificate_not_of_sender"),
        ("no_san", "certificate_not_of_sender"),
        ("unknown_ca", "certificate_chain_invalid"),
        ("issued_by_leaf", "certificate_chain_invalid"),
        ("self_signed", "certificate_chain_invalid"),
        ("is_ca", "certificate_chain_invalid"),
        ("rsa", "certificate_chain_invalid"),
        ("p384", "certificate_chain_invalid"),
        ("revoked", "certificate_revoked"),
        ("superseded", "certificate_revoked"),
    ],
)
def test_an_odd_certificate_is_refused_for_what_is_odd_about_it(kind, code):
    assert code == refusal(store(), CA.order(kind, BODY).kid, "signature", SAN, NOW)


def test_the_regular_certificate_of_another_body_is_not_of_the_sender():
    assert refusal(store(), CA.body(OTHER).signing.kid, "signature", SAN, NOW) == "certificate_not_of_sender"


def test_the_sealing_certificate_does_not_sign():
    assert refusal(store(), CA.body(BODY).sealing.kid, "signature", SAN, NOW) == "certificate_usage_wrong"


def test_a_kid_that_nobody_knows_is_unknown():
    assert refusal(store(), "A" * 43, "signature", SAN, NOW) == "certificate_unknown"


def test_a_certificate_is_judged_as_of_the_instant_given_not_of_now():
    kid = CA.order("expired", BODY).kid

    assert store().check(kid, "signature", SAN, datetime(2025, 6, 1, tzinfo=UTC), NOW)
    assert refusal(store(), kid, "signature", SAN, NOW, datetime(2025, 6, 1, tzinfo=UTC)) == "certificate_expired"


def test_a_superseded_certificate_was_good_before_but_a_compromised_one_never_was():
    before = datetime(2025, 1, 1, 12, tzinfo=UTC)

    assert store().check(CA.order("superseded", BODY).kid, "signature", SAN, before, NOW)
    assert refusal(store(), CA.order("revoked", BODY).kid, "signature", SAN, before, NOW) == "certificate_revoked"


def test_without_a_revocation_list_in_time_nothing_is_known():
    late = NOW + timedelta(days=7)

    assert refusal(store(crl=False), KID, "signature", SAN, NOW) == "revocation_unknown"
    assert refusal(store(), KID, "signature", SAN, late) == "revocation_unknown"
    assert store().check(KID, "signature", SAN, late - timedelta(seconds=1))


def test_an_old_message_under_a_list_past_its_time_is_unknown_as_well():
    assert refusal(store(), KID, "signature", SAN, NOW, NOW + timedelta(days=8)) == "revocation_unknown"


def test_staleness_tells_when_to_fetch():
    assert store(crl=False).revocation_stale(NOW)
    assert not store().revocation_stale(NOW)
    assert store().revocation_stale(NOW + timedelta(days=7))


def empty_crl(issuer_name, key, at):
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer_name).last_update(at)
    return builder.next_update(at + timedelta(days=7)).sign(key, SHA256()).public_bytes(Encoding.DER)


def test_a_revocation_list_that_the_issuer_did_not_sign_frees_nobody():
    trust, kid = store(), CA.order("revoked", BODY).kid
    leaf = x509.load_pem_x509_certificate(CA.body(BODY).signing.chain_pem.encode())
    trust.learn_crl(empty_crl(leaf.issuer, Authority(8, 2026)._issuer.key, NOW + timedelta(hours=1)))

    assert refusal(trust, kid, "signature", SAN, NOW) == "certificate_revoked"


def test_an_older_revocation_list_does_not_take_the_place_of_a_newer():
    trust, kid = store(), CA.order("revoked", BODY).kid
    assert refusal(trust, kid, "signature", SAN, NOW) == "certificate_revoked"
    leaf = x509.load_pem_x509_certificate(CA.body(BODY).signing.chain_pem.encode())
    trust.learn_crl(empty_crl(leaf.issuer, CA._issuer.key, NOW - timedelta(hours=1)))

    assert refusal(trust, kid, "signature", SAN, NOW) == "certificate_revoked"


def test_a_newer_revocation_list_counts_from_the_next_check():
    trust = store()
    kid = CA.order("revoked", BODY).kid
    assert refusal(trust, kid, "signature", SAN, NOW) == "certificate_revoked"
    leaf = x509.load_pem_x509_certificate(CA.body(BODY).signing.chain_pem.encode())
    trust.learn_crl(empty_crl(leaf.issuer, CA._issuer.key, NOW + timedelta(hours=1)))

    assert trust.check(kid, "signature", SAN, NOW)


def test_rubbish_is_no_revocation_list_and_no_chain():
    trust = store()
    trust.learn_crl(b"rubbish")

    assert trust.check(KID, "signature", SAN, NOW)
    with pytest.raises(Refused, match="certificate_chain_invalid"):
        trust.learn("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_anchors_are_configured_and_not_taken_from_a_chain():
    stranger = Authority(8, 2026, (BODY,))
    trust = store()
    kid = trust.learn(stranger.body(BODY).signing.chain_pem + stranger.anchors_pem)

    assert refusal(trust, kid, "signature", SAN, NOW) == "certificate_chain_invalid"


def test_a_store_without_a_source_knows_what_it_learnt():
    trust = TrustStore(CA.anchors_pem)
    trust.learn_crl(CA.crl(NOW))

    assert not trust.knows(KID)
    assert trust.learn(CA.body(BODY).signing.chain_pem) == KID
    assert trust.knows(KID)
    assert trust.check(KID, "signature", SAN, NOW)
