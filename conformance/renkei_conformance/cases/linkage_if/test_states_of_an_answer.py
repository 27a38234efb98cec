"""情報提供ネットワークシステム接続機能: what the network says to an answer, receipts alone, and keys that change."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Negative, Scenario, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.finding import equal
from renkei_conformance.forge.reader import open_answer
from renkei_conformance.lower.network import Lose, Refuse
from renkei_conformance.product import Product
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART, NETWORK

CLOSED = Refuse(409, "exchange_closed", "state")


# P-STA-001 提供者は、429 以外の 4xx で断られた応答を再び送ってはならない。
@case(
    "STA-01",
    verifies=["P-STA-001"],
    role=PROVIDER,
    family="envelope",
    kind=Stateful(),
    ja="終わった連携への応答が断られたら、再び送らない",
    en="An answer that meets a closed exchange is not sent again",
)
def test_closed_exchange(product: Product, ev: Evidence) -> None:
    draft = product.inquiry()
    ev.step("answer_refused", code=CLOSED.code)
    product.deliver(draft, programme=[CLOSED])
    tap, clock = product.parties.tap, product.parties.clock
    if not tap.wait_until(product.answer_of(draft), clock.patience("answer")):
        raise Inconclusive(both("conformance.reason.stalled"))
    for _ in range(4):
        clock.wait("silence")
        product.parties.settle()
    sent = tap.wait_until(product.answer_of(draft), 0)
    ev.check("P-STA-001", equal("answers sent", 1, len(sent), both("conformance.why.closed_answer")))
    product.watch("P-STA-001", draft.exchange_number, allowed=1)


# P-STA-002 提供者は、ネットワークに断られた応答について、処理通番とそのコードをもつ記録を残さなければならない。
@case(
    "STA-02",
    verifies=["P-STA-002"],
    role=PROVIDER,
    family="records",
    kind=Stateful(),
    needs=["records_export"],
    ja="断られた応答を、そのコードとともに記録する",
    en="An answer that was refused is recorded with the code",
)
def test_closed_exchange_recorded(product: Product, ev: Evidence) -> None:
    draft = product.inquiry()
    ev.step("answer_refused", code=CLOSED.code)
    product.deliver(draft, programme=[CLOSED])
    if not product.parties.tap.wait_until(product.answer_of(draft), product.parties.clock.patience("answer")):
        raise Inconclusive(both("conformance.reason.stalled"))
    product.parties.clock.wait("silence")
    product.parties.settle()
    number = str(draft.exchange_number)
    export = exported_until(product, "audit", number)
    ev.check("P-STA-002", names(export.of_exchange(number), {"code": CLOSED.code}, "audit"))


# P-STA-003 提供者は、単独で配信された受領証を 202 で受け取らなければならない。
@case(
    "STA-03",
    verifies=["P-STA-003"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="受領証だけの配信を202で受け取る",
    en="A receipt alone is taken with 202",
)
def test_receipt_alone(product: Product, ev: Evidence) -> None:
    first = product.ask()
    ev.step("receipt_alone", state="rejected")
    receipt = product.forge.closing_receipt(first.draft, "rejected", ("item_missing", "content"))
    reply = product.hand(receipt, first.number)
    got = reply.status if reply is not None else None
    ev.check("P-STA-003", equal("reply.status", 202, got, both("conformance.why.receipt_alone")))


# P-STA-004 提供者は、応答の送信に返信がなかったときは、応答を再び送らなければならない。
@case(
    "STA-04",
    verifies=["P-STA-004"],
    role=PROVIDER,
    family="envelope",
    kind=Stateful(),
    ja="応答への返信が二度失われても、また送る",
    en="When the reply to an answer is lost, and lost again, the answer is still sent again",
)
def test_lost_reply(product: Product, ev: Evidence) -> None:
    draft = product.inquiry()
    ev.step("reply_lost")
    # Twice, for one retry is what many an HTTP client does by itself.
    delivery = product.deliver(draft, programme=[Lose(), Lose()])
    if not product.parties.tap.wait_until(product.answer_of(draft), product.parties.clock.patience("answer")):
        raise Inconclusive(both("conformance.reason.stalled"))
    came = product.until_answered(delivery, "resend") or product.until_answered(delivery, "resend")
    ev.check("P-STA-004", equal("sent again", True, bool(came), both("conformance.why.sent_again")))


# P-CRT-001 提供者は、照会者の更新後の署名用証明書による照会を、更新前のものと同じく受け付けなければならない。
@case(
    "CRT-01",
    verifies=["P-CRT-001"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="更新後の署名用証明書による照会に応答する",
    en="An inquiry under a renewed signing certificate is answered, and one under the former still is",
)
def test_renewed_signing_certificate(product: Product) -> None:
    product.ask()
    renewed = product.ordered("renewed", COUNTERPART)
    product.exchange(product.inquiry().signed_by(renewed), accepted_by="P-CRT-001")
    product.exchange(product.inquiry(), accepted_by="P-CRT-001")


# P-CRT-002 提供者は、照会者の暗号用証明書が更新されたときも、その照会の reply_kid に宛てて応答を封じなければならない。
@case(
    "CRT-02",
    verifies=["P-CRT-002"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="更新後の暗号用証明書に宛てて応答を封じる",
    en="An answer is sealed to the renewed certificate that its inquiry names",
)
def test_renewed_sealing_certificate(product: Product, ev: Evidence) -> None:
    product.ask()
    renewed = product.ordered("renewed", COUNTERPART, "agreement")
    delivery = product.deliver(product.inquiry(reply_kid=renewed.kid))
    came = delivery.answers()
    if not came:
        raise Inconclusive(both("conformance.reason.stalled"))
    opened = open_answer(came[0].request.body, product.forge.trust, renewed, product.parties.clock.now())
    why = both("conformance.why.renewed")
    ev.check("P-CRT-002", equal("answer.body.kid", renewed.kid, (opened.body_jose or {}).get("kid"), why))
    ev.check("P-CRT-002", equal("answer.content", True, bool(opened.results), why))


# P-CRT-003 提供者は、ネットワークの更新後の証明書で署名された許可証を受け付けなければならない。
@case(
    "CRT-03",
    verifies=["P-CRT-003"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="ネットワークの更新後の証明書による許可証を受け付ける",
    en="A permit under the network's renewed certificate is taken",
)
def test_renewed_network_certificate(product: Product) -> None:
    product.ask()
    renewed = product.ordered("renewed", NETWORK)
    product.exchange(product.inquiry().permitted_by(renewed), accepted_by="P-CRT-003")


# P-SIG-010 提供者は、更新などによって（鍵の危殆化のほかの理由で）失効した証明書による、失効後に受け付けられた照会を、sender 段階の
#   certificate_revoked（403）で拒否しなければならない。
@case(
    "SIG-10",
    verifies=["P-SIG-010"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_superseded"),
    ja="更新によって失効した証明書の電文を拒否する",
    en="A certificate that was revoked because it was superseded is refused",
)
def test_superseded_certificate(product: Product) -> None:
    product.negative(product.inquiry())
