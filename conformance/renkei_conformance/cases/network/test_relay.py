"""情報提供ネットワークシステム: taking an inquiry, permitting it, translating link codes, handing it on."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Positive, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.network_side import NetworkSide, member
from renkei_conformance.oracles import network as rules
from renkei_fixtures.messages import both


# N-REL-001 ネットワークは、正しい照会を受け付けたときは、202 と処理通番 exchange_number 及び状態「accepted」を
#   返さなければならない。
@case(
    "N-REL-01",
    verifies=["N-REL-001"],
    role=NETWORK,
    family="envelope",
    kind=Positive(),
    smoke=True,
    turn="first",
    ja="正しい照会を202で受け付け、処理通番を返す",
    en="A right inquiry is accepted with 202 and an exchange number",
)
def test_right_inquiry_accepted(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    due = {"status": 202, "state": "accepted"}
    got = {"status": carried.reply.status, "state": member(carried.reply, "state")}
    ev.check("N-REL-001", equal("reply", due, got, both("conformance.why.network_accepts")))


# N-REL-002 ネットワークは、照会と同じ値の共通項目、権限表の行、並べて配信する文字列のハッシュなど、定められた項
#   目を過不足なくもつ許可証に署名して付けなければならない。
@case(
    "N-REL-02",
    verifies=["N-REL-002"],
    role=NETWORK,
    family="authority",
    kind=Scenario(),
    smoke=True,
    ja="許可の項目が、照会と添えられた電文に一致する",
    en="The permit's fields are those of the inquiry and of the strings beside it",
)
def test_permit_fits_the_inquiry(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    envelope = carried.delivered.envelope
    signed = network.answerer.signed(envelope.get("permit"), "permit")
    ev.check_all("N-REL-002", rules.permit(ev.run.standard, carried.draft.header, signed, envelope))


# N-REL-003 ネットワークは、照会者のリンクコードを同じ者の提供者のリンクコードに順序を保って変換し、そのハッシュ
#   を許可証に書かなければならない。
@case(
    "N-REL-03",
    verifies=["N-REL-003"],
    role=NETWORK,
    family="identity",
    kind=Scenario(),
    smoke=True,
    ja="連携符号を、提供者のものに正しい順で変換する",
    en="Link codes are translated into the provider's, in order",
)
def test_link_codes_translated(network: NetworkSide, ev: Evidence) -> None:
    for n in (0, 1, 2):
        carried = network.carry(network.inquiry(n))
        delivered = network.answerer.received(carried.delivered).link_codes
        ev.check("N-REL-003", rules.translated([network.code_of(network.answerer.code, n)], delivered))


# N-REL-004 ネットワークは、照会ごとに一意の処理通番を付け、header と body を一字も変えずに許可証とともに提供者
#   に配信しなければならない。
@case(
    "N-REL-04",
    verifies=["N-REL-004"],
    role=NETWORK,
    family="envelope",
    kind=Property(),
    ja="処理通番は一意で、ヘッダと本文は手を加えずに渡す",
    en="Exchange numbers are unique; header and body are handed on untouched",
)
def test_unique_numbers_and_untouched_parts(network: NetworkSide, ev: Evidence) -> None:
    carried = [network.carry() for _ in range(3)]
    numbers = {one.exchange_number for one in carried}
    ev.check("N-REL-004", equal("exchange numbers", len(carried), len(numbers), both("conformance.why.unique_numbers")))
    for one in carried:
        sent = network.envelope_of(one.draft)
        ev.check_all("N-REL-004", rules.untouched(sent, one.delivered.envelope, ("header", "body")))


# N-FRS-003 ネットワークは、同一のバイト列の再送に、初回と同じ処理通番の 202 を返さなければならない。
@case(
    "N-FRS-03",
    verifies=["N-FRS-003"],
    role=NETWORK,
    family="envelope",
    kind=Scenario(),
    ja="一字一句同じ再送には、同じ202と処理通番を返す",
    en="The very same bytes again get the same 202 and exchange number",
)
def test_same_bytes_again(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    ev.step("resend")
    again, _ = network.send(carried.draft)
    due = {"status": 202, "exchange_number": carried.exchange_number}
    got = {"status": again.status if again else None, "exchange_number": member(again, "exchange_number")}
    ev.check("N-FRS-003", equal("reply", due, got, both("conformance.why.same_bytes")))
