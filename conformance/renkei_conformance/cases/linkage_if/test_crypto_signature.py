"""暗号・署名機能: the header's signature and certificate, and the sealed body. Encryption and signature."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Negative, case
from renkei_conformance.product import Product


# P-SIG-001 提供者は、ヘッダーの署名が検証できない電文を、sender 段階の signature_invalid（403）で拒否しなければ
#   ならない。
@case(
    "SIG-01",
    verifies=["P-SIG-001"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "sender.signature_bit_flipped",
        also=("sender.signature_of_another_body", "sender.claim_changed_after_signing", "sender.signature_in_der"),
    ),
    smoke=True,
    ja="署名が合わない電文を拒否する",
    en="A message whose signature does not hold is refused",
)
def test_signature_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-002 提供者は、署名者の証明書が設定された信頼の起点までつながらない電文を、sender 段階の certificate_chai
#   n_invalid（403）で拒否しなければならない。
@case(
    "SIG-02",
    verifies=["P-SIG-002"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "sender.certificate_of_unknown_authority",
        also=(
            "sender.certificate_self_signed",
            "sender.certificate_issued_by_no_authority",
            "sender.certificate_is_authority",
        ),
    ),
    ja="信頼の起点に至らない証明書の電文を拒否する",
    en="A certificate that leads to no trust anchor is refused",
)
def test_certificate_chain_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-003 提供者は、受付日時に有効期間が終わっていた証明書による署名を、sender 段階の certificate_expired（403
#   ）で拒否しなければならない。
@case(
    "SIG-03",
    verifies=["P-SIG-003"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_expired"),
    ja="期限の切れた証明書の電文を拒否する",
    en="An expired certificate is refused",
)
def test_certificate_expired(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-004 提供者は、受付日時に有効期間が始まっていない証明書による署名を、sender 段階の certificate_not_yet_va
#   lid（403）で拒否しなければならない。
@case(
    "SIG-04",
    verifies=["P-SIG-004"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_not_yet_valid"),
    ja="まだ有効でない証明書の電文を拒否する",
    en="A certificate that is not yet valid is refused",
)
def test_certificate_not_yet_valid(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-005 提供者は、失効した証明書による署名を、sender 段階の certificate_revoked（403）で拒否しなければならな
#   い。
@case(
    "SIG-05",
    verifies=["P-SIG-005"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_revoked"),
    ja="失効した証明書の電文を拒否する",
    en="A revoked certificate is refused",
)
def test_certificate_revoked(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-006 提供者は、署名用でない証明書（digitalSignature をもたないもの）による署名を、sender 段階の certifica
#   te_usage_wrong（403）で拒否しなければならない。
@case(
    "SIG-06",
    verifies=["P-SIG-006"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_for_sealing", also=("sender.certificate_of_wrong_usage",)),
    ja="署名用でない証明書で署名した電文を拒否する",
    en="A signature under a certificate that is not for signing is refused",
)
def test_certificate_usage_wrong(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-007 提供者は、署名者の証明書の SAN が送信元 from の団体でない電文を、sender 段階の certificate_not_of_se
#   nder（403）で拒否しなければならない。
@case(
    "SIG-07",
    verifies=["P-SIG-007"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "sender.certificate_of_another_body",
        also=("sender.certificate_of_the_network", "sender.certificate_with_other_name"),
    ),
    ja="発信者のものでない証明書の電文を拒否する",
    en="A certificate that is not the sender's is refused",
)
def test_certificate_not_of_sender(product: Product) -> None:
    product.negative(product.inquiry())


# P-SIG-008 提供者は、kid の示す証明書が手元にも登録簿にもない電文を、sender 段階の certificate_unknown（403）で
#   拒否しなければならない。
@case(
    "SIG-08",
    verifies=["P-SIG-008"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("sender.certificate_unknown"),
    ja="誰も知らない証明書の電文を拒否する",
    en="A certificate that nobody knows is refused",
)
def test_certificate_unknown(product: Product) -> None:
    product.negative(product.inquiry())


# P-CNT-001 提供者は、本文を復号できない照会を、原因を問わず content 段階の decryption_failed（422）で拒否しなけ
#   ればならない。
@case(
    "CNT-01",
    verifies=["P-CNT-001"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "content.body_bit_flipped",
        also=(
            "content.tag_bit_flipped",
            "content.sealed_to_another_key",
            "content.sealed_to_another_body",
            "content.epk_of_another_curve",
            "content.epk_off_the_curve",
        ),
    ),
    ja="復号できない本文を、理由によらず一つのコードで拒否する",
    en="A body that does not open is refused with one code for every cause",
)
def test_decryption_failed(product: Product) -> None:
    product.negative(product.inquiry())


# P-CNT-002 提供者は、復号した本文のハッシュがヘッダーの content_sha256 と一致しない照会を、content 段階の conte
#   nt_hash_mismatch（422）で拒否しなければならない。
@case(
    "CNT-02",
    verifies=["P-CNT-002"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("content.hash_of_another_content"),
    ja="本文のハッシュが合わない電文を拒否する",
    en="A content whose hash does not fit the header is refused",
)
def test_content_hash_mismatch(product: Product) -> None:
    product.negative(product.inquiry())


# P-CNT-003 提供者は、本文の message_id、from 又は to がヘッダーと異なる照会を、content 段階の body_not_bound（4
#   22）で拒否しなければならない。
@case(
    "CNT-03",
    verifies=["P-CNT-003"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("content.message_id_differs", also=("content.from_differs", "content.to_differs")),
    ja="別の電文から移された本文を拒否する",
    en="A content that names another message is refused",
)
def test_body_not_bound(product: Product) -> None:
    product.negative(product.inquiry())


# P-CNT-004 提供者は、項目の過不足、型の誤り、item_no の不連続又は規定と異なる長さのある本文を、content 段階の c
#   ontent_form_invalid（422）で拒否しなければならない。
@case(
    "CNT-04",
    verifies=["P-CNT-004"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "content.member_unknown",
        also=(
            "content.member_null",
            "content.member_repeated",
            "content.salt_missing",
            "content.salt_short",
            "content.padding_too_long",
            "content.padding_too_short",
            "content.padding_of_other_characters",
            "content.item_number_wrong",
            "content.item_number_of_wrong_type",
            "content.item_member_unknown",
            "content.item_without_keys",
            "content.no_items",
        ),
    ),
    ja="本文の形が表どおりでない電文を拒否する",
    en="A content that is not as the field table says is refused",
)
def test_content_form_invalid(product: Product) -> None:
    product.negative(product.inquiry())
