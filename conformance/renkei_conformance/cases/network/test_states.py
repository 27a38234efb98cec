"""情報提供ネットワークシステム: the table of transitions, and who is told how an exchange has ended."""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.case import NETWORK, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.life import brief, check_told, correction, problem, refused, require_state
from renkei_conformance.network_side import BYSTANDER, NetworkSide, body_of, member
from renkei_conformance.oracles import network as rules
from renkei_fixtures.messages import both

HOUR_S = 3600.0
KEPT_S = timedelta(days=7).total_seconds()
LOST = 40
"""More messages without a reply than an hour has room for."""


# N-STA-007 ネットワークは、配信に 429 以外の 4xx の問題詳細で応じられたときは、状態を refused とし、そのコードと段階をもつ受領証を
#   照会者に送らなければならない。
@case(
    "N-STA-07",
    verifies=["N-STA-007"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="配信が拒否されれば、そのコードを照会者に受領証で知らせる",
    en="A refused delivery is told to the inquirer by a receipt with its code",
)
def test_refused_on_delivery(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carried_to(problem(422, "key_invalid", "content"))
    check_told(network, "N-STA-007", carried, network.asker, "refused", code="key_invalid", stage="content")


# N-STA-008 ネットワークは、提供者の permit 段階の拒否を、照会者には temporarily_unable（service 段階）として示さなければならない。
@case(
    "N-STA-08",
    verifies=["N-STA-008"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="許可証の拒否は、照会者には temporarily_unable と示す",
    en="A refusal of the permit is shown to the inquirer as temporarily_unable",
)
def test_refused_permit(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carried_to(problem(403, "permit_mismatch", "permit"))
    network.check_state("N-STA-008", carried, "refused", code="temporarily_unable", stage="service")


# N-STA-009 ネットワークは、配信後に提供者の署名した renkei-refusal を受けたときは、状態を refused とし、そのコードと段階を受領証に
#   示さなければならない。
@case(
    "N-STA-09",
    verifies=["N-STA-009"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="配信後の拒否電文で、状態は拒否になる",
    en="A refusal message after delivery makes the exchange refused",
)
def test_refused_by_message(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    refusal = network.answerer.refusal(carried.delivered, "responsibility_not_granted", "authority")
    network.send(refusal, network.answerer)
    why = {"code": "responsibility_not_granted", "stage": "authority"}
    network.check_state("N-STA-009", carried, "refused", None, **why)


# N-STA-010 ネットワークは、一度も配信できないまま expires_at に達した連携の状態を undeliverable とし、照会者に受領証を送らなければ
#   ならない。
@case(
    "N-STA-10",
    verifies=["N-STA-010"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    turn="last",
    ja="配信できないまま期限が来れば、配信不能を知らせる",
    en="What could not be delivered by its end is told as undeliverable",
)
def test_undeliverable(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carried_to(*[None] * LOST, draft=brief(network))
    require_state(network, carried, "accepted")
    ev.step("time_passes", seconds=int(HOUR_S))
    network.pass_time(HOUR_S)
    network.parties.tap.say_next(network.answerer.code)
    check_told(network, "N-STA-010", carried, network.asker, "undeliverable")


# N-STA-011 ネットワークは、配信後、応答がそろわないまま expires_at に達した連携の状態を expired とし、照会者に受領証を送らなければ
#   ならない。
@case(
    "N-STA-11",
    verifies=["N-STA-011"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    turn="last",
    ja="応答のないまま期限が来れば、期限切れを知らせる",
    en="What was not answered by its end is told as expired",
)
def test_expired(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry(brief(network))
    ev.step("time_passes", seconds=int(HOUR_S))
    network.pass_time(HOUR_S)
    check_told(network, "N-STA-011", carried, network.asker, "expired")
    late = network.answerer.answer(carried.delivered)
    _, said = network.send(late, network.answerer)
    ev.check("N-STA-011", refused("answer", said, 409, "exchange_closed", "state"))


# N-STA-012 ネットワークは、受領の確認のない応答を expires_at の 7 日後まで保持し、その時点で状態を expired としなければならない。
@case(
    "N-STA-12",
    verifies=["N-STA-012"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    turn="last",
    ja="受領されない応答は、期限の7日後まで保つ",
    en="An answer that nobody acknowledges is kept for seven days beyond the end",
)
def test_never_acknowledged(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry(brief(network))
    network.answered(carried)
    ev.step("time_passes", seconds=int(HOUR_S))
    network.pass_time(HOUR_S)
    network.check_state("N-STA-012", carried, "answered")
    ev.step("time_passes", seconds=int(KEPT_S))
    network.pass_time(KEPT_S)
    network.check_state("N-STA-012", carried, "expired")


# N-STA-013 ネットワークは、取り下げられた連携の受領証を提供者に送らなければならない。
@case(
    "N-STA-13",
    verifies=["N-STA-013"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="取下げを、提供者に受領証で知らせる",
    en="A withdrawal is told to the provider by a receipt",
)
def test_withdrawal_told(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.send(network.asker.withdrawal(carried.draft, carried.exchange_number))
    check_told(network, "N-STA-013", carried, network.answerer, "withdrawn")


# N-STA-014 ネットワークは、照会者でない団体の取下げを、state 段階の exchange_unknown（404）で拒否し、状態を変えてはならない。
@case(
    "N-STA-14",
    verifies=["N-STA-014"],
    role=NETWORK,
    family="authority",
    kind=Stateful(),
    ja="照会者でない団体の取下げを拒否する",
    en="A withdrawal by anybody but the inquirer is refused",
)
def test_withdrawal_by_others(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    for other in (network.answerer, network.body(BYSTANDER)):
        _, said = network.send(other.withdrawal(carried.draft, carried.exchange_number), other)
        ev.check("N-STA-014", refused("withdrawal", said, 404, "exchange_unknown", "state"))
    network.check_state("N-STA-014", carried, "delivered")
    network.answered(carried)


# N-STA-015 ネットワークは、応答の後の取下げを、state 段階の exchange_closed（409）で拒否し、状態を変えてはならない。
@case(
    "N-STA-15",
    verifies=["N-STA-015"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="応答の後の取下げを拒否する",
    en="A withdrawal that crosses the answer comes too late",
)
def test_withdrawal_after_the_answer(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    _, said = network.send(network.asker.withdrawal(carried.draft, carried.exchange_number))
    ev.check("N-STA-015", refused("withdrawal", said, 409, "exchange_closed", "state"))
    network.check_state("N-STA-015", carried, "answered")


# N-STA-016 ネットワークは、終わった連携への exchange_closed に、最終の状態を示す署名した受領証を添えなければならない。
@case(
    "N-STA-16",
    verifies=["N-STA-016"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="終わった連携への拒否に、最終状態の受領証を添える",
    en="A refusal for what is over carries the receipt of how it ended",
)
def test_closed_with_a_receipt(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.send(network.asker.withdrawal(carried.draft, carried.exchange_number))
    reply, said = network.send(network.answerer.answer(carried.delivered), network.answerer)
    if said.code != "exchange_closed":
        raise Inconclusive(both("conformance.reason.not_refused", told=said.words))
    receipt = network.answerer.signed(member(reply, "receipt"), "problem.receipt")
    due = {"exchange_number": carried.exchange_number, "state": "withdrawn"}
    ev.check_all("N-STA-016", rules.receipt(receipt, due))


# N-STA-017 ネットワークは、配信していない電文の受領の確認を、その件だけ answer_not_bound（state 段階）と答え、状態を変えてはならない
#   。
@case(
    "N-STA-17",
    verifies=["N-STA-017"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="配信していない電文の確認は、効果をもたない",
    en="An acknowledgement of what was never delivered has no effect",
)
def test_acknowledgement_of_nothing(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    # The asker was never sent the inquiry: its hash is a right one, of something that went elsewhere.
    reply, _ = network.send(network.asker.acknowledgement(carried.delivered))
    due = [{"exchange_number": carried.exchange_number, "code": "answer_not_bound", "stage": "state"}]
    ev.check("N-STA-017", equal("reply.items", due, member(reply, "items"), both("conformance.why.never_delivered")))
    network.check_state("N-STA-017", carried, "answered")


# N-ANS-006 ネットワークは、expires_at より前の、先の応答を replaces に示す応答を受け付け、受領証とともに照会者に中継しなければならな
#   い。
@case(
    "N-ANS-06",
    verifies=["N-ANS-006"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="訂正の応答を、受領の後でも中継する",
    en="A correction is relayed, after collection too",
)
def test_correction(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    first, _ = network.answered(carried)
    network.send(network.asker.acknowledgement(network.relayed(carried)))
    second = correction(network, carried, first)
    _, said = network.send(second, network.answerer)
    why = both("conformance.why.correction")
    ev.check("N-ANS-006", equal("correction", "accepted", said.sort, why))
    relayed = [one.claims.get("message_id") for one in network.all_relayed(carried)]
    ev.check("N-ANS-006", equal("relayed", [first.message_id, second.message_id], relayed, why))
    network.check_state("N-ANS-006", carried, "answered")


# N-ANS-007 ネットワークは、その部分の応答でないものを replaces に示す応答を、state 段階の answer_not_bound（409）で拒否しなければな
#   らない。
@case(
    "N-ANS-07",
    verifies=["N-ANS-007"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="ありもしない応答の訂正を拒否する",
    en="A correction of an answer that there is not is refused",
)
def test_correction_of_nothing(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    wrong = network.answerer.answer(carried.delivered, replaces=carried.draft.message_id)
    _, said = network.send(wrong, network.answerer)
    ev.check("N-ANS-007", refused("correction", said, 409, "answer_not_bound", "state"))
    ev.check("N-ANS-007", equal("relayed", 1, len(network.all_relayed(carried)), both("conformance.why.correction")))


# N-ANS-008 ネットワークは、expires_at 以後の訂正を、state 段階の exchange_closed（409）で拒否しなければならない。
@case(
    "N-ANS-08",
    verifies=["N-ANS-008"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    turn="last",
    ja="期限後の訂正を拒否する",
    en="A correction after the end is refused",
)
def test_correction_after_the_end(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry(brief(network))
    first, _ = network.answered(carried)
    network.send(network.asker.acknowledgement(network.relayed(carried)))
    ev.step("time_passes", seconds=int(HOUR_S))
    network.pass_time(HOUR_S)
    _, said = network.send(correction(network, carried, first), network.answerer)
    ev.check("N-ANS-008", refused("correction", said, 409, "exchange_closed", "state"))


# N-FRS-006 ネットワークは、繰り返された問合せを、同一のバイト列でも、freshness 段階の message_id_reused（409）で拒否しなければなら
#   ない。
@case(
    "N-FRS-06",
    verifies=["N-FRS-006"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="繰り返された問合せを拒否する",
    en="A repeated query is refused, though the bytes are the same",
)
def test_repeated_query(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    query = network.asker.query(carried.exchange_number)
    first, _ = network.send(query)
    if first is None or not body_of(first).get("receipt"):
        raise Inconclusive(both("conformance.reason.stalled"))
    _, said = network.send(query)
    ev.check("N-FRS-006", refused("query", said, 409, "message_id_reused", "freshness"))
