"""Spoils of the sender: signatures that are not the sender's, and certificates that do not make a sender of anyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from renkei_conformance.forge import crypto
from renkei_conformance.forge.build import Bench, Plan, Signing
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import flipped
from renkei_conformance.wire import b64u, unb64u
from renkei_fixtures import instants


@spoil("sender.signature_of_another_body", at="header_key")
def _signature_of_another_body(signing: Signing, bench: Bench) -> Signing:
    other = bench.plan.known.another(str(bench.plan.claims["from"]))
    return replace(signing, key=Signing.of(other.signing).key)  # told by the sender's own kid


@spoil("sender.claim_changed_after_signing", at="header_token")
def _claim_changed_after_signing(token: str, bench: Bench) -> str:
    claims = bench.part("header")
    assert isinstance(claims, dict)
    later = instants.parse(str(claims["issued_at"])) - timedelta(milliseconds=1)
    jose, _, signature = token.split(".")
    return f"{jose}.{b64u(bench.dumps({**claims, 'issued_at': instants.render(later)}))}.{signature}"


@spoil("sender.signature_bit_flipped", at="header_token")
def _signature_bit_flipped(token: str, bench: Bench) -> str:
    return flipped(token, segment=2)


@spoil("sender.signature_in_der", at="header_token")
def _signature_in_der(token: str, bench: Bench) -> str:
    signing_input, _, signature = token.rpartition(".")
    return f"{signing_input}.{b64u(crypto.der_signature(unb64u(signature)))}"


# Certificates of the kit in a place that is not theirs


@replan("sender.certificate_for_sealing")
def _certificate_for_sealing(plan: Plan) -> Plan:
    return replace(plan, sender=plan.known.kit.body(str(plan.claims["from"])).sealing)


@replan("sender.certificate_of_another_body")
def _certificate_of_another_body(plan: Plan) -> Plan:
    return replace(plan, sender=plan.known.another(str(plan.claims["from"])).signing)


@replan("sender.certificate_of_the_network")
def _certificate_of_the_network(plan: Plan) -> Plan:
    return replace(plan, sender=plan.known.kit.network)


@spoil("sender.certificate_unknown", at="header_key")
def _certificate_unknown(signing: Signing, bench: Bench) -> Signing:
    kid, key = crypto.self_made(bench.dice.bytes("self-made key", 48))
    return Signing(kid, key)


# Certificates ordered over M


def _ordered(name: str, kind: str) -> None:
    @replan(name)
    def _(plan: Plan) -> Plan:
        return replace(plan, sender=plan.known.order(kind, str(plan.claims["from"])))


_ordered("sender.certificate_self_signed", "self_signed")
_ordered("sender.certificate_of_unknown_authority", "unknown_ca")
_ordered("sender.certificate_expired", "expired")
_ordered("sender.certificate_not_yet_valid", "not_yet_valid")
_ordered("sender.certificate_revoked", "revoked")
_ordered("sender.certificate_superseded", "superseded")
_ordered("sender.certificate_issued_by_no_authority", "issued_by_leaf")
_ordered("sender.certificate_is_authority", "is_ca")
_ordered("sender.certificate_of_wrong_usage", "wrong_usage")
_ordered("sender.certificate_with_other_name", "other_san")
