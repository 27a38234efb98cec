"""情報提供ネットワークシステム: what the network refuses at its door, before it believes anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from renkei_conformance.case import NETWORK, Negative, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.network_side import ANSWERER, BYSTANDER, NetworkSide
from renkei_fixtures.messages import both

Function = TypeVar("Function", bound=Callable[..., Any])


def _refuses(case_id: str, clause: str, *spoils: str, ja: str, en: str) -> Callable[[Function], Function]:
    return case(case_id, verifies=[clause], role=NETWORK, family="envelope", kind=Negative(spoils[0], also=spoils[1:]),
                ja=ja, en=en)  # fmt: skip


# N-TRN-001 ネットワークは、メディアタイプが application/vnd.renkei+json でない電文を、transp
#   ort 段階の media_type_not_allowed（415）で拒否しなければならない。
@_refuses(
    "N-TRN-01",
    "N-TRN-001",
    "transport.media_type",
    ja="定められた媒体型でない要求を拒否する",
    en="A request of another media type is refused",
)
def test_a_request_of_another_media_type_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-TRN-002 ネットワークは、10 MiB を超える電文を、transport 段階の too_large（413）で拒否しなけれ
#   ばならない。
@_refuses(
    "N-TRN-02",
    "N-TRN-002",
    "transport.too_large",
    ja="大きすぎる電文を拒否する",
    en="A message that is too large is refused",
)
def test_a_message_that_is_too_large_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-TRN-003 ネットワークは、定められていないパスへの要求を、transport 段階の path_unknown（404）で拒否
#   しなければならない。
@_refuses(
    "N-TRN-03",
    "N-TRN-003",
    "transport.path_unknown",
    ja="定められていないパスへの要求を拒否する",
    en="A request to an unknown path is refused",
)
def test_a_request_to_an_unknown_path_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-001 ネットワークは、正しい UTF-8 の JSON オブジェクトでない電文を、form 段階の not_json（40
#   0）で拒否しなければならない。
@_refuses(
    "N-FRM-01",
    "N-FRM-001",
    "form.not_json",
    "form.not_utf8",
    "form.bytes_after_the_end",
    ja="JSON として読めない電文を拒否する",
    en="What is no JSON is refused",
)
def test_what_is_no_json_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-002 ネットワークは、必要なメンバーのないエンベロープを、form 段階の envelope_member_missing
#   （400）で拒否しなければならない。
@_refuses(
    "N-FRM-02",
    "N-FRM-002",
    "form.envelope_body_missing",
    "form.envelope_header_missing",
    "form.envelope_subjects_missing",
    ja="必要なメンバーのないエンベロープを拒否する",
    en="An envelope that lacks a member is refused",
)
def test_an_envelope_that_lacks_a_member_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-003 ネットワークは、定めのないメンバーのあるエンベロープを、form 段階の envelope_member_unkno
#   wn（400）で拒否しなければならない。
@_refuses(
    "N-FRM-03",
    "N-FRM-003",
    "form.envelope_member_unknown",
    ja="定めのないメンバーのあるエンベロープを拒否する",
    en="An envelope with an unlisted member is refused",
)
def test_an_envelope_with_an_unlisted_member_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-004 ネットワークは、JSON のメンバー名が繰り返される電文を、form 段階の member_repeated（400
#   ）で拒否しなければならない。
@_refuses(
    "N-FRM-04",
    "N-FRM-004",
    "form.envelope_member_repeated",
    "form.header_claim_repeated",
    "form.jose_member_repeated",
    ja="繰り返されたメンバーのある電文を拒否する",
    en="A repeated member is refused",
)
def test_a_repeated_member_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-005 ネットワークは、正規でない base64url のある電文を、form 段階の encoding_not_canon
#   ical（400）で拒否しなければならない。
@_refuses(
    "N-FRM-05",
    "N-FRM-005",
    "form.header_padded",
    "form.header_last_character",
    "form.body_padded",
    ja="正規でない符号化を拒否する",
    en="Encodings that are not canonical are refused",
)
def test_encodings_that_are_not_canonical_are_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-006 ネットワークは、JOSE ヘッダーに定めのないパラメーターのある電文を、form 段階の jose_header_n
#   ot_allowed（400）で拒否しなければならない。
@_refuses(
    "N-FRM-06",
    "N-FRM-006",
    "form.jose_crit",
    "form.jose_jwk",
    "form.jose_body_zip",
    ja="定めのない JOSE パラメーターを拒否する",
    en="Unlisted JOSE parameters are refused",
)
def test_unlisted_jose_parameters_are_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-007 ネットワークは、その版で定めた方式でない署名又は暗号の電文を、form 段階の algorithm_not_allo
#   wed（400）で拒否しなければならない。
@_refuses(
    "N-FRM-07",
    "N-FRM-007",
    "form.alg_hs256",
    "form.alg_none",
    "form.body_enc_a128gcm",
    ja="定めのない暗号方式を拒否する",
    en="Other algorithms than the suite's are refused",
)
def test_other_algorithms_than_the_suites_are_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-008 ネットワークは、ネットワークが受け取る種別でない電文を、form 段階の type_not_allowed（400）
#   で拒否しなければならない。
@_refuses(
    "N-FRM-08",
    "N-FRM-008",
    "form.typ_of_permit",
    "form.typ_unknown",
    ja="受け取らない種別の電文を拒否する",
    en="Types that the network does not receive are refused",
)
def test_types_that_the_network_does_not_receive_are_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-009 ネットワークは、ヘッダーの項目に過不足や誤りのある電文を、form 段階の header_form_invalid（
#   400）で拒否しなければならない。
@_refuses(
    "N-FRM-09",
    "N-FRM-009",
    "form.header_claim_unknown",
    "form.header_claim_missing",
    "form.header_claim_null",
    "form.header_claim_of_wrong_type",
    "form.instant_with_offset",
    ja="項目表に合わないヘッダーを拒否する",
    en="A header that is not as the field table says is refused",
)
def test_a_header_that_is_not_as_the_field_table_says_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRM-010 ネットワークは、JSON の入れ子が 16 段を超える電文を、form 段階の depth_exceeded（400
#   ）で拒否しなければならない。
@_refuses(
    "N-FRM-10",
    "N-FRM-010",
    "form.nested_too_deep",
    ja="深すぎる入れ子を拒否する",
    en="JSON nested too deeply is refused",
)
def test_json_nested_too_deeply_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-SIG-004 ネットワークは、信頼の起点までつながらない証明書による署名を、sender 段階の certificate_chai
#   n_invalid（403）で拒否しなければならない。
@_refuses(
    "N-SIG-04",
    "N-SIG-004",
    "sender.certificate_of_unknown_authority",
    "sender.certificate_self_signed",
    "sender.certificate_issued_by_no_authority",
    ja="信頼の起点に至らない証明書の電文を拒否する",
    en="A certificate that leads to no trust anchor is refused",
)
def test_a_certificate_that_leads_to_no_trust_anchor_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-SIG-005 ネットワークは、有効期間の終わった証明書による署名を、sender 段階の certificate_expired（
#   403）で拒否しなければならない。
@_refuses(
    "N-SIG-05",
    "N-SIG-005",
    "sender.certificate_expired",
    ja="期限の切れた証明書の電文を拒否する",
    en="An expired certificate is refused",
)
def test_an_expired_certificate_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-SIG-006 ネットワークは、有効期間の始まっていない証明書による署名を、sender 段階の certificate_not_y
#   et_valid（403）で拒否しなければならない。
@_refuses(
    "N-SIG-06",
    "N-SIG-006",
    "sender.certificate_not_yet_valid",
    ja="まだ有効でない証明書の電文を拒否する",
    en="A certificate that is not yet valid is refused",
)
def test_a_certificate_that_is_not_yet_valid_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-SIG-007 ネットワークは、署名用でない証明書による署名を、sender 段階の certificate_usage_wrong
#   （403）で拒否しなければならない。
@_refuses(
    "N-SIG-07",
    "N-SIG-007",
    "sender.certificate_for_sealing",
    "sender.certificate_of_wrong_usage",
    ja="署名用でない証明書で署名した電文を拒否する",
    en="A signature under a certificate that is not for signing is refused",
)
def test_a_signature_under_a_certificate_that_is_not_for_signing_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-SIG-008 ネットワークは、登録簿にない証明書による署名を、sender 段階の certificate_unknown（403
#   ）で拒否しなければならない。
@_refuses(
    "N-SIG-08",
    "N-SIG-008",
    "sender.certificate_unknown",
    ja="誰も知らない証明書の電文を拒否する",
    en="A certificate that nobody knows is refused",
)
def test_a_certificate_that_nobody_knows_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRS-004 ネットワークは、発行日時が 300 秒を超えて未来である電文を、freshness 段階の issued_in_fu
#   ture（403）で拒否しなければならない。
@_refuses(
    "N-FRS-04",
    "N-FRS-004",
    "freshness.issued_in_future",
    ja="発行時刻が 300 秒より先の電文を拒否する",
    en="A message issued more than 300 s ahead is refused",
)
def test_a_message_issued_more_than_300_s_ahead_is_refused(network: NetworkSide) -> None:
    network.negative()


# N-FRS-005 ネットワークは、発行から 300 秒を過ぎた問合せを、freshness 段階の query_too_old（403）で拒否しなければならない。
@case(
    "N-FRS-05",
    verifies=["N-FRS-005"],
    role=NETWORK,
    family="envelope",
    kind=Negative("freshness.query_too_old"),
    ja="発行から 300 秒を過ぎた問合せを拒否する",
    en="A query older than 300 s is refused",
)
def test_query_too_old(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    asked = network.asker.query(carried.exchange_number)
    _require_answered(network, asked.twin())
    ev.step("spoiled", spoil=ev.run.standard.spoils["freshness.query_too_old"].text)
    _, said = network.send(asked.spoil("freshness.query_too_old"))
    due = {"told": "refused", "status": 403, "code": "query_too_old", "stage": "freshness"}
    ev.check("N-FRS-005", equal("query", due, said.short(), both("conformance.why.query_age")))
    _require_answered(network, asked.twin())


def _require_answered(network: NetworkSide, query: Any) -> None:
    reply, said = network.send(query)
    if reply is None or reply.status != 200:
        raise Inconclusive(both("conformance.reason.control_refused", told=said.words))


# N-AUT-006 ネットワークは、提供が差し止められている照会先への照会を、authority 段階の provision_barred（403）で拒否しなければならない。
@case(
    "N-AUT-06",
    verifies=["N-AUT-006"],
    role=NETWORK,
    family="authority",
    kind=Stateful(),
    ja="差し止められた提供者への照会を拒否し、解かれれば受け付ける",
    en="While provision is barred an inquiry is refused, and taken again afterwards",
)
def test_provision_barred(network: NetworkSide, ev: Evidence) -> None:
    network.carry()
    network.bar(network.asker.code, ANSWERER)
    try:
        draft = network.inquiry()
        _, said = network.send(draft)
        due = {"told": "refused", "status": 403, "code": "provision_barred", "stage": "authority"}
        ev.check("N-AUT-006", equal("inquiry", due, said.short(), both("conformance.why.barred")))
        reached = [one for one in network.parties.tap.heard() if one.claims.get("message_id") == draft.message_id]
        ev.check("N-AUT-006", equal("deliveries", 0, len(reached), both("conformance.why.barred")))
    finally:
        network.bar(network.asker.code, ANSWERER, barred=False)
    network.carry()


# N-STA-006 ネットワークは、他団体間の処理通番への exchange_unknown を、存在しない処理通番へのものと、
#   識別子のほか一字も違わない返信としなければならない。
@case(
    "N-STA-06",
    verifies=["N-STA-006"],
    role=NETWORK,
    family="identity",
    kind=Stateful(),
    ja="他者の処理と存在しない処理とで、返信は識別子のほか同じ",
    en="Others' exchanges and none at all are answered alike, but for the ids",
)
def test_others_exchange_and_none_look_alike(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    bystander = network.body(BYSTANDER)
    told = []
    for number in (carried.exchange_number, "0" * len(carried.exchange_number)):
        query = bystander.query(number)
        reply, _ = network.send(query, bystander)
        body = reply.body.decode("utf-8", "replace") if reply is not None else ""
        told.append(body.replace(number, "NUMBER").replace(query.message_id, "ID"))
    ev.check("N-STA-006", equal("reply", told[0], told[1], both("conformance.why.others_exchange")))
    _, said = network.send(network.asker.query(carried.exchange_number))
    ev.check("N-STA-006", equal("the party's own query", 200, said.status, both("conformance.why.others_exchange")))
