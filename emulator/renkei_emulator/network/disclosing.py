"""本人への開示: a person's own exchange records, for the residents' portal, and what either side keeps from them.

A record is hidden while either side's last word on it is `hidden`. What is hidden is as if it were not: no row, no
number, no count. The word of one side never reaches the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from renkei_emulator.claims import Claims
from renkei_emulator.exchange import DISCLOSURE, Event, Life
from renkei_emulator.network.reissuing import is_about
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import StoredExchange
from renkei_fixtures.instants import render

if TYPE_CHECKING:
    from renkei_emulator.network.arrival import Arrived
    from renkei_emulator.network.office import Case, Office, Said
    from renkei_fixtures.municipalities import Body

Row = dict[str, Any]
PORTAL = "portal"


def may_read(body: Body | None) -> None:
    """Only the residents' portal asks for a person's records. Raises Refused `authority_not_granted`."""
    if body is None or body.kind != PORTAL:
        raise Refused("authority_not_granted", "not the portal")


def is_hidden(exchange: StoredExchange, inquiry: Claims, life: Life) -> bool:
    """Whether either side keeps the record from the person: the inquiry's own word counts until its sender's next."""
    said: Mapping[str, str] = {exchange.sender: inquiry.get("record_disclosure", "normal"), **life.disclosed}
    return "hidden" in said.values()


def row_of(exchange: StoredExchange, inquiry: Claims, life: Life) -> Row:
    """What the person is told of an exchange about them: when, who, whom, for what, how it stands. No number, no content."""
    told = {name: inquiry[name] for name in ("from", "to", "affair", "procedure", "information")}
    return {"accepted_at": exchange.accepted_at, **told, "state": life.state}


def rows_told(rows: list[tuple[Row, bool]]) -> list[Row]:
    """The rows that are told, of all that there are (`True`: hidden): nothing stands in a hidden one's place."""
    return [row for row, hidden in rows if not hidden]


def told_too(exchange: StoredExchange, sender: str) -> str | None:
    """Whom a disclosure is told besides the network: nobody."""
    del exchange, sender
    return None


def disclose(office: Office, arrived: Arrived, case: Case, now: datetime) -> Said:
    """One side's word on the record, also after the exchange is over. Raises Refused `exchange_unknown`."""
    from renkei_emulator.network.answering import forget_at  # noqa: PLC0415 - answering knows this module's caller
    from renkei_emulator.network.office import Said, note  # noqa: PLC0415

    claims = arrived.claims
    office.rooms.may_disclose(case.exchange, claims["from"])
    event = Event(render(now), DISCLOSURE, case.life.state, code=claims["record_disclosure"], stage=claims["from"])
    change, case = note(case, event)
    other = office.rooms.told_too(case.exchange, claims["from"])
    more = [] if other is None else [office.receipt_delivery(case, other, now)]
    lines = office.record(DISCLOSURE, case, now, claims)
    reply = {"exchange_number": case.number, "state": case.life.state}
    return Said(202, reply, [change, *more], lines, forget_at(claims))


def records(office: Office, arrived: Arrived) -> Said:
    """A person's own records, to the portal, by the portal's own link code of the person."""
    from renkei_emulator.network.answering import forget_at  # noqa: PLC0415
    from renkei_emulator.network.office import Said  # noqa: PLC0415

    claims, body = arrived.claims, arrived.claims["from"]
    office.rooms.may_read(office.directory.bodies.get(body))
    (person,) = office.codes_at(office.world.clock.now()).open_all(body, [claims["link_code"]])
    rows = []
    for exchange in office.store.exchanges():
        about = json.loads(exchange.receiver_codes or "[]")
        if not is_about(office.link_codes, exchange.receiver, about, person):
            continue
        case = office.look(exchange.exchange_number)
        hidden = office.rooms.is_hidden(exchange, case.inquiry, case.life)
        rows.append((office.rooms.row_of(exchange, case.inquiry, case.life), hidden))
    return Said(200, {"records": office.rooms.rows_told(rows)}, keep_until=forget_at(claims))
