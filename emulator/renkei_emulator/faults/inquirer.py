"""Faults of a body that asks: its questions, its patience, and what it takes for an answer. Texts: `standard.faults`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Jws, b64u, read_jws, sha256_b64u
from renkei_emulator.faults.tolerance import Fault, nothing, tolerant
from renkei_emulator.linkage_if.crypto_signature import Drawn
from renkei_emulator.linkage_if.network_connection import Again, NotTaken, Outcome
from renkei_emulator.messages import (
    Charged,
    Delivered,
    Framed,
    LinkCode,
    OwnNumber,
    Receipted,
    Sealed,
    Verified,
    compact,
)
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import parse, render

INQUIRY, ACKNOWLEDGEMENT = "renkei-inquiry", "renkei-acknowledgement"
Change = Callable[[Claims], Claims]


# --- the question ---------------------------------------------------------------------------------------------------
def _header(change: Change) -> Fault:
    """The inquiry's claims, changed before anything is hashed or signed."""
    return lambda rooms: replace(rooms, inquiry_header=lambda *args: change(rooms.inquiry_header(*args)))


def _without_official(header: Claims) -> Claims:
    return {name: value for name, value in header.items() if name != "official"}


def _a_year_of_life(header: Claims) -> Claims:
    return header | {"expires_at": render(parse(header["issued_at"]) + timedelta(days=365))}


def _crossing(change: Change) -> Fault:
    """The inquiry's claims, changed where the message crosses to the linkage IF: our own check has seen the right ones."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def take_over(plain: Any) -> Any:
            crossed = rooms.take_over(plain)
            return crossed._replace(header=change(crossed.header)) if "procedure" in crossed.header else crossed

        return replace(rooms, take_over=take_over)

    return fault


def _by_the_head(header: Claims) -> Claims:
    return header | {"responsibility": header["responsibility"].replace("CRA-STAFF", "CRA-MANAGER")}


def _first_procedure(header: Claims) -> Claims:
    return header | {"procedure": f"{header['procedure'][:5]}01"}


def this_years_certificate(rooms: BodyRooms) -> BodyRooms:
    def content(header: Claims, ask: Mapping[str, Any], salt: str) -> Claims:
        made = rooms.inquiry_content(header, ask, salt)
        for item in made["items"]:
            if "tax_year" in item["keys"]:
                item["keys"]["tax_year"] = header["issued_at"][:2] + "25"
        return made

    return replace(rooms, inquiry_content=content)


def number_for_matching(rooms: BodyRooms) -> BodyRooms:
    """The own number goes along as the section, which is text of one's own choice."""
    known: list[str] = []

    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        known.append(number)
        return rooms.link_code_of(number, lookup)

    def content(header: Claims, ask: Mapping[str, Any], salt: str) -> Claims:
        return rooms.inquiry_content(header, ask, f"{known[-1]}{salt}"[:64])

    return replace(rooms, link_code_of=link_code_of, inquiry_content=content)


def link_codes_in_capitals(rooms: BodyRooms) -> BodyRooms:
    def subjects_text(codes: tuple[str, ...], salt: bytes) -> str:
        return rooms.subjects_text(tuple(code.upper() for code in codes), salt)

    return replace(rooms, subjects_text=subjects_text)


def inquiry_not_padded(rooms: BodyRooms) -> BodyRooms:
    def pad(content: Claims, size: int) -> Claims:
        return content if "items" in content else rooms.pad(content, size)

    return replace(rooms, pad=pad)


