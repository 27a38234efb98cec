"""情報提供ネットワークシステム接続機能（照会者）: a body that fetches its answers from an inbox (取得型)."""

from __future__ import annotations

from collections.abc import Sequence

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Property, Scenario, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.fetching import box, hurried, signed_by_product
from renkei_conformance.finding import equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.lower.network import Lose
from renkei_conformance.oracles import results
from renkei_conformance.oracles.acknowledgement import items_of
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both


def _together(asker: Asker, answers: Sequence[tuple[str, Draft]]) -> None:
    inbox = box(asker.product)
    asker.ev.step("given_together", count=len(answers))
    with inbox.gathering():
        for number, draft in answers:
            inbox.put(draft.bytes(), number)
    asker.parties.settle()


def _accepted(asker: Asker, number: str) -> bool:
    came = asker.acknowledgements(number, 1)
    return any(item.get("outcome") == "accepted" for one in came for item in items_of(one.claims, number))


# I-PUL-001 取得型の照会者は、一度の問合せで渡された全ての応答を処理しなければならない。
@case(
    "IQ-PUL-01",
    verifies=["I-PUL-001"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="一度に渡された三つの応答を、すべて受け取る",
    en="Three answers given together are all taken",
)
def test_answers_given_together(asker: Asker, ev: Evidence) -> None:
    asked = [asker.ask(asker.product.people.of(name)) for name in ("taxed", "zero_income", "non_taxable")]
    _together(asker, [(one.number, asker.answer(one)) for one in asked])
    got = [_accepted(asker, one.number) for one in asked]
    ev.check("I-PUL-001", equal("accepted", [True] * len(asked), got, both("conformance.why.given_together")))


# I-PUL-002 取得型の照会者は、一緒に渡された電文の一つを処理できなくても、残りの応答を処理しなければならない。
@case(
    "IQ-PUL-02",
    verifies=["I-PUL-002"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="形の誤った電文の前後で渡された応答を受け取る",
    en="Answers given before and after one of a wrong form are taken",
)
def test_answer_beside_a_bad_one(asker: Asker, ev: Evidence) -> None:
    first, bad, last = asker.ask(), asker.ask(), asker.ask()
    spoiled = asker.answer(bad).spoil("form.alg_none")
    _together(asker, [(first.number, asker.answer(first)), (bad.number, spoiled), (last.number, asker.answer(last))])
    got = [_accepted(asker, one.number) for one in (first, last)]
    box(asker.product).settle(bad.number)
    ev.check("I-PUL-002", equal("accepted", [True, True], got, both("conformance.why.given_together")))


# I-PUL-003 取得型の照会者は、確認応答が届かずに再び渡された同じ応答を改めて判断してはならず、拒否し、又は結果を二重に
#   渡してはならない。
@case(
    "IQ-PUL-03",
    verifies=["I-PUL-003"],
    role=INQUIRER,
    family="envelope",
    kind=Stateful(),
    ja="確認応答が届かずに再び渡された応答を、一度だけ判断する",
    en="An answer offered again, its acknowledgement lost, is judged once",
)
def test_answer_offered_again(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    asker.parties.tap.forged.program(questioned.number, Lose())
    asker.deliver(asker.answer(questioned), questioned.number)
    ev.step("offered_again")
    known = len(box(asker.product).asked)
    box(asker.product).offer_again(questioned.number)
    asker.silence()
    if not any(one.given for one in box(asker.product).asked[known:]):
        raise Inconclusive(both("conformance.reason.stalled"))
    if not asker.pass_until(lambda: bool(asker.acknowledgements(questioned.number)), "resend"):
        raise Inconclusive(both("conformance.reason.not_acknowledged_again"))
    outcomes = {str(item.get("outcome")) for item in asker.acknowledged(questioned.number)}
    ev.check("I-PUL-003", equal("acknowledgements", ["accepted"], sorted(outcomes), results.WHY_AGAIN))
    shown = asker.row(questioned.ask.ask_id).get("results")
    count = len(shown) if isinstance(shown, list) else 0
    ev.check("I-PUL-003", equal("asks.results", 1, count, results.WHY_AGAIN))
    box(asker.product).settle(questioned.number)


# I-PUL-004 取得型の照会者の受信箱の問合せは、項目表のとおりで、自らの有効な証明書で署名し、問合せごとに新しい
#   message_id をもたなければならない。
@case(
    "IQ-PUL-04",
    verifies=["I-PUL-004"],
    role=INQUIRER,
    family="envelope",
    kind=Property(),
    ja="応答を取得する問合せは、その都度署名された正しい電文である",
    en="Every inbox query is a right message, signed anew",
)
def test_queries_for_answers(asker: Asker, ev: Evidence) -> None:
    asker.exchange()
    asker.exchange()
    asked = box(asker.product).asked
    if len(asked) < 2:
        raise Inconclusive(both("conformance.reason.stalled"))
    for one in asked[-2:]:
        signed = asker.product.read_signed(one.header, "query")
        ev.check_all("I-PUL-004", signed_by_product(asker.product, "renkei-query", signed, "query"))
    ids = [one.claims.get("message_id") for one in asked]
    why = both("conformance.why.own_message")
    ev.check("I-PUL-004", equal("query.message_id", len(ids), len(set(ids)), why))


# I-PUL-005 取得型の照会者は、空の受信箱を、wait_s を 1 以上として待つか、1 秒以上の間をおいて問い合わせなければな
#   らない。
@case(
    "IQ-PUL-05",
    verifies=["I-PUL-005"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="応答を待つ間、空の受信箱を休みなく問い合わせない",
    en="An empty inbox is not asked without a pause while an answer is awaited",
)
def test_box_while_an_answer_is_awaited(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    began = len(box(asker.product).asked)
    for _ in range(3):
        asker.parties.settle()
    asker.parties.clock.wait("resend_silence")  # longer than the pause that is owed, so that two queries fall into it
    asker.parties.settle()
    found = hurried(box(asker.product).asked[began:])
    ev.check("I-PUL-005", equal("hurried queries", [], found, both("conformance.why.hammering")))
    asker.exchange(questioned)


# I-PUL-006 取得型の照会者は、単独で渡された受領証を、その文字列のハッシュを acknowledged_sha256 とする受領
#   （taken）の確認応答で引き取らなければならない。
@case(
    "IQ-PUL-06",
    verifies=["I-PUL-006"],
    role=INQUIRER,
    family="envelope",
    kind=Stateful(),
    ja="単独の受領証を、正しい確認応答で引き取る",
    en="A receipt alone is acknowledged as taken, rightly",
)
def test_receipt_alone_is_taken(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    receipt = asker.parties.tap.forged.close(questioned.number, "expired")
    ev.step("receipt_alone", state="expired")
    asker.deliver_receipt(receipt)
    said = [
        item
        for one in asker.acknowledgements(questioned.number, taken=True)
        for item in items_of(one.claims, questioned.number)
    ]
    why = both("conformance.why.acknowledged")
    hashes = [item.get("acknowledged_sha256") for item in said]
    ev.check("I-PUL-006", equal("acknowledgements", True, bool(said), why))
    if said:
        ev.check("I-PUL-006", equal("acknowledged_sha256", sha256_b64u(receipt), hashes[0], why))
