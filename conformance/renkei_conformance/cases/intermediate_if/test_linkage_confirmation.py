"""連携確認機能: reading the inquiry, making the answer, and the switch between automatic and manual handling."""

from __future__ import annotations

from renkei_conformance.asking import YEAR
from renkei_conformance.case import PROVIDER, Negative, Property, Scenario, Stateful, case
from renkei_conformance.deciding import answer_after, held_back, waiting_inquiry
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.oracles import answer
from renkei_conformance.product import Product
from renkei_conformance.watching import kept_silent
from renkei_fixtures.messages import both

SITUATIONS = ("taxed", "largest_digits", "undeclared", "no_record")


# P-CNT-005 提供者は、照会キーが連携情報の定めに合わない照会を、content 段階の key_invalid（422）で拒否しなけれ
#   ばならない。
@case(
    "CNT-05",
    verifies=["P-CNT-005"],
    role=PROVIDER,
    family="items",
    kind=Negative("key.missing", also=("key.unknown", "key.too_long", "key.in_full_width_digits", "key.of_wrong_type")),
    ja="照会キーが表どおりでない照会を拒否する",
    en="Inquiry keys that are not as the information says are refused",
)
def test_key_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-ANS-003 提供者は、応答のヘッダーの in_reply_to、inquiry_sha256、exchange_number、edition 及び information を
#   照会のものとし、単件では part を 1、last_part を true としなければならない。
@case(
    "ANS-03",
    verifies=["P-ANS-003"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    smoke=True,
    ja="応答が、その照会を指す",
    en="An answer names the inquiry that it answers",
)
def test_answer_names_its_inquiry(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-003")
    product.judge(product.ask(product.people.of("non_taxable")), "P-ANS-003")


# P-ANS-005 提供者は、結果にかかわらず、応答の本文の長さを連携情報の padded_size としなければならない。
@case(
    "ANS-05",
    verifies=["P-ANS-005"],
    role=PROVIDER,
    family="envelope",
    kind=Property(),
    ja="結果が何であっても、応答の本文は同じ大きさ",
    en="An answer's content has one size, whatever the result",
)
def test_one_size_for_every_result(product: Product) -> None:
    for situation in SITUATIONS:
        product.judge(product.ask(product.people.of(situation)), "P-ANS-005")


# P-ANS-006 提供者は、応答の職責 responsibility を、その連携情報を受け持つ部署の有効な職責としなければならない。
@case(
    "ANS-06",
    verifies=["P-ANS-006"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    ja="その情報の提供を担う職責で応答する",
    en="An answer comes from a responsibility charged with the information",
)
def test_charged_section_answers(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-006")
    product.judge(product.ask(product.people.of("undeclared")), "P-ANS-006")


# P-ANS-007 提供者は、応答の平文の部分に、定められたメンバーのほか何も含めてはならない。
@case(
    "ANS-07",
    verifies=["P-ANS-007"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    ja="応答の平文部分には、定められた項目しかない",
    en="Nothing of an answer stands in clear but the listed members",
)
def test_nothing_else_in_clear(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-007")


# P-MAN-001 提供者は、手動応答とされた者への照会を 202 で受け付け、職員の判断があるまで応答してはならない。
@case(
    "MAN-01",
    verifies=["P-MAN-001"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="手動応答の者の照会は、職員が決定するまで応答しない",
    en="For a person under manual handling nothing is answered until an official decides",
)
def test_nothing_answered_until_decided(product: Product, ev: Evidence) -> None:
    delivery = waiting_inquiry(product, accepted_by="P-MAN-001")
    product.watch("P-MAN-001", delivery.draft.exchange_number)
    product.ask()
    product.parties.clock.wait("silence")
    product.parties.settle()
    ev.check("P-MAN-001", product.silence(delivery.draft.exchange_number))
    numbers = product.waiting()
    due = delivery.draft.exchange_number
    ev.check("P-MAN-001", equal("waiting", True, due in numbers, both("conformance.why.waiting")))


# P-MAN-002 提供者は、職員が提供を決めたときは、自動応答の場合と同じ内容及び形式で応答しなければならない。
@case(
    "MAN-02",
    verifies=["P-MAN-002"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="職員が提供を決めれば、自動応答と同じ応答を送る",
    en="When officials release, the answer is the one that an automatic one would be",
)
def test_released_like_an_automatic_answer(product: Product, ev: Evidence) -> None:
    copy = product.people.ordinary.last(YEAR)
    assert copy is not None
    person = product.fresh()[0].holding(copy)
    product.people.load([person])
    automatic = product.ask(person)
    product.people.load([person], manual=[person])
    released = answer_after(product, "release", person)
    ev.check_all("P-MAN-002", answer.alike(automatic.answer, released.answer))
    # Of one copy and by one product: whatever is wrong with its records is wrong with both alike.
    why = both("conformance.why.as_automatic")
    for member in ("status", "record"):
        due, got = automatic.result.get(member), released.result.get(member)
        ev.check("P-MAN-002", equal(f"results[0].{member}", due, got, why))
    result = released.result.get("result")
    ev.check("P-MAN-002", equal("results[0].result", "provided", result, both("conformance.why.provided")))


# P-MAN-003 提供者は、職員が提供しないと決めたときは、理由を付けず、ほかの結果と同じ大きさで、結果 withheld の応
#   答を送らなければならない。
@case(
    "MAN-03",
    verifies=["P-MAN-003"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="職員が提供しないと決めれば、理由を付けず提供不可と応答する",
    en="When officials withhold, the answer says withheld, states no ground, and is as large as any",
)
def test_withheld_without_a_ground(product: Product, ev: Evidence) -> None:
    withheld = answer_after(product, "withhold")
    why = both("conformance.why.withheld")
    ev.check("P-MAN-003", equal("results[0]", {"item_no": 1, "result": "withheld"}, dict(withheld.result), why))
    automatic = product.ask()
    sizes = [len(one.answer.content_bytes or b"") for one in (automatic, withheld)]
    ev.check("P-MAN-003", equal("answer.content.length", sizes[0], sizes[1], why))
    headers = [sorted(one.answer.header or {}) for one in (automatic, withheld)]
    ev.check("P-MAN-003", equal("answer.header", headers[0], headers[1], why))


# P-MAN-004 提供者は、起案者と決裁者が同じ職員である決定を、業務側の 422 approval_not_separate で拒否し、応答し
#   てはならない。
@case(
    "MAN-04",
    verifies=["P-MAN-004"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="起案者と承認者が同じ決定を拒否する",
    en="A decision drafted and approved by one official is refused",
)
def test_drafter_may_not_approve(product: Product, ev: Evidence) -> None:
    number = str(held_back(product).draft.exchange_number)
    ev.step("decide", decision="release")
    outcome = product.business(lambda upper: upper.decide(number, "release", "official-11", "official-11"))
    product.parties.settle()
    due = {"status": 422, "code": "approval_not_separate"}
    got = {"status": outcome.status, "code": outcome.member("code")}
    ev.check("P-MAN-004", equal("decide", due, got, both("conformance.why.separate")))
    product.watch("P-MAN-004", number)
    product.ask()
    product.parties.clock.wait("silence")
    product.parties.settle()
    ev.check("P-MAN-004", product.silence(number))


# P-MAN-001 提供者は、手動応答とされた者への照会を 202 で受け付け、職員の判断があるまで応答してはならない。
# P-MAN-004 提供者は、起案者と決裁者が同じ職員である決定を、業務側の 422 approval_not_separate で拒否し、応答し
#   てはならない。
# P-MAN-006 提供者は、判断を待つ間に取り下げられた照会を待ちから外し、その後の決定によって応答してはならない。
# P-MAN-007 提供者は、判断を待つ間に expires_at を過ぎた照会に、その後の決定によって応答してはならない。
# P-MAN-009 提供者は、提供しないとする決定に根拠（ground）がないとき、又は空白だけのときは、業務側の 422 ground_missing
#   で拒否し、応答してはならない。
# P-MAN-011 提供者は、職員の決定を受けて応答する前に、失効リストを取り直して照会者の証明書をもう一度確かめ、待つ間に危殆化
#   によって失効していれば応答せず、署名した拒否 renkei-refusal（sender 段階の certificate_revoked）を送らなければならない。
@case(
    "MAN-09",
    verifies=["P-MAN-001", "P-MAN-004", "P-MAN-006", "P-MAN-007", "P-MAN-009", "P-MAN-011"],
    role=PROVIDER,
    family="authority",
    kind=Stateful(),
    needs=["manual"],
    turn="end",
    ja="職員が提供を決めなかった照会には、検査の終わりまで応答していない",
    en="What no officials released has not been answered by the end of the examination either",
)
def test_silent_to_the_end(product: Product, ev: Evidence) -> None:
    if not any(one.clause == "P-MAN-001" for one in product.state.watched):
        product.watch("P-MAN-001", held_back(product).draft.exchange_number)
    found = list(kept_silent(product, ev.case.verifies))
    ev.step("sweep_waiting", count=len(found))
    if not all(finding.ok for clause, finding in found if clause == "P-MAN-001"):
        # Whoever answers everything that waits has answered what a refused decision was about as well, and not for that.
        found = [one for one in found if one[0] not in ("P-MAN-004", "P-MAN-009")]
    for clause, finding in found:
        ev.check(clause, finding)
