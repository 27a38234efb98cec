"""個別連携業務接続（データ送受信）機能: takes what business systems bring, brings them what they asked for (seed §4-3).

Interface B in the standard's own form (JSON). A wrong row is set aside with row, item and reason; the good rows load;
``loaded`` and the rows set aside add up to what was brought. Row numbers count from 0 within their list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.records import between_items, from_keys
from renkei_emulator.records import findings as record_findings
from renkei_emulator.reduction import reduced
from renkei_emulator.values import copy_keys, key_faults, value_fault
from renkei_fixtures.instants import japan_date, parse

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import Information

Members = Mapping[str, Any]
DISCLOSURES = ("normal", "hidden")


class Wrong(Exception):  # noqa: N818 - what a business system brought is wrong; it is told so
    """A request of a business system that cannot be taken: HTTP status, code, and what was expected where."""

    def __init__(
        self, status: int, code: str, item: str | None = None, expected: str | None = None, got: str | None = None
    ) -> None:
        super().__init__(f"{code} {item or ''}")
        self.status = status
        self.code = code
        self.item = item
        self.expected = expected
        self.got = got


class SetAside(NamedTuple):
    """A row that was not loaded, and why."""

    row: int
    list: str
    item: str
    reason: str
    expected: str
    got: str


@dataclass(frozen=True)
class Load:
    """A load: the good rows as they will be kept, and those set aside."""

    load_id: str
    records: tuple[Mapping[str, Any], ...]
    link_codes: tuple[Mapping[str, Any], ...]
    handling: tuple[Mapping[str, Any], ...]
    set_aside: tuple[SetAside, ...]

    @property
    def loaded(self) -> int:
        """How many rows were good."""
        return len(self.records) + len(self.link_codes) + len(self.handling)


class RowWrong(Exception):  # noqa: N818 - caught where the row is set aside
    """One row is wrong."""

    def __init__(self, item: str, reason: str, expected: str, got: object) -> None:
        super().__init__(item, reason, expected, got)
        self.item, self.reason, self.expected = item, reason, expected
        self.got = got if isinstance(got, str) else repr(got)


# --- requests -------------------------------------------------------------------------------------------------------
def read_request(body: bytes, required: Mapping[str, type], optional: Mapping[str, type]) -> dict[str, Any]:
    """A JSON object with these members. Raises Wrong: 400 `not_json`, 422 for members."""
    try:
        members = json.loads(body)
    except ValueError:
        raise Wrong(400, "not_json", expected="a JSON object") from None
    if not isinstance(members, dict):
        raise Wrong(400, "not_json", expected="a JSON object", got=type(members).__name__)
    for name in required:
        if name not in members:
            raise Wrong(422, "member_missing", name, required[name].__name__, "nothing")
    kinds = {**required, **optional}
    for name, value in members.items():
        if name not in kinds:
            raise Wrong(422, "member_unknown", name, ", ".join(kinds), name)
        if not isinstance(value, kinds[name]) or value == "":
            raise Wrong(422, "member_wrong", name, kinds[name].__name__, repr(value)[:60])
    return members


def read_ask(body: bytes, standard: Standard) -> dict[str, Any]:
    """照会の依頼: a question with subjects and keys. Raises Wrong."""
    names = ("ask_id", "to", "affair", "procedure", "information", "responsibility")
    required = {**dict.fromkeys(names, str), "subjects": list}
    optional = ("official", "section", "consent_ref", "record_disclosure", "expires_at")
    ask = read_request(body, required, dict.fromkeys(optional, str))
    information = standard.informations.get(ask["information"])
    if information is None:
        raise Wrong(422, "information_unknown", "information", ", ".join(standard.informations), ask["information"])
    _check_word(ask)
    if not ask["subjects"]:
        raise Wrong(422, "member_wrong", "subjects", "at least one", "none")
    for n, subject in enumerate(ask["subjects"]):
        _check_subject(subject, information, f"subjects[{n}]")
    return ask


def read_disclosure(body: bytes) -> dict[str, Any]:
    """記録の開示設定: hide the record of an exchange from the person, or show it. Raises Wrong."""
    disclosure = read_request(body, dict.fromkeys(("exchange_number", "record_disclosure"), str), {})
    _check_word(disclosure)
    return disclosure


def check_part(exchange_number: str, ours: bool) -> None:
    """Only who asked or was asked says anything of a record. Raises Wrong 404 `exchange_unknown`."""
    if not ours:
        raise Wrong(404, "exchange_unknown", "exchange_number", "an exchange of this body", exchange_number)


def check_settled(exchange_number: str, under_way: bool) -> None:
    """One word at a time about a record. Raises Wrong 409 `disclosure_in_progress`."""
    if under_way:
        raise Wrong(409, "disclosure_in_progress", "exchange_number", "the former word settled", exchange_number)


def _check_word(request: Members) -> None:
    if (word := request.get("record_disclosure", "normal")) not in DISCLOSURES:
        raise Wrong(422, "member_wrong", "record_disclosure", " or ".join(DISCLOSURES), word[:60])


def _check_subject(subject: object, information: Information, path: str) -> None:
    if not isinstance(subject, dict) or subject.keys() != {"own_number", "keys"}:
        raise Wrong(422, "member_wrong", path, "own_number and keys", repr(subject)[:60])
    if expected := value_fault("X", 15, subject["own_number"]):
        raise Wrong(422, "member_wrong", f"{path}.own_number", expected, repr(subject["own_number"])[:60])
    if not isinstance(subject["keys"], dict):
        raise Wrong(422, "member_wrong", f"{path}.keys", "an object", repr(subject["keys"])[:60])
    for key, expected, got in key_faults(information.keys, subject["keys"]):
        raise Wrong(422, "key_invalid", f"{path}.keys.{key}", expected, got)


def read_decision(body: bytes) -> dict[str, Any]:
    """手動応答の決定: release or withhold a waiting inquiry. Raises Wrong."""
    names = ("exchange_number", "decision", "drafted_by", "approved_by")
    decision = read_request(body, dict.fromkeys(names, str), {"ground": str})
    if decision["decision"] not in ("release", "withhold"):
        raise Wrong(422, "member_wrong", "decision", "release or withhold", decision["decision"])
    return decision


def read_correction(body: bytes) -> dict[str, Any]:
    """訂正の決定: what was answered is to be answered anew from the copies of now. Raises Wrong."""
    return read_request(body, dict.fromkeys(("exchange_number", "drafted_by", "approved_by"), str), {})


def check_correctable(exchange_number: str, state: str | None, in_time: bool, under_way: bool) -> None:
    """Only what was answered, and is not over, is corrected. Raises Wrong 404, 409."""
    if state is None:
        raise Wrong(404, "exchange_unknown", "exchange_number", "an exchange that was answered", exchange_number)
    if state != "sent":
        code = "exchange_closed" if state in ("closed_by_network", "refused") else "not_answered"
        raise Wrong(409, code, "exchange_number", "an exchange that was answered and is not over", state)
    if not in_time:
        raise Wrong(409, "exchange_closed", "exchange_number", "before its expires_at", exchange_number)
    if under_way:
        raise Wrong(409, "answer_in_progress", "exchange_number", "the former answer taken", exchange_number)


def check_approval(decision: Members) -> None:
    """決裁: who drafts does not approve. Raises Wrong 422 `approval_not_separate`."""
    if decision["drafted_by"] == decision["approved_by"]:
        raise Wrong(422, "approval_not_separate", "approved_by", "another official", decision["approved_by"])


def check_ground(decision: Members) -> None:
    """提供しない根拠: who is asked must provide, unless there is a ground not to. Raises Wrong 422 `ground_missing`."""
    if decision["decision"] == "withhold" and not decision.get("ground", "").strip():
        raise Wrong(422, "ground_missing", "ground", "the ground on which it is withheld", "nothing")


# --- loading --------------------------------------------------------------------------------------------------------
RowCheck = Callable[[Any, "Information | None", "Standard"], Mapping[str, Any]]


def read_load(body: bytes, standard: Standard, checks: Mapping[str, RowCheck]) -> Load:
    """登録: rows of the reference DB, link codes, handling marks. ``checks``: list → what makes a row good.

    Raises Wrong where the load as a whole cannot be read.
    """
    lists = {"records": list, "link_codes": list, "handling": list}
    load = read_request(body, {"load_id": str}, {"information": str, "version": str, **lists})
    information = _information(load, standard)
    good: dict[str, list[Mapping[str, Any]]] = {}
    aside: list[SetAside] = []
    for name in lists:
        good[name] = []
        for n, row in enumerate(load.get(name, [])):
            try:
                good[name].append(checks[name](row, information, standard))
            except RowWrong as wrong:
                aside.append(SetAside(n, name, wrong.item, wrong.reason, wrong.expected, wrong.got[:60]))
    records, link_codes, handling = (tuple(good[name]) for name in lists)
    return Load(load["load_id"], records, link_codes, handling, tuple(aside))


def _information(load: Members, standard: Standard) -> Information | None:
    if "information" in load:
        named = load["information"]
        information = standard.informations.get(named)
        if information is None:
            raise Wrong(422, "information_unknown", "information", ", ".join(standard.informations), named)
    else:
        # A load that names none is understood as long as there is no choice.
        information = next(iter(standard.informations.values())) if len(standard.informations) == 1 else None
        if information is None and load.get("records"):
            raise Wrong(422, "member_missing", "information", ", ".join(standard.informations), "nothing")
    if information is not None and load.get("version", information.version) != information.version:
        raise Wrong(422, "version_not_supported", "version", information.version, load["version"])
    return information


def check_record_row(row: Any, information: Information | None, standard: Standard) -> Mapping[str, Any]:
    """A copy (副本) of one person's record. Raises RowWrong."""
    assert information is not None
    _members(row, {"own_number", "keys", "as_of"}, {"status", "record"})
    _own_number(row)
    on = _as_of(row)
    keys = row["keys"]
    if not isinstance(keys, dict):
        raise RowWrong("keys", "key_invalid", "an object", keys)
    for key, expected, got in key_faults(copy_keys(information.keys), keys):
        raise RowWrong(f"keys.{key}", "key_invalid", expected, got)
    status = _status(row, information, standard, on)
    record = _record(row, information, standard, on, status)
    kept = {name: row[name] for name in ("own_number", "keys", "as_of")}
    return kept | {"information": information.id, "status": status, "record": record}


