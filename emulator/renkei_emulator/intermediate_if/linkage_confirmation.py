"""連携確認機能: parses inquiries, finds the keys for the reference DB, makes inquiry and response messages, decides
between automatic and manual (seed §4-3).

Minimum necessary: an answer holds exactly the items fixed for its information and affair, and of those only what the
status lets stand. Whatever the result, a content has the size the catalogue prescribes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.claims import Claims, check_content
from renkei_emulator.messages import Asked, Found, LinkCode, Local, Plain, compact
from renkei_emulator.records import between_items, findings, project
from renkei_emulator.refusals import Refused
from renkei_emulator.values import key_faults
from renkei_fixtures.instants import japan_date, parse

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import Information

PART = 65536


# --- an inquiry to us -----------------------------------------------------------------------------------------------
def check_inquiry_content(plain: Plain, standard: Standard) -> Claims:
    """In the standard's form, items numbered 1 to ``subject_count``. Raises Refused `content_form_invalid`."""
    content = check_content(plain["content"], "renkei-inquiry", standard)
    numbers = [item["item_no"] for item in content["items"]]
    if numbers != list(range(1, plain["header"]["subject_count"] + 1)):
        raise Refused("content_form_invalid", "item_no runs from 1 to subject_count")
    return content


def check_keys(content: Claims, information: Information) -> None:
    """Every item names the inquiry keys (照会キー) of the information, and no others. Raises Refused `key_invalid`."""
    bad = [item["item_no"] for item in content["items"] if any(key_faults(information.keys, item["keys"]))]
    if bad:
        raise Refused("key_invalid", f"items {bad}", item_nos=bad)


def asked(plain: Plain, content: Claims) -> tuple[Asked, ...]:
    """Who is asked about, by which keys. Item n belongs to link code n."""
    codes = plain["subjects"]
    return tuple(Asked(i["item_no"], LinkCode(codes[i["item_no"] - 1]), None, i["keys"]) for i in content["items"])


def needs_person(local: Local, marks: Sequence[tuple[str, str] | None], information: Information) -> str | None:
    """Why a person must decide, or None for automatic handling.

    ``marks``: (mode, reason) per item, the narrowest mark that stands on person, information or both.
    """
    del local
    for mark in marks:
        if mark is not None and mark[0] == "manual":
            return mark[1]
    if information.answer == "manual" and not any(mark is not None for mark in marks):
        return "information"
    return None


# --- an answer of ours ----------------------------------------------------------------------------------------------
def leaves_of(information: Information, affair: str, status: str | None) -> frozenset[str]:
    """The leaf items that an answer holds: the affair's minimum, cut to what the status lets stand."""
    least = frozenset(information.minimum[affair])
    standing = information.status_items.get(status, "assessed") if status is not None else "assessed"
    return least if standing == "assessed" else least & frozenset(standing)


def record_of(found: Found, information: Information, affair: str) -> dict[str, Any]:
    """The record as it may be told."""
    return project(information, found.record or {}, leaves_of(information, affair, found.status))


def result_of(item: Asked, found: Found | None, record: Mapping[str, Any] | None) -> dict[str, Any]:
    """One result. Code unknown, no own number, nothing in the store: one and the same `no_record`."""
    if found is None or record is None:
        return {"item_no": item.item_no, "result": "no_record"}
    result = {"item_no": item.item_no, "result": "provided"}
    if found.status is not None:
        result["status"] = found.status
    return result | {"as_of": found.as_of, "record": dict(record)}


def withheld(item: Asked, ground: str) -> dict[str, Any]:
    """提供不可. The ground stays in our own record."""
    del ground
    return {"item_no": item.item_no, "result": "withheld"}


def taken_up_by_the_clock(_now: datetime) -> tuple[str, ...]:
    """Exchange numbers that are answered now because time has passed: none. An arrival is, or a person's decision."""
    return ()


class Ids(NamedTuple):
    """What makes an answer this one and no other."""

    message_id: str
    issued_at: str
    salt: str


def answer_header(local: Local, ids: Ids) -> Claims:
    """The answer's claims, but for the answering section and the hashes of what is sealed."""
    asked_for = local.header
    header: Claims = {"message_id": ids.message_id, "from": asked_for["to"], "to": asked_for["from"]}
    if "to_principal" in asked_for:
        header["from_principal"] = asked_for["to_principal"]
    if "from_principal" in asked_for:
        header["to_principal"] = asked_for["from_principal"]
    return header | {
        "issued_at": ids.issued_at,
        "edition": asked_for["edition"],
        "information": asked_for["information"],
        "exchange_number": local.permit["exchange_number"],
        "in_reply_to": asked_for["message_id"],
        "inquiry_sha256": local.permit["header_sha256"],
        "part": 1,
        "last_part": True,
    }


def replacing(header: Claims, earlier: str | None) -> Claims:
    """訂正: the header of an answer that takes an earlier one's place (its message_id), or the first answer's as it is."""
    return header if earlier is None else header | {"replaces": earlier}


def answer_content(header: Claims, results: list[dict[str, Any]], salt: str) -> Claims:
    """The content before it is padded."""
    ids = {name: header[name] for name in ("message_id", "from", "to", "exchange_number")}
    return {"salt": salt, **ids, "results": results}


