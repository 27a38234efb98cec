"""認証・認可機能: counterpart and job responsibility, by the provider's own tables."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Negative, case
from renkei_conformance.product import Product


# P-AUT-001 提供者は、自らの権限表で許されない照会を、ネットワークの許可証があっても、authority 段階の authority
#   _not_granted（403）で拒否しなければならない。
@case(
    "AUT-01",
    verifies=["P-AUT-001"],
    role=PROVIDER,
    family="authority",
    kind=Negative(
        "authority.affair_without_row",
        also=("authority.procedure_without_row", "authority.information_without_row", "authority.inquirer_without_row"),
    ),
    smoke=True,
    ja="網が許可しても、自らの表に根拠のない照会を拒否する",
    en="An inquiry without a row in one's own table is refused, though the network permitted it",
)
def test_authority_not_granted(product: Product) -> None:
    product.negative(product.inquiry())


# P-AUT-002 提供者は、照会者の職責がその事務の照会を許されていない照会を、authority 段階の responsibility_not_gr
#   anted（403）で拒否しなければならない。
@case(
    "AUT-02",
    verifies=["P-AUT-002"],
    role=PROVIDER,
    family="authority",
    kind=Negative("responsibility.not_charged", also=("responsibility.may_not_ask", "responsibility.unknown")),
    ja="事務を担わない職責からの照会を拒否する",
    en="An inquiry under a responsibility that has not this affair is refused",
)
def test_responsibility_not_granted(product: Product) -> None:
    product.negative(product.inquiry())


# P-AUT-003 提供者は、対応していない版又は連携情報の版を指定した照会を、authority 段階の edition_not_supported（
#   403）で拒否しなければならない。
@case(
    "AUT-03",
    verifies=["P-AUT-003"],
    role=PROVIDER,
    family="authority",
    kind=Negative("edition.unknown", also=("edition.information_version_unknown",)),
    ja="対応していない版の照会を拒否する",
    en="An inquiry under an edition that is not supported is refused",
)
def test_edition_not_supported(product: Product) -> None:
    product.negative(product.inquiry())


# P-AUT-004 提供者は、reply_kid の証明書が照会者の有効な暗号用証明書でない照会を、authority 段階の reply_key_inv
#   alid（403）で拒否しなければならない。
@case(
    "AUT-04",
    verifies=["P-AUT-004"],
    role=PROVIDER,
    family="authority",
    kind=Negative("reply_key.of_another_body", also=("reply_key.of_signing_certificate", "reply_key.unknown")),
    ja="返信用の証明書が照会者のものでない照会を拒否する",
    en="A reply key that is not the inquirer's own sealing key is refused",
)
def test_reply_key_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-AUT-005 提供者は、受付日時の日本の日付に有効でない職責による照会を、authority 段階の responsibility_not_gran
#   ted（403）で拒否しなければならない。
@case(
    "AUT-05",
    verifies=["P-AUT-005"],
    role=PROVIDER,
    family="authority",
    kind=Negative("responsibility.ended", also=("responsibility.not_begun",)),
    ja="職責の期間外の照会を、電文の時点で拒否する",
    en="A responsibility outside its dates is refused by the message's time",
)
def test_responsibility_out_of_dates(product: Product) -> None:
    product.negative(product.inquiry())


# P-AUT-006 提供者は、受付日時の日本の日付に有効な権限表の行がない照会を、authority 段階の authority_not_granted
#   （403）で拒否しなければならない。
@case(
    "AUT-06",
    verifies=["P-AUT-006"],
    role=PROVIDER,
    family="authority",
    kind=Negative("authority.row_ended", also=("authority.row_not_begun",)),
    ja="根拠の期間外の照会を拒否する",
    en="An authority row outside its dates gives no right",
)
def test_authority_row_out_of_dates(product: Product) -> None:
    product.negative(product.inquiry())
