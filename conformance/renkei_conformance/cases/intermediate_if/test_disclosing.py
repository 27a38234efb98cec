"""ログ管理機能・業務接続: what a provider sends when a record is to be hidden from the person, or shown."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Positive, Scenario, Stateful, case
from renkei_conformance.disclosing import NOBODYS, disclose, disclosed, heard, heard_until
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.finding import Finding, equal
from renkei_conformance.lower.network import Busy, Refuse
from renkei_conformance.oracles import acknowledgement, sending
from renkei_conformance.product import Product
from renkei_fixtures.messages import both

NOT_KNOWN = Refuse(404, "exchange_unknown", "state")


# P-DSC-001 提供者は、業務側が照会された連携の記録を非開示としたとき、定められた項目だけの renkei-disclosure を、
#   自らの署名用証明書で署名してネットワークに送らなければならない。
@case(
    "DSC-01",
    verifies=["P-DSC-001"],
    role=PROVIDER,
    family="envelope",
    kind=Positive(),
    needs=["disclosure"],
    ja="記録を非開示とする電文を、正しい形で送る",
    en="A record is hidden by a message in the right form",
)
def test_disclosure_form(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    disclosed(product, number, "hidden")
    sent = heard(product, number)
    why = both("conformance.why.disclosure_form")
    if not ev.check("P-DSC-001", equal("disclosures", 1, len(sent), why)):
        return
    signed = product.read_signed(sent[0].envelope.get("header"), "disclosure")
    raw, body = sent[0].request.body, product.forge.product
    due = acknowledgement.alone(ev.run.standard, raw, signed, body, "renkei-disclosure", "disclosure", why)
    ev.check_all("P-DSC-001", due)
    ev.check(
        "P-DSC-001",
        equal("disclosure.header.record_disclosure", "hidden", sent[0].claims.get("record_disclosure"), why),
    )


# P-DSC-002 提供者は、連携が終わった後でも、業務側の言うとおりに、記録を何度でも非開示にし、また開示に戻せなければなら
#   ない（一度ごとに新しい電文とする）。
@case(
    "DSC-02",
    verifies=["P-DSC-002"],
    role=PROVIDER,
    family="records",
    kind=Stateful(),
    needs=["disclosure"],
    ja="終わった連携の記録を、何度でも非開示にし、開示に戻せる",
    en="The record of a finished exchange is hidden and shown as often as is said",
)
def test_disclosure_afterwards(product: Product, ev: Evidence) -> None:
    first = product.ask()
    ev.step("receipt_alone", state="rejected")
    product.hand(product.forge.closing_receipt(first.draft, "rejected", ("item_missing", "content")), first.number)
    words = ["hidden", "normal", "hidden", "normal"]
    states = [disclose(product, first.number, word).member("state") for word in words]
    sent, why = heard(product, first.number), both("conformance.why.disclosure_said")
    ev.check("P-DSC-002", equal("states", ["accepted"] * len(words), states, why))
    ev.check("P-DSC-002", equal("words", words, [one.claims.get("record_disclosure") for one in sent], why))
    ids = {str(one.claims.get("message_id")) for one in sent}
    ev.check("P-DSC-002", equal("message_ids", len(words), len(ids), why))


# P-DSC-003 提供者は、自団体が当事者でない連携の開示設定を、業務側の 404 exchange_unknown で断り、ネットワークに送って
#   はならない。
@case(
    "DSC-03",
    verifies=["P-DSC-003"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["disclosure"],
    ja="当事者でない連携の記録については、何も送らない",
    en="Of an exchange that is none of ours nothing is said",
)
def test_disclosure_of_nobodys(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    outcome = disclose(product, NOBODYS, "hidden")
    why = both("conformance.why.disclosure_not_ours")
    got = {"done": outcome.done, "code": outcome.member("code")}
    ev.check("P-DSC-003", equal("reply", {"done": False, "code": "exchange_unknown"}, got, why))
    disclosed(product, number, "hidden")  # the clean twin, and time in which the other would have come
    ev.check("P-DSC-003", equal("disclosures", 0, len(heard(product, NOBODYS)), why))


# P-DSC-004 提供者は、開示設定の結果を、ネットワークが受け付けたときは accepted、拒んだときは refused とその code 及び
#   stage として、業務側に示さなければならない。
@case(
    "DSC-04",
    verifies=["P-DSC-004"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["disclosure"],
    ja="受け付けられたか拒まれたかを、業務側に示す",
    en="Whether the network took or refused it is told to the business side",
)
def test_disclosure_told(product: Product, ev: Evidence) -> None:
    number, why = product.ask().number, both("conformance.why.disclosure_state")
    outcome = disclosed(product, number, "hidden")
    ev.check("P-DSC-004", equal("reply.state", "accepted", outcome.member("state"), why))
    ev.step("disclosure_met", what="404 exchange_unknown")
    product.parties.tap.forged.program(number, NOT_KNOWN)
    outcome = disclose(product, number, "normal")
    got = {name: outcome.member(name) for name in ("state", "code", "stage")}
    ev.check("P-DSC-004", equal("reply", {"state": "refused", "code": NOT_KNOWN.code, "stage": "state"}, got, why))


# P-DSC-005 提供者は、開示設定に返信がないとき、又は 429 若しくは 5xx の返信があったときは、業務側に sent を示し、同じ
#   バイト列を再び送らなければならない。
@case(
    "DSC-05",
    verifies=["P-DSC-005"],
    role=PROVIDER,
    family="envelope",
    kind=Stateful(),
    needs=["disclosure"],
    ja="受け付けられていない開示設定を、同じバイト列で再送する",
    en="A disclosure that was put off is sent again in the same bytes",
)
def test_disclosure_again(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    ev.step("disclosure_met", what="503 busy")
    product.parties.tap.forged.program(number, Busy())
    outcome = disclosed(product, number, "hidden")
    came = "accepted" if any(one.counted for one in heard(product, number)) else "sent"
    state, why = outcome.member("state"), both("conformance.why.disclosure_state")
    ev.check("P-DSC-005", Finding(state in ("sent", came), "sent", state, "reply.state", why))
    ev.check_all("P-DSC-005", sending.same_bytes(heard_until(product, number, 2), 2))


# P-DSC-006 提供者は、まだ受け付けられていない開示設定があるうちは、同じ連携についての後の設定を先に届けてはならない（業務側の 409
#   disclosure_in_progress で断るか、後に送る）。
@case(
    "DSC-06",
    verifies=["P-DSC-006"],
    role=PROVIDER,
    family="records",
    kind=Stateful(),
    needs=["disclosure"],
    ja="後の開示設定が、まだ受け付けられていない前のものを追い越さない",
    en="A later word does not overtake one that is still to be sent again",
)
def test_disclosure_order(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    ev.step("disclosure_met", what="503 busy")
    product.parties.tap.forged.program(number, Busy())
    disclosed(product, number, "hidden")
    later = disclose(product, number, "normal")
    last = "normal" if later.done else "hidden"
    heard_until(product, number, 3 if later.done else 2)
    arrived = [one.claims.get("record_disclosure") for one in heard(product, number) if one.counted]
    why = both("conformance.why.disclosure_last")
    ev.check("P-DSC-006", equal("last word", last, arrived[-1] if arrived else None, why))
    if not later.done:
        ev.check("P-DSC-006", equal("reply.code", "disclosure_in_progress", later.member("code"), why))


# P-DSC-007 提供者は、record_disclosure が normal でも hidden でもない開示設定を、業務側の 422 member_wrong で断り、
#   ネットワークに送ってはならない。
@case(
    "DSC-07",
    verifies=["P-DSC-007"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    needs=["disclosure"],
    ja="normal でも hidden でもない値を送らない",
    en="No other word than normal and hidden is sent",
)
def test_disclosure_words(product: Product, ev: Evidence) -> None:
    number, why = product.ask().number, both("conformance.why.disclosure_word")
    for word in ("HIDDEN", "hide", "1"):
        outcome = disclose(product, number, word)
        got = {"done": outcome.done, "code": outcome.member("code")}
        ev.check("P-DSC-007", equal("reply", {"done": False, "code": "member_wrong"}, got, why))
    disclosed(product, number, "hidden")
    ev.check(
        "P-DSC-007",
        equal("words", ["hidden"], [one.claims.get("record_disclosure") for one in heard(product, number)], why),
    )


# P-DSC-008 提供者は、開示設定ごとに、処理通番と record_disclosure をもつ記録を自団体に残さなければならない。
@case(
    "DSC-08",
    verifies=["P-DSC-008"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["disclosure", "records_export"],
    ja="開示設定を、その値とともに自団体の記録に残す",
    en="Every disclosure stands in the own record, with its word",
)
def test_disclosure_recorded(product: Product, ev: Evidence) -> None:
    number = product.ask().number
    for word in ("hidden", "normal"):
        disclosed(product, number, word)
        lines = exported_until(product, "personal_audit", number).of_exchange(number)
        ev.check("P-DSC-008", names(lines, {"record_disclosure": word}, "personal_audit"))