def size_of(information: Information, count: int) -> int:
    """Bytes of a padded content: of one item the catalogue's size, of a batch whole parts, from the item count only."""
    if count == 1:
        return information.padded_size
    return -(-count * information.padded_size // PART) * PART


def pad(content: Claims, size: int) -> Claims:
    """The content with as many zeros as bring it to ``size`` bytes."""
    zeros = size - len(compact({**content, "padding": ""}))
    return {**content, "padding": "0" * max(zeros, 0)}


# --- a question of ours ---------------------------------------------------------------------------------------------
class Question(NamedTuple):
    """What a business system asks, with what the body adds: edition, version, end."""

    ask: Mapping[str, Any]
    edition: str
    information: Information
    expires_at: str


OF_ASK = ("section", "official", "consent_ref", "record_disclosure")
"""What stands in the inquiry's header as the business system said it, where it said it."""


def inquiry_header(question: Question, us: str, reply_kid: str, ids: Ids) -> Claims:
    """The inquiry's claims, but for the hashes of what is sealed."""
    ask, information = question.ask, question.information
    header: Claims = {"message_id": ids.message_id, "from": us, "to": ask["to"]}
    header |= {"issued_at": ids.issued_at, "expires_at": question.expires_at, "edition": question.edition}
    header |= {name: ask[name] for name in ("affair", "procedure", "information", "responsibility")}
    header |= {name: ask[name] for name in OF_ASK if name in ask}
    return header | {
        # A household is asked about through one of its persons: it has no code of its own.
        "subject_kind": "person" if information.subject_kind == "household" else information.subject_kind,
        "information_version": information.version,
        "subject_count": len(ask["subjects"]),
        "reply_kid": reply_kid,
    }


def inquiry_content(header: Claims, ask: Mapping[str, Any], salt: str) -> Claims:
    """The content before it is padded: item n is about link code n."""
    items = [{"item_no": n, "keys": dict(subject["keys"])} for n, subject in enumerate(ask["subjects"], 1)]
    return {"salt": salt, **{name: header[name] for name in ("message_id", "from", "to")}, "items": items}


# --- an answer to us ------------------------------------------------------------------------------------------------
def check_answer_content(plain: Plain, ours: Mapping[str, Any], standard: Standard) -> list[dict[str, Any]]:
    """The results, if they are what was asked for: everyone asked about, nobody else, the right items.

    ``ours``: affair, information, subject_count of our question. Raises Refused of stage *content*.
    """
    content = check_content(plain["content"], "renkei-answer", standard)
    results: list[dict[str, Any]] = content["results"]
    information = standard.informations[ours["information"]]
    numbers = [result["item_no"] for result in results]
    due = set(range(1, ours["subject_count"] + 1))
    if strangers := [n for n in numbers if n not in due]:
        raise Refused("subject_not_asked", f"items {strangers}")
    if len(numbers) != len(set(numbers)) or (plain["header"]["last_part"] and set(numbers) != due):
        raise Refused("answer_incomplete", f"items {sorted(due - set(numbers))}")
    for result in results:
        _check_result(result, information, ours["affair"], standard)
    return results


def check_asked_keys(
    results: Sequence[Mapping[str, Any]], subjects: Sequence[Mapping[str, Any]], information: Information
) -> None:
    """An item that is to equal an inquiry key equals the key that was asked: the year that was asked, no other.

    ``subjects``: own number and keys of item n at n-1. Raises Refused `item_invalid`.
    """
    bound = {rule.total for rule in information.rules if rule.kind == "equals_key"}
    paths = [item.path for item in information.items if item.kind == "leaf" and item.id in bound]
    for result in results:
        keys = subjects[result["item_no"] - 1]["keys"]
        for path in paths:
            value: Any = result.get("record")
            for name in path:
                value = value.get(name) if isinstance(value, Mapping) else None
            if value is not None and path[-1] in keys and value != keys[path[-1]]:
                raise Refused("item_invalid", f"{'.'.join(path)}: another than was asked")


def _check_result(result: dict[str, Any], information: Information, affair: str, standard: Standard) -> None:
    provided = result["result"] == "provided"
    if ("status" in result) != (provided and information.status_table is not None):
        raise Refused("content_form_invalid", "status stands with provided, where there is a status table")
    if not provided:
        return
    on = japan_date(parse(result["as_of"]))
    if information.status_table is not None:
        _check_status(result["status"], information.status_table, on, standard)
    leaves = leaves_of(information, affair, result.get("status"))
    record, status = result["record"], result.get("status")
    found = findings(information, record, standard.codes, on, _required(information, leaves), leaves)
    # Which keys a copy was loaded with an answer does not say: rules about them are the provider's.
    if found := found or between_items(information, record, status, {}, leaves):
        raise Refused(found[0].code, f"{found[0].path}: {found[0].expected}")


def _check_status(status: str, table: str, on: date, standard: Standard) -> None:
    row = standard.codes[table].code(status)
    if row is None or not row.valid_from <= on <= (row.valid_to or on):
        raise Refused("code_not_in_force", "status")


def _required(information: Information, leaves: frozenset[str]) -> frozenset[str]:
    """Of the leaves that may stand, those that must."""
    return frozenset(item.id for item in information.items if item.id in leaves and item.occurs_min > 0)
