"""認証・認可機能: the network's permit, without which nobody is counterpart."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Negative, case
from renkei_conformance.product import Product


# P-PRM-001 提供者は、許可証 permit の付いていない照会を、permit 段階の permit_missing（403）で拒否しなければな
#   らない。
@case(
    "PRM-01",
    verifies=["P-PRM-001"],
    role=PROVIDER,
    family="authority",
    kind=Negative("permit.missing"),
    smoke=True,
    ja="許可のない照会を拒否する",
    en="An inquiry without a permit is refused",
)
def test_permit_missing(product: Product) -> None:
    product.negative(product.inquiry())


# P-PRM-002 提供者は、typ が renkei-permit でない、署名が検証できない、又はネットワークの証明書で署名されていな
#   い許可証を、permit 段階の permit_invalid（403）で拒否しなければならない。
@case(
    "PRM-02",
    verifies=["P-PRM-002"],
    role=PROVIDER,
    family="authority",
    kind=Negative(
        "permit.signed_by_a_body",
        also=(
            "permit.signature_of_a_body",
            "permit.signature_bit_flipped",
            "permit.typ_of_receipt",
            "permit.claim_missing",
            "permit.claim_unknown",
            "permit.claim_null",
            "permit.claim_repeated",
        ),
    ),
    ja="網が出したと言えない許可の照会を拒否する",
    en="A permit that is not the network's own is refused",
)
def test_permit_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-PRM-003 提供者は、有効期限 expires_at を過ぎた許可証を、permit 段階の permit_expired（403）で拒否しなければ
#   ならない。
@case(
    "PRM-03",
    verifies=["P-PRM-003"],
    role=PROVIDER,
    family="authority",
    kind=Negative("permit.expired"),
    ja="期限を過ぎた許可の照会を拒否する",
    en="An expired permit is refused",
)
def test_permit_expired(product: Product) -> None:
    product.negative(product.inquiry())


# P-PRM-004 提供者は、許可証の header_sha256、body_sha256 又は subjects_sha256 が並べて届いた文字列のハッシュと
#   一致しない照会を、permit 段階の permit_mismatch（403）で拒否しなければならない。
@case(
    "PRM-04",
    verifies=["P-PRM-004"],
    role=PROVIDER,
    family="authority",
    kind=Negative("permit.of_another_header", also=("permit.of_another_body", "permit.of_other_subjects")),
    ja="別の電文に出された許可の照会を拒否する",
    en="A permit given for other parts than those beside it is refused",
)
def test_permit_of_other_parts(product: Product) -> None:
    product.negative(product.inquiry())


# P-PRM-005 提供者は、許可証とヘッダーに共通する項目（事務、手続、連携情報、職責、版など）の値が異なる照会を、pe
#   rmit 段階の permit_mismatch（403）で拒否しなければならない。
@case(
    "PRM-05",
    verifies=["P-PRM-005"],
    role=PROVIDER,
    family="authority",
    kind=Negative(
        "permit.affair_differs",
        also=(
            "permit.edition_differs",
            "permit.expires_at_differs",
            "permit.from_differs",
            "permit.information_differs",
            "permit.procedure_differs",
            "permit.responsibility_differs",
            "permit.subject_count_differs",
        ),
    ),
    ja="許可とヘッダの項目が食い違う照会を拒否する",
    en="A permit that differs from the header in a shared field is refused",
)
def test_permit_fields_differ(product: Product) -> None:
    product.negative(product.inquiry())


# P-PRM-006 提供者は、宛先 to が自団体でない許可証の付いた照会を、permit 段階の permit_mismatch（403）で拒否しな
#   ければならない。
@case(
    "PRM-06",
    verifies=["P-PRM-006"],
    role=PROVIDER,
    family="authority",
    kind=Negative("permit.to_another_body"),
    ja="他の団体に宛てた許可の照会を拒否する",
    en="A permit for another body is refused",
)
def test_permit_to_another_body(product: Product) -> None:
    product.negative(product.inquiry())
