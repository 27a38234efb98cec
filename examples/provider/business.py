"""Interface B (standard: "Interface B"): load, collect, decide, records. A product that only provides asks nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .provider import Provider
from .rules import Rules
from .tables import Wrong, value_fits
from .wire import LINK_CODE, Json, Refused, japan_day, read_json, read_time, sha256, write_time

NUMBER = {"type": "X", "digits": 15}
LISTS = ("records", "link_codes", "handling")
LOGS = ("access", "audit", "personal_audit", "business")


class Problem(Exception):  # noqa: N818 - what a business system of our own did wrong
    """HTTP status, code, and where known what was expected and got."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.members = {"type": "about:blank", "status": status, "code": code} | more


class Business:
    """The business side of one body."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.store, self.tables = provider, provider.store, provider.tables
        self.operations: dict[str, Callable[[Json, bytes, datetime], tuple[str, bytes]]] = {
            "load": self.load, "collect": self.collect, "decide": self.decide, "records": self.records,
        }  # fmt: skip

    def handle(self, operation: str, body: bytes, now: datetime) -> tuple[str, bytes]:
        """Media type and bytes of the reply. Raises Problem."""
        if operation not in self.operations:
            raise Problem(404, "path_unknown", expected=", ".join(self.operations), got=operation)
        try:
            request = read_json(body or b"{}")
        except Refused:
            raise Problem(400, "not_json") from None
        if not isinstance(request, dict):
            raise Problem(400, "not_json")
        return self.operations[operation](request, body, now)

    # --- load -------------------------------------------------------------------------------------------------------

    def load(self, request: Json, body: bytes, now: datetime) -> tuple[str, bytes]:
        members(request, {"load_id": str}, {"information": str, "version": str, **dict.fromkeys(LISTS, list)})
        load_id, digest = request["load_id"], sha256(body)
        with self.store.transaction():
            known = self.store.one("SELECT sha256, reply FROM load WHERE load_id = ?", load_id)
            if known is not None:
                if known[0] != digest:
                    raise Problem(422, "load_id_reused", item="load_id")
                return "application/json", known[1].encode()
            self._information(request)
            reply = self._load(request, load_id)
            self.store.run("INSERT INTO load VALUES (?, ?, ?)", load_id, digest, reply)
        return "application/json", reply.encode()

    def _information(self, request: Json) -> None:
        name = request.get("information")
        if name is None and not request.get("records"):
            return
        if name is None:
            raise Problem(422, "member_missing", item="information")
        if name not in self.tables.informations:
            raise Problem(422, "information_unknown", item="information", got=name)
        version = self.tables.informations[name]["version"]
        if request.get("version", version) != version:
            raise Problem(422, "version_not_supported", item="version", expected=version, got=request["version"])

    def _load(self, request: Json, load_id: str) -> str:
        takers = {"records": self._record, "link_codes": self._link_code, "handling": self._mark}
        loaded, aside = 0, []
        for name in LISTS:
            for number, row in enumerate(request.get(name, ())):
                try:
                    if not isinstance(row, dict):
                        raise Wrong("", "item_invalid", "an object", row)
                    takers[name](row, request.get("information", ""))
                    loaded += 1
                except Wrong as wrong:
                    aside.append({"row": number, "list": name, **wrong.members})
        return json.dumps({"load_id": load_id, "loaded": loaded, "set_aside": aside}, ensure_ascii=False)

    def _record(self, row: Json, information: str) -> None:
        table = self.tables.informations[information]
        row_members(row, {"own_number", "keys", "as_of"}, {"status", "record"})
        own_number(row)
        if not self.tables.keys_fit(information, row["keys"], loaded=True):
            raise Wrong("keys", "key_invalid", [key["id"] for key in table["keys"]], row["keys"])
        day = japan_day(read_time(instant(row["as_of"])))
        standing = self._standing(table, row, day)
        record = row.get("record")
        if record is None and standing is None:
            raise Wrong("record", "item_missing", "a record", "none")
        record = self._of_keys(table, row["keys"]) if record is None else record
        self.tables.check_record(information, record, day, standing)
        for where, why, rule in Rules(table).broken(record, row.get("status"), row["keys"]):
            raise Wrong(where, why, rule, "a record that breaks it")
        keys, text = json.dumps(row["keys"], sort_keys=True), json.dumps(record, ensure_ascii=False)
        self.store.run(
            "INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?, ?, ?)",
            row["own_number"], information, keys, row.get("status"), row["as_of"], text,
        )  # fmt: skip

    def _standing(self, table: Json, row: Json, day: str) -> list[str] | None:
        """None where the whole record stands, else the items that the status lets stand."""
        if table["status_table"] is None:
            if "status" in row:
                raise Wrong("status", "item_not_permitted", "no status", row["status"])
            return None
        if "status" not in row:
            raise Wrong("status", "item_missing", table["status_table"], "none")
        if not self.tables.code_in_force(table["status_table"], row["status"], day):
            raise Wrong("status", "code_not_in_force", table["status_table"], row["status"])
        standing = table["status_items"].get(row["status"], "assessed")
        return None if standing == "assessed" else list(standing)

    @staticmethod
    def _of_keys(table: Json, keys: Json) -> Json:
        """The record of a state without one: items named like an inquiry key take the key's value."""
        record: Json = {}
        for item in table["items"]:
            if item["kind"] == "leaf" and item["id"] in keys:
                place = record
                for name in item["path"][:-1]:
                    place = place.setdefault(name, {})
                place[item["path"][-1]] = keys[item["id"]]
        return record

    def _link_code(self, row: Json, _: str) -> None:
        row_members(row, {"own_number", "link_code"}, set())
        own_number(row)
        if not isinstance(row["link_code"], str) or not LINK_CODE.match(row["link_code"]):
            raise Wrong("link_code", "item_invalid", "1 to 64 of A-Z a-z 0-9 _ -", row["link_code"])
        # A link code belongs to the own number it was loaded for last.
        self.store.run("DELETE FROM code WHERE link_code = ?", row["link_code"])
        self.store.run("INSERT OR REPLACE INTO code VALUES (?, ?)", row["own_number"], row["link_code"])

    def _mark(self, row: Json, _: str) -> None:
        row_members(row, {"own_number", "mode"}, {"information", "reason"})
        own_number(row)
        if row["mode"] not in ("automatic", "manual"):
            raise Wrong("mode", "item_invalid", "automatic, manual", row["mode"])
        about = row.get("information") or ""
        if about and about not in self.tables.informations:
            raise Wrong("information", "item_invalid", "an information", about)
        values = (row["own_number"], about, row["mode"], str(row.get("reason") or ""))
        self.store.run("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", *values)

    # --- the others -------------------------------------------------------------------------------------------------

    def collect(self, request: Json, _: bytes, now: datetime) -> tuple[str, bytes]:
        members(request, {}, {"ask_id": str})
        if "ask_id" in request:
            raise Problem(404, "ask_unknown", item="ask_id")
        sql = "SELECT number, received_at, reason FROM exchange WHERE state = 'waiting' ORDER BY received_at"
        names = ("exchange_number", "received_at", "reason")
        waiting = [dict(zip(names, row, strict=True)) for row in self.store.run(sql)]
        return "application/json", json.dumps({"asks": [], "waiting": waiting}).encode()

    def decide(self, request: Json, _: bytes, now: datetime) -> tuple[str, bytes]:
        needed = dict.fromkeys(("exchange_number", "decision", "drafted_by", "approved_by"), str)
        members(request, needed, {"ground": str})
        number, decision = request["exchange_number"], request["decision"]
        if decision not in ("release", "withhold"):
            raise Problem(422, "member_wrong", item="decision", expected="release, withhold", got=decision)
        row = self.store.one("SELECT state FROM exchange WHERE number = ?", number)
        if row is None:
            raise Problem(404, "exchange_unknown", item="exchange_number")
        if row[0] != "waiting":
            raise Problem(409, "not_waiting", item="exchange_number", expected="waiting")
        if request["drafted_by"] == request["approved_by"]:
            raise Problem(422, "approval_not_separate", item="approved_by")
        if decision == "withhold" and not request.get("ground", "").strip():
            raise Problem(422, "ground_missing", item="ground")
        self.provider.decide(number, release=decision == "release", now=now)
        state = "released" if decision == "release" else "withheld"
        by = {name: request[name] for name in ("drafted_by", "approved_by", "ground") if name in request}
        self.store.log("personal_audit", number, at=write_time(now), exchange_number=number, event=state, **by)
        return "application/json", json.dumps({"exchange_number": number, "state": state}).encode()

    def records(self, request: Json, _: bytes, now: datetime) -> tuple[str, bytes]:
        members(request, {"log": str}, {"exchange_number": str})
        if request["log"] not in LOGS:
            raise Problem(422, "log_unknown", item="log", expected=", ".join(LOGS), got=request["log"])
        wanted = request.get("exchange_number")
        sql = "SELECT text FROM line WHERE log = ? AND (? IS NULL OR number = ?) ORDER BY rowid"
        lines = self.store.run(sql, request["log"], wanted, wanted)
        return "application/x-ndjson", "".join(f"{text}\n" for (text,) in lines).encode()


