"""ログ管理機能・業務接続（照会者）: records of questions that are hidden from the person, from the start or afterwards."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Positive, Scenario, Stateful, case
from renkei_conformance.disclosing import NOBODYS, disclose, disclosed, heard
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.oracles import acknowledgement
from renkei_conformance.portal import told_to_the_person
from renkei_conformance.through import whole_exchange
from renkei_fixtures.messages import both


# I-DSC-001 照会者は、業務側が照会した連携の記録を非開示とし、又は開示に戻したとき、言うとおりの値の
#   renkei-disclosure を、定められた項目だけで、自らの署名用証明書で署名してネットワークに送らなければならない。
@case(
    "IQ-DSC-01",
    verifies=["I-DSC-001"],
    role=INQUIRER,
    family="envelope",
    kind=Positive(),
    needs=["disclosure"],
    ja="照会した記録の開示設定を、正しい形で送る",
    en="The record of a question is hidden and shown by messages in the right form",
)
def test_disclosure_form(asker: Asker, ev: Evidence) -> None:
    number = asker.exchange().number
    why = both("conformance.why.disclosure_form")
    for count, word in enumerate(("hidden", "normal"), 1):
        disclosed(asker.product, number, word)
        sent = heard(asker.product, number)
        if not ev.check("I-DSC-001", equal("disclosures", count, len(sent), why)):
            return
        signed = asker.product.read_signed(sent[-1].envelope.get("header"), "disclosure")
        raw, typ = sent[-1].request.body, "renkei-disclosure"
        ev.check_all(
            "I-DSC-001", acknowledgement.alone(ev.run.standard, raw, signed, asker.body, typ, "disclosure", why)
        )
        ev.check("I-DSC-001", equal("record_disclosure", word, sent[-1].claims.get("record_disclosure"), why))


# I-DSC-002 照会者は、業務側が record_disclosure を示した照会では、その値を照会のヘッダーに置き、示さない照会では
#   hidden としてはならない。
@case(
    "IQ-DSC-02",
    verifies=["I-DSC-002"],
    role=INQUIRER,
    family="records",
    kind=Stateful(),
    needs=["disclosure"],
    ja="業務側の言うとおりに、照会を初めから非開示とする",
    en="A question is hidden from the start exactly where the business side says so",
)
def test_asked_hidden(asker: Asker, ev: Evidence) -> None:
    why = both("conformance.why.asked_hidden")
    for word in (None, "hidden", None, "normal"):
        asked = replace(asker.ask_of(asker.product.people.ordinary), record_disclosure=word)
        known = asker.known()
        asker.put_question(asked)
        came = asker.new_inquiries(known, 1)
        got = came[0].claims.get("record_disclosure") if came else "no inquiry"
        if word is None and got == "normal":
            got = None  # said or left out, it means the same
        ev.check("I-DSC-002", equal("inquiry.header.record_disclosure", word, got, why))


# I-DSC-003 照会者が後から非開示とした連携は、本人への記録に現れず、開示に戻せば再び現れなければならない。
@case(
    "IQ-DSC-03",
    verifies=["I-DSC-003"],
    role=INQUIRER,
    family="records",
    kind=Scenario(),
    needs=["disclosure"],
    ja="後から非開示とした照会は、本人に示されない",
    en="A question hidden afterwards is not told to the person; shown again, it is",
)
def test_hidden_from_the_person(asker: Asker, ev: Evidence) -> None:
    _, row, _, person = whole_exchange(asker)
    number, why = str(row.get("exchange_number")), both("conformance.why.hidden_from_portal")
    before = told_to_the_person(asker, person)
    for word, due in (("hidden", before - 1), ("normal", before)):
        disclosed(asker.product, number, word)
        ev.check("I-DSC-003", equal(f"rows after {word}", due, told_to_the_person(asker, person), why))


# I-DSC-004 照会者は、自団体が当事者でない連携の開示設定を、業務側の 404 exchange_unknown で断り、ネットワークに送って
#   はならない。
@case(
    "IQ-DSC-04",
    verifies=["I-DSC-004"],
    role=INQUIRER,
    family="authority",
    kind=Scenario(),
    needs=["disclosure"],
    ja="照会していない連携の記録については、何も送らない",
    en="Of an exchange that it never began nothing is said",
)
def test_disclosure_of_nobodys(asker: Asker, ev: Evidence) -> None:
    number = asker.exchange().number
    outcome = disclose(asker.product, NOBODYS, "hidden")
    why = both("conformance.why.disclosure_not_ours")
    got = {"done": outcome.done, "code": outcome.member("code")}
    ev.check("I-DSC-004", equal("reply", {"done": False, "code": "exchange_unknown"}, got, why))
    disclosed(asker.product, number, "hidden")
    ev.check("I-DSC-004", equal("disclosures", 0, len(heard(asker.product, NOBODYS)), why))
