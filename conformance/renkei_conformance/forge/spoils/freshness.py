"""Spoils of freshness: messages from the future, from the past, and ids used twice."""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.forge.build import Plan
from renkei_conformance.forge.spoils import before, replan
from renkei_conformance.forge.touch import with_claims, with_permit
from renkei_fixtures import instants

HOUR = timedelta(hours=1)


@replan("freshness.issued_in_future")
def _issued_in_future(plan: Plan) -> Plan:
    # An hour: beyond the 300 s that are allowed, and beyond any clock that is merely slow.
    return with_claims(plan, issued_at=instants.render(plan.known.now + HOUR))


@replan("freshness.message_expired")
def _message_expired(plan: Plan) -> Plan:
    # Issued, accepted and expired in the past, all in order; the permit names the same end, as it must.
    issued = plan.known.now - 48 * HOUR
    aged = with_claims(plan, issued_at=instants.render(issued), expires_at=instants.render(plan.known.now - HOUR))
    accepted = issued + timedelta(seconds=1)
    return with_permit(
        aged, accepted_at=instants.render(accepted), authority_date=instants.japan_date(accepted).isoformat()
    )


@replan("freshness.query_too_old")
def _query_too_old(plan: Plan) -> Plan:
    return with_claims(plan, issued_at=instants.render(plan.known.now - timedelta(seconds=600)))


@before("freshness.message_id_reused")
def _message_id_reused(plan: Plan) -> Plan:
    # The former message had this id, another instant and another exchange: both are right, together they are not.
    issued = instants.parse(str(plan.claims["issued_at"])) - timedelta(seconds=1)
    former = with_claims(plan, issued_at=instants.render(issued))
    number = None if plan.permit is None else f"{plan.permit['exchange_number']}F"
    return former if number is None else with_permit(former, exchange_number=number)
