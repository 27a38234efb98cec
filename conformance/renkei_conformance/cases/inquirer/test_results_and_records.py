"""確認応答、業務側への引渡し、記録（照会者）: what is said of an answer, to the network, to the clerk and in the logs."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import refused
from renkei_conformance.case import INQUIRER, Positive, Property, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported, exported_until, names
from renkei_conformance.finding import Finding, equal
from renkei_conformance.lower.network import Lose
from renkei_conformance.oracles import acknowledgement, records, results, sending
from renkei_conformance.through import whole_exchange
from renkei_conformance.wire import Json
from renkei_fixtures.messages import both

ANSWER_AND_HANDING_OVER = 2
ACCEPTED = 202


# I-EXC-001 照会者は、ネットワークと提供者を通じた一つの照会を、照会から受領の確認まで、拒否されることなく完
#   了しなければならない。
@case(
    "IQ-EXC-01",
    verifies=["I-EXC-001", "I-BUS-001"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    smoke=True,
    ja="ネットワークと提供者を通じた照会を、最後まで完了する",
    en="A whole exchange through network and provider is completed",
)
def test_whole_exchange(asker: Asker, ev: Evidence) -> None:
    told, row, due, person = whole_exchange(asker)
    if ev.check_all("I-EXC-001", told):
        ev.check_all("I-BUS-001", results.shown(row, due, person.own_number))


# I-ACK-001 照会者は、202 で受けたすべての応答を、署名した確認応答で accepted 又は rejected と確認しなければ
#   ならない。
# I-ACK-002 照会者は、確認応答を、定められたメンバーだけで、宛先 network とし、自らの有効な署名用証明書で署
#   名しなければならない。
# I-ACK-003 照会者は、確認応答の exchange_number と acknowledged_sha256 を、確認する応答の処理通番とヘッダー
#   文字列のハッシュとしなければならない。
@case(
    "IQ-ACK-01",
    verifies=["I-ACK-001", "I-ACK-002", "I-ACK-003"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="応答ごとに、正しい形の署名した確認応答を送る",
    en="Every answer is acknowledged in the right form, signed, by its hash",
)
def test_acknowledgements(asker: Asker, ev: Evidence) -> None:
    for spoil in (None, "receipt.missing", "content.hash_of_another_content"):
        questioned = asker.ask()
        draft = asker.answer(questioned) if spoil is None else asker.answer(questioned).spoil(spoil)
        answered = asker.deliver(draft, questioned.number)
        if answered.reply is None:
            asker.lost(answered)
            raise Inconclusive(both("conformance.reason.stalled"))
        if answered.reply.status != ACCEPTED:  # how a fault is told is a clause of its own
            continue
        ev.check(
            "I-ACK-001",
            equal("acknowledgement", True, answered.item is not None, both("conformance.why.answer_acknowledged")),
        )
        if answered.heard is None or answered.item is None:
            continue
        signed = asker.product.read_signed(answered.heard.envelope.get("header"), "acknowledgement")
        ev.check_all(
            "I-ACK-002", acknowledgement.form(asker.forge.standard, answered.heard.request.body, signed, asker.body)
        )
        ev.check("I-ACK-002", acknowledgement.members(answered.item, "acknowledgement.items"))
        ev.check_all("I-ACK-003", acknowledgement.names(answered.item, questioned.number, draft.header_token))


# I-ACK-004 照会者は、応答の transport 段階及び form 段階の欠陥には problem で、それ以外の欠陥には 202 と確
#   認応答で答えなければならない。
@case(
    "IQ-ACK-04",
    verifies=["I-ACK-004"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="形式の欠陥は problem で、それ以外の欠陥は確認応答で伝える",
    en="Faults of form are told by a problem, all others by an acknowledgement",
)
def test_refusals_told_as_due(asker: Asker) -> None:
    for spoil in ("form.not_json", "receipt.missing", "sender.certificate_expired", "content.hash_of_another_content"):
        refused(asker, spoil)


# I-ACK-005 照会者は、確認応答に返答がないとき、同じバイト列を再び送らなければならない。
@case(
    "IQ-ACK-05",
    verifies=["I-ACK-005"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="返答のない確認応答を、同じバイト列で再送する",
    en="An acknowledgement without a reply goes out again in the same bytes",
)
def test_acknowledgement_again(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    asker.parties.tap.forged.program(questioned.number, Lose())
    asker.deliver(asker.answer(questioned), questioned.number)
    sent = asker.acknowledgements_until(questioned.number, 2)
    ev.check_all("I-ACK-005", sending.same_bytes(sent, 2))


# I-BUS-001 照会者は、業務側に、応答の結果を、応答にあるとおり（as_of、状態、項目と値）に渡さなければならな
#   い。
# I-BUS-002 照会者は、業務側が結果を繰り返し取り出しても、同じ一つの結果を返さなければならない。
@case(
    "IQ-BUS-01",
    verifies=["I-BUS-001", "I-BUS-002"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="応答の結果を、どの状態でもあるとおりに、何度でも同じく渡す",
    en="Results of every status reach the business side as answered, the same each time",
)
def test_results_as_answered(asker: Asker, ev: Evidence) -> None:
    for situation in results.SITUATIONS:
        questioned = asker.exchange(asker.ask(asker.product.people.of(situation)))
        rows = [asker.row_until(questioned.ask.ask_id, results.collected), asker.row(questioned.ask.ask_id)]
        due = asker.answers_due(questioned)
        ev.check_all("I-BUS-001", results.shown(rows[0], due, questioned.person.own_number))
        ev.check("I-BUS-002", equal("asks.results", rows[0].get("results"), rows[1].get("results"), results.WHY_SAME))


# I-BUS-001 照会者は、業務側に、応答の結果を、応答にあるとおり（as_of、状態、項目と値）に渡さなければならな
#   い。
@case(
    "IQ-BUS-02",
    verifies=["I-BUS-001"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="該当なしと提供不可の結果を、そのまま渡す",
    en="no_record and withheld reach the business side as such",
)
def test_results_without_a_record(asker: Asker, ev: Evidence) -> None:
    for result in ("no_record", "withheld"):
        questioned = asker.ask()
        due: list[Json] = [{"item_no": 1, "result": result}]
        asker.exchange(questioned, draft=asker.answer(questioned, due))
        row = asker.row_until(questioned.ask.ask_id, results.collected)
        ev.check_all("I-BUS-001", results.shown(row, due, questioned.person.own_number))


# I-BUS-003 照会者は、拒否した応答の内容を業務側に渡してはならない。
@case(
    "IQ-BUS-03",
    verifies=["I-BUS-003"],
    role=INQUIRER,
    family="items",
    kind=Scenario(),
    ja="拒否した応答の内容を業務側に渡さない",
    en="Nothing of a rejected answer reaches a business system",
)
def test_rejected_not_handed_over(asker: Asker) -> None:
    asker.exchange()
    for spoil in ("item.number_as_text", "item.one_more", "sender.signature_bit_flipped", "receipt.missing"):
        refused(asker, spoil)


# I-BUS-004 照会者は、内容を拒否した照会の状態を rejected とし、その符号 code と段階 stage を業務側に示さな
#   ければならない。
@case(
    "IQ-BUS-04",
    verifies=["I-BUS-004"],
    role=INQUIRER,
    family="envelope",
    kind=Property(),
    ja="拒否した応答の符号を、業務側に示す",
    en="The code of a rejected answer is shown to the business side",
)
def test_rejection_shown(asker: Asker, ev: Evidence) -> None:
    for spoil in ("sender.certificate_expired", "content.hash_of_another_content", "item.one_more"):
        questioned = asker.ask()
        said = asker.told(asker.deliver(asker.answer(questioned).spoil(spoil), questioned.number))
        if said.sort != "refused":
            continue
        row = asker.row_until(questioned.ask.ask_id, results.in_state("rejected"))
        ev.check_all("I-BUS-004", results.state(row, "rejected", said.code, said.stage))


# I-BUS-005 照会者は、受領証だけが届いて終わった照会（refused、expired、undeliverable）の状態を、符号があれ
#   ば code と stage とともに業務側に示さなければならない。
@case(
    "IQ-BUS-05",
    verifies=["I-BUS-005"],
    role=INQUIRER,
    family="envelope",
    kind=Property(),
    ja="受領証だけで終わった照会の状態を、業務側に示す",
    en="How a question ended by a receipt alone is shown to the business side",
)
def test_final_states_shown(asker: Asker, ev: Evidence) -> None:
    for state, refusal in results.FINAL_STATES:
        questioned = asker.ask()
        asker.deliver_receipt(asker.parties.tap.forged.close(questioned.number, state, refusal))
        row = asker.row_until(questioned.ask.ask_id, results.in_state(state))
        ev.check_all("I-BUS-005", results.state(row, state, *(refusal or (None, None))))


# I-BUS-006 照会者は、受け付けられた照会の処理通番と状態 accepted を業務側に示さなければならない。
@case(
    "IQ-BUS-06",
    verifies=["I-BUS-006"],
    role=INQUIRER,
    family="envelope",
    kind=Positive(),
    ja="受け付けられた照会の処理通番と状態を、業務側に示す",
    en="An accepted question is shown with its exchange number",
)
def test_accepted_shown(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    row = asker.row_until(questioned.ask.ask_id, results.in_state("accepted"))
    ev.check_all("I-BUS-006", results.state(row, "accepted", None, None))
    ev.check(
        "I-BUS-006", equal("asks.exchange_number", questioned.number, row.get("exchange_number"), results.WHY_NUMBER)
    )


# I-REC-001 照会者は、照会の受付と応答の受領ごとに、処理通番、相手、事務、連携情報をもつアクセス記録を連携IF
#   に残さなければならない。
# I-REC-004 照会者は、照会の依頼、応答の受領及び業務側への引渡しごとに、識別番号をもつ業務記録を中間IFに残し
#   、応答の受領と引渡しには処理通番をもたせなければならない。
@case(
    "IQ-REC-01",
    verifies=["I-REC-001", "I-REC-004"],
    role=INQUIRER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="照会の受付、応答の受領、引渡しを、処理通番とともに記録する",
    en="Acceptance, answer and handing over are recorded with the exchange number",
)
def test_records_of_an_exchange(asker: Asker, ev: Evidence) -> None:
    questioned = asker.exchange()
    asker.row_until(questioned.ask.ask_id, results.collected)
    asker.row(questioned.ask.ask_id)
    access = exported_until(asker.product, "access", questioned.number)
    for line in results.access_due(questioned.heard.claims):
        ev.check("I-REC-001", names(access.of_exchange(questioned.number), line, "access"))
    business = exported(asker.product, "business")
    own, message_id = questioned.person.own_number, questioned.heard.claims.get("message_id")
    joined = [
        row for row in business.of_exchange(questioned.number) if names([row], {"own_number": own}, "business").ok
    ]
    why = both("conformance.rule.business_lines")
    ev.check("I-REC-004", Finding(len(joined) >= ANSWER_AND_HANDING_OVER, "2 or more", len(joined), "business", why))
    by: list[Json] = [
        {"own_number": own, "message_id": message_id},
        {"own_number": own, "ask_id": questioned.ask.ask_id},
    ]
    question = any(names(business.rows, due, "business").ok for due in by)
    ev.check("I-REC-004", equal("business: question", True, question, why))


# I-REC-002 照会者は、応答の拒否ごとに、符号 code と段階 stage をもつ監査記録を連携IFに残さなければならない
#   。
@case(
    "IQ-REC-02",
    verifies=["I-REC-002"],
    role=INQUIRER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="応答の拒否ごとに、コードと段階を監査ログに残す",
    en="Every rejected answer has its audit line with code and stage",
)
def test_records_of_a_rejection(asker: Asker, ev: Evidence) -> None:
    for spoil in ("receipt.of_another_inquiry", "charge.unknown", "content.hash_of_another_content"):
        questioned = asker.ask()
        said = asker.told(asker.deliver(asker.answer(questioned).spoil(spoil), questioned.number))
        if said.sort == "refused":
            lines = exported(asker.product, "audit").of_exchange(questioned.number)
            ev.check("I-REC-002", records.holds(lines, {"code": said.code, "stage": said.stage}, "audit"))


# I-REC-003 照会者は、連携IFの記録に、リンクコード、識別番号、照会キー、項目の値などの個人情報を含めてはなら
#   ない。
@case(
    "IQ-REC-03",
    verifies=["I-REC-003"],
    role=INQUIRER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="連携IFの記録に個人データを含めない",
    en="No personal data in the linkage interface's logs",
)
def test_no_person_in_the_linkage_logs(asker: Asker, ev: Evidence) -> None:
    person = asker.product.people.of("all_deductions")
    questioned = asker.exchange(asker.ask(person))
    spoiled = asker.ask(person)
    asker.deliver(asker.answer(spoiled).spoil("item.one_more"), spoiled.number)
    values = results.personal(person, questioned.question)
    for log in ("access", "audit"):
        ev.check_all("I-REC-003", records.shows_none(exported(asker.product, log), values, log))
