"""情報提供ネットワークシステム接続機能: the form of a message, read before anything is believed of it."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Negative, case
from renkei_conformance.product import Product


# P-FRM-001 提供者は、正しい UTF-8 の JSON オブジェクトでない電文を、form 段階の not_json（400）で拒否しなければ
#   ならない。
@case(
    "FRM-01",
    verifies=["P-FRM-001"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.not_json", also=("form.not_utf8", "form.bytes_after_the_end")),
    smoke=True,
    ja="JSONとして読めない電文を拒否する",
    en="A message that is no JSON is refused",
)
def test_not_json(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-002 提供者は、封筒に必要なメンバー（header、body、対象者が個人の場合の subjects）を欠く電文を、form 段階
#   の envelope_member_missing（400）で拒否しなければならない。
@case(
    "FRM-02",
    verifies=["P-FRM-002"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "form.envelope_body_missing", also=("form.envelope_header_missing", "form.envelope_subjects_missing")
    ),
    ja="封筒の部分が欠けた電文を拒否する",
    en="An envelope with a part missing is refused",
)
def test_envelope_member_missing(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-003 提供者は、封筒に定められていないメンバーがある電文を、form 段階の envelope_member_unknown（400）で拒
#   否しなければならない。
@case(
    "FRM-03",
    verifies=["P-FRM-003"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.envelope_member_unknown"),
    ja="封筒に余分な部分がある電文を拒否する",
    en="An envelope with a part too many is refused",
)
def test_envelope_member_unknown(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-004 提供者は、同じ名前のメンバーが繰り返される JSON を含む電文を、form 段階の member_repeated（400）で拒
#   否しなければならない。
@case(
    "FRM-04",
    verifies=["P-FRM-004"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.envelope_member_repeated", also=("form.header_claim_repeated", "form.jose_member_repeated")),
    ja="同じ名前の部分が二つある電文を拒否する",
    en="A message with a member twice is refused",
)
def test_member_repeated(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-005 提供者は、正準形でない base64url（パディング、改行、余りビットが 0 でないものなど）を含む電文を、for
#   m 段階の encoding_not_canonical（400）で拒否しなければならない。
@case(
    "FRM-05",
    verifies=["P-FRM-005"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "form.header_last_character",
        also=(
            "form.header_padded",
            "form.permit_last_character",
            "form.body_last_character",
            "form.body_padded",
            "form.subjects_padded",
        ),
    ),
    ja="正規でないbase64urlを含む電文を拒否する",
    en="A message with a base64url that is not canonical is refused",
)
def test_encoding_not_canonical(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-006 提供者は、JOSE ヘッダーに定められていないパラメーター（crit、jwk、x5c など）がある電文を、form 段階
#   の jose_header_not_allowed（400）で拒否しなければならない。
@case(
    "FRM-06",
    verifies=["P-FRM-006"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "form.jose_crit",
        also=("form.jose_jwk", "form.jose_b64", "form.jose_kid_missing", "form.jose_typ_missing", "form.jose_body_zip"),
    ),
    ja="JOSEヘッダが閉じた一覧どおりでない電文を拒否する",
    en="A JOSE header beyond or short of the closed list is refused",
)
def test_jose_header_not_allowed(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-007 提供者は、この版で定めた組（ES256、ECDH-ES、A256GCM）以外のアルゴリズムを用いる電文を、form 段階の a
#   lgorithm_not_allowed（400）で拒否しなければならない。
@case(
    "FRM-07",
    verifies=["P-FRM-007"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "form.alg_none",
        also=(
            "form.alg_hs256",
            "form.alg_es384",
            "form.permit_alg_none",
            "form.body_alg_key_wrap",
            "form.body_enc_a128gcm",
        ),
    ),
    smoke=True,
    ja="定められた暗号の組以外を使う電文を拒否する",
    en="A message under any other algorithm is refused",
)
def test_algorithm_not_allowed(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-008 提供者は、typ が提供者の受け取る電文の種別でない電文を、form 段階の type_not_allowed（400）で拒否し
#   なければならない。
@case(
    "FRM-08",
    verifies=["P-FRM-008"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.typ_of_permit", also=("form.typ_unknown", "form.body_typ_of_inquiry")),
    ja="種類が許されない電文を拒否する",
    en="A message of a type that is not allowed here is refused",
)
def test_type_not_allowed(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-009 提供者は、ヘッダーの項目に過不足、null 又は型や桁数の誤りがある電文を、form 段階の header_form_inval
#   id（400）で拒否しなければならない。
@case(
    "FRM-09",
    verifies=["P-FRM-009"],
    role=PROVIDER,
    family="envelope",
    kind=Negative(
        "form.header_claim_unknown",
        also=(
            "form.header_claim_missing",
            "form.header_claim_null",
            "form.header_claim_of_wrong_type",
            "form.header_claim_empty",
            "form.instant_with_offset",
            "form.instant_without_milliseconds",
            "form.message_id_in_upper_case",
        ),
    ),
    ja="ヘッダの項目が表どおりでない電文を拒否する",
    en="A header that is not as the field table says is refused",
)
def test_header_form_invalid(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-010 提供者は、入れ子が 16 段を超える JSON を、form 段階の depth_exceeded（400）で拒否しなければならない
#   。
@case(
    "FRM-10",
    verifies=["P-FRM-010"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.nested_too_deep", also=("form.nested_one_too_deep",)),
    ja="入れ子が深すぎる電文を拒否する",
    en="A message nested too deep is refused",
)
def test_depth_exceeded(product: Product) -> None:
    product.negative(product.inquiry())


# P-FRM-011 提供者は、ヘッダーの宛先 to が自団体でない電文を、form 段階の not_for_us（403）で拒否しなければなら
#   ない。
@case(
    "FRM-11",
    verifies=["P-FRM-011"],
    role=PROVIDER,
    family="envelope",
    kind=Negative("form.to_another_body", also=("form.to_unknown_body",)),
    ja="他の団体に宛てた電文を拒否する",
    en="A message for another body is refused",
)
def test_not_for_us(product: Product) -> None:
    product.negative(product.inquiry())