def members(request: Json, required: dict[str, type], optional: dict[str, type]) -> None:
    """The request has these members, each of its type and not empty, and no others. Raises Problem."""
    for name in required:
        if name not in request:
            raise Problem(422, "member_missing", item=name)
    for name, value in request.items():
        wanted = {**required, **optional}.get(name)
        if wanted is None:
            raise Problem(422, "member_unknown", item=name)
        if not isinstance(value, wanted) or (wanted is str and not value):
            raise Problem(422, "member_wrong", item=name, expected=wanted.__name__, got=type(value).__name__)


def row_members(row: Json, required: set[str], optional: set[str]) -> None:
    """The same for a row. Raises Wrong."""
    for name in sorted(required - set(row)):
        raise Wrong(name, "item_missing", "a value", "none")
    for name in sorted(set(row) - required - optional):
        raise Wrong(name, "item_not_permitted", ", ".join(sorted(required | optional)), name)


def own_number(row: Json) -> None:
    if not value_fits(NUMBER, row["own_number"]):
        raise Wrong("own_number", "item_invalid", "X 1-15", row["own_number"])


def instant(value: Any) -> str:
    """A `time` of the standard. Raises Wrong."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", value, re.ASCII):
            raise ValueError(value)
        read_time(value)
    except (TypeError, ValueError):
        raise Wrong("as_of", "item_invalid", "YYYY-MM-DDThh:mm:ss.sssZ", value) from None
    return str(value)
