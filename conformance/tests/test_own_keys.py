"""A message sealed to another certificate of its receiver: right in everything, and without anybody's private key."""

from __future__ import annotations

from renkei_conformance.forge.crypto import look, private_key, unseal
from renkei_conformance.repro.recipe import keys_of
from renkei_conformance.wire import read_jwe


def test_it_opens_with_the_key_that_it_names_and_keeps_no_private_key_of_the_receiver(world):
    draft = world.forge().inquiry(["A" * 22], {"tax_year": "2025"})
    other = draft.plan.known.another(str(draft.plan.claims["from"])).sealing
    sealed = draft.sealed_to(other)
    jwe = read_jwe(sealed.bench.text("body"), "body")

    assert jwe.jose["kid"] == other.kid == look(other.chain_pem).kid != draft.bench.part("body_jose")["kid"]
    assert unseal(jwe, private_key(other.key_pem)) == sealed.bench.part("content_bytes")
    assert [pair.key_pem for pair in keys_of(sealed) if pair.kid == other.kid] == [None]
