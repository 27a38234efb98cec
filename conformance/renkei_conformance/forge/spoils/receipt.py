"""Spoils of the receipt beside a delivered answer, and of what the answer's header says of the question (inquirer role)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from renkei_conformance.forge.build import Bench, Plan, Signing
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import flipped, with_claims, without
from renkei_conformance.wire import Json, b64u, sha256_b64u
from renkei_fixtures import instants

OTHER_MESSAGE = "01890000-0000-7000-8000-000000000000"


@spoil("receipt.missing", at="envelope")
def _missing(envelope: Json, bench: Bench) -> Json:
    return without(envelope, "receipt")


# Not the network's


@spoil("receipt.signed_by_the_provider", at="receipt_key")
def _signed_by_the_provider(signing: Signing, bench: Bench) -> Signing:
    return Signing.of(bench.plan.sender)


@spoil("receipt.signature_of_the_provider", at="receipt_key")
def _signature_of_the_provider(signing: Signing, bench: Bench) -> Signing:
    return Signing(signing.kid, Signing.of(bench.plan.sender).key)


@spoil("receipt.signature_bit_flipped", at="receipt_token")
def _signature_bit_flipped(token: str, bench: Bench) -> str:
    return flipped(token, segment=2)


@spoil("receipt.changed_after_signing", at="receipt_token")
def _changed_after_signing(token: str, bench: Bench) -> str:
    claims = bench.part("receipt")
    assert isinstance(claims, dict)
    later = instants.render(instants.parse(str(claims["state_at"])) - timedelta(milliseconds=1))
    jose, _, signature = token.split(".")
    return f"{jose}.{b64u(bench.dumps({**claims, 'state_at': later}))}.{signature}"


@spoil("receipt.typ_of_permit", at="receipt_jose")
def _typ_of_permit(jose: Json, bench: Bench) -> Json:
    return {**jose, "typ": "renkei-permit"}


@spoil("receipt.claim_missing", at="receipt")
def _claim_missing(receipt: Json, bench: Bench) -> Json:
    return without(receipt, "state_at")


@spoil("receipt.claim_unknown", at="receipt")
def _claim_unknown(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "priority": "high"}


@spoil("receipt.claim_null", at="receipt")
def _claim_null(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "accepted_at": None}


@spoil("receipt.claim_repeated", at="receipt_bytes")
def _claim_repeated(payload: bytes, bench: Bench) -> bytes:
    receipt = bench.part("receipt")
    assert isinstance(receipt, dict)
    return b'{"accepted_at":' + json.dumps(receipt["accepted_at"]).encode() + b"," + payload[1:]


# Right in itself, and of something else


def _says(name: str, **claims: object) -> None:
    @spoil(name, at="receipt")
    def _(receipt: Json, bench: Bench) -> Json:
        return {**receipt, **claims}


_says("receipt.of_another_answer", answer_sha256=sha256_b64u("another answer"))
_says("receipt.of_another_body", body_sha256=sha256_b64u("another body"))
_says("receipt.of_another_part", part=2)
_says("receipt.of_another_exchange", exchange_number="X0")
_says("receipt.of_a_notification", kind="notification")
_says("receipt.of_another_message", in_reply_to=OTHER_MESSAGE)
_says("receipt.of_another_inquiry", inquiry_sha256=sha256_b64u("another inquiry"))
_says("receipt.about_other_subjects", subjects_sha256=sha256_b64u("other subjects"))
_says("receipt.of_a_withdrawn_exchange", state="withdrawn")


@spoil("receipt.to_another_inquirer", at="receipt")
def _to_another_inquirer(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "from": bench.plan.known.another(str(receipt["to"])).code}


@spoil("receipt.of_another_provider", at="receipt")
def _of_another_provider(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "to": bench.plan.known.another(str(receipt["to"])).code}


@spoil("receipt.expired", at="receipt")
def _expired(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "expires_at": instants.render(bench.plan.known.now - timedelta(minutes=10))}


@spoil("receipt.answered_after_the_end", at="receipt")
def _answered_after_the_end(receipt: Json, bench: Bench) -> Json:
    return {**receipt, "state_at": receipt["expires_at"]}


# The answer's header: what it says of the question. The receipt goes on naming the right one.


@replan("reply.to_another_message")
def _reply_to_another_message(plan: Plan) -> Plan:
    return with_claims(plan, in_reply_to=OTHER_MESSAGE)


@replan("reply.of_another_inquiry")
def _reply_of_another_inquiry(plan: Plan) -> Plan:
    return with_claims(plan, inquiry_sha256=sha256_b64u("another inquiry"))


@replan("reply.of_another_exchange")
def _reply_of_another_exchange(plan: Plan) -> Plan:
    return with_claims(plan, exchange_number=f"{plan.claims['exchange_number']}X")


@replan("reply.of_another_information")
def _reply_of_another_information(plan: Plan) -> Plan:
    present = plan.claims["information"]
    others = [name for name in plan.known.standard.catalogue if name != present]
    return with_claims(plan, information=others[0])


@replan("reply.of_another_edition")
def _reply_of_another_edition(plan: Plan) -> Plan:
    present = plan.claims["edition"]
    others = [name for name in plan.known.standard.editions if name != present]
    return with_claims(plan, edition=others[0] if others else f"{str(present)[:7]}X")


# Somebody who was not asked, with a right signature of their own


@replan("reply.of_a_body_not_asked")
def _of_a_body_not_asked(plan: Plan) -> Plan:
    other = plan.known.another(str(plan.claims["from"]))
    return replace(with_claims(plan, **{"from": other.code}), sender=other.signing)


@replan("reply.of_a_body_not_asked_vouched_for")
def _of_a_body_not_asked_vouched_for(plan: Plan) -> Plan:
    changed = _of_a_body_not_asked(plan)
    return replace(changed, receipt={**(plan.receipt or {}), "to": changed.claims["from"]})


# The section that answers


@replan("charge.unknown")
def _charge_unknown(plan: Plan) -> Plan:
    return with_claims(plan, responsibility="NOBODY")


@replan("charge.of_another_information")
def _charge_of_another_information(plan: Plan) -> Plan:
    table = plan.known.standard
    named = table.informations[str(plan.claims["information"])].answering_responsibilities
    others = [row.id for row in table.responsibilities.values() if row.id not in named]
    answering = [name for name in others if table.responsibilities[name].answers]
    return with_claims(plan, responsibility=(answering or others)[0])


@replan("charge.that_asks")
def _charge_that_asks(plan: Plan) -> Plan:
    table = plan.known.standard.responsibilities
    return with_claims(
        plan, responsibility=next(row.id for row in table.values() if "ask" in row.may and not row.answers)
    )


# Answers that are right in themselves: what is wrong is what came before, and the case brings that about


def _too_late(name: str) -> None:
    @replan(name)
    def _(plan: Plan) -> Plan:
        return plan


for _name in ("state.second_answer", "state.after_expiry", "state.after_withdrawal", "state.after_refusal"):
    _too_late(_name)
