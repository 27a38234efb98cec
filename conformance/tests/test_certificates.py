"""Chains are followed link by link: each way in which one can fail to lead to an anchor is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from renkei_conformance.forge import crypto

URI = "urn:renkei:body:001015"


@pytest.fixture
def anchors(pki):
    return pki.root.public_bytes(Encoding.PEM).decode()


@pytest.fixture
def at(world):
    return world.now


def test_a_right_chain_leads_to_the_anchor(pki, anchors, at):
    assert crypto.chain_trouble(pki.leaf(URI).chain_pem, anchors, at) is None


def test_the_anchor_itself_may_stand_in_the_chain(pki, anchors, at):
    assert crypto.chain_trouble(pki.leaf(URI).chain_pem + anchors, anchors, at) is None


@pytest.mark.parametrize("kind", ["expired", "not_yet_valid", "self_signed", "unknown_ca", "issued_by_leaf"])
def test_an_odd_chain_leads_nowhere(pki, anchors, at, kind):
    assert crypto.chain_trouble(pki.order(kind, "001015").chain_pem, anchors, at)


def test_a_leaf_is_no_authority_even_when_its_own_chain_is_right(pki, anchors, at):
    pki.leaf(URI)
    child = pki.leaf(URI, by=pki.last)
    whole = child.chain_pem + pki.issuing.public_bytes(Encoding.PEM).decode()

    assert "no certification authority" in crypto.chain_trouble(whole, anchors, at)


def test_every_link_must_be_in_its_time(pki, anchors, at):
    chain = pki.leaf(URI, days=(-2000, 2000)).chain_pem

    assert crypto.chain_trouble(chain, anchors, at) is None
    assert crypto.chain_trouble(chain, anchors, at + timedelta(days=400))
    assert crypto.chain_trouble(chain, anchors, at - timedelta(days=400))


def test_a_leaf_is_looked_at(pki):
    signing, sealing = crypto.look(pki.leaf(URI).chain_pem), crypto.look(pki.leaf(URI, sealing=True).chain_pem)

    assert (signing.uris, signing.usages, signing.curve, signing.is_ca) == (
        (URI,),
        ("digital_signature",),
        "secp256r1",
        False,
    )
    assert sealing.usages == ("key_agreement",)
    assert crypto.look(pki.order("is_ca", "001015").chain_pem).is_ca


def test_a_revoked_leaf_stands_in_the_list_and_another_does_not(pki):
    revoked, other = pki.order("revoked", "001015"), pki.leaf(URI)

    assert crypto.is_revoked(revoked.chain_pem, pki.crl())
    assert not crypto.is_revoked(other.chain_pem, pki.crl())


def test_a_list_is_the_authoritys_own_and_in_force(pki, at):
    chain = pki.leaf(URI).chain_pem
    rogue = pki.leaf(URI, rogue=True).chain_pem

    assert crypto.crl_trouble(pki.crl(), chain, at) is None
    assert crypto.crl_trouble(pki.crl(), rogue, at)
    assert crypto.crl_trouble(pki.crl(), chain, at + timedelta(days=2))
