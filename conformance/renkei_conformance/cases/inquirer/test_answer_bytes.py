"""情報提供ネットワークシステム接続機能（照会者）: an answer as bytes, before anything in it is believed."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import negative
from renkei_conformance.case import INQUIRER, Negative, Positive, Property, Scenario, case


# I-TRN-001 照会者は、自らの照会への正しい応答の配信に 202 を返し（取得型では受信箱から取り出し）、accepted の確認応
#   答で確認しなければならない。
@case(
    "IQ-TRN-01",
    verifies=["I-TRN-001"],
    role=INQUIRER,
    family="envelope",
    kind=Positive(),
    smoke=True,
    turn="first",
    ja="自らの照会への正しい応答を受け取り、確認する",
    en="A right answer to an own question is taken and acknowledged",
)
def test_right_answer_accepted(asker: Asker) -> None:
    asker.exchange()


# I-TRN-002 照会者は、メディアタイプが application/vnd.renkei+json でない応答を、transport 段階の media_type
#   _not_allowed（415）で拒否しなければならない。
@case(
    "IQ-TRN-02",
    verifies=["I-TRN-002"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("transport.media_type"),
    ja="定められた媒体型でない応答を拒否する",
    en="An answer of another media type is refused",
)
def test_media_type_not_allowed(asker: Asker) -> None:
    negative(asker)


# I-TRN-003 照会者は、10 MiB を超える応答を、transport 段階の too_large（413）で拒否しなければならない。
@case(
    "IQ-TRN-03",
    verifies=["I-TRN-003"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("transport.too_large"),
    ja="大きすぎる応答を拒否する",
    en="An answer that is too large is refused",
)
def test_too_large(asker: Asker) -> None:
    negative(asker)


# I-TRN-004 照会者は、定められていないパスへの応答の配信を、transport 段階の path_unknown（404）で拒否しなけ
#   ればならない。
@case(
    "IQ-TRN-04",
    verifies=["I-TRN-004"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("transport.path_unknown"),
    ja="定められていないパスへの応答を拒否する",
    en="An answer to an unknown path is refused",
)
def test_path_unknown(asker: Asker) -> None:
    negative(asker)


# I-TRN-005 照会者は、応答を拒否した後も、次の照会とその正しい応答を通常どおり扱わなければならない。
@case(
    "IQ-TRN-05",
    verifies=["I-TRN-005"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="段階の異なる拒否が続いた後も、次の応答を受け取る",
    en="After refusals of several stages in a row the next answer is still taken",
)
def test_goes_on_after_refusals(asker: Asker) -> None:
    for spoil in ("form.typ_of_permit", "receipt.missing", "sender.signature_bit_flipped", "content.body_bit_flipped"):
        questioned = asker.ask()
        asker.deliver(asker.answer(questioned).spoil(spoil), questioned.number)
    asker.exchange(clause="I-TRN-005")


# I-FRM-001 照会者は、JSON として読めない応答（途中で切れたものを含む。）を、form 段階の not_json（400）で拒
#   否しなければならない。
@case(
    "IQ-FRM-01",
    verifies=["I-FRM-001"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.not_json",
        also=(
            "form.cut_short",
            "form.not_utf8",
            "form.bytes_after_the_end",
        ),
    ),
    ja="JSONとして読めない応答、途中で切れた応答を拒否する",
    en="An answer that is no JSON, or cut short, is refused",
)
def test_not_json(asker: Asker) -> None:
    negative(asker)


# I-FRM-002 照会者は、エンベロープのメンバーが足りない、又は定められていない応答を、form 段階の envelope_mem
#   ber_missing 又は envelope_member_unknown（400）で拒否しなければならない。
@case(
    "IQ-FRM-02",
    verifies=["I-FRM-002"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.envelope_member_unknown",
        also=(
            "form.envelope_body_missing",
            "form.envelope_header_missing",
        ),
    ),
    ja="エンベロープの部分の過不足がある応答を拒否する",
    en="An answer whose envelope has a member too many or too few is refused",
)
def test_envelope_members(asker: Asker) -> None:
    negative(asker)


# I-FRM-003 照会者は、メンバーが重複する応答を、form 段階の member_repeated（400）で拒否しなければならない。
@case(
    "IQ-FRM-03",
    verifies=["I-FRM-003"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("form.envelope_member_repeated", also=("form.header_claim_repeated",)),
    ja="部分が重複する応答を拒否する",
    en="An answer with a repeated member is refused",
)
def test_member_repeated(asker: Asker) -> None:
    negative(asker)


# I-FRM-004 照会者は、base64url が正準でない応答を、form 段階の encoding_not_canonical（400）で拒否しなけれ
#   ばならない。
@case(
    "IQ-FRM-04",
    verifies=["I-FRM-004"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.header_last_character",
        also=(
            "form.header_padded",
            "form.body_padded",
        ),
    ),
    ja="正準でない符号化の応答を拒否する",
    en="An answer whose encoding is not canonical is refused",
)
def test_encoding_not_canonical(asker: Asker) -> None:
    negative(asker)


# I-FRM-005 照会者は、定められていない JOSE ヘッダーのパラメーターをもつ応答を、form 段階の jose_header_not_
#   allowed（400）で拒否しなければならない。添えられた鍵を信じてはならない。
@case(
    "IQ-FRM-05",
    verifies=["I-FRM-005"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.jose_jwk",
        also=(
            "form.jose_crit",
            "form.jose_b64",
            "form.jose_body_zip",
        ),
    ),
    smoke=True,
    ja="鍵を添えるなど、余分なJOSEパラメーターのある応答を拒否する",
    en="An answer with a key sent along, or another unlisted JOSE parameter, is refused",
)
def test_jose_header_not_allowed(asker: Asker) -> None:
    negative(asker)


# I-FRM-006 照会者は、定められた方式でない署名又は暗号の応答を、form 段階の algorithm_not_allowed（400）で拒
#   否しなければならない。
@case(
    "IQ-FRM-06",
    verifies=["I-FRM-006"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.alg_none",
        also=(
            "form.alg_hs256",
            "form.alg_es384",
            "form.body_alg_key_wrap",
            "form.body_enc_a128gcm",
        ),
    ),
    ja="定められた方式でない応答を拒否する",
    en="An answer under another algorithm is refused",
)
def test_algorithm_not_allowed(asker: Asker) -> None:
    negative(asker)


# I-FRM-007 照会者は、typ が定められたものでない応答を、form 段階の type_not_allowed（400）で拒否しなければ
#   ならない。
@case(
    "IQ-FRM-07",
    verifies=["I-FRM-007"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.typ_of_permit",
        also=(
            "form.typ_unknown",
            "form.body_typ_of_inquiry",
        ),
    ),
    ja="typ の違う応答を拒否する",
    en="An answer under another typ is refused",
)
def test_type_not_allowed(asker: Asker) -> None:
    negative(asker)


# I-FRM-008 照会者は、ヘッダーのクレームが足りない、定められていない、又は型の違う応答を、form 段階の header
#   _form_invalid（400）で拒否しなければならない。
@case(
    "IQ-FRM-08",
    verifies=["I-FRM-008"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "form.header_claim_missing",
        also=(
            "form.header_claim_unknown",
            "form.header_claim_null",
            "form.header_claim_of_wrong_type",
            "form.instant_with_offset",
            "form.message_id_in_upper_case",
        ),
    ),
    ja="ヘッダの項目の過不足や型の違う応答を拒否する",
    en="An answer whose header has claims too many, too few or of another form is refused",
)
def test_header_form_invalid(asker: Asker) -> None:
    negative(asker)


# I-FRM-009 照会者は、自団体に宛てたものでない応答を、form 段階の not_for_us（403）で拒否しなければならない
#   。
@case(
    "IQ-FRM-09",
    verifies=["I-FRM-009"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("form.to_unknown_body", also=("form.to_another_body",)),
    ja="自団体に宛てたものでない応答を拒否する",
    en="An answer to another body is refused",
)
def test_not_for_us(asker: Asker) -> None:
    negative(asker)


# I-FRM-010 照会者は、入れ子が 16 段を超える応答を、form 段階の depth_exceeded（400）で拒否しなければならな
#   い。
@case(
    "IQ-FRM-10",
    verifies=["I-FRM-010"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("form.nested_too_deep", also=("form.nested_one_too_deep",)),
    ja="入れ子の深すぎる応答を拒否する",
    en="An answer nested too deep is refused",
)
def test_depth_exceeded(asker: Asker) -> None:
    negative(asker)


# I-FRM-012 照会者は、JSON のメンバーの順序及び空白が異なるだけの正しい応答を受け入れなければならない。
@case(
    "IQ-FRM-12",
    verifies=["I-FRM-012"],
    role=INQUIRER,
    family="envelope",
    kind=Property(),
    ja="JSONの部分の並び順を変えた応答を受け取る",
    en="An answer with its JSON members in another order is accepted",
)
def test_order_of_members_is_free(asker: Asker) -> None:
    for order in (1, 2, 3):
        questioned = asker.ask()
        asker.exchange(questioned, "I-FRM-012", asker.answer(questioned).reordered(order))