def _of_an_inquiry(change: Callable[[Claims, Claims, Any], Claims]) -> Fault:
    """The inquiry's header, signed anew after `change(claims, content, signer)`."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def sign_and_seal(claims: Claims, typ: str, subjects: Any, content: Claims, signer: Any, *rest: Any) -> Drawn:
            drawn = rooms.sign_and_seal(claims, typ, subjects, content, signer, *rest)
            if typ != INQUIRY:
                return drawn
            told = json.loads(_loose(drawn.header.split(".")[1]))
            header = rooms.sign_claims(change(told, content, signer), typ, signer)
            envelope = compact(json.loads(drawn.envelope) | {"header": header})
            return drawn._replace(header=header, header_sha256=sha256_b64u(header.encode()), envelope=envelope)

        return replace(rooms, sign_and_seal=sign_and_seal)

    return fault


def _hash_before_padding(claims: Claims, content: Claims, _signer: Any) -> Claims:
    bare = {name: value for name, value in content.items() if name != "padding"}
    return claims | {"content_sha256": sha256_b64u(compact(bare))}


def _reply_to_the_signing_key(claims: Claims, _content: Claims, signer: Any) -> Claims:
    return claims | {"reply_kid": signer.kid}


def salt_of_the_process(rooms: BodyRooms) -> BodyRooms:
    salts: list[str] = []

    def content(header: Claims, ask: Mapping[str, Any], salt: str) -> Claims:
        salts.append(salt)
        return rooms.inquiry_content(header, ask, salts[0])

    return replace(rooms, inquiry_content=content)


# --- may it be asked ------------------------------------------------------------------------------------------------
def own_number_for_a_missing_code(rooms: BodyRooms) -> BodyRooms:
    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        return rooms.link_code_of(number, lookup) or LinkCode(number)

    return replace(rooms, link_code_of=link_code_of)


# --- patience -------------------------------------------------------------------------------------------------------
def resent_in_other_bytes(rooms: BodyRooms) -> BodyRooms:
    def bytes_to_send(kept: bytes, attempts: int, anew: Callable[[], bytes]) -> bytes:
        sent = rooms.bytes_to_send(kept, attempts, anew)
        return json.dumps(json.loads(sent)).encode() if attempts and b'"subjects"' in sent else sent

    return replace(rooms, bytes_to_send=bytes_to_send)


def hammering(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, again: Again, dice: Any) -> datetime:
        return now + timedelta(seconds=0.1) if again.after_s is None else rooms.next_try(now, attempts, again, dice)

    return replace(rooms, next_try=next_try)


def retry_after_not_read(rooms: BodyRooms) -> BodyRooms:
    def next_try(now: datetime, attempts: int, _again: Again, dice: Any) -> datetime:
        return rooms.next_try(now, attempts, Again(None), dice)

    return replace(rooms, next_try=next_try)


def _outcome(statuses: frozenset[int], instead: Callable[[HttpReply], Outcome]) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def outcome(reply: HttpReply | None) -> Outcome:
            return instead(reply) if reply is not None and reply.status in statuses else rooms.outcome(reply)

        return replace(rooms, outcome=outcome)

    return fault


def acknowledgement_resent_anew(rooms: BodyRooms) -> BodyRooms:
    def bytes_to_send(kept: bytes, attempts: int, anew: Callable[[], bytes]) -> bytes:
        sent = rooms.bytes_to_send(kept, attempts, anew)
        bare = json.loads(sent).keys() == {"header"}
        return json.dumps(json.loads(sent), indent=1).encode() if attempts and bare else sent

    return replace(rooms, bytes_to_send=bytes_to_send)


# --- the bytes that come --------------------------------------------------------------------------------------------
def _loose(segment: str) -> bytes:
    kept = segment.rstrip("=")
    return base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))


def _read_loosely(token: str) -> Jws:
    signing_input, _, _ = token.rpartition(".")
    jose, payload, signature = (_loose(part) for part in token.split(".")[:3])
    members = json.loads(jose)
    plain = b64u(json.dumps({name: members[name] for name in ("alg", "kid", "typ")}, separators=(",", ":")).encode())
    clean = read_jws(f"{plain}.{b64u(payload)}.{b64u(signature)}")
    return clean._replace(signing_input=signing_input.encode())


def answer_with_surplus_members(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Any:
        members = json.loads(sealed.data)
        return rooms.open_envelope(Sealed(compact({n: members[n] for n in ("header", "body", "receipt")})))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "envelope_member_unknown", lenient))


def answer_with_the_last_member(rooms: BodyRooms) -> BodyRooms:
    def lenient(sealed: Sealed) -> Any:
        return rooms.open_envelope(Sealed(compact(json.loads(sealed.data))))

    return replace(rooms, open_envelope=tolerant(rooms.open_envelope, "member_repeated", lenient))


def answer_of_any_media_type(rooms: BodyRooms) -> BodyRooms:
    accept = tolerant(rooms.accept, "media_type_not_allowed", lambda request: Sealed(request.body))
    return replace(rooms, accept=accept)


# --- receipt and sender ---------------------------------------------------------------------------------------------
def receipt_optional(rooms: BodyRooms) -> BodyRooms:
    read = tolerant(rooms.read_paper, "receipt_missing", lambda *_args: {})

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        return rooms.check_receipt(framed, receipt, ours) if receipt else Receipted(framed, receipt)

    return replace(rooms, read_paper=read, check_receipt=check_receipt)


def receipt_read_not_verified(rooms: BodyRooms) -> BodyRooms:
    def unverified(paper: str, *_rest: Any) -> Claims:
        claims: Claims = json.loads(_loose(paper.split(".")[1]))
        return claims

    return replace(rooms, read_paper=tolerant(rooms.read_paper, "receipt_invalid", unverified))


def _receipt_taken_for_ours(*members: str) -> Fault:
    """These members of the receipt are not compared."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
            due = {
                "answer_sha256": framed.header_sha256,
                "body_sha256": sha256_b64u((framed.body or "").encode("ascii")),
                "from": ours["from"],
                "to": ours["to"],
                "in_reply_to": ours["message_id"],
                "inquiry_sha256": ours["inquiry_sha256"],
                "subjects_sha256": ours.get("subjects_sha256"),
                "expires_at": ours["expires_at"],
            }
            return rooms.check_receipt(framed, receipt | {name: due[name] for name in members}, ours)

        return replace(rooms, check_receipt=check_receipt)

    return fault


