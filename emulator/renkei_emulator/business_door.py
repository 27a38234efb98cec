"""Interface B over HTTP: ``POST /business/1/<body>/<load|ask|collect|decide|correct|disclose|records>``, bearer token, JSON."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from renkei_emulator.asks import asked_state, results_of, said_of
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.intermediate_if.business_connection import Load, Wrong, read_request
from renkei_emulator.intermediate_if.linkage_information_store import key_text
from renkei_emulator.journey import BodyNode
from renkei_emulator.messages import compact
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, StoredAsk
from renkei_emulator.storage.chain import exported
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.world import HttpReply, HttpRequest
from renkei_fixtures.instants import render

BASE = "/business/1/"
LOGS = ("access", "audit", "personal_audit", "business")
JSON = {"content-type": "application/json"}


def problem(wrong: Wrong) -> HttpReply:
    """A problem (RFC 9457) for a business system of our own: it may see what was expected and what came."""
    members: dict[str, Any] = {"type": "about:blank", "status": wrong.status, "code": wrong.code}
    more = {"item": wrong.item, "expected": wrong.expected, "got": wrong.got}
    members |= {name: value for name, value in more.items() if value is not None}
    return HttpReply(wrong.status, {"content-type": "application/problem+json"}, compact(members))


class BusinessDoor:
    """All bodies of one installation. ``tokens``: body → bearer token; each opens its own body and no other."""

    def __init__(self, nodes: Mapping[str, BodyNode], tokens: Mapping[str, str]) -> None:
        self._nodes = nodes
        self._tokens = tokens
        self._deciding: set[str] = set()

    async def receive(self, request: HttpRequest) -> HttpReply:
        """What is wrong is a problem; an exception is a bug of ours."""
        try:
            node, operation = self._addressed(request)
            return await self._operate(node, operation, request.body)
        except Wrong as wrong:
            return problem(wrong)

    def _addressed(self, request: HttpRequest) -> tuple[BodyNode, str]:
        """A body that is not here and one whose token is wrong are told the same: 401."""
        body, _, operation = request.path.removeprefix(BASE).partition("/")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._tokens.get(body, "")
        if scheme.lower() != "bearer" or not known or not hmac.compare_digest(known.encode(), token.strip().encode()):
            raise Wrong(401, "token_wrong", "authorization", "the body's bearer token")
        if request.method != "POST" or not request.path.startswith(BASE):
            raise Wrong(404, "path_unknown", request.path)
        return self._nodes[body], operation

    async def _operate(self, node: BodyNode, operation: str, body: bytes) -> HttpReply:
        if operation == "load":
            return HttpReply(200, JSON, await self._load(node, body))
        if operation == "ask":
            return HttpReply(202, JSON, compact(await node.asking.ask(body)))
        if operation == "collect":
            return HttpReply(200, JSON, compact(await self._collect(node, body)))
        if operation == "decide":
            return HttpReply(200, JSON, compact(await self._decide(node, body)))
        if operation == "correct":
            return HttpReply(200, JSON, compact(await self._correct(node, body)))
        if operation == "disclose":
            return HttpReply(200, JSON, compact(await node.disclosing.disclose(body)))
        if operation == "records":
            return HttpReply(200, {"content-type": "application/x-ndjson"}, self._records(node, body))
        raise Wrong(404, "path_unknown", operation, "load, ask, collect, decide, correct, disclose or records")

    # --- load -------------------------------------------------------------------------------------------------------
    async def _load(self, node: BodyNode, body: bytes) -> bytes:
        """Takes effect once, whole, but for the rows set aside; the same bytes again get the same reply."""
        desk, sha256 = node.desk, sha256_b64u(body)
        load: Load = desk.rooms.read_load(body, desk.standard, desk.rooms.row_checks)
        if (known := self._loaded(node, load.load_id, sha256)) is not None:
            return known
        aside = [row._asdict() for row in load.set_aside]
        reply = compact({"load_id": load.load_id, "loaded": load.loaded, "set_aside": aside})
        changes: list[Change] = [("load", {"load_id": load.load_id, "sha256": sha256, "reply": reply.decode()})]
        changes += [("link_code", row) for row in load.link_codes]
        changes += [("record", _record(row, load.load_id)) for row in load.records]
        changes += [("handling", row) for row in load.handling]
        about = {"load_id": load.load_id, "loaded": load.loaded, "set_aside": len(aside)}
        persons = [{"own_number": number} for number in dict.fromkeys(row["own_number"] for row in load.records)]
        salt = desk.salt(f"load {load.load_id}")
        line = desk.rooms.business_line(desk.code, desk.now(), "loaded", {}, None, persons, salt, **about)
        try:
            await desk.store.write(changes, [line])
        except Conflict:
            return self._loaded(node, load.load_id, sha256) or reply
        return reply

    @staticmethod
    def _loaded(node: BodyNode, load_id: str, sha256: str) -> bytes | None:
        known = node.desk.store.load_reply(load_id)
        if known is None:
            return None
        if known[0] != sha256:
            raise Wrong(422, "load_id_reused", "load_id", "a new one for other contents", load_id)
        return known[1].encode()

    # --- collect ----------------------------------------------------------------------------------------------------
    async def _collect(self, node: BodyNode, body: bytes) -> dict[str, Any]:
        request = read_request(body or b"{}", {}, {"ask_id": str})
        store = node.desk.store
        if "ask_id" in request:
            asked = store.ask(request["ask_id"])
            if asked is None:
                raise Wrong(404, "ask_unknown", "ask_id", "an ask of this body", request["ask_id"])
            asks = [asked]
        else:
            asks = store.asks()
        await self._hand_over(node, asks)
        return {
            "asks": [said_of(asked) | {"results": results_of(asked)} for asked in asks],
            "waiting": [waiting._asdict() for waiting in store.waiting()],
        }

    @staticmethod
    async def _hand_over(node: BodyNode, asks: list[StoredAsk]) -> None:
        """The first time that results leave for a business system is recorded."""
        desk, now = node.desk, node.desk.now()
        for asked in asks:
            if asked.state != "collected":
                continue
            about = json.loads(asked.claims)
            persons = [{"own_number": r["own_number"], "item_no": r["item_no"]} for r in results_of(asked)]
            salt = desk.salt(f"handed over {asked.ask_id}")
            number = asked.exchange_number
            line = desk.rooms.business_line(desk.code, now, "handed_over", about, number, persons, salt)
            await desk.store.write([asked_state(asked.ask_id, now, "handed_over")], [line])

    # --- decide -----------------------------------------------------------------------------------------------------
    async def _decide(self, node: BodyNode, body: bytes) -> dict[str, Any]:
        desk, rooms = node.desk, node.desk.rooms
        decision = rooms.read_decision(body)
        number = decision["exchange_number"]
        state = desk.store.inquiry_state(number)
        if state is None:
            raise Wrong(404, "exchange_unknown", "exchange_number", "an exchange that waits", number)
        if state != "waiting_for_person" or number in self._deciding:
            raise Wrong(409, "not_waiting", "exchange_number", "waiting_for_person", state)
        rooms.check_approval(decision)
        rooms.check_ground(decision)
        self._deciding.add(number)
        try:
            return await self._decided(node, decision)
        finally:
            self._deciding.discard(number)

    @staticmethod
    async def _decided(node: BodyNode, decision: Mapping[str, Any]) -> dict[str, Any]:
        desk, number, now = node.desk, decision["exchange_number"], node.desk.now()
        state = "released" if decision["decision"] == "release" else "withheld"
        detail = json.dumps(decision, ensure_ascii=False)
        event = {"exchange_number": number, "at": render(now), "state": state, "reason": None, "detail": detail}
        by = {name: decision[name] for name in ("drafted_by", "approved_by", "ground") if name in decision}
        salt = desk.salt(f"{number} decided")
        line = desk.rooms.personal_audit(desk.code, now, state, {}, number, [], salt, **by)
        await desk.store.write([("inquiry_state", event)], [line])
        desk.later(node.providing.resume(number))
        return {"exchange_number": number, "state": state}

    # --- correct ----------------------------------------------------------------------------------------------------
    async def _correct(self, node: BodyNode, body: bytes) -> dict[str, Any]:
        """訂正: an answer that was given is given anew, in the earlier one's place."""
        desk, rooms = node.desk, node.desk.rooms
        correction = rooms.read_correction(body)
        number = correction["exchange_number"]
        stored, under_way = desk.store.inquiry(number), any(desk.store.under_way(number, "renkei-answer"))
        in_time = stored is not None and render(desk.now()) < stored.expires_at
        state = desk.store.inquiry_state(number)
        rooms.check_correctable(number, state, in_time, under_way or number in self._deciding)
        rooms.check_approval(correction)
        self._deciding.add(number)
        try:
            await node.providing.correct(number, {name: correction[name] for name in ("drafted_by", "approved_by")})
        except Refused as refused:
            raise Wrong(409, refused.code, "exchange_number", "an inquiry that still holds", number) from None
        finally:
            self._deciding.discard(number)
        return {"exchange_number": number, "state": "corrected"}

    # --- records ----------------------------------------------------------------------------------------------------
    @staticmethod
    def _records(node: BodyNode, body: bytes) -> bytes:
        """A log as NDJSON, its seal as the last line."""
        desk = node.desk
        request = read_request(body, {"log": str}, {"exchange_number": str})
        if request["log"] not in LOGS:
            raise Wrong(422, "log_unknown", "log", ", ".join(LOGS), request["log"])
        rows = desk.store.log_rows(desk.code, request["log"], request.get("exchange_number"))
        claims = desk.rooms.seal_claims(desk.code, request["log"], [text for text, _ in rows], desk.now())
        seal = desk.rooms.sign_claims(claims, "renkei-record-seal", desk.signer)
        lines = desk.rooms.exported([exported(text, personal) for text, personal in rows])
        return "".join(f"{line}\n" for line in [*lines, compact({"seal": seal}).decode()]).encode()


def _record(row: Mapping[str, Any], load_id: str) -> dict[str, Any]:
    kept = {name: row[name] for name in ("own_number", "information", "status", "as_of")}
    record = json.dumps(row["record"], ensure_ascii=False)
    return kept | {"keys": key_text(row["keys"]), "record": record, "load_id": load_id}
