"""照会者の送る電文: the inquiry as a message, which questions leave at all, and how often."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Positive, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.inquiring import judged, stays
from renkei_conformance.lower.network import Busy, Lose, Refuse
from renkei_conformance.oracles import inquiry, results, sending
from renkei_conformance.questions import asked_beside, other_questions
from renkei_fixtures.messages import both

RETRY_AFTER = 2
"""Longer than a first pause of one's own (1 s ± 20 %), so that who does not read it is seen."""
MESSAGE = ("I-INQ-001", "I-INQ-002", "I-INQ-003", "I-INQ-004", "I-INQ-005", "I-INQ-006", "I-INQ-008", "I-INQ-010")


# I-ASK-006 照会者は、業務側から受けた正しい照会の依頼を、一つの照会電文としてネットワークに送らなければなら
#   ない。
@case(
    "IQ-ASK-06",
    verifies=["I-ASK-006"],
    role=INQUIRER,
    family="envelope",
    kind=Positive(),
    smoke=True,
    turn="first",
    ja="正しい照会の依頼が、一つの照会として送られる",
    en="A right question leaves as one inquiry",
)
def test_question_leaves(asker: Asker) -> None:
    asker.ask()


# I-INQ-001 照会者は、照会のエンベロープを header、subjects、body の三つとし、ヘッダーと本文には定められたメ
#   ンバーだけを、それぞれの型で置かなければならない。
# I-INQ-002 照会者は、照会のヘッダーに、SAN が自らの from である有効な署名用証明書で署名しなければならない。
# I-INQ-003 照会者は、照会の本文を、登録簿の署名された項目が示す提供者の最新の有効な暗号用証明書に封じ、JOSE
#    ヘッダーを定められたパラメーターだけとしなければならない。
# I-INQ-004 照会者は、reply_kid を、自らの有効な暗号用証明書としなければならない。
# I-INQ-005 照会者は、照会の本文に 128 ビット以上の salt と、ヘッダーと同じ message_id、from、to を入れ、そ
#   のハッシュを content_sha256 としなければならない。
# I-INQ-006 照会者は、照会の本文の長さを連携情報の padded_size としなければならない。
# I-INQ-008 照会者は、issued_at を発行の日時とし、expires_at をそれより後、31 日以内としなければならない。
# I-INQ-010 照会者は、edition を発行日に有効な版、information_version をその版の連携情報の版としなければなら
#   ない。
@case(
    "IQ-INQ-01",
    verifies=["I-INQ-001", "I-INQ-002", "I-INQ-003", "I-INQ-004", "I-INQ-005", "I-INQ-006", "I-INQ-008", "I-INQ-010"],
    role=INQUIRER,
    family="envelope",
    kind=Positive(),
    smoke=True,
    ja="照会電文が、形式、署名、封、詰め物、日時及び版の定めに合う",
    en="An inquiry is right in form, signature, seal, padding, times and editions",
)
def test_inquiry_as_a_message(asker: Asker) -> None:
    judged(asker, asker.ask(), *MESSAGE)


