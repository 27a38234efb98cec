"""情報提供ネットワークシステム接続機能: receiving from the network and sending to it, whatever the message holds."""

from __future__ import annotations

from contextlib import suppress

from renkei_conformance.case import PROVIDER, Negative, Positive, Property, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.lower.network import Busy
from renkei_conformance.oracles import problem
from renkei_conformance.parties import Parties
from renkei_conformance.product import Product
from renkei_conformance.watching import kept_silent
from renkei_fixtures.messages import both


# P-TRN-001 提供者は、正しい照会の配信を受け付けたときは、202 と、処理通番 exchange_number 及び状態 state「deliv
#   ered」の二つだけからなる JSON を返さなければならない。
@case(
    "TRN-01",
    verifies=["P-TRN-001"],
    role=PROVIDER,
    family="envelope",
    kind=Positive(),
    smoke=True,
    turn="first",
    ja="正しい照会を202で受け付け、応答する",
    en="A right inquiry is accepted with 202, and answered",
)
def test_right_inquiry_accepted(product: Product, ev: Evidence) -> None:
    exchange = product.exchange(product.inquiry(), accepted_by="P-TRN-001")
    members = sorted(exchange.delivery.body or {})
    why = both("conformance.why.two_members")
    ev.check("P-TRN-001", equal("reply", ["exchange_number", "state"], members, why))


