"""認証・認可機能、暗号・署名機能（照会者）: the network's receipt, the provider's signature, the section that answers."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import negative
from renkei_conformance.case import INQUIRER, Negative, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_fixtures.messages import both


# I-RCP-001 照会者は、受領証 receipt の付いていない応答を、permit 段階の receipt_missing で拒否しなければな
#   らない。
@case(
    "IQ-RCP-01",
    verifies=["I-RCP-001"],
    role=INQUIRER,
    family="authority",
    kind=Negative("receipt.missing"),
    smoke=True,
    ja="受領証のない応答を拒否する",
    en="An answer without a receipt is rejected",
)
def test_receipt_missing(asker: Asker) -> None:
    negative(asker)


# I-RCP-002 照会者は、ネットワークの有効な証明書による署名が検証できない、typ が違う、又はクレームが正しくな
#   い受領証の応答を、permit 段階の receipt_invalid で拒否しなければならない。
@case(
    "IQ-RCP-02",
    verifies=["I-RCP-002"],
    role=INQUIRER,
    family="authority",
    kind=Negative(
        "receipt.signed_by_the_provider",
        also=(
            "receipt.signature_of_the_provider",
            "receipt.signature_bit_flipped",
            "receipt.changed_after_signing",
            "receipt.typ_of_permit",
            "receipt.claim_missing",
            "receipt.claim_unknown",
            "receipt.claim_null",
            "receipt.claim_repeated",
        ),
    ),
    ja="網が出したと言えない受領証の応答を拒否する",
    en="An answer under a receipt that is not the network's own is rejected",
)
def test_receipt_invalid(asker: Asker) -> None:
    negative(asker)


# I-RCP-003 照会者は、受領証の answer_sha256、body_sha256、part 又は exchange_number が並べて届いた応答と一
#   致しないとき、permit 段階の receipt_mismatch で拒否しなければならない。
@case(
    "IQ-RCP-03",
    verifies=["I-RCP-003"],
    role=INQUIRER,
    family="authority",
    kind=Negative(
        "receipt.of_another_answer",
        also=(
            "receipt.of_another_body",
            "receipt.of_another_part",
            "receipt.of_another_exchange",
        ),
    ),
    ja="別の応答に出された受領証の応答を拒否する",
    en="An answer beside a receipt for another answer is rejected",
)
def test_receipt_of_another_answer(asker: Asker) -> None:
    negative(asker)


# I-RCP-004 照会者は、受領証の from、to、in_reply_to、inquiry_sha256、subjects_sha256 又は expires_at が自ら
#   の送った照会と一致しないとき、permit 段階の receipt_mismatch で拒否しなければならない。
@case(
    "IQ-RCP-04",
    verifies=["I-RCP-004"],
    role=INQUIRER,
    family="authority",
    kind=Negative(
        "receipt.of_another_message",
        also=(
            "receipt.of_another_inquiry",
            "receipt.about_other_subjects",
            "receipt.to_another_inquirer",
            "receipt.of_another_provider",
            "receipt.expired",
            "receipt.of_a_notification",
            "receipt.of_a_withdrawn_exchange",
        ),
    ),
    ja="別の照会に出された、又は期限の過ぎた受領証の応答を拒否する",
    en="An answer under a receipt for another inquiry, or an expired one, is rejected",
)
def test_receipt_of_another_inquiry(asker: Asker) -> None:
    negative(asker)


# I-RCP-005 照会者は、応答のヘッダーの in_reply_to、inquiry_sha256、information 又は edition が自らの照会と
#   一致しないとき、permit 段階の receipt_mismatch で拒否しなければならない。
@case(
    "IQ-RCP-05",
    verifies=["I-RCP-005"],
    role=INQUIRER,
    family="authority",
    kind=Negative(
        "reply.of_another_inquiry",
        also=(
            "reply.to_another_message",
            "reply.of_another_information",
            "reply.of_another_edition",
        ),
    ),
    ja="ヘッダが別の照会を指す応答を拒否する",
    en="An answer whose header names another inquiry is rejected",
)
def test_answer_to_another_inquiry(asker: Asker) -> None:
    negative(asker)


# I-RCP-006 照会者は、照会した相手でない団体の応答を、その団体の署名が正しくても、permit 段階の receipt_mism
#   atch で拒否しなければならない。
@case(
    "IQ-RCP-06",
    verifies=["I-RCP-006"],
    role=INQUIRER,
    family="authority",
    kind=Negative("reply.of_a_body_not_asked", also=("reply.of_a_body_not_asked_vouched_for",)),
    smoke=True,
    ja="照会していない団体の、署名の正しい応答を拒否する",
    en="A rightly signed answer of a body that was not asked is rejected",
)
def test_answer_of_a_body_not_asked(asker: Asker) -> None:
    negative(asker)


# I-RCP-007 照会者は、受領証に欠陥のある応答を拒否した後も、その照会への正しい応答を受け入れなければならない
#   。
@case(
    "IQ-RCP-07",
    verifies=["I-RCP-007"],
    role=INQUIRER,
    family="authority",
    kind=Scenario(),
    ja="受領証に欠陥のある応答を拒否した後、同じ照会への正しい応答を受け取る",
    en="After answers that the network does not vouch for, the right one to the same inquiry is taken",
)
def test_right_answer_after_a_forged_one(asker: Asker) -> None:
    questioned = asker.ask()
    for spoil in ("receipt.missing", "receipt.signed_by_the_provider", "receipt.of_another_inquiry"):
        said = asker.told(asker.deliver(asker.answer(questioned).spoil(spoil), questioned.number))
        if said.sort != "refused":
            raise Inconclusive(both("conformance.reason.answer_not_refused", told=said.words))
    asker.exchange(questioned, "I-RCP-007")


# I-SIG-001 照会者は、ヘッダーの署名が検証できない応答を、sender 段階の signature_invalid で拒否しなければな
#   らない。
@case(
    "IQ-SIG-01",
    verifies=["I-SIG-001"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "sender.signature_of_another_body",
        also=(
            "sender.claim_changed_after_signing",
            "sender.signature_bit_flipped",
            "sender.signature_in_der",
        ),
    ),
    ja="署名が検証できない応答を拒否する",
    en="An answer whose signature does not verify is rejected",
)
def test_signature_invalid(asker: Asker) -> None:
    negative(asker)


# I-SIG-002 照会者は、署名者の証明書が設定された信頼の起点までつながらない応答を、sender 段階の certificate_
#   chain_invalid で拒否しなければならない。
@case(
    "IQ-SIG-02",
    verifies=["I-SIG-002"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "sender.certificate_self_signed",
        also=(
            "sender.certificate_of_unknown_authority",
            "sender.certificate_issued_by_no_authority",
        ),
    ),
    ja="信頼の起点につながらない証明書の応答を拒否する",
    en="An answer under a certificate without a chain is rejected",
)
def test_certificate_chain_invalid(asker: Asker) -> None:
    negative(asker)


# I-SIG-003 照会者は、応答の日時に有効期間が終わっていた証明書による署名を、sender 段階の certificate_expire
#   d で拒否しなければならない。
@case(
    "IQ-SIG-03",
    verifies=["I-SIG-003"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("sender.certificate_expired"),
    ja="期限の切れた証明書の応答を拒否する",
    en="An answer under an expired certificate is rejected",
)
def test_certificate_expired(asker: Asker) -> None:
    negative(asker)


# I-SIG-004 照会者は、有効期間が始まっていない証明書による署名を、sender 段階の certificate_not_yet_valid で
#   拒否しなければならない。
@case(
    "IQ-SIG-04",
    verifies=["I-SIG-004"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("sender.certificate_not_yet_valid"),
    ja="まだ有効でない証明書の応答を拒否する",
    en="An answer under a certificate not yet valid is rejected",
)
def test_certificate_not_yet_valid(asker: Asker) -> None:
    negative(asker)


# I-SIG-005 照会者は、失効した証明書による署名を、sender 段階の certificate_revoked で拒否しなければならない
#   。
@case(
    "IQ-SIG-05",
    verifies=["I-SIG-005"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("sender.certificate_revoked"),
    smoke=True,
    ja="失効した証明書の応答を拒否する",
    en="An answer under a revoked certificate is rejected",
)
def test_certificate_revoked(asker: Asker) -> None:
    negative(asker)


# I-SIG-006 照会者は、署名用でない証明書による署名を、sender 段階の certificate_usage_wrong で拒否しなければ
#   ならない。
@case(
    "IQ-SIG-06",
    verifies=["I-SIG-006"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("sender.certificate_for_sealing", also=("sender.certificate_of_wrong_usage",)),
    ja="署名用でない証明書の応答を拒否する",
    en="An answer signed under a certificate of another usage is rejected",
)
def test_certificate_usage_wrong(asker: Asker) -> None:
    negative(asker)


# I-SIG-007 照会者は、署名した証明書の SAN が応答の from でないとき、sender 段階の certificate_not_of_sender
#    で拒否しなければならない。
@case(
    "IQ-SIG-07",
    verifies=["I-SIG-007"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "sender.certificate_of_another_body",
        also=(
            "sender.certificate_of_the_network",
            "sender.certificate_with_other_name",
        ),
    ),
    ja="他の団体の証明書で署名された応答を拒否する",
    en="An answer under another body's certificate is rejected",
)
def test_certificate_not_of_sender(asker: Asker) -> None:
    negative(asker)


# I-SIG-008 照会者は、登録簿にない証明書による署名を、sender 段階の certificate_unknown で拒否しなければなら
#   ない。
@case(
    "IQ-SIG-08",
    verifies=["I-SIG-008"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("sender.certificate_unknown"),
    ja="登録簿にない証明書の応答を拒否する",
    en="An answer under a certificate nobody has published is rejected",
)
def test_certificate_unknown(asker: Asker) -> None:
    negative(asker)


# I-FRS-001 照会者は、issued_at が自らの時計より 300 秒を超えて未来である応答を、freshness 段階の issued_in_
#   future で拒否しなければならない。
@case(
    "IQ-FRS-01",
    verifies=["I-FRS-001"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("freshness.issued_in_future"),
    ja="発行時刻が300秒より先の応答を拒否する",
    en="An answer issued more than 300 s ahead is rejected",
)
def test_issued_in_future(asker: Asker) -> None:
    negative(asker)


# I-AUT-001 照会者は、応答の職責がその連携情報を受け持つ提供者の職責でないとき、authority 段階の responsibil
#   ity_not_granted で拒否しなければならない。
@case(
    "IQ-AUT-01",
    verifies=["I-AUT-001"],
    role=INQUIRER,
    family="authority",
    kind=Negative(
        "charge.unknown",
        also=(
            "charge.of_another_information",
            "charge.that_asks",
        ),
    ),
    ja="受け持ちでない部署の応答を拒否する",
    en="An answer of a section that is not charged is rejected",
)
def test_section_not_charged(asker: Asker) -> None:
    negative(asker)