def _record(row: Members, information: Information, standard: Standard, on: date, status: str | None) -> Any:
    """The record as it is kept: 外字 reduced with their flags, and nothing else of it changed."""
    standing = information.status_items.get(status, "assessed") if status is not None else "assessed"
    if standing == "assessed":
        if "record" not in row:
            raise RowWrong("record", "item_missing", "present", "absent")
        record, leaves = reduced(information, row["record"]), None
    else:
        record, leaves = row.get("record", from_keys(information, row["keys"], standing)), frozenset(standing)
    found = record_findings(information, record, standard.codes, on, leaves, leaves)
    for finding in found or between_items(information, record, status, row["keys"]):
        raise RowWrong(f"record.{finding.path}", finding.code, finding.expected, finding.got)
    return record


def _status(row: Members, information: Information, standard: Standard, on: date) -> str | None:
    if information.status_table is None:
        if "status" in row:
            raise RowWrong("status", "item_not_permitted", "absent", "present")
        return None
    if "status" not in row:
        raise RowWrong("status", "item_missing", "present", "absent")
    status = row["status"]
    code = standard.codes[information.status_table].code(status) if isinstance(status, str) else None
    if code is None or not code.valid_from <= on <= (code.valid_to or on):
        raise RowWrong("status", "code_not_in_force", f"a code of {information.status_table}", status)
    return code.code


