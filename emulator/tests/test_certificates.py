"""Certificates from one seed: the same bytes everywhere, each odd one odd in one way."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.network.certificates import KINDS, Authority

BODIES = ("001015", "482013")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def leaf_of(pair):
    return x509.load_pem_x509_certificates(pair.chain_pem.encode())[0]


def key_usage(pair):
    return leaf_of(pair).extensions.get_extension_for_class(x509.KeyUsage).value


def test_two_processes_of_one_seed_and_year_make_the_same_bytes():
    one, two = Authority(7, 2026, BODIES), Authority(7, 2026, BODIES)

    assert one.anchors_pem == two.anchors_pem
    assert one.body("001015") == two.body("001015")
    assert one.network() == two.network()
    assert one.crl(NOW) == two.crl(NOW + timedelta(hours=5))
    assert [one.order(kind, "001015") for kind in KINDS] == [two.order(kind, "001015") for kind in KINDS]


def test_the_order_of_asking_changes_nothing():
    one, two = Authority(7, 2026, BODIES), Authority(7, 2026, BODIES)
    two.order("revoked", "482013")
    two.body("482013")

    assert one.body("001015") == two.body("001015")


def test_another_seed_has_no_key_in_common():
    one, two = Authority(7, 2026), Authority(8, 2026)

    assert one.body("001015").signing.key_pem != two.body("001015").signing.key_pem
    assert one.anchors_pem != two.anchors_pem


def test_all_keys_of_one_seed_differ():
    authority = Authority(7, 2026, BODIES)
    pairs = [pair for code in (*BODIES, "network") for pair in vars(authority.body(code)).values()]

    assert len({pair.key_pem for pair in pairs}) == len({pair.kid for pair in pairs}) == len(pairs)


def test_a_certificate_is_found_by_the_hash_of_its_bytes():
    authority = Authority(7, 2026)
    pair = authority.body("001015").signing

    assert pair.kid == sha256_b64u(leaf_of(pair).public_bytes(Encoding.DER))
    assert authority.certificate(pair.kid) == pair.chain_pem
    assert authority.certificate("unknown") is None


def test_a_leaf_signs_or_agrees_and_never_both():
    keys = Authority(7, 2026).body("001015")

    assert (key_usage(keys.signing).digital_signature, key_usage(keys.signing).key_agreement) == (True, False)
    assert (key_usage(keys.sealing).digital_signature, key_usage(keys.sealing).key_agreement) == (False, True)


@pytest.mark.parametrize(("party", "name"), [("001015", "urn:renkei:body:001015"), ("network", "urn:renkei:network")])
def test_a_leaf_has_one_name(party, name):
    san = leaf_of(Authority(7, 2026).body(party).signing).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )

    assert [each.value for each in san.value] == [name]


def test_validity_spans_the_years_around_the_clock():
    leaf = leaf_of(Authority(7, 2026).body("001015").signing)

    assert leaf.not_valid_before_utc == datetime(2025, 1, 1, tzinfo=UTC)
    assert leaf.not_valid_after_utc == datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_the_revocation_list_names_the_revoked_of_every_party_before_they_are_ordered():
    authority = Authority(7, 2026, BODIES)
    crl = x509.load_der_x509_crl(authority.crl(NOW))
    serials = {entry.serial_number for entry in crl}

    assert {leaf_of(authority.order("revoked", party)).serial_number for party in (*BODIES, "network")} <= serials
    assert leaf_of(authority.body("001015").signing).serial_number not in serials
    assert crl.next_update_utc - crl.last_update_utc == timedelta(days=7)


def test_an_unknown_kind_is_a_mistake_of_who_orders():
    with pytest.raises(KeyError):
        Authority(7, 2026).order("smelly", "001015")


def test_what_is_taken_back_stands_in_a_newer_list_and_lately_means_the_day_before():
    authority = Authority(1, 2026, BODIES)
    lost = authority.order("taken_back", "001015")
    old = x509.load_der_x509_crl(authority.crl(NOW))
    authority.take_back(lost.kid, NOW + timedelta(minutes=5))
    new = x509.load_der_x509_crl(authority.crl(NOW + timedelta(minutes=6)))
    serial, lately = leaf_of(lost).serial_number, leaf_of(authority.order("superseded_lately", "001015")).serial_number

    assert old.get_revoked_certificate_by_serial_number(serial) is None
    assert new.get_revoked_certificate_by_serial_number(serial) is not None
    assert new.last_update_utc > old.last_update_utc
    since = old.get_revoked_certificate_by_serial_number(lately).revocation_date_utc
    assert timedelta(days=1) <= NOW - since < timedelta(days=2)


def test_an_ended_certificate_ended_the_day_before_it_was_ordered():
    leaf = leaf_of(Authority(1, 2026, BODIES).order("ended_lately", "001015", now=NOW))

    assert leaf.not_valid_before_utc < NOW - timedelta(days=40)
    assert timedelta(days=1) <= NOW - leaf.not_valid_after_utc < timedelta(days=2)
