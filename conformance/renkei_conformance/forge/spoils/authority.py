"""Spoils of authority: the network vouches, and by the tables it may not be asked all the same.

The values are looked for in the tables with the suite's own oracle, and taken only if exactly the named fault is there:
an affair without a row *and* without a charged official would be two. Where the tables have no such thing: `NotForgeable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renkei_conformance.forge.build import NotForgeable, Plan
from renkei_conformance.forge.spoils import replan
from renkei_conformance.forge.touch import with_claims
from renkei_conformance.oracles import authority
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures import instants
from renkei_fixtures.municipalities import load_bodies

NO_ROW, NOT_CHARGED = frozenset({"authority_not_granted"}), frozenset({"responsibility_not_granted"})


def _first(plan: Plan, candidates: Iterator[dict[str, object]], codes: frozenset[str], wanted: str) -> Plan:
    """The first candidate in which exactly these faults are present."""
    on = instants.japan_date(plan.known.now)
    for claims in candidates:
        if authority.due(plan.known.standard, {**plan.claims, **claims}, on).codes == codes:
            return with_claims(plan, **claims)
    raise NotForgeable(f"the tables have {wanted} for none of the bodies in this run")


def _affairs(plan: Plan) -> Iterator[dict[str, object]]:
    standard, on = plan.known.standard, instants.japan_date(plan.known.now)
    for affair in standard.affairs.values():
        for procedure in affair.procedures:
            for responsibility in authority.charged_with(standard, affair.id, str(plan.claims["from"]), on):
                yield {"affair": affair.id, "procedure": procedure, "responsibility": responsibility}


@replan("authority.affair_without_row")
def _affair_without_row(plan: Plan) -> Plan:
    others = (claims for claims in _affairs(plan) if claims["affair"] != plan.claims["affair"])
    return _first(plan, others, NO_ROW, "an affair without a row and an official charged with it")


@replan("authority.procedure_without_row")
def _procedure_without_row(plan: Plan) -> Plan:
    # First another procedure of the same affair; a table that gives all of them rows may have it in another affair.
    procedures = plan.known.standard.affairs[str(plan.claims["affair"])].procedures
    same: Iterator[dict[str, object]] = ({"procedure": procedure} for procedure in procedures)
    return _first(plan, same, NO_ROW, "a procedure without a row")


@replan("authority.information_without_row")
def _information_without_row(plan: Plan) -> Plan:
    standard = plan.known.standard
    names: Iterator[dict[str, object]] = (
        {"information": name} for name in {**standard.catalogue, **standard.informations}
    )
    return _first(plan, names, NO_ROW, "an information without a row")


@replan("authority.inquirer_without_row")
def _inquirer_without_row(plan: Plan) -> Plan:
    """Asked by a body of a kind that has no row: its own certificate, its own key for the answer, its own official."""
    facts = plan.known
    on = instants.japan_date(facts.now)
    for code in facts.kit.playable:
        if code in (facts.product, plan.claims["from"]) or code not in load_bodies():
            continue
        body = facts.kit.bodies[code]
        asked = replace(with_claims(plan, **{"from": code, "reply_kid": body.sealing.kid}), sender=body.signing)
        for responsibility in authority.charged_with(facts.standard, str(plan.claims["affair"]), code, on):
            candidate = with_claims(asked, responsibility=responsibility)
            if authority.due(facts.standard, candidate.claims, on).codes == NO_ROW:
                return candidate
    raise NotForgeable("no body without a row whose officials are charged with the affair")


def _out_of_date(name: str, ended: bool) -> None:
    @replan(name)
    def _(plan: Plan) -> Plan:
        return _first(plan, _rows_out_of_date(plan, ended), NO_ROW, "a row that is not in force on this date")


def _rows_out_of_date(plan: Plan, ended: bool) -> Iterator[dict[str, object]]:
    facts, on = plan.known, instants.japan_date(plan.known.now)
    inquirer, provider = str(plan.claims["from"]), str(plan.claims["to"])
    for row in facts.standard.authority:
        out = (row.valid_to is not None and row.valid_to < on) if ended else on < row.valid_from
        if out and authority.between(row, inquirer, provider):
            claims = {"affair": row.affair, "procedure": row.procedure, "information": row.information}
            for responsibility in authority.charged_with(facts.standard, row.affair, inquirer, on):
                yield {**claims, "responsibility": responsibility}


_out_of_date("authority.row_ended", ended=True)
_out_of_date("authority.row_not_begun", ended=False)


# Job responsibility (職責)


def _responsibilities(plan: Plan, out: str) -> Iterator[dict[str, object]]:
    on = instants.japan_date(plan.known.now)
    kind = load_bodies()[str(plan.claims["from"])].kind
    for row in plan.known.standard.responsibilities.values():
        ended = row.valid_to is not None and row.valid_to < on
        begun = row.valid_from <= on
        charged = plan.claims["affair"] in row.affairs and "ask" in row.may
        state = "ended" if ended else "not_begun" if not begun else "in_force"
        wanted = {
            "not_charged": state == "in_force" and plan.claims["affair"] not in row.affairs,
            "may_not_ask": state == "in_force" and plan.claims["affair"] in row.affairs and "ask" not in row.may,
            "ended": state == "ended" and charged,
            "not_begun": state == "not_begun" and charged,
        }[out]
        if wanted and kind in row.body_kinds:
            yield {"responsibility": row.id}


def _responsibility(out: str, wanted: str) -> None:
    @replan(f"responsibility.{out}")
    def _(plan: Plan) -> Plan:
        return _first(plan, _responsibilities(plan, out), NOT_CHARGED, wanted)


_responsibility("not_charged", "a responsibility without the affair")
_responsibility("may_not_ask", "a responsibility that may not ask")
_responsibility("ended", "a responsibility that has ended")
_responsibility("not_begun", "a responsibility that has not begun")


@replan("responsibility.unknown")
def _responsibility_unknown(plan: Plan) -> Plan:
    return with_claims(plan, responsibility="NO-SUCH-POST")


@replan("edition.unknown")
def _edition_unknown(plan: Plan) -> Plan:
    return with_claims(plan, edition="2199Z")


@replan("edition.information_version_unknown")
def _information_version_unknown(plan: Plan) -> Plan:
    return with_claims(plan, information_version="99.9")


# The key that the answer shall be sealed to


@replan("reply_key.of_another_body")
def _reply_key_of_another_body(plan: Plan) -> Plan:
    return with_claims(plan, reply_kid=plan.known.another(str(plan.claims["from"])).sealing.kid)


@replan("reply_key.of_signing_certificate")
def _reply_key_of_signing_certificate(plan: Plan) -> Plan:
    return with_claims(plan, reply_kid=plan.known.kit.body(str(plan.claims["from"])).signing.kid)


@replan("reply_key.unknown")
def _reply_key_unknown(plan: Plan) -> Plan:
    return with_claims(plan, reply_kid=sha256_b64u("no such certificate"))