def joined_by_exchange_number(rooms: BodyRooms) -> BodyRooms:
    """What the answer's header says of the question is not looked at."""

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        said = {"in_reply_to": ours["message_id"], "inquiry_sha256": ours["inquiry_sha256"]}
        said |= {"information": ours["information"], "edition": ours["edition"]}
        rooms.check_receipt(framed._replace(claims=framed.claims | said), receipt, ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


def answer_of_anyone(rooms: BodyRooms) -> BodyRooms:
    """Whoever signs, as long as the signature is that body's own."""

    def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
        asked = framed._replace(claims=framed.claims | {"from": ours["to"]})
        rooms.check_receipt(asked, receipt | {"to": ours["to"]}, ours)
        return Receipted(framed, receipt)

    return replace(rooms, check_receipt=check_receipt)


def network_vouches_for_signature(rooms: BodyRooms) -> BodyRooms:
    def as_vouched(framed: Framed, _check: Any, at: datetime) -> Verified:
        return Verified(framed, at)

    return replace(rooms, verify_header=tolerant(rooms.verify_header, "signature_invalid", as_vouched))


def _believes(code: str) -> Fault:
    """Take the key of an answer's certificate although the check would refuse it with `code`."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def key(trust: Any, kid: str, *_rest: Any) -> Any:
            return trust._chain(kid)[0].public_key()

        careless = tolerant(rooms.check_certificate, code, key)

        def check(trust: Any, kid: str, usage: str, san: str, *when: Any) -> Any:
            of_a_sender = usage == "signature" and san.startswith("urn:renkei:body:")
            step = careless if of_a_sender else rooms.check_certificate
            return step(trust, kid, usage, san, *when)

        return replace(rooms, check_certificate=check)

    return fault


def answers_from_the_future(rooms: BodyRooms) -> BodyRooms:
    def as_it_is(verified: Verified, _now: Any) -> Verified:
        return verified

    return replace(rooms, check_fresh=tolerant(rooms.check_fresh, "issued_in_future", as_it_is))


def any_section_answers(rooms: BodyRooms) -> BodyRooms:
    def charged(delivered: Delivered, *_rest: Any) -> Charged:
        return Charged(delivered)

    return replace(rooms, check_answering=tolerant(rooms.check_answering, "responsibility_not_granted", charged))


# --- content --------------------------------------------------------------------------------------------------------
def _results(code: str) -> Fault:
    """What is wrong with `code` is let by; the results go on as they came."""

    def as_they_came(plain: Mapping[str, Any], *_rest: Any) -> Any:
        return plain["content"]["results"]

    return lambda rooms: replace(rooms, check_answer_content=tolerant(rooms.check_answer_content, code, as_they_came))


def stranger_left_out(rooms: BodyRooms) -> BodyRooms:
    def the_rest(plain: Mapping[str, Any], ours: Mapping[str, Any], *_rest: Any) -> Any:
        return [row for row in plain["content"]["results"] if row["item_no"] <= ours["subject_count"]]

    return replace(rooms, check_answer_content=tolerant(rooms.check_answer_content, "subject_not_asked", the_rest))


def answer_ids_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_ids=tolerant(rooms.compare_ids, "body_not_bound", nothing))


def answer_hash_not_compared(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_hash=nothing)


def answer_length_not_looked_at(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, compare_padding=nothing)


def reason_of_failed_decryption(rooms: BodyRooms) -> BodyRooms:
    def explained(*_args: Any) -> bytes:
        raise Refused("content_form_invalid", "authentication tag")

    return replace(rooms, decrypt=tolerant(rooms.decrypt, "decryption_failed", explained))


# --- state, what leaves for the business side -----------------------------------------------------------------------
def newest_answer_wins(rooms: BodyRooms) -> BodyRooms:
    def check_open(state: str, replaces_ours: bool) -> None:
        if state not in ("collected", "handed_over"):
            rooms.check_open(state, replaces_ours)

    return replace(rooms, check_open=check_open)


def late_answers_welcome(rooms: BodyRooms) -> BodyRooms:
    def check_open(state: str, replaces_ours: bool) -> None:
        if state in ("collected", "handed_over"):
            rooms.check_open(state, replaces_ours)

    return replace(rooms, check_open=check_open)


def corrections_not_taken(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, check_open=lambda state, _replaces: rooms.check_open(state, False))


def _shown(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Results as they are handed on, changed after every check."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def check(*args: Any) -> Any:
            return [change(row) for row in rooms.check_answer_content(*args)]

        return replace(rooms, check_answer_content=check)

    return fault


def _without_zeros(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_zeros(part) for name, part in value.items() if part != 0 or isinstance(part, bool)}


def _day_only(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"as_of": f"{row['as_of'][:10]}T00:00:00.000Z"} if "as_of" in row else row


def sender_refused_by_problem(rooms: BodyRooms) -> BodyRooms:
    def in_clear(framed: Framed, check: Any, at: datetime) -> Verified:
        try:
            return rooms.verify_header(framed, check, at)
        except Refused as refused:
            refused.retry = True  # said at once, by a problem
            raise

    return replace(rooms, verify_header=in_clear)


def _acknowledgement(change: Callable[[Claims], Claims]) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
            return rooms.sign_only(change(claims) if typ == ACKNOWLEDGEMENT else claims, typ, signer)

        return replace(rooms, sign_only=sign_only)

    return fault


def _item(change: Callable[[Claims], Claims]) -> Fault:
    return _acknowledgement(lambda claims: claims | {"items": [change(item) for item in claims["items"]]})


def _with_a_note(item: Claims) -> Claims:
    return item | {"note": "single"}


def acknowledges_the_body(rooms: BodyRooms) -> BodyRooms:
    opened: list[str] = []

    def decrypt(framed: Framed, openers: Any) -> bytes:
        opened.append(sha256_b64u((framed.body or "").encode("ascii")))
        return rooms.decrypt(framed, openers)

    def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
        if typ == ACKNOWLEDGEMENT and opened:
            digest = opened.pop()
            items = [
                item | {"acknowledged_sha256": digest} for item in claims["items"] if item["outcome"] == "accepted"
            ]
            claims = claims | {"items": items or claims["items"]}
        return rooms.sign_only(claims, typ, signer)

    return replace(rooms, decrypt=decrypt, sign_only=sign_only)


def shown_though_rejected(rooms: BodyRooms) -> BodyRooms:
    """The results are stored as they are read; the check that follows only decides what is acknowledged."""
    found: list[Refused] = []

    def check(plain: Mapping[str, Any], *rest: Any) -> Any:
        try:
            return rooms.check_answer_content(plain, *rest)
        except Refused as refused:
            if refused.code != "item_invalid":
                raise
            found.append(refused)
            return plain["content"]["results"]

    def sign_only(claims: Claims, typ: str, signer: Any) -> Drawn:
        if typ == ACKNOWLEDGEMENT and found:
            said = found.pop()
            told = {"outcome": "rejected", "code": said.code, "stage": said.stage}
            claims = claims | {"items": [item | told for item in claims["items"]]}
        return rooms.sign_only(claims, typ, signer)

    return replace(rooms, check_answer_content=check, sign_only=sign_only)


# --- records --------------------------------------------------------------------------------------------------------
def rejections_not_recorded(rooms: BodyRooms) -> BodyRooms:
    return replace(rooms, refusal=lambda *_args: [])


def link_code_in_the_audit(rooms: BodyRooms) -> BodyRooms:
    last: list[str] = []

    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        code = rooms.link_code_of(number, lookup)
        last[:] = [code or ""]
        return code

    def audit(*args: Any, **more: Any) -> Any:
        return rooms.audit(*args, subject="".join(last), **more)

    return replace(rooms, link_code_of=link_code_of, audit=audit)


def _business_line(event: str) -> Fault:
    """The line of this event is joined with nothing."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        def line(body: str, at: Any, what: str, header: Any, number: str | None, *rest: Any, **more: Any) -> Any:
            return rooms.business_line(body, at, what, header, None if what == event else number, *rest, **more)

        return replace(rooms, business_line=line)

    return fault


def access_at_the_answer_only(rooms: BodyRooms) -> BodyRooms:
    def access(body: str, at: Any, event: str, claims: Any, number: str, **more: Any) -> Any:
        accepted = event == "inquiry_accepted"
        return rooms.access(body, at, event, {} if accepted else claims, "" if accepted else number, **more)

    return replace(rooms, access=access)


TOO_MANY, SERVER = frozenset({429}), frozenset({500, 502, 503, 504})
CLIENT = frozenset({400, 403, 404, 409, 413, 415, 422})

FAULTS: dict[str, Fault] = {
    "official_left_out": _header(_without_official),
    "head_of_section_asks": _header(_by_the_head),
    "inquiry_lives_a_year": _header(_a_year_of_life),
    "system_name_in_header": _header(lambda header: header | {"system": "keiyaku"}),
    "first_procedure_of_the_affair": _crossing(_first_procedure),
    "version_of_the_build": _crossing(lambda header: header | {"information_version": "0.9"}),
    "this_years_certificate": this_years_certificate,
    "number_for_matching": number_for_matching,
    "link_codes_in_capitals": link_codes_in_capitals,
    "inquiry_not_padded": inquiry_not_padded,
    "hash_before_padding": _of_an_inquiry(_hash_before_padding),
    "reply_to_the_signing_key": _of_an_inquiry(_reply_to_the_signing_key),
    "salt_of_the_process": salt_of_the_process,
    "authority_left_to_the_network": lambda rooms: replace(
        rooms, find_row=tolerant(rooms.find_row, "authority_not_granted", nothing)
    ),
    "responsibility_of_asker_unchecked": lambda rooms: replace(rooms, check_responsibility=nothing),
    "own_data_over_the_network": lambda rooms: replace(rooms, check_not_own=nothing),
    "own_number_for_a_missing_code": own_number_for_a_missing_code,
    "resent_in_other_bytes": resent_in_other_bytes,
    "hammering": hammering,
    "retry_after_not_read": retry_after_not_read,
    "too_many_requests_final": _outcome(TOO_MANY, lambda _reply: NotTaken("too_many_requests", "transport")),
    "server_trouble_final": _outcome(SERVER, lambda _reply: NotTaken("internal_error", "service")),
    "refusals_tried_again": _outcome(CLIENT, lambda _reply: Again(None)),
    "acknowledgement_resent_anew": acknowledgement_resent_anew,
    "answer_with_surplus_members": answer_with_surplus_members,
    "answer_with_the_last_member": answer_with_the_last_member,
    "answer_of_any_media_type": answer_of_any_media_type,
    "answer_in_loose_base64": lambda rooms: replace(
        rooms, read_jws=tolerant(rooms.read_jws, "encoding_not_canonical", _read_loosely)
    ),
    "answer_with_a_key_sent_along": lambda rooms: replace(
        rooms, read_jws=tolerant(rooms.read_jws, "jose_header_not_allowed", _read_loosely)
    ),
    "receipt_optional": receipt_optional,
    "receipt_read_not_verified": receipt_read_not_verified,
    "receipt_hashes_not_compared": _receipt_taken_for_ours("answer_sha256", "body_sha256"),
    "receipt_of_any_inquiry": _receipt_taken_for_ours("in_reply_to", "inquiry_sha256"),
    "receipt_about_anybody": _receipt_taken_for_ours("subjects_sha256"),
    "receipt_to_anybody": _receipt_taken_for_ours("from", "expires_at"),
    "joined_by_exchange_number": joined_by_exchange_number,
    "answer_of_anyone": answer_of_anyone,
    "network_vouches_for_signature": network_vouches_for_signature,
    "answer_under_any_chain": _believes("certificate_chain_invalid"),
    "answer_under_expired_certificate": _believes("certificate_expired"),
    "answer_under_revoked_certificate": _believes("certificate_revoked"),
    "answer_under_any_usage": _believes("certificate_usage_wrong"),
    "answer_under_another_name": _believes("certificate_not_of_sender"),
    "answers_from_the_future": answers_from_the_future,
    "any_section_answers": any_section_answers,
    "reason_of_failed_decryption": reason_of_failed_decryption,
    "answer_hash_not_compared": answer_hash_not_compared,
    "answer_ids_not_compared": answer_ids_not_compared,
    "answer_length_not_looked_at": answer_length_not_looked_at,
    "surplus_items_kept": _results("item_not_permitted"),
    "missing_items_let_by": _results("item_missing"),
    "item_types_converted": _results("item_invalid"),
    "year_not_compared": lambda rooms: replace(rooms, check_asked_keys=nothing),
    "codes_not_looked_up": _results("code_not_in_force"),
    "stranger_left_out": stranger_left_out,
    "incomplete_is_better_than_nothing": _results("answer_incomplete"),
    "newest_answer_wins": newest_answer_wins,
    "late_answers_welcome": late_answers_welcome,
    "corrections_not_taken": corrections_not_taken,
    "zeros_not_shown": _shown(_without_zeros),
    "as_of_by_day": _shown(_day_only),
    "shown_though_rejected": shown_though_rejected,
    "results_read_loosely": _results("content_form_invalid"),
    "sender_refused_by_problem": sender_refused_by_problem,
    "note_in_acknowledgement": _item(_with_a_note),
    "acknowledges_the_body": acknowledges_the_body,
    "rejections_not_recorded": rejections_not_recorded,
    "link_code_in_the_audit": link_code_in_the_audit,
    "answer_line_without_number": _business_line("collected"),
    "handing_over_without_number": _business_line("handed_over"),
    "access_at_the_answer_only": access_at_the_answer_only,
}


# --- mirrors --------------------------------------------------------------------------------------------------------
_TAKEN = {
    "I-TRN-003": "too_large",
    "I-TRN-004": "path_unknown",
    "I-FRM-001": "not_json",
    "I-FRM-006": "algorithm_not_allowed",
    "I-FRM-007": "type_not_allowed",
    "I-FRM-008": "header_form_invalid",
    "I-FRM-009": "not_for_us",
    "I-FRM-010": "depth_exceeded",
}
_ACKNOWLEDGED = {"I-SIG-004": "certificate_not_yet_valid", "I-SIG-008": "certificate_unknown"}


def _says_taken(code: str) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> HttpReply:
            if refused.code == code:
                return rooms.taken(exchange_number or "0", "answered")
            return rooms.refuse(refused, message_id, exchange_number)

        return replace(rooms, refuse=refuse)

    return fault


def _acknowledges(code: str) -> Fault:
    def accepted(item: Claims) -> Claims:
        if item.get("code") != code:
            return item
        return {name: value for name, value in item.items() if name not in ("code", "stage")} | {"outcome": "accepted"}

    return _item(accepted)


MIRRORS: dict[str, Fault] = {
    **{f"mirror_{clause}": _says_taken(code) for clause, code in _TAKEN.items()},
    **{f"mirror_{clause}": _acknowledges(code) for clause, code in _ACKNOWLEDGED.items()},
}
