"""Spoils of what a body sends to the network: the subject stage, and answers that do not belong (network role)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renkei_conformance.forge.build import Bench, NotForgeable, Plan
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import with_claims
from renkei_conformance.wire import Json, b64u, sha256_b64u


@replan("authority.same_body")
def _same_body(plan: Plan) -> Plan:
    own = plan.known.kit.body(str(plan.claims["from"]))
    return replace(with_claims(plan, to=own.code), recipient=own.sealing)


# Link codes


def _codes(plan: Plan) -> list[str]:
    if plan.own_subjects is None or not isinstance(codes := plan.own_subjects.get("link_codes"), list):
        raise NotForgeable("this message has no subjects")
    return [str(code) for code in codes]


def _with_codes(plan: Plan, codes: Sequence[str]) -> Plan:
    return replace(plan, own_subjects={**(plan.own_subjects or {}), "link_codes": list(codes)})


@replan("subject.link_code_forged")
def _link_code_forged(plan: Plan) -> Plan:
    # Of the right length and alphabet, and no deciphering of it ends in zeros.
    return _with_codes(plan, [b64u(code.encode().ljust(16, b"x")[:16]) for code in _codes(plan)])


@replan("subject.link_code_of_another_body")
def _link_code_of_another_body(plan: Plan) -> Plan:
    return _with_codes(plan, plan.known.link_codes(str(plan.claims["to"]), range(1, len(_codes(plan)) + 1)))


@replan("subject.count_differs")
def _count_differs(plan: Plan) -> Plan:
    return _with_codes(plan, [*_codes(plan), *plan.known.link_codes(str(plan.claims["from"]), [999_001])])


@replan("subject.repeated")
def _repeated(plan: Plan) -> Plan:
    codes = _codes(plan)[:1]
    assert plan.content is not None
    items = plan.content["items"]
    assert isinstance(items, list)
    doubled = [{**items[0], "item_no": number} for number in (1, 2)]
    twice = with_claims(replace(plan, content={**plan.content, "items": doubled}), subject_count=2)
    return _with_codes(twice, codes * 2)


@spoil("subject.hash_of_other_subjects", at="header")
def _hash_of_other_subjects(header: Json, bench: Bench) -> Json:
    return {**header, "subjects_sha256": sha256_b64u("other subjects")}


# Answers


@replan("answer.to_another_message")
def _to_another_message(plan: Plan) -> Plan:
    return with_claims(plan, in_reply_to="01890000-0000-7000-8000-000000000000")


@replan("answer.of_another_inquiry")
def _of_another_inquiry(plan: Plan) -> Plan:
    return with_claims(plan, inquiry_sha256=sha256_b64u("another inquiry"))


@replan("answer.of_unknown_exchange")
def _of_unknown_exchange(plan: Plan) -> Plan:
    return with_claims(plan, exchange_number="X0")


@replan("answer.about_other_subjects")
def _about_other_subjects(plan: Plan) -> Plan:
    return _with_codes(
        plan, plan.known.link_codes(str(plan.claims["from"]), [999_001 + n for n in range(len(_codes(plan)))])
    )


@replan("answer.from_a_body_not_asked")
def _from_a_body_not_asked(plan: Plan) -> Plan:
    other = plan.known.another(str(plan.claims["from"]), str(plan.claims["to"]))
    return replace(with_claims(plan, **{"from": other.code}), sender=other.signing)
