"""Faults of a body that asks (欠陥): how an inquiry is made, and whether it may be asked. Texts: `standard.faults`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.faults.tolerance import Fault, loose, nothing, tolerant
from renkei_emulator.linkage_if.crypto_signature import Drawn
from renkei_emulator.messages import LinkCode, OwnNumber, compact
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.instants import parse, render

INQUIRY = "renkei-inquiry"
Change = Callable[[Claims], Claims]


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
            told = json.loads(loose(drawn.header.split(".")[1]))
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


def own_number_for_a_missing_code(rooms: BodyRooms) -> BodyRooms:
    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        return rooms.link_code_of(number, lookup) or LinkCode(number)

    return replace(rooms, link_code_of=link_code_of)


FAULTS: dict[str, Fault] = {
    "official_left_out": _crossing(_without_official),
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
}
