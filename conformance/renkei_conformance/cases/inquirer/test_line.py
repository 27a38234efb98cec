"""照会者と回線: replies that come slowly or without an end, and messages that cross."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.lower.network import Busy, Lose, Slow
from renkei_conformance.oracles import results, sending
from renkei_conformance.questioner import Questioned
from renkei_fixtures.messages import both

DRIPS_S = 2.5
"""Half of what every inquirer waits, so that a busy machine is no fault."""
CONNECTIONS = 8
"""As many as a client may keep open."""


# I-RSD-008 照会者は、照会への返答のバイト列が少しずつ届くときも、送信から 5 秒以内に届き終わる返答を待ち、受け取らな
#   ければならない。
@case(
    "IQ-RSD-08",
    verifies=["I-RSD-008"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="少しずつ届く返答を、届き終わるまで待つ",
    en="A reply that comes in drips is waited for to its end",
)
def test_reply_in_drips(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask(programme=[Slow(DRIPS_S)])
    row = asker.row_until(questioned.ask.ask_id, results.in_state("accepted"))
    why = both("conformance.rule.reply_in_drips")
    ev.check("I-RSD-008", equal("asks.state", "accepted", row.get("state"), why))
    ev.check("I-RSD-008", equal("inquiries", 1, len(asker.sent_of(questioned)), why))


# I-RSD-009 照会者は、30 秒たっても届き終わらない返答を、一部が届いていても返答のないものとし、同じバイト列を再び送ら
#   なければならない。
@case(
    "IQ-RSD-09",
    verifies=["I-RSD-009"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="終わらない返答をあきらめて再送し、照会を完了する",
    en="A reply without an end is given up, the inquiry sent again and completed",
)
def test_reply_without_an_end(asker: Asker, ev: Evidence) -> None:
    # Busy first: the question is then out of the business system's hands, whatever its call waits for.
    questioned = asker.ask(programme=[Busy(None), Slow()])
    if len(asker.resent(questioned, 2)) == 1:
        raise Inconclusive(both("conformance.reason.not_sent_again"))
    asker.pass_until(lambda: len(asker.sent_of(questioned)) > 2, "give_up")
    if ev.check_all("I-RSD-009", sending.same_bytes(asker.sent_of(questioned), 3)):
        asker.exchange(questioned, "I-RSD-009")


# I-STA-005 照会者は、照会の 202 を受け取る前に届いた正しい応答を、in_reply_to で自らの照会と結び付け、受け取らなけれ
#   ばならない。
# I-STA-006 照会者は、応答の後に届いた照会の 202 によって、照会の状態を戻し、又は結果を失ってはならない。
@case(
    "IQ-STA-05",
    verifies=["I-STA-005", "I-STA-006"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="照会の202より先に届いた応答を受け取り、後から届く202で失わない",
    en="An answer that comes before the 202 of its inquiry is taken, and not lost when that comes",
)
def test_answer_before_the_acceptance(asker: Asker, ev: Evidence) -> None:
    # More than one reply is lost: many an HTTP client sends at once again, by itself, over each connection that it has open.
    questioned = asker.ask(programme=[Lose()] * CONNECTIONS)
    answer = asker.answer(questioned)
    if _accepted(asker, questioned):
        raise Inconclusive(both("conformance.reason.no_crossing"))
    asker.exchange(questioned, "I-STA-005", answer)
    asker.parties.tap.forged.program_no_more(questioned.number)
    # Whose answer is there need not send its inquiry again; if it does, the 202 comes now.
    asker.pass_until(lambda: _accepted(asker, questioned), "resend")
    asker.silence()
    row = asker.row_until(questioned.ask.ask_id, results.provided)
    ev.check_all("I-STA-006", results.state(row, "collected", None, None))
    due = asker.answers_due(questioned)
    ev.check_all("I-STA-006", results.shown(row, due, questioned.person.own_number))


def _accepted(asker: Asker, questioned: Questioned) -> bool:
    return any(one.counted for one in asker.sent_of(questioned))
