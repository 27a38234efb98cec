"""受領の受付: what a body says of things that the network delivered to it: taken, accepted, rejected."""

from datetime import datetime

from renkei_emulator.claims import Claims
from renkei_emulator.exchange import Event
from renkei_emulator.network.answering import forget_at
from renkei_emulator.network.arrival import Arrived
from renkei_emulator.network.office import Case, Office, Said, note
from renkei_emulator.network.reissuing import WHAT as LINK_CODE_CHANGE
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine
from renkei_emulator.storage.network import Change
from renkei_fixtures.instants import render


def acknowledge(office: Office, arrived: Arrived, cases: dict[str, Case], now: datetime) -> Said:
    """All items of an acknowledgement at once; `cases` are the exchanges that they name and that there are.

    An item that does not hold is answered with its code and stage, and changes nothing; the others count.
    """
    changes: list[Change] = []
    lines: list[LogLine] = []
    items = []
    rings = set()
    for item in arrived.claims["items"]:
        number = item["exchange_number"]
        try:
            if number not in cases:
                if (change := _link_code_change(office, item, arrived.claims["from"])) is not None:
                    changes.append(change)
                    items.append({"exchange_number": number, "state": "delivered"})
                    continue
                raise Refused("exchange_unknown", number)
            more, case = _one(office, item, arrived.claims["from"], cases[number], now)
        except Refused as refused:
            items.append({"exchange_number": number, "code": refused.code, "stage": refused.stage})
            lines += office.rooms.record_refusal(refused, arrived.claims, now, number)
            continue
        if len(case.events) > len(cases[number].events):
            lines += office.record(case.events[-1].on, case, now, arrived.claims)
            rings.add(case.exchange.receiver)
        cases[number] = case
        changes += more
        items.append({"exchange_number": number, "state": case.life.state})
    return Said(202, {"items": items}, changes, lines, forget_at(arrived.claims), sorted(rings))


def _link_code_change(office: Office, item: Claims, sender: str) -> Change | None:
    """What it changes that a body has taken its link-code change; None if the item speaks of no such thing."""
    number, sha256 = item["exchange_number"], item["acknowledged_sha256"]
    if item["outcome"] != "taken" or office.store.delivered(number, sender, sha256) != LINK_CODE_CHANGE:
        return None
    return "delivery_taken", {"exchange_number": number, "body": sender, "sha256": sha256}


def _one(office: Office, item: Claims, sender: str, case: Case, now: datetime) -> tuple[list[Change], Case]:
    """One item: the changes it makes and the exchange after it.

    Raises Refused `exchange_unknown`, `answer_not_bound` (never delivered to this body), `exchange_closed`.
    """
    office.rooms.may_see(case.exchange, sender)
    sha256 = item["acknowledged_sha256"]
    what = office.rooms.was_delivered(office.store.delivered(case.number, sender, sha256))
    changes: list[Change] = []
    if what == "inquiry" and item["outcome"] == "taken" and case.life.state == "accepted":
        change, case = office.happen(case, "delivered", now)
        changes = [change]
    elif what == "answer" and item["outcome"] == "accepted":
        changes, case = _accepted(office, sha256, case, now)
    elif what == "answer" and item["outcome"] == "rejected":
        changes, case = _rejected(office, item, case, now)
    return [*changes, ("delivery_taken", {"exchange_number": case.number, "body": sender, "sha256": sha256})], case


def _accepted(office: Office, sha256: str, case: Case, now: datetime) -> tuple[list[Change], Case]:
    """All parts accepted: collected; some: noted; said twice: nothing."""
    life = case.life
    if sha256 in life.accepted:
        return [], case
    rest = {part.header_sha256 for part in life.parts.values()} - life.accepted - {sha256}
    if life.state == "delivered" or (rest and life.state == "answered"):
        change, case = note(case, Event(render(now), "part_accepted", life.state, header_sha256=sha256))
    else:
        change, case = office.happen(case, "collected", now, header_sha256=sha256)
    return [change], case


def _rejected(office: Office, item: Claims, case: Case, now: datetime) -> tuple[list[Change], Case]:
    """Any part rejected ends the exchange, and the provider is told by a receipt; said twice: nothing."""
    if (case.life.state, case.life.code) == ("rejected", item["code"]):
        return [], case
    change, case = office.happen(case, "rejected", now, code=item["code"], stage=item["stage"])
    return [change, *office.told("rejected", case, now)], case
