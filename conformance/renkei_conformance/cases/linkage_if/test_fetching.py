"""情報提供ネットワークシステム接続機能: a body that fetches its messages from an inbox (取得型)."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Positive, Property, Scenario, Stateful, case
from renkei_conformance.deciding import waiting_inquiry
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.fetching import (
    ACKNOWLEDGEMENT,
    REFUSAL,
    answered,
    box,
    give_together,
    hurried,
    said_of,
    signed_by_product,
)
from renkei_conformance.finding import equal
from renkei_conformance.oracles.acknowledgement import items_of
from renkei_conformance.product import Product
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both


# P-PUL-001 取得型の提供者は、受信箱から取得した正しい照会を、受領（taken）の確認応答又は応答によって受け取ったことを示さなけれ
#   ばならない。
@case(
    "PUL-01",
    verifies=["P-PUL-001"],
    role=PROVIDER,
    family="envelope",
    kind=Positive(),
    smoke=True,
    turn="first",
    ja="受信箱から取得した正しい照会を引き取り、応答する",
    en="A right inquiry from the inbox is taken, and answered",
)
def test_right_inquiry_taken(product: Product) -> None:
    product.exchange(product.inquiry(), accepted_by="P-PUL-001")
    if product.parties.profile.claims("manual"):
        waiting_inquiry(product, accepted_by="P-PUL-001")


# P-PUL-002 取得型の提供者は、再び渡された同じ照会を、改めて受領の確認応答をするか同じ応答を送り直して引き取り、拒否又は異なる応
#   答をしてはならない。
@case(
    "PUL-02",
    verifies=["P-PUL-002"],
    role=PROVIDER,
    family="envelope",
    kind=Stateful(),
    ja="再び渡された照会を、拒否も別の応答もせずに引き取る",
    en="An inquiry offered again is taken again, neither refused nor answered otherwise",
)
def test_offered_again(product: Product, ev: Evidence) -> None:
    first = product.ask()
    before = product.parties.tap.heard(first.number)
    ev.step("offered_again")
    box(product).offer_again(first.number)
    said = said_of(product, first.number, after=len(before))
    why = both("conformance.why.offered_again")
    ev.check("P-PUL-002", equal("said of it", True, bool(said), why))
    refused = [str(one.claims.get("code")) for one in said if one.typ == REFUSAL]
    ev.check("P-PUL-002", equal("refusals", [], refused, why))
    answers = {one.request.body for one in (*before, *said) if one.typ == "renkei-answer"}
    ev.check("P-PUL-002", equal("different answers", 1, len(answers), why))


# P-PUL-003 取得型の提供者は、一度の問合せで渡された全ての電文を処理しなければならない。
@case(
    "PUL-03",
    verifies=["P-PUL-003"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="一度に渡された三つの照会に、すべて応答する",
    en="Three inquiries given together are all answered",
)
def test_given_together(product: Product, ev: Evidence) -> None:
    product.ask()
    persons = [product.people.of(name) for name in ("taxed", "non_taxable", "no_record")]
    drafts = [product.inquiry(person) for person in persons]
    ev.step("given_together", count=len(drafts))
    give_together(product, drafts)
    got = [answered(product, draft) for draft in drafts]
    ev.check("P-PUL-003", equal("answered", [True] * len(drafts), got, both("conformance.why.given_together")))


# P-PUL-004 取得型の提供者は、一緒に渡された電文の一つを拒否しても、残りの電文を処理しなければならない。
@case(
    "PUL-04",
    verifies=["P-PUL-004"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="拒否すべき電文と一緒に渡された照会に応答する",
    en="An inquiry given together with one to be refused is answered",
)
def test_given_together_with_a_bad_one(product: Product, ev: Evidence) -> None:
    product.ask()
    bad, good = product.inquiry().spoil("sender.signature_bit_flipped"), product.inquiry()
    ev.step("given_together", count=2)
    give_together(product, [bad, good])
    got = answered(product, good)
    product.refusal_seen(bad)
    ev.check("P-PUL-004", equal("answered", True, got, both("conformance.why.given_together")))


# P-PUL-005 取得型の提供者の受信箱の問合せは、項目表のとおりで、自らの有効な証明書で署名し、問合せごとに新しい message_id をもた
#   なければならない。
@case(
    "PUL-05",
    verifies=["P-PUL-005"],
    role=PROVIDER,
    family="envelope",
    kind=Property(),
    ja="受信箱の問合せは、その都度署名された正しい電文である",
    en="Every inbox query is a right message, signed anew",
)
def test_inbox_queries(product: Product, ev: Evidence) -> None:
    product.ask()
    product.ask()
    asked = box(product).asked
    if len(asked) < 2:
        raise Inconclusive(both("conformance.reason.stalled"))
    why = both("conformance.why.own_message")
    for one in asked[-2:]:
        signed = product.read_signed(one.header, "query")
        ev.check_all("P-PUL-005", signed_by_product(product, "renkei-query", signed, "query"))
    ids = [one.claims.get("message_id") for one in asked]
    ev.check("P-PUL-005", equal("query.message_id", len(ids), len(set(ids)), why))


# P-PUL-006 取得型の提供者は、空の受信箱を、wait_s を 1 以上として待つか、1 秒以上の間をおいて問い合わせなければならない。
@case(
    "PUL-06",
    verifies=["P-PUL-006"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="空の受信箱を、休みなく問い合わせない",
    en="An empty inbox is not asked without a pause",
)
def test_empty_inbox(product: Product, ev: Evidence) -> None:
    product.ask()
    began = len(box(product).asked)
    for _ in range(3):
        product.parties.settle()
    product.parties.clock.wait("resend_silence")  # longer than the pause that is owed, so that two queries fall into it
    product.parties.settle()
    ev.check("P-PUL-006", equal("hurried queries", [], hurried(box(product).asked[began:]),
                                both("conformance.why.hammering")))  # fmt: skip


# P-PUL-007 取得型の提供者の拒否は、自らの署名した renkei-refusal によって、その照会の message_id とヘッダーのハッシュ及び表にあ
#   るコードと段階を示さなければならない。
@case(
    "PUL-07",
    verifies=["P-PUL-007"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="拒否は、照会を特定する署名した電文で伝える",
    en="A refusal is a signed message that names its inquiry",
)
def test_refusal_by_message(product: Product, ev: Evidence) -> None:
    product.ask()
    draft = product.inquiry().spoil("key.too_long")
    said = product.put(draft)
    heard = [one for one in product.parties.tap.heard(draft.exchange_number) if one.typ == REFUSAL]
    if not heard:
        raise Inconclusive(both("conformance.reason.not_refused", told=said.words))
    refusal = heard[0]
    signed = product.read_signed(refusal.envelope.get("header"), "refusal")
    ev.check_all("P-PUL-007", signed_by_product(product, REFUSAL, signed, "refusal"))
    row = ev.run.standard.refusals.get(str(refusal.claims.get("code")))
    due = {
        "in_reply_to": draft.message_id,
        "inquiry_sha256": sha256_b64u(draft.header_token.encode()),
        "stage": row.stage if row else "a stage of the table",
    }
    got = {name: refusal.claims.get(name) for name in due}
    ev.check("P-PUL-007", equal("refusal", due, got, both("conformance.why.refusal_bound")))


# P-PUL-008 取得型の提供者は、単独で渡された受領証を、受領の確認応答で引き取らなければならない。
# P-PUL-009 取得型の提供者の確認応答は、項目表のとおりで、自らの有効な証明書で署名し、acknowledged_sha256 を渡されたヘッダー（受
#   領証だけのときは受領証）の文字列のハッシュとしなければならない。
@case(
    "PUL-08",
    verifies=["P-PUL-008", "P-PUL-009"],
    role=PROVIDER,
    family="envelope",
    kind=Stateful(),
    ja="単独の受領証を、正しい確認応答で引き取る",
    en="A receipt alone is acknowledged, rightly",
)
def test_receipt_alone(product: Product, ev: Evidence) -> None:
    first = product.ask()
    before = len(product.parties.tap.heard(first.number))
    ev.step("receipt_alone", state="rejected")
    receipt = product.forge.closing_receipt(first.draft, "rejected", ("item_missing", "content"))
    box(product).put(product.forge.paper(receipt), first.number)
    said = [one for one in said_of(product, first.number, after=before) if one.typ == ACKNOWLEDGEMENT]
    why = both("conformance.why.acknowledged")
    if not ev.check("P-PUL-008", equal("acknowledgements", True, bool(said), why)):
        return
    strings = {first.draft.header_token: "header", receipt: "receipt"}
    hashes = {sha256_b64u(text.encode()): name for text, name in strings.items()}
    last = {str(row.get("acknowledged_sha256")) for one in said for row in items_of(one.claims, first.number)}
    ev.check("P-PUL-009", equal("acknowledged_sha256: the receipt's", True, sha256_b64u(receipt) in last, why))
    for heard in product.parties.tap.heard(first.number):
        if heard.typ != ACKNOWLEDGEMENT:
            continue
        signed = product.read_signed(heard.envelope.get("header"), "acknowledgement")
        ev.check_all("P-PUL-009", signed_by_product(product, ACKNOWLEDGEMENT, signed, "acknowledgement"))
        items = heard.claims.get("items")
        rows = [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []
        for row in (one for one in rows if one.get("exchange_number") == first.number):
            got = hashes.get(str(row.get("acknowledged_sha256")), "something else")
            ev.check("P-PUL-009", equal("acknowledged_sha256", True, got in ("header", "receipt"), why))
