"""Spoils of the sealed body: whatever the cause, it does not open, and the refusal tells no cause apart."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.forge import crypto
from renkei_conformance.forge.build import Bench, Plan, Recipient
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import flipped
from renkei_conformance.wire import Json, b64u


@spoil("content.body_bit_flipped", at="body")
def _body_bit_flipped(token: str, bench: Bench) -> str:
    return flipped(token, segment=3, byte=0)


@spoil("content.tag_bit_flipped", at="body")
def _tag_bit_flipped(token: str, bench: Bench) -> str:
    return flipped(token, segment=4)


@spoil("content.sealed_to_another_key", at="recipient")
def _sealed_to_another_key(recipient: Recipient, bench: Bench) -> Recipient:
    other = bench.plan.known.another(str(bench.plan.claims["to"]))
    return replace(recipient, key=Recipient.of(other.sealing).key)  # under the right name


@replan("content.sealed_to_another_body")
def _sealed_to_another_body(plan: Plan) -> Plan:
    return replace(plan, recipient=plan.known.another(str(plan.claims["to"])).sealing)


@spoil("content.epk_of_another_curve", at="recipient")
def _epk_of_another_curve(recipient: Recipient, bench: Bench) -> Recipient:
    return replace(recipient, ephemeral=crypto.other_curve_key(bench.dice.bytes("ephemeral", 48)))


@spoil("content.epk_off_the_curve", at="body_jose")
def _epk_off_the_curve(jose: Json, bench: Bench) -> Json:
    epk = jose["epk"]
    assert isinstance(epk, dict)
    return {**jose, "epk": {**epk, "y": b64u(bench.dice.bytes("no such point", 32))}}
