"""照会の期限: until when a question lasts, and what may still come after its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import negative
from renkei_conformance.case import INQUIRER, Negative, Scenario, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.lower.network import Busy
from renkei_conformance.oracles import results
from renkei_conformance.questioner import Questioned
from renkei_fixtures import instants
from renkei_fixtures.messages import both

BRIEFLY_S, VERY_BRIEFLY_S = 4.0, 2.0
"""How long a question lasts, so that its end is outlived within the wait of this name; and until a third try would come."""
CLOCKS_S = 0.25
"""How far two clocks of one machine may be apart."""
AT_ONCE_S = 0.5
"""What asking takes where nobody copies a file or sits at a terminal."""
ENDED = ("refused", "expired")


def _asked_for(asker: Asker, seconds: float, busy: int = 0) -> Questioned:
    """A question that ends so soon, or later by what asking takes here: an end that is over before the product hears of
    it is no question. `Inconclusive` where it took longer still."""
    clock = asker.parties.clock
    began = clock.now()
    asker.ask()
    took = (clock.now() - began).total_seconds()
    end = clock.now() + timedelta(seconds=seconds + (2 * took if took > AT_ONCE_S else 0.0))
    questioned = asker.ask(programme=[Busy(None)] * busy, expires_at=instants.render(end))
    if clock.now() >= end:
        raise Inconclusive(both("conformance.reason.end_outrun"))
    return questioned


def _outlive(asker: Asker, questioned: Questioned) -> None:
    """Let the end that was asked for pass, and as long again, since tries come ever later."""
    clock = asker.parties.clock
    asker.pass_for("outlive")
    end = instants.parse(str(questioned.ask.expires_at))
    issued = questioned.heard.at or clock.now()
    until = end + max(timedelta(seconds=clock.seconds("outlive") - BRIEFLY_S), end - issued)
    while clock.now() < until:
        asker.pass_for("silence")


def _end(questioned: Questioned) -> datetime | None:
    try:
        return instants.parse(str(questioned.heard.claims.get("expires_at")))
    except ValueError:
        return None


# I-INQ-015 照会者は、業務側が照会の期限を指定したとき、照会の expires_at をその日時としなければならない。
# I-STA-007 照会者は、期限の前にネットワークが受け付けた応答（受領証の state_at が expires_at より前のもの）を、期限の
#   後に届いても受け取らなければならない。
@case(
    "IQ-END-01",
    verifies=["I-INQ-015", "I-STA-007"],
    role=INQUIRER,
    family="envelope",
    kind=Stateful(),
    needs=["asked_until"],
    ja="指定された期限で照会し、期限内に受け付けられた応答を期限の後にも受け取る",
    en="A question ends as asked, and an answer taken in time is accepted after the end",
)
def test_answer_held_beyond_the_end(asker: Asker, ev: Evidence) -> None:
    questioned = _asked_for(asker, BRIEFLY_S)
    why = both("conformance.rule.end_as_asked")
    asked, got = questioned.ask.expires_at, questioned.heard.claims.get("expires_at")
    ev.check("I-INQ-015", Finding(asked == got, asked, got, "inquiry.header.expires_at", why))
    answer = asker.answer(questioned)
    ev.step("outlived_answer")
    _outlive(asker, questioned)
    asker.exchange(questioned, "I-STA-007", answer)
    row = asker.row_until(questioned.ask.ask_id, results.collected)
    ev.check_all("I-STA-007", results.state(row, "collected", None, None))


# I-RSD-010 照会者は、受け付けられない照会を、expires_at を過ぎて再送してはならず、業務側に終わった状態（refused 又は
#   expired）を示さなければならない。
@case(
    "IQ-END-02",
    verifies=["I-RSD-010"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    needs=["asked_until"],
    ja="受け付けられない照会を、期限の後に再送しない",
    en="An inquiry that is never accepted is not sent again after its end",
)
def test_nothing_is_sent_after_the_end(asker: Asker, ev: Evidence) -> None:
    questioned = _asked_for(asker, VERY_BRIEFLY_S, busy=9)
    end = _end(questioned)
    if end is None or questioned.ask.expires_at != questioned.heard.claims.get("expires_at"):
        raise Inconclusive(both("conformance.reason.end_not_as_asked"))
    _outlive(asker, questioned)
    late = [one for one in asker.sent_of(questioned) if one.at and one.at > end + timedelta(seconds=CLOCKS_S)]
    why = both("conformance.rule.not_after_the_end")
    ev.check("I-RSD-010", equal("inquiries after the end", 0, len(late), why))
    row = asker.row(questioned.ask.ask_id)
    ev.check("I-RSD-010", Finding(row.get("state") in ENDED, " | ".join(ENDED), row.get("state"), "asks.state", why))


# I-RCP-008 照会者は、受領証の state_at が照会の expires_at 以後である応答を、permit 段階の receipt_mismatch で拒否し
#   なければならない。
@case(
    "IQ-RCP-08",
    verifies=["I-RCP-008"],
    role=INQUIRER,
    family="authority",
    kind=Negative("receipt.answered_after_the_end"),
    ja="期限の後に受け付けたとする受領証の応答を拒否する",
    en="An answer under a receipt that has it after the end is rejected",
)
def test_receipt_after_the_end(asker: Asker) -> None:
    negative(asker)
