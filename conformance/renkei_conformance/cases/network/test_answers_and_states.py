"""情報提供ネットワークシステム: relaying answers, giving receipts, and the life of an exchange."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Negative, Scenario, Stateful, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.network_side import BYSTANDER, NetworkSide, member
from renkei_conformance.oracles import network as rules
from renkei_fixtures.messages import both


# N-ANS-001 ネットワークは、応答を変えずに照会者に中継し、その answer_sha256 と body_sha256 をもつ署名した受領証
#   を付けなければならない。
@case(
    "N-ANS-01",
    verifies=["N-ANS-001"],
    role=NETWORK,
    family="envelope",
    kind=Scenario(),
    smoke=True,
    ja="応答を手を加えずに渡し、署名された受領証を添える",
    en="An answer is handed on untouched, with a signed receipt that binds it",
)
def test_answer_relayed_with_a_receipt(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    answer, _ = network.answered(carried)
    relayed = network.relayed(carried)
    sent = network.envelope_of(answer)
    ev.check_all("N-ANS-001", rules.untouched(sent, relayed.envelope, ("header", "body")))
    receipt = network.asker.signed(relayed.envelope.get("receipt"), "receipt")
    due = {"exchange_number": carried.exchange_number, "state": "answered", "in_reply_to": carried.draft.message_id}
    ev.check_all("N-ANS-001", rules.receipt(receipt, due, sent))


# N-ANS-002 ネットワークは、in_reply_to 又は inquiry_sha256 がその処理通番の照会のものでない応答を、state 段階の
#    answer_not_bound（409）で拒否しなければならない。
@case(
    "N-ANS-02",
    verifies=["N-ANS-002"],
    role=NETWORK,
    family="envelope",
    kind=Negative("answer.to_another_message", also=("answer.of_another_inquiry",)),
    ja="照会と結び付かない応答を拒否する",
    en="An answer that is not bound to the exchange's inquiry is refused",
)
def test_answer_not_bound(network: NetworkSide) -> None:
    network.negative_answer()


# N-ANS-003 ネットワークは、リンクコードが許可証のものと一致しない応答を、state 段階の answer_subject_mismatch（
#   409）で拒否しなければならない。
@case(
    "N-ANS-03",
    verifies=["N-ANS-003"],
    role=NETWORK,
    family="identity",
    kind=Negative("answer.about_other_subjects"),
    ja="許可と異なる対象者についての応答を拒否する",
    en="An answer about other subjects than the permit's is refused",
)
def test_answer_about_other_subjects(network: NetworkSide) -> None:
    network.negative_answer()


# N-ANS-004 ネットワークは、照会先でない団体からの応答を、state 段階の exchange_unknown（404）で拒否しなければな
#   らない。
@case(
    "N-ANS-04",
    verifies=["N-ANS-004"],
    role=NETWORK,
    family="authority",
    kind=Negative("answer.from_a_body_not_asked", also=("answer.of_unknown_exchange",)),
    ja="照会されていない団体からの応答を拒否する",
    en="An answer from a body that was not asked is refused",
)
def test_answer_from_a_body_not_asked(network: NetworkSide) -> None:
    network.negative_answer()


# N-ANS-005 ネットワークは、部分ごとに最初の応答を保持し、replaces のない異なる応答を、state 段階の answer_part_
#   conflict（409）で拒否しなければならない。
@case(
    "N-ANS-05",
    verifies=["N-ANS-005"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="部分ごとに最初の応答を残し、異なる応答を拒否する",
    en="The first answer of a part is kept, a different one refused",
)
def test_first_answer_kept(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    first, _ = network.answered(carried)
    _, said = network.send(network.answerer.answer(carried.delivered), network.answerer)
    due = {"told": "refused", "status": 409, "code": "answer_part_conflict", "stage": "state"}
    ev.check("N-ANS-005", equal("second answer", due, said.short(), both("conformance.why.first_answer")))
    relayed = [one.claims.get("message_id") for one in network.all_relayed(carried)]
    ev.check("N-ANS-005", equal("relayed", [first.message_id], relayed, both("conformance.why.first_answer")))


# N-STA-001 ネットワークは、当事者からの状態の問合せに、現在の状態を示す署名した受領証を返さなければならない。
@case(
    "N-STA-01",
    verifies=["N-STA-001"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="状態の問合せに、今の状態を述べる署名された受領証を返す",
    en="A status query is answered with a signed receipt of the present state",
)
def test_status_of_an_exchange(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.check_state("N-STA-001", carried, "delivered")
    network.answered(carried)
    network.check_state("N-STA-001", carried, "answered")
    network.check_state("N-STA-001", carried, "answered", network.answerer)


# N-STA-002 ネットワークは、当事者でない団体からの問合せを、存在しない処理通番と区別できない exchange_unknown（4
#   04、state 段階）で拒否しなければならない。
@case(
    "N-STA-02",
    verifies=["N-STA-002"],
    role=NETWORK,
    family="identity",
    kind=Scenario(),
    ja="他者の処理通番の問合せは、存在しない場合と同じに拒否する",
    en="A query about others' exchanges is refused as if there were none",
)
def test_status_of_others_exchange(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    bystander = network.body(BYSTANDER)
    due = {"told": "refused", "status": 404, "code": "exchange_unknown", "stage": "state"}
    for number in (carried.exchange_number, "no-such-exchange"):
        _, said = network.send(bystander.query(number), bystander)
        ev.check("N-STA-002", equal("query", due, said.short(), both("conformance.why.others_exchange")))
    network.check_state("N-STA-002", carried, "delivered")


# N-STA-003 ネットワークは、応答のすべての部分が accepted で確認されたときは、状態を collected としなければなら
#   ない。
@case(
    "N-STA-03",
    verifies=["N-STA-003"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="受領が確認された応答の状態は、受領済みになる",
    en="An answer acknowledged as accepted makes the exchange collected",
)
def test_acknowledged_is_collected(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    reply, _ = network.send(network.asker.acknowledgement(network.relayed(carried)))
    due = [{"exchange_number": carried.exchange_number, "state": "collected"}]
    ev.check("N-STA-003", equal("reply.items", due, member(reply, "items"), both("conformance.why.collected")))
    network.check_state("N-STA-003", carried, "collected")


# N-STA-004 ネットワークは、応答の部分が一つでも rejected で確認されたときは、状態を rejected とし、受領証に cod
#   e と stage を示さなければならない。
@case(
    "N-STA-04",
    verifies=["N-STA-004"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="受領を拒んだ応答の状態は、拒否になり、受領証が理由を述べる",
    en="An answer acknowledged as rejected makes the exchange rejected, and the receipt says why",
)
def test_rejected_answer(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    network.send(network.asker.acknowledgement(network.relayed(carried), "rejected", "item_missing", "content"))
    network.check_state("N-STA-004", carried, "rejected", code="item_missing", stage="content")


# N-STA-005 ネットワークは、取り下げられた照会への応答を、state 段階の exchange_closed（409）で拒否しなければな
#   らない。
@case(
    "N-STA-05",
    verifies=["N-STA-005"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="取下げの後に来た応答を拒否する",
    en="After a withdrawal the answer is refused",
)
def test_answer_after_withdrawal(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.send(network.asker.withdrawal(carried.draft, carried.exchange_number))
    _, said = network.send(network.answerer.answer(carried.delivered), network.answerer)
    due = {"told": "refused", "status": 409, "code": "exchange_closed", "stage": "state"}
    ev.check("N-STA-005", equal("answer", due, said.short(), both("conformance.why.closed_exchange")))
    ev.check(
        "N-STA-005", equal("relayed", 0, len(network.all_relayed(carried)), both("conformance.why.closed_exchange"))
    )