def check_link_code_row(row: Any, _information: Information | None, _standard: Standard) -> Mapping[str, Any]:
    """A person's link code in this body. Raises RowWrong."""
    _members(row, {"own_number", "link_code"}, set())
    _own_number(row)
    code = row["link_code"]
    if not isinstance(code, str) or not 1 <= len(code) <= 64 or not _is_code(code):
        raise RowWrong("link_code", "item_invalid", "1-64 characters of A-Z a-z 0-9 _ -", code)
    return dict(row)


def check_handling_row(row: Any, _information: Information | None, standard: Standard) -> Mapping[str, Any]:
    """A mark on a person: automatic or manual, for one information or for all. Raises RowWrong."""
    _members(row, {"own_number", "mode"}, {"information", "reason"})
    _own_number(row)
    if row["mode"] not in ("automatic", "manual"):
        raise RowWrong("mode", "item_invalid", "automatic or manual", row["mode"])
    information = row.get("information")
    if information is not None and information not in standard.informations:
        raise RowWrong("information", "item_invalid", ", ".join(standard.informations), information)
    reason = row.get("reason", "")
    if not isinstance(reason, str):
        raise RowWrong("reason", "item_invalid", "text", reason)
    return {"own_number": row["own_number"], "information": information or "", "mode": row["mode"], "reason": reason}


def _is_code(text: str) -> bool:
    return text.isascii() and all(c.isalnum() or c in "_-" for c in text)


def _members(row: Any, required: set[str], optional: set[str]) -> None:
    if not isinstance(row, dict):
        raise RowWrong("", "item_invalid", "an object", row)
    for name in sorted(required - row.keys()):
        raise RowWrong(name, "item_missing", "present", "absent")
    for name in sorted(row.keys() - required - optional):
        raise RowWrong(name, "item_not_permitted", "absent", "present")


def _own_number(row: Members) -> None:
    if expected := value_fault("X", 15, row["own_number"]):
        raise RowWrong("own_number", "item_invalid", expected, row["own_number"])


def _as_of(row: Members) -> date:
    try:
        return japan_date(parse(row["as_of"]))
    except (ValueError, TypeError):
        raise RowWrong("as_of", "item_invalid", "YYYY-MM-DDThh:mm:ss.sssZ", row["as_of"]) from None
