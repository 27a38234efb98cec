"""連携確認機能（照会者）: what an answer says once it is open, item by item, and whether it may still come."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import kept_back, negative
from renkei_conformance.case import INQUIRER, Negative, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.oracles import results
from renkei_conformance.wire import Json


# I-CNT-001 照会者は、本文を開けない応答を、原因を区別せず、content 段階の decryption_failed で拒否しなけれ
#   ばならない。
@case(
    "IQ-CNT-01",
    verifies=["I-CNT-001"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "content.body_bit_flipped",
        also=(
            "content.tag_bit_flipped",
            "content.sealed_to_another_key",
            "content.sealed_to_another_body",
            "content.epk_off_the_curve",
        ),
    ),
    ja="本文を開けない応答を、原因を区別せずに拒否する",
    en="An answer that does not open is rejected, whatever the cause",
)
def test_decryption_failed(asker: Asker) -> None:
    negative(asker)


# I-CNT-002 照会者は、開いた本文のハッシュが content_sha256 と一致しない応答を、content 段階の content_hash_
#   mismatch で拒否しなければならない。
@case(
    "IQ-CNT-02",
    verifies=["I-CNT-002"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("content.hash_of_another_content"),
    ja="本文のハッシュが合わない応答を拒否する",
    en="An answer whose content has another hash is rejected",
)
def test_content_hash_mismatch(asker: Asker) -> None:
    negative(asker)


# I-CNT-003 照会者は、本文の message_id、from、to 又は exchange_number がヘッダーと異なる応答を、content 段
#   階の body_not_bound で拒否しなければならない。
@case(
    "IQ-CNT-03",
    verifies=["I-CNT-003"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "content.message_id_differs",
        also=(
            "content.from_differs",
            "content.to_differs",
            "content.answer_of_another_exchange",
        ),
    ),
    ja="本文とヘッダの識別子が異なる応答を拒否する",
    en="An answer whose content names another message is rejected",
)
def test_body_not_bound(asker: Asker) -> None:
    negative(asker)


# I-CNT-004 照会者は、本文のメンバーが足りない、定められていない、重複する、null である、又は長さが padded_s
#   ize でない応答を、content 段階の content_form_invalid で拒否しなければならない。
@case(
    "IQ-CNT-04",
    verifies=["I-CNT-004"],
    role=INQUIRER,
    family="envelope",
    kind=Negative(
        "content.padding_too_long",
        also=(
            "content.padding_too_short",
            "content.padding_of_other_characters",
            "content.member_unknown",
            "content.member_null",
            "content.member_repeated",
            "content.salt_missing",
            "content.salt_short",
            "result.none",
        ),
    ),
    ja="本文の形式又は長さが定めと異なる応答を拒否する",
    en="An answer whose content is of another form or length is rejected",
)
def test_content_form_invalid(asker: Asker) -> None:
    negative(asker)


# I-ITM-001 照会者は、必要最小限の項目より多くの項目をもつ応答を、content 段階の item_not_permitted で拒否し
#   なければならない。
@case(
    "IQ-ITM-01",
    verifies=["I-ITM-001"],
    role=INQUIRER,
    family="items",
    kind=Negative("item.one_more", also=("item.unknown",)),
    smoke=True,
    ja="必要最小限より多い項目の応答を拒否する",
    en="An answer with one item too many is rejected",
)
def test_item_not_permitted(asker: Asker) -> None:
    negative(asker)


# I-ITM-002 照会者は、必要な項目が一つでも足りない応答を、content 段階の item_missing で拒否しなければならな
#   い。
@case(
    "IQ-ITM-02",
    verifies=["I-ITM-002"],
    role=INQUIRER,
    family="items",
    kind=Negative("item.one_less"),
    ja="項目の足りない応答を拒否する",
    en="An answer with one item too few is rejected",
)
def test_item_missing(asker: Asker) -> None:
    negative(asker)


# I-ITM-003 照会者は、項目の型又は桁数が項目表と異なる応答を、content 段階の item_invalid で拒否しなければな
#   らない。
@case(
    "IQ-ITM-03",
    verifies=["I-ITM-003"],
    role=INQUIRER,
    family="items",
    kind=Negative(
        "item.number_as_text",
        also=(
            "item.too_many_digits",
            "item.null",
            "item.code_as_number",
        ),
    ),
    ja="型又は桁数の違う項目の応答を拒否する",
    en="An answer with an item of another type or size is rejected",
)
def test_item_invalid(asker: Asker) -> None:
    negative(asker)


# I-ITM-004 照会者は、年度など照会キーと等しいはずの項目が依頼したキーと異なる応答を、content 段階の item_in
#   valid で拒否しなければならない。
@case(
    "IQ-ITM-04",
    verifies=["I-ITM-004"],
    role=INQUIRER,
    family="items",
    kind=Negative("item.of_another_key"),
    smoke=True,
    ja="照会したのと異なる年度の応答を拒否する",
    en="An answer for another year than was asked is rejected",
)
def test_year_not_asked(asker: Asker) -> None:
    negative(asker)


# I-ITM-005 照会者は、コード表にない、又は有効でないコードをもつ応答を、content 段階の code_not_in_force で
#   拒否しなければならない。
@case(
    "IQ-ITM-05",
    verifies=["I-ITM-005"],
    role=INQUIRER,
    family="items",
    kind=Negative("item.code_unknown", also=("result.status_unknown",)),
    ja="コード表にないコードの応答を拒否する",
    en="An answer with a code that no table has is rejected",
)
def test_code_not_in_force(asker: Asker) -> None:
    negative(asker)


# I-ITM-006 照会者は、結果の種類に許されたメンバーと異なるメンバーをもつ結果の応答を、content 段階の content
#   _form_invalid で拒否しなければならない。
@case(
    "IQ-ITM-06",
    verifies=["I-ITM-006"],
    role=INQUIRER,
    family="items",
    kind=Negative(
        "result.status_missing",
        also=(
            "result.as_of_missing",
            "result.record_missing",
            "result.record_though_none",
            "result.unknown",
        ),
    ),
    ja="結果の種類と部分が合わない応答を拒否する",
    en="An answer whose result has other members than its kind is rejected",
)
def test_result_members(asker: Asker) -> None:
    negative(asker)


# I-ITM-007 照会者は、照会していない者（item_no）の結果をもつ応答を、content 段階の subject_not_asked で拒否
#   しなければならない。
@case(
    "IQ-ITM-07",
    verifies=["I-ITM-007"],
    role=INQUIRER,
    family="items",
    kind=Negative("result.of_a_stranger", also=("result.of_nobody_asked",)),
    ja="照会していない者の結果を含む応答を拒否する",
    en="An answer about somebody who was not asked about is rejected",
)
def test_subject_not_asked(asker: Asker) -> None:
    negative(asker)


# I-ITM-008 照会者は、照会した者の結果が欠ける、又は重複する応答を、content 段階の answer_incomplete で拒否
#   しなければならない。
@case(
    "IQ-ITM-08",
    verifies=["I-ITM-008"],
    role=INQUIRER,
    family="items",
    kind=Negative("result.twice"),
    ja="照会した者の結果が欠け、又は重複する応答を拒否する",
    en="An answer that lacks or repeats a result is rejected",
)
def test_answer_incomplete(asker: Asker) -> None:
    negative(asker)


# I-STA-001 照会者は、応答を受け取った照会への、訂正でない二つ目の異なる応答を、permit 段階の receipt_mismatch で拒
#   否し、先の結果を変えてはならない。
@case(
    "IQ-STA-01",
    verifies=["I-STA-001"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("state.second_answer"),
    ja="応答済みの照会への、二つ目の異なる応答を受け入れない",
    en="A second, different answer to an answered question is not taken",
)
def test_second_answer(asker: Asker, ev: Evidence) -> None:
    questioned = asker.exchange()
    first = asker.row(questioned.ask.ask_id).get("results")
    other: list[Json] = [{"item_no": 1, "result": "no_record"}]
    second = asker.put_after(questioned, asker.answer(questioned, other), "state.second_answer")
    ev.check("I-STA-001", second)
    shown = asker.row(questioned.ask.ask_id).get("results")
    ev.check("I-STA-001", equal("asks.results", first, shown, results.WHY_FIRST))


# I-STA-002 照会者は、期限切れ、取下げ、拒否などで終わった照会への遅れた応答を、permit 段階の receipt_mismatch で拒
#   否し、業務側に渡してはならない。
@case(
    "IQ-STA-02",
    verifies=["I-STA-002"],
    role=INQUIRER,
    family="envelope",
    kind=Negative("state.after_expiry", also=("state.after_withdrawal", "state.after_refusal")),
    ja="期限切れ、取下げ、拒否の後に届いた応答を受け入れない",
    en="An answer after expiry, withdrawal or refusal is not taken",
)
def test_late_answer(asker: Asker, ev: Evidence) -> None:
    asker.exchange()
    for spoil, state, refusal in results.ENDS:
        questioned = asker.ask()
        asker.deliver_receipt(asker.parties.tap.forged.close(questioned.number, state, refusal))
        ev.check("I-STA-002", asker.put_after(questioned, asker.answer(questioned), spoil))
        ev.check("I-STA-002", kept_back(asker, questioned))
    asker.exchange(clause="I-TRN-005")


# I-STA-003 照会者は、同じ応答の再配信に再び 202 を返し、結果を一度だけ記録し、一度だけ渡さなければならない
#   。
@case(
    "IQ-STA-03",
    verifies=["I-STA-003"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="同じ応答が再び届いても、一度だけ渡す",
    en="The same answer delivered again is handed over once",
)
def test_same_answer_again(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    draft = asker.answer(questioned)
    asker.exchange(questioned, draft=draft)
    again = asker.deliver_again(draft)
    ev.check("I-STA-003", equal("reply.status", 202, again, results.WHY_AGAIN))
    outcomes = {item.get("outcome") for item in asker.acknowledged(questioned.number)}
    ev.check("I-STA-003", equal("acknowledgements", ["accepted"], sorted(map(str, outcomes)), results.WHY_AGAIN))
    shown = asker.row(questioned.ask.ask_id).get("results")
    count = len(shown) if isinstance(shown, list) else 0
    ev.check("I-STA-003", equal("asks.results", 1, count, results.WHY_AGAIN))


# I-STA-004 照会者は、先の応答を replaces で示す訂正の応答を受け入れ、業務側に訂正後の結果を示さなければなら
#   ない。
@case(
    "IQ-STA-04",
    verifies=["I-STA-004"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="先の応答を差し替える訂正を受け取り、訂正後の結果を示す",
    en="A correction of the earlier answer is taken and shown",
)
def test_correction(asker: Asker, ev: Evidence) -> None:
    questioned = asker.ask()
    first = asker.answer(questioned, [{"item_no": 1, "result": "no_record"}])
    asker.exchange(questioned, draft=first)
    asker.row(questioned.ask.ask_id)
    corrected = asker.answer(questioned, replaces=first.message_id)
    asker.exchange(questioned, "I-STA-004", corrected)
    row = asker.row_until(questioned.ask.ask_id, results.provided)
    ev.check("I-STA-004", equal("asks.results.result", True, results.provided(row), results.WHY_CORRECTED))