# P-TRN-002 提供者は、メディアタイプが application/vnd.renkei+json でない電文を、transport 段階の media_type_not
#   _allowed（415）で拒否しなければならない。
@case(
    "TRN-02",
    verifies=["P-TRN-002"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("transport.media_type"),
    ja="定められた媒体型でない要求を拒否する",
    en="A request of another media type is refused",
)
def test_media_type_not_allowed(product: Product) -> None:
    product.negative(product.inquiry())


# P-TRN-003 提供者は、10 MiB を超える電文を、transport 段階の too_large（413）で拒否しなければならない。
@case(
    "TRN-03",
    verifies=["P-TRN-003"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("transport.too_large"),
    ja="大きすぎる電文を拒否する",
    en="A message that is too large is refused",
)
def test_too_large(product: Product) -> None:
    product.negative(product.inquiry())


# P-TRN-004 提供者は、定められていないパスへの要求を、transport 段階の path_unknown（404）で拒否しなければならな
#   い。
@case(
    "TRN-04",
    verifies=["P-TRN-004"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("transport.path_unknown"),
    ja="定められていないパスへの要求を拒否する",
    en="A request to an unknown path is refused",
)
def test_path_unknown(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRS-001 提供者は、発行日時 issued_at が自らの時計より 300 秒を超えて未来である電文を、freshness 段階の issue
#   d_in_future（403）で拒否しなければならない。
@case(
    "FRS-01",
    verifies=["P-FRS-001"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("freshness.issued_in_future"),
    ja="発行時刻が300秒より先の電文を拒否する",
    en="A message issued more than 300 s ahead is refused",
)
def test_issued_in_future(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRS-002 提供者は、有効期限 expires_at を過ぎた電文を、freshness 段階の message_expired（403）で拒否しなけれ
#   ばならない。
@case(
    "FRS-02",
    verifies=["P-FRS-002"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("freshness.message_expired"),
    ja="有効期限を過ぎた電文を拒否する",
    en="A message past its expiry is refused",
)
def test_message_expired(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRS-004 提供者は、同じ送信元が使用済みの message_id を別のヘッダーで用いた電文を、freshness 段階の message_i
#   d_reused（409）で拒否しなければならない。
@case(
    "FRS-04",
    verifies=["P-FRS-004"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("freshness.message_id_reused"),
    ja="使用済みの電文識別子を使い回した電文を拒否する",
    en="A message id used before, on another message, is refused",
)
def test_message_id_reused(product: Product) -> None:
    product.negative(product.inquiry())


# P-TRN-005 提供者は、電文を拒否した後も、次に届いた正しい照会を通常どおり受け付け、応答しなければならない。
@case(
    "TRN-05",
    verifies=["P-TRN-005"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="段階の異なる拒否が続いた後も、正しい照会に応答する",
    en="After refusals of several stages in a row a right inquiry is still answered",
)
def test_goes_on_after_refusals(product: Product) -> None:
    for spoil in ("form.not_json", "sender.signature_bit_flipped", "permit.missing", "content.body_bit_flipped"):
        with suppress(NotForgeable):  # what is no JSON cannot lie in an inbox
            product.put(product.inquiry().spoil(spoil))
    product.exchange(product.inquiry(), accepted_by="P-TRN-005")


# P-FRM-012 提供者は、JSON のメンバーの順序及び空白が異なるだけの正しい照会を受け付けなければならない。
@case(
    "FRM-12",
    verifies=["P-FRM-012"],
    role=PROVIDER,
    family="envelope",
    kind=Property(),
    ja="JSONの部分の並び順を変えた照会を受け付ける",
    en="An inquiry with its JSON members in another order is accepted",
)
def test_order_of_members_is_free(product: Product) -> None:
    for order in (1, 2, 3):
        product.exchange(product.inquiry().reordered(order), accepted_by="P-FRM-012")


# P-FRS-003 提供者は、同一のバイト列で再び配信された照会に、初回と同じ 202 を返さなければならない。
@case(
    "FRS-03",
    verifies=["P-FRS-003"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="一字一句同じ電文の再送には、同じ202を返す",
    en="The very same bytes sent again get the same 202 again",
)
def test_same_bytes_again(product: Product, ev: Evidence) -> None:
    first = product.ask()
    ev.step("resend")
    again = product.forge.deliver(first.draft)
    due = {"status": 202, "exchange_number": first.number, "state": "delivered"}
    body = again.body or {}
    got = {
        "status": again.reply.status if again.reply else None,
        **{n: body.get(n) for n in ("exchange_number", "state")},
    }
    ev.check("P-FRS-003", equal("reply", due, got, both("conformance.why.same_bytes")))


# P-ANS-009 提供者は、応答の送信に 503 を受けたときは、Retry-After の後に同一のバイト列を再送しなければならない
#   。
@case(
    "ANS-09",
    verifies=["P-ANS-009"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="応答が503で断られたら、Retry-Afterの後に同じ応答を送り直す",
    en="An answer refused with 503 is sent again after Retry-After, byte for byte",
)
def test_answer_sent_again_after_503(product: Product, ev: Evidence, parties: Parties) -> None:
    draft = product.inquiry()
    ev.step("busy")
    delivery = product.deliver(draft, programme=[Busy(retry_after=1)])
    parties.settle()
    refused = parties.tap.wait_until(product.answer_of(draft), parties.clock.patience("answer"))
    if not refused:
        raise Inconclusive(both("conformance.reason.stalled"))
    came = product.until_answered(delivery, "resend")
    why = both("conformance.why.resent")
    if ev.check("P-ANS-009", equal("answers taken", 1, len(came), why)):
        same = came[0].request.body == refused[0].request.body
        ev.check("P-ANS-009", equal("answer.bytes", "the same bytes", "the same bytes" if same else "other bytes", why))


# P-ANS-010 提供者は、一つの照会に、一つの応答だけを送らなければならない。
@case(
    "ANS-10",
    verifies=["P-ANS-010"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="一つの照会に、応答は一つだけ送る",
    en="One inquiry gets one answer and no other",
)
def test_one_answer(product: Product, ev: Evidence, parties: Parties) -> None:
    first = product.ask()
    product.ask(product.people.of("non_taxable"))
    # One that goes on sending does so after the first pause: silence is watched for longer than that.
    parties.clock.wait("resend_silence")
    parties.settle()
    answers = [one for one in parties.tap.heard(first.number) if one.typ == "renkei-answer" and one.counted]
    ev.check("P-ANS-010", equal("answers", 1, len(answers), both("conformance.why.one_answer")))
    product.watch("P-ANS-010", first.number, allowed=1)


# P-ANS-011 提供者は、拒否を RFC 9457 の形式（type、status、code、stage）で返し、電文の値を detail に含めてはな
#   らない。
@case(
    "ANS-11",
    verifies=["P-ANS-011"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="拒否はRFC 9457の形で返し、電文の値を引用しない",
    en="A refusal is an RFC 9457 problem and quotes no value of the message",
)
def test_form_of_a_problem(product: Product, ev: Evidence) -> None:
    spoils = ("form.header_claim_unknown", "sender.signature_bit_flipped", "authority.affair_without_row",
              "content.item_member_unknown", "key.too_long")  # fmt: skip
    for spoil in spoils:
        draft = product.inquiry().spoil(spoil)
        product.put(draft)
        if product.last_reply is None or product.last_reply.status < 400:
            continue  # accepted, or refused by a signed message: not a problem, and other cases' business
        ev.check_all("P-ANS-011", problem.findings(ev.run.standard, product.last_reply, draft.confidential))


# P-ANS-010 提供者は、一つの照会に、一つの応答だけを送らなければならない。
# P-ANS-012 提供者は、拒否した照会に応答を送ってはならない。
# P-STA-001 提供者は、429 以外の 4xx で断られた応答を再び送ってはならない。
@case(
    "ANS-12",
    verifies=["P-ANS-010", "P-ANS-012", "P-STA-001"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    turn="end",
    ja="この検査で拒否した照会にも、応答し終えた照会にも、後から応答していない",
    en="Neither an inquiry refused in this run nor one that had its answer was answered later",
)
def test_nothing_answered_to_what_was_refused(product: Product, ev: Evidence) -> None:
    on_the_list = {one.clause for one in product.state.watched}
    if "P-ANS-012" not in on_the_list:  # this case alone was asked for
        product.put(product.inquiry().spoil("content.hash_of_another_content"))
    answered = product.ask()
    if "P-ANS-010" not in on_the_list:
        product.watch("P-ANS-010", answered.number, allowed=1)
    if not any(one.clause == "P-ANS-012" for one in product.state.watched):
        raise Inconclusive(both("conformance.reason.nothing_refused"))
    found = list(kept_silent(product, ev.case.verifies))
    ev.step("sweep", count=len(found))
    for clause, finding in found:
        ev.check(clause, finding)
