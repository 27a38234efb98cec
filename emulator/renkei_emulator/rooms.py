"""The rooms of a body as one frozen set of steps, so that one step can be put in another's place (see ``faults``).

Each step is a plain function of values; the signature is that of the function it is filled with. The journey calls
them in order and does everything else: disk, line, clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Jws, PublicKey, read_jws
from renkei_emulator.intermediate_if import business_connection as business
from renkei_emulator.intermediate_if import id_conversion as conversion
from renkei_emulator.intermediate_if import linkage_confirmation as confirmation
from renkei_emulator.intermediate_if import linkage_information_store as reference
from renkei_emulator.intermediate_if import log_management as personal_log
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if import authn_authz as authority
from renkei_emulator.linkage_if import crypto_signature as crypto
from renkei_emulator.linkage_if import log_management as log
from renkei_emulator.linkage_if import network_connection as connection
from renkei_emulator.linkage_if import pf_communication as pf
from renkei_emulator.messages import (
    Answer,
    Asked,
    Charged,
    Found,
    Framed,
    LinkCode,
    Local,
    Opened,
    OpenedAnswer,
    OwnNumber,
    Permitted,
    Plain,
    Receipted,
    Sealed,
    Verified,
)
from renkei_emulator.refusals import Refused
from renkei_emulator.world import HttpReply

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import AuthorityRow

Results = list[dict[str, Any]]


def _row_checks() -> Mapping[str, business.RowCheck]:
    return {
        "records": business.check_record_row,
        "link_codes": business.check_link_code_row,
        "handling": business.check_handling_row,
    }


@dataclass(frozen=True)
class BodyRooms:
    """Every step of a body, in the order of the rooms' names in the seed."""

    # 情報提供ネットワークシステム接続機能
    accept: Callable[..., Sealed] = connection.accept
    open_envelope: Callable[..., connection.Envelope] = connection.open_envelope
    read_jws: Callable[[str], Jws] = read_jws
    read_message: Callable[..., Framed] = connection.read_message
    check_fresh: Callable[..., Verified] = connection.check_fresh
    is_repeat: Callable[[Verified, str | None], bool] = connection.is_repeat
    refuse: Callable[..., HttpReply] = connection.refuse
    taken: Callable[[str, str], HttpReply] = connection.taken
    outcome: Callable[[HttpReply | None], connection.Outcome] = connection.outcome
    reply_within_s: float | None = connection.REPLY_WITHIN_S
    came_in_drips: Callable[[HttpReply, float | None], HttpReply | None] = connection.came_in_drips
    next_try: Callable[..., datetime] = connection.next_try
    sends_until: Callable[[datetime], datetime] = connection.sends_until
    enters_accepted: Callable[[str], bool] = connection.enters_accepted
    question_of: Callable[..., Any] = connection.question_of
    known_answer: Callable[[str | None], bool] = connection.known_answer
    ends_with: Callable[[str], bool] = connection.ends_with
    inbox_query: Callable[[Claims, int], Claims] = connection.inbox_query
    from_inbox: Callable[[list[Any]], list[Any]] = connection.from_inbox
    goes_on_after: Callable[[HttpReply], bool] = connection.goes_on_after
    to_acknowledge: Callable[[str, str], dict[str, str] | None] = connection.to_acknowledge
    refusal_of: Callable[[Claims, str, str, str], Claims] = connection.refusal_of
    disclosure_of: Callable[[Claims, str, str], Claims] = connection.disclosure_of
    disclosure_kept_until: Callable[[datetime], datetime] = connection.disclosure_kept_until
    disclosure_state: Callable[..., dict[str, str]] = connection.disclosure_state
    bytes_to_send: Callable[[bytes, int, Callable[[], bytes]], bytes] = connection.bytes_to_send

    # 暗号・署名機能
    check_certificate: Callable[..., PublicKey] = crypto.check_certificate
    asks_what_was_revoked: Callable[[bool], bool] = crypto.asks_what_was_revoked
    verify_header: Callable[..., Verified] = crypto.verify_header
    verify_change: Callable[..., Verified] = crypto.verify_change
    check_change_hash: Callable[[Framed], None] = crypto.check_change_hash
    read_paper: Callable[..., Claims] = crypto.read_paper
    decrypt: Callable[..., bytes] = crypto.decrypt
    compare_hash: Callable[[Claims, bytes], None] = crypto.compare_hash
    parse_content: Callable[[bytes], Claims] = crypto.parse_content
    compare_ids: Callable[[Claims, Claims, tuple[str, ...]], None] = crypto.compare_ids
    compare_padding: Callable[[bytes, Claims, int], None] = crypto.compare_padding
    subjects_text: Callable[[tuple[str, ...], bytes], str] = crypto.subjects_text
    sign_claims: Callable[..., str] = crypto.sign_claims
    sign_and_seal: Callable[..., crypto.Drawn] = crypto.sign_and_seal
    sign_only: Callable[..., crypto.Drawn] = crypto.sign_only

    # 認証・認可機能
    check_permit_party: Callable[[Claims, str], None] = authority.check_permit_party
    check_permit_time: Callable[[Claims, datetime], None] = authority.check_permit_time
    check_permit_hashes: Callable[[Claims, Framed], None] = authority.check_permit_hashes
    check_permit_fields: Callable[[Claims, Framed], None] = authority.check_permit_fields
    permitted: Callable[[Verified, Claims], Permitted] = authority.permitted
    check_edition: Callable[..., None] = authority.check_edition
    find_row: Callable[..., AuthorityRow] = authority.find_row
    check_responsibility: Callable[..., None] = authority.check_responsibility
    check_reply_key: Callable[..., None] = authority.check_reply_key
    answering_section: Callable[..., str] = authority.answering_section
    date_of_asking: Callable[[Claims], date] = authority.date_of_asking
    check_receipt: Callable[..., Receipted] = authority.check_receipt
    check_answering: Callable[..., Charged] = authority.check_answering
    check_not_own: Callable[[Claims], None] = authority.check_not_own
    check_open: Callable[[str, bool], None] = authority.check_open
    refused_is_kept_for: Callable[[Refused], timedelta | None] = authority.refused_is_kept_for

    # PF通信機能
    hand_over: Callable[[Opened], Plain] = pf.hand_over
    hand_over_answer: Callable[[OpenedAnswer], Plain] = pf.hand_over_answer
    take_over: Callable[[Plain], Answer] = pf.take_over

    # ログ管理機能（連携IF）
    access: Callable[..., LogLine] = log.access
    audit: Callable[..., LogLine] = log.audit
    refusal: Callable[..., list[LogLine]] = log.refusal
    exported: Callable[[list[str]], list[str]] = log.exported
    seal_claims: Callable[..., Claims] = log.seal_claims

    # 連携確認機能
    check_inquiry_content: Callable[..., Claims] = confirmation.check_inquiry_content
    check_keys: Callable[..., None] = confirmation.check_keys
    asked: Callable[[Plain, Claims], tuple[Asked, ...]] = confirmation.asked
    needs_person: Callable[..., str | None] = confirmation.needs_person
    record_of: Callable[..., dict[str, Any]] = confirmation.record_of
    result_of: Callable[..., dict[str, Any]] = confirmation.result_of
    withheld: Callable[[Asked, str], dict[str, Any]] = confirmation.withheld
    taken_up_by_the_clock: Callable[[datetime], tuple[str, ...]] = confirmation.taken_up_by_the_clock
    answer_header: Callable[..., Claims] = confirmation.answer_header
    replacing: Callable[[Claims, str | None], Claims] = confirmation.replacing
    answer_content: Callable[[Claims, Results, str], Claims] = confirmation.answer_content
    pad: Callable[[Claims, int], Claims] = confirmation.pad
    inquiry_header: Callable[..., Claims] = confirmation.inquiry_header
    inquiry_content: Callable[..., Claims] = confirmation.inquiry_content
    check_answer_content: Callable[..., Results] = confirmation.check_answer_content
    check_asked_keys: Callable[..., None] = confirmation.check_asked_keys

    # ID変換機能
    own_number_of: Callable[[LinkCode, conversion.CodeLookup], OwnNumber | None] = conversion.own_number_of
    link_code_of: Callable[[OwnNumber, conversion.CodeLookup], LinkCode | None] = conversion.link_code_of
    rebind: Callable[[tuple[str, ...], conversion.CodeLookup], tuple[LinkCode, OwnNumber] | None] = conversion.rebind
    answer_codes: Callable[[Local, conversion.CodeLookup], tuple[LinkCode, ...]] = conversion.answer_codes

    # 連携情報保管機能
    take: Callable[..., Found | None] = reference.take

    # ログ管理機能（中間IF）
    personal_audit: Callable[..., LogLine] = personal_log.personal_audit
    business_line: Callable[..., LogLine] = personal_log.business

    # 個別連携業務接続（データ送受信）機能
    read_load: Callable[..., business.Load] = business.read_load
    row_checks: Mapping[str, business.RowCheck] = field(default_factory=_row_checks)
    read_ask: Callable[..., dict[str, Any]] = business.read_ask
    read_decision: Callable[[bytes], dict[str, Any]] = business.read_decision
    read_correction: Callable[[bytes], dict[str, Any]] = business.read_correction
    check_correctable: Callable[[str, str | None, bool, bool], None] = business.check_correctable
    read_disclosure: Callable[[bytes], dict[str, Any]] = business.read_disclosure
    check_part: Callable[[str, bool], None] = business.check_part
    check_settled: Callable[[str, bool], None] = business.check_settled
    check_approval: Callable[[Mapping[str, Any]], None] = business.check_approval
    check_ground: Callable[[Mapping[str, Any]], None] = business.check_ground