# I-INQ-007 照会者は、照会ごとに message_id、salt 及び一時鍵を新しくし、message_id を小文字の UUID としなけ
#   ればならない。
@case(
    "IQ-INQ-07",
    verifies=["I-INQ-007"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="照会ごとに message_id、salt、一時鍵が新しい",
    en="Every inquiry has ids, salts and keys of its own",
)
def test_inquiries_are_fresh(asker: Asker, ev: Evidence) -> None:
    asked = [asker.ask().opened for _ in range(3)]
    ev.check_all("I-INQ-007", inquiry.fresh(asked))


# I-INQ-009 照会者は、subjects に照会する者の自団体のリンクコードを置き、その文字列のハッシュを subjects_sha256、
#   人数を subject_count としなければならない。
# I-INQ-014 照会者は、既存番号、個人番号、氏名及び住所を、照会のどこにも含めてはならない。
@case(
    "IQ-INQ-09",
    verifies=["I-INQ-009", "I-INQ-014"],
    role=INQUIRER,
    family="identity",
    kind=Scenario(),
    ja="照会電文は、自団体のリンクコードだけで本人を指す",
    en="An inquiry names a person by the body's own link code alone",
)
def test_subjects_of_an_inquiry(asker: Asker) -> None:
    for situation in ("taxed", "all_deductions"):
        questioned = asker.ask(asker.product.people.of(situation))
        judged(asker, questioned, "I-INQ-009", "I-INQ-014")


# I-INQ-011 照会者は、照会の to、affair、procedure 及び information を、業務側が依頼したものとしなければなら
#   ない。
# I-INQ-012 照会者は、照会の responsibility、section 及び official を、依頼した職員のものとしなければならな
#   い。
@case(
    "IQ-INQ-11",
    verifies=["I-INQ-011", "I-INQ-012"],
    role=INQUIRER,
    family="authority",
    kind=Property(),
    ja="照会電文が、依頼された相手、事務、手続、情報及び職責を示す",
    en="An inquiry says whom, for what and under whose responsibility, as asked",
)
def test_inquiry_says_what_was_asked(asker: Asker) -> None:
    for question in other_questions(asker):
        judged(asker, asker.ask(question=question), "I-INQ-011", "I-INQ-012")


# I-INQ-013 照会者は、照会の items を、1 から番号を付け、依頼された照会キーをもつものとしなければならない。
@case(
    "IQ-INQ-13",
    verifies=["I-INQ-013"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="照会キーが依頼されたとおりである",
    en="The inquiry keys are those that were asked",
)
def test_inquiry_keys(asker: Asker) -> None:
    person = asker.product.people.ordinary
    for held in person.copies(asker.question().information):
        judged(asker, asker.ask(person, keys=held.keys), "I-INQ-013")


# I-ASK-001 照会者は、権限表に根拠のない照会の依頼を拒否し、ネットワークに送ってはならない。
@case(
    "IQ-ASK-01",
    verifies=["I-ASK-001"],
    role=INQUIRER,
    family="authority",
    kind=Property(),
    ja="権限表に根拠のない依頼は、送られない",
    en="A question without a ground never leaves",
)
def test_no_authority(asker: Asker) -> None:
    asker.ask()
    for question in asked_beside(asker, "authority_not_granted"):
        stays(asker, "I-ASK-001", question)
    asker.ask()


# I-ASK-002 照会者は、その事務を担当しない、照会できない、又は発令期間外の職責による照会の依頼を拒否し、ネッ
#   トワークに送ってはならない。
@case(
    "IQ-ASK-02",
    verifies=["I-ASK-002"],
    role=INQUIRER,
    family="authority",
    kind=Property(),
    ja="担当でない、照会できない、又は期間外の職責による依頼は、送られない",
    en="A question under a responsibility that may not ask never leaves",
)
def test_responsibility_not_granted(asker: Asker) -> None:
    asker.ask()
    for question in asked_beside(asker, "responsibility_not_granted"):
        stays(asker, "I-ASK-002", question)
    asker.ask()


# I-ASK-003 照会者は、自団体が保有する情報を、ネットワークを通じて自団体に照会してはならない。
@case(
    "IQ-ASK-03",
    verifies=["I-ASK-003"],
    role=INQUIRER,
    family="authority",
    kind=Scenario(),
    ja="自団体への照会は、送られない",
    en="A question to the own body never leaves",
)
def test_same_body(asker: Asker) -> None:
    question = asker.question()
    asker.ask(question=question)
    stays(asker, "I-ASK-003", question.to(asker.body))
    asker.ask(question=question)


# I-ASK-004 照会者は、リンクコードを保有しない者についての照会の依頼を拒否し、ネットワークに送ってはならない
#   。
@case(
    "IQ-ASK-04",
    verifies=["I-ASK-004"],
    role=INQUIRER,
    family="identity",
    kind=Scenario(),
    ja="リンクコードのない者についての照会は、送られない",
    en="A question about somebody without a link code never leaves",
)
def test_no_link_code(asker: Asker) -> None:
    asker.ask()
    stays(asker, "I-ASK-004", asker.question(), asker.product.fresh()[0])
    asker.ask()


# I-ASK-005 照会者は、同じ ask_id の同じ依頼を再び受けたとき、照会を重ねて送らず、同じ照会の状態を返さなけれ
#   ばならない。
@case(
    "IQ-ASK-05",
    verifies=["I-ASK-005"],
    role=INQUIRER,
    family="identity",
    kind=Scenario(),
    ja="同じ依頼を二度受けても、照会は一つである",
    en="The same question brought twice is one inquiry",
)
def test_same_ask_id(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    known = asker.known()
    outcome = asker.put_question(questioned.ask)
    asker.silence()
    count = len(asker.new_inquiries(known))
    why = both("conformance.why.asked_once")
    ev.check("I-ASK-005", equal("inquiries", 0, count, why))
    ev.check(
        "I-ASK-005",
        Finding(
            outcome.done and outcome.member("ask_id") == questioned.ask.ask_id,
            {"status": 202, "ask_id": questioned.ask.ask_id},
            {"status": outcome.status, "ask_id": outcome.member("ask_id")},
            "ask",
            why,
        ),
    )


# I-RSD-001 照会者は、照会に返答がないとき、同じバイト列を再び送らなければならない。新しい message_id で送り
#   直してはならない。
# I-RSD-007 照会者は、照会への返答が失われても、再送で受付を確かめ、又は先に届いた応答を受け取り、照会を一度
#   だけ完了しなければならない。
@case(
    "IQ-RSD-01",
    verifies=["I-RSD-001", "I-RSD-007"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="返答のない照会を同じバイト列で再送し、失われた返答で照会は失われない",
    en="Without a reply the same bytes go out again, and nothing is lost",
)
def test_silence_of_the_network(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask(programme=[Lose()])
    ev.check_all("I-RSD-001", sending.same_bytes(asker.resent(questioned, 2), 2))
    asker.exchange(questioned, "I-RSD-007")
    row = asker.row_until(questioned.ask.ask_id, results.provided)
    ev.check(
        "I-RSD-007", equal("asks.exchange_number", questioned.number, row.get("exchange_number"), results.WHY_NUMBER)
    )


# I-RSD-002 照会者は、再送の間隔を 1、2、4 秒と延ばさなければならない（±20 %）。
@case(
    "IQ-RSD-02",
    verifies=["I-RSD-002"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="再送の間隔を、1秒、2秒と延ばす",
    en="Resends wait one second, then two",
)
def test_backs_off(asker: Asker, ev: Evidence) -> None:
    # Busy, and no line that is cut: there many an HTTP client sends again at once over another connection, by itself.
    busy = (Busy(None), Busy(None))
    ev.check_all("I-RSD-002", sending.backed_off(asker.resent(asker.ask(programme=busy), len(busy) + 1)))


# I-RSD-003 照会者は、Retry-After のある 429 又は 503 を受けたとき、その秒数を待ってから同じバイト列を再び送
#   らなければならない。
@case(
    "IQ-RSD-03",
    verifies=["I-RSD-003"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="429及び503の Retry-After を守って再送する",
    en="Retry-After of a 429 and a 503 is kept",
)
def test_retry_after(asker: Asker, ev: Evidence) -> None:
    busy = (Busy(RETRY_AFTER), Busy(RETRY_AFTER, 429, "too_many_requests"))
    for questioned in [asker.ask(programme=[one]) for one in busy]:
        sent = asker.resent(questioned, 2)
        ev.check_all("I-RSD-003", (sending.again(sent, 2), *sending.waited(sent, RETRY_AFTER)))


# I-RSD-004 照会者は、Retry-After のない 429、500、502、503 又は 504 を受けたとき、同じバイト列を再び送らな
#   ければならない。
@case(
    "IQ-RSD-04",
    verifies=["I-RSD-004"],
    role=INQUIRER,
    family="envelope",
    kind=Property(),
    ja="Retry-After のない429、500、502、503、504の後に再送する",
    en="A 429, 500, 502, 503 or 504 without Retry-After is followed by a resend",
)
def test_no_retry_after(asker: Asker, ev: Evidence) -> None:
    for questioned in [asker.ask(programme=[trouble]) for trouble in sending.TROUBLES]:
        ev.check("I-RSD-004", sending.again(asker.resent(questioned, 2), 2))


# I-RSD-005 照会者は、429 を除く 4xx で拒否された照会を、再び送ってはならない。
# I-RSD-006 照会者は、ネットワークに拒否された照会の状態を refused とし、その符号 code と段階 stage を業務側
#   に示さなければならない。
@case(
    "IQ-RSD-05",
    verifies=["I-RSD-005", "I-RSD-006"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="ネットワークに拒否された照会を再送せず、符号を業務側に示す",
    en="An inquiry that the network refuses is never sent again, and its code is shown",
)
def test_refused_by_the_network(asker: Asker, ev: Evidence) -> None:
    asker.ask()
    refused = [
        (asker.ask(programme=[Refuse(status, code, stage)]), code, stage) for status, code, stage in sending.REFUSALS
    ]
    for questioned, code, stage in refused:
        row = asker.row_until(questioned.ask.ask_id, results.in_state("refused"))
        ev.check_all("I-RSD-006", results.state(row, "refused", code, stage))
    asker.pass_for("resend_silence")
    for questioned, *_ in refused:
        ev.check(
            "I-RSD-005", equal("inquiries", 1, len(asker.sent_of(questioned)), both("conformance.rule.never_resent"))
        )
