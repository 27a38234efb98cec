"""回答・取下げの受付: what a party says of an exchange that is there: answer, refusal, withdrawal, status query.

Each takes the message and the exchange as it stands, and gives what to say and what to write; nothing is written here.
"""

from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.network.arrival import Arrived
from renkei_emulator.network.inquiries import REPLAY_MARGIN
from renkei_emulator.network.office import Case, Office, Said, delivery
from renkei_emulator.network.relay import KEPT
from renkei_emulator.refusals import WAYS, Refused
from renkei_emulator.storage.network import Change
from renkei_fixtures.instants import parse, render

# Messages that name no end are remembered this long; those of an exchange as long as it.
REMEMBERED = timedelta(days=31)


class Closed(Refused):
    """`exchange_closed`, with the receipt that names the final state."""

    def __init__(self, why: str, receipt: str) -> None:
        super().__init__("exchange_closed", why)
        self.receipt = receipt

    def problem(self, message_id: str | None = None, exchange_number: str | None = None) -> dict[str, object]:
        return super().problem(message_id, exchange_number) | {"receipt": self.receipt}


def _remembered(case: Case) -> str:
    return render(parse(case.exchange.expires_at) + KEPT + REPLAY_MARGIN)


def forget_at(claims: Claims) -> str:
    """Until when a message that belongs to no exchange is remembered."""
    return render(parse(claims["issued_at"]) + REMEMBERED)


def _happen(office: Office, case: Case, on: str, now: datetime, **more: Any) -> tuple[Change, Case]:
    """As the office's; of an exchange that is over the refusal carries the receipt of how it ended."""
    try:
        return office.happen(case, on, now, **more)
    except Refused as refused:
        if case.life.final:
            raise Closed(refused.for_log, office.receipt(case)) from None
        raise


def _as_delivered(office: Office, case: Case, now: datetime) -> tuple[list[Change], Case]:
    """Whoever answers has the inquiry, though the reply to the push was lost, or it was fetched."""
    if case.life.state != "accepted":
        return [], case
    change, case = office.happen(case, "delivered", now)
    return [change], case


def answer(office: Office, arrived: Arrived, case: Case, now: datetime) -> Said:
    """提供: keep the answer, put it on its way with a receipt beside it, and give the provider the same receipt."""
    claims, exchange = arrived.claims, case.exchange
    office.rooms.may_answer(exchange, claims["from"])
    office.rooms.check_binding(exchange, claims)
    office.rooms.check_answer_subjects(exchange, claims, arrived.subjects, arrived.codes)
    on = office.rooms.place_part(case.life, claims)
    if on == "replaced":
        office.rooms.may_correct(exchange.expires_at, now)
    changes, case = _as_delivered(office, case, now)
    event = {name: claims[name] for name in ("part", "message_id", "last_part")}
    change, case = _happen(office, case, on, now, **event, header_sha256=arrived.header_sha256)
    body = arrived.body or ""
    receipt = office.receipt(case, office.rooms.answer_binding(claims, arrived.header, body))
    envelope = {"header": arrived.header, "body": body, "receipt": receipt}
    changes += [
        change,
        office.over(exchange, exchange.receiver, "inquiry"),
        delivery(exchange, exchange.sender, "answer", envelope, acknowledged=arrived.header, now=now),
    ]
    reply = {"exchange_number": case.number, "state": case.life.state, "receipt": receipt}
    lines = office.record("provided", case, now, claims)
    return Said(202, reply, changes, lines, _remembered(case), rings=[exchange.sender])


def refusal(office: Office, arrived: Arrived, case: Case, now: datetime) -> Said:
    """提供の拒否: a provider that had said `202` refuses after all, with the code it would have said at once."""
    claims = arrived.claims
    office.rooms.may_answer(case.exchange, claims["from"])
    office.rooms.check_binding(case.exchange, claims)
    code, stage = claims["code"], claims["stage"]
    if code not in WAYS or WAYS[code].stage != stage:
        raise Refused("header_form_invalid", f"{code} at {stage} is no refusal of the standard")
    changes, case = refused_by_provider(office, case, code, now)
    reply = {"exchange_number": case.number, "state": case.life.state}
    lines = office.record("refused", case, now, claims, said=code)
    return Said(202, reply, changes, lines, _remembered(case), rings=[case.exchange.sender])


def refused_by_provider(office: Office, case: Case, code: str, now: datetime) -> tuple[list[Change], Case]:
    """What becomes of an exchange that the provider refuses. Raises Refused `exchange_closed`.

    The asker is told code and stage; only a fault of the permit, which is the network's own, is shown as trouble.
    """
    shown = office.rooms.shown(code)
    change, case = _happen(office, case, "refused", now, code=shown, stage=WAYS[shown].stage)
    exchange = case.exchange
    over = office.over(exchange, exchange.receiver, "inquiry")
    return [change, over, *office.told("refused", case, now)], case


def withdrawal(office: Office, arrived: Arrived, case: Case, now: datetime) -> Said:
    """取下げ: the asker no longer wants it; the provider is told by a receipt, in case it has the inquiry."""
    claims, exchange = arrived.claims, case.exchange
    office.rooms.may_withdraw(exchange, claims["from"])
    office.rooms.check_binding(exchange, claims)
    change, case = _happen(office, case, "withdrawn", now)
    over = office.over(exchange, exchange.receiver, "inquiry")
    changes = [change, over, *office.told("withdrawn", case, now)]
    reply = {"exchange_number": case.number, "state": case.life.state}
    lines = office.record("withdrawn", case, now, claims)
    return Said(202, reply, changes, lines, _remembered(case), rings=[exchange.receiver])


def status(office: Office, arrived: Arrived, case: Case, now: datetime) -> Said:
    """処理状況の確認: a signed receipt of where the exchange stands."""
    office.rooms.may_see(case.exchange, arrived.claims["from"])
    return Said(200, {"receipt": office.receipt(case)}, keep_until=forget_at(arrived.claims))
