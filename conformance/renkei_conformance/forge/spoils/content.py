"""Spoils of the content: opened rightly, and then not what the header promised or not in form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from renkei_conformance.forge.build import Bench, NotForgeable, Plan
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import without
from renkei_conformance.wire import Json, sha256_b64u

Change = Callable[[Json], Json]


@spoil("content.hash_of_another_content", at="header")
def _hash_of_another_content(header: Json, bench: Bench) -> Json:
    return {**header, "content_sha256": sha256_b64u("another content")}


# The ids inside, which bind body and header


@spoil("content.message_id_differs", at="content")
def _message_id_differs(content: Json, bench: Bench) -> Json:
    return {**content, "message_id": bench.dice.uuid7("another message", bench.plan.known.now)}


@spoil("content.from_differs", at="content")
def _from_differs(content: Json, bench: Bench) -> Json:
    return {**content, "from": bench.plan.known.another(str(content["from"])).code}


@spoil("content.to_differs", at="content")
def _to_differs(content: Json, bench: Bench) -> Json:
    return {**content, "to": bench.plan.known.another(str(content["from"]), str(content["to"])).code}


# Form. Padding is computed after these, so the length stays as prescribed.


@spoil("content.member_unknown", at="content")
def _member_unknown(content: Json, bench: Bench) -> Json:
    return {**content, "note": "none"}


@spoil("content.member_null", at="content")
def _member_null(content: Json, bench: Bench) -> Json:
    return {**content, "salt": None}


@spoil("content.member_repeated", at="content_bytes")
def _member_repeated(plaintext: bytes, bench: Bench) -> bytes:
    content = bench.part("content")
    assert isinstance(content, dict)
    extra = b'"salt":' + json.dumps(content["salt"]).encode() + b","
    # As many zeros of the padding go as bytes come, so that the length is still as prescribed.
    return b"{" + extra + plaintext[1:].replace(b'"padding":"' + b"0" * len(extra), b'"padding":"', 1)


@spoil("content.salt_missing", at="content")
def _salt_missing(content: Json, bench: Bench) -> Json:
    return without(content, "salt")


@spoil("content.salt_short", at="content")
def _salt_short(content: Json, bench: Bench) -> Json:
    return {**content, "salt": str(content["salt"])[:21]}


@spoil("content.padding_too_long", at="padding")
def _padding_too_long(zeros: int, bench: Bench) -> int:
    return zeros + 1


@spoil("content.padding_too_short", at="padding")
def _padding_too_short(zeros: int, bench: Bench) -> int:
    return zeros - 1


@spoil("content.padding_of_other_characters", at="content_bytes")
def _padding_of_other_characters(plaintext: bytes, bench: Bench) -> bytes:
    return plaintext.replace(b'"padding":"0', b'"padding":"1', 1)


@spoil("content.item_number_wrong", at="content")
def _item_number_wrong(content: Json, bench: Bench) -> Json:
    return _first_item(content, lambda item: {**item, "item_no": 2})


@spoil("content.item_number_of_wrong_type", at="content")
def _item_number_of_wrong_type(content: Json, bench: Bench) -> Json:
    return _first_item(content, lambda item: {**item, "item_no": "1"})


@spoil("content.item_member_unknown", at="content")
def _item_member_unknown(content: Json, bench: Bench) -> Json:
    return _first_item(content, lambda item: {**item, "link_code": "AAAAAAAAAAAAAAAAAAAAAA"})


@spoil("content.item_without_keys", at="content")
def _item_without_keys(content: Json, bench: Bench) -> Json:
    return _first_item(content, lambda item: without(item, "keys"))


@spoil("content.no_items", at="content")
def _no_items(content: Json, bench: Bench) -> Json:
    return {**content, "items": []}


# Inquiry keys (照会キー), as the catalogue lists them for the information


@spoil("key.missing", at="content")
def _key_missing(content: Json, bench: Bench) -> Json:
    name, _ = _key(bench.plan)
    return _with_keys(content, lambda keys: without(keys, name))


@spoil("key.unknown", at="content")
def _key_unknown(content: Json, bench: Bench) -> Json:
    return _with_keys(content, lambda keys: {**keys, "branch": "1"})


@spoil("key.too_long", at="content")
def _key_too_long(content: Json, bench: Bench) -> Json:
    name, digits = _key(bench.plan)
    return _with_keys(content, lambda keys: {**keys, name: "2" * (digits + 1)})


@spoil("key.in_full_width_digits", at="content")
def _key_in_full_width_digits(content: Json, bench: Bench) -> Json:
    name, _ = _key(bench.plan)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return _with_keys(content, lambda keys: {**keys, name: str(keys[name]).translate(wide)})


@spoil("key.of_wrong_type", at="content")
def _key_of_wrong_type(content: Json, bench: Bench) -> Json:
    name, _ = _key(bench.plan)
    return _with_keys(content, lambda keys: {**keys, name: int(str(keys[name]))})


@replan("content.answer_of_another_exchange")
def _answer_of_another_exchange(plan: Plan) -> Plan:
    assert plan.content is not None
    if "exchange_number" not in plan.content_repeats:
        raise NotForgeable("the content of this message names no exchange")
    repeats = tuple(name for name in plan.content_repeats if name != "exchange_number")
    return replace(plan, content={**plan.content, "exchange_number": "X0"}, content_repeats=repeats)


def _key(plan: Plan) -> tuple[str, int]:
    information = plan.known.standard.informations.get(str(plan.claims["information"]))
    if information is None or not information.keys:
        raise NotForgeable(f"{plan.claims['information']} has no inquiry key")
    return information.keys[0].id, information.keys[0].digits


def _first_item(content: Json, change: Change) -> Json:
    items = content["items"]
    assert isinstance(items, list)
    return {**content, "items": [change(items[0]), *items[1:]]}


def _with_keys(content: Json, change: Change) -> Json:
    return _first_item(content, lambda item: {**item, "keys": change(_object(item["keys"]))})


def _object(value: object) -> Json:
    assert isinstance(value, dict)
    return value
