"""An answer's way in: permit (the receipt) → sender → freshness → authority → content ‖ results → durable → 202.

To an answer we say a problem for transport, form and service faults only; all else is `202` and a signed
acknowledgement, `accepted` once the results are durable or `rejected` with code and stage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.asks import FINAL, asked_state
from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import read_jws, strict_json
from renkei_emulator.inquiry_in import kid_of
from renkei_emulator.intermediate_if.linkage_confirmation import size_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.crypto_signature import accepted_at
from renkei_emulator.linkage_if.network_connection import Accepted
from renkei_emulator.messages import Charged, Delivered, Framed, OpenedAnswer
from renkei_emulator.outbox import Outbox, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing, StoredAsk
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import japan_date, render

IDS = ("message_id", "from", "to", "exchange_number")
# An acknowledgement makes sense as long as the network keeps the answer: to the exchange's end and seven days more.
LIVES = timedelta(days=14)


class AnswerIn:
    """Answers to one body. ``outbox`` is set by the journey."""

    outbox: Outbox

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def receive(self, framed: Framed) -> HttpReply:
        """An answer from the network. Raises Refused where that is said in clear: trouble of our own."""
        desk, rooms, claims = self.desk, self.desk.rooms, framed.claims
        number = claims["exchange_number"]
        # Offered again until acknowledged; a different answer has a different header.
        seen = desk.store.seen(claims["from"], framed.header_sha256)
        if rooms.known_answer(None if seen is None else seen.header_sha256):
            return rooms.taken(number, "answered")
        asked: StoredAsk | None = rooms.question_of(claims, desk.store.ask_of_message, desk.store.ask_of)
        now = desk.now()
        try:
            results = await self._judge(framed, asked, now)
            assert asked is not None
            rooms.check_open(asked.state, self._replaced(framed, asked))
        except Refused as refused:
            if refused.retry:
                raise
            await self._reject(framed, asked, refused, now)
        else:
            await self._accept(framed, asked, results, now)
        return rooms.taken(number, "answered")

    def _replaced(self, framed: Framed, asked: StoredAsk) -> bool:
        """Whether it corrects the very answer that we hold."""
        claims = framed.claims
        earlier = self.desk.store.seen(claims["from"], claims["replaces"]) if "replaces" in claims else None
        return earlier is not None and earlier.header_sha256 == asked.answer_sha256

    async def _judge(self, framed: Framed, asked: StoredAsk | None, now: datetime) -> list[dict[str, Any]]:
        """The results, or Refused with the first thing that is wrong."""
        desk, rooms = self.desk, self.desk.rooms
        if asked is None:
            raise Refused("receipt_mismatch", "we did not ask")
        ours = json.loads(asked.claims)
        ours |= {"inquiry_sha256": asked.inquiry_sha256, "subjects_sha256": asked.subjects_sha256}
        await desk.counterparts.prepare([framed.jws.kid, *(kid_of(framed.paper) if framed.paper else ())])
        check = desk.check(now)
        # Of the two instants a receipt names, the later is that of the answer; the signer was not asked to sign before.
        at = accepted_at(framed.paper, "state_at", now)
        receipt = rooms.read_paper(framed.paper, "receipt", check, desk.standard, at)
        receipted = rooms.check_receipt(framed, receipt, ours)
        rooms.check_fresh(rooms.verify_header(framed, check, at), now)
        charged = rooms.check_answering(Delivered(receipted), desk.standard, desk.bodies, japan_date(at))
        plain = rooms.hand_over_answer(self._open(charged, framed, ours))
        results = rooms.check_answer_content(plain, ours, desk.standard)
        rooms.check_asked_keys(
            results, json.loads(asked.request)["subjects"], desk.standard.informations[ours["information"]]
        )
        return results

    def _open(self, charged: Charged, framed: Framed, ours: Mapping[str, Any]) -> OpenedAnswer:
        desk, rooms = self.desk, self.desk.rooms
        plaintext = rooms.decrypt(framed, desk.openers)
        rooms.compare_hash(framed.claims, plaintext)
        content = rooms.parse_content(plaintext)
        rooms.compare_ids(framed.claims, content, IDS)
        information = desk.standard.informations[ours["information"]]
        rooms.compare_padding(plaintext, content, size_of(information, ours["subject_count"]))
        return OpenedAnswer(charged, content)

    async def _accept(self, framed: Framed, asked: StoredAsk, results: list[dict[str, Any]], now: datetime) -> None:
        desk, rooms, claims = self.desk, self.desk.rooms, framed.claims
        number = claims["exchange_number"]
        text = json.dumps(results, ensure_ascii=False)
        result = {"ask_id": asked.ask_id, "answer_sha256": framed.header_sha256, "results": text}
        changes: list[Change] = [
            ("ask_exchange", {"exchange_number": number, "ask_id": asked.ask_id}),
            ("ask_result", result),
            asked_state(asked.ask_id, now, "collected"),
        ]
        subjects = json.loads(asked.request)["subjects"]
        persons = [
            {"item_no": r["item_no"], "own_number": subjects[r["item_no"] - 1]["own_number"], "result": r["result"]}
            for r in results
        ]
        salt = desk.salt(f"{number} {framed.header_sha256}")
        lines = [
            rooms.access(desk.code, now, "answer_received", claims, number, header_sha256=framed.header_sha256),
            rooms.audit(desk.code, now, "answer_checked", claims, number, kid=framed.jws.kid),
            rooms.business_line(
                desk.code, now, "collected", claims, number, persons, salt, results=[r["result"] for r in results]
            ),
        ]
        await self._acknowledge(framed, changes, lines, {"outcome": "accepted"}, now)

    async def _reject(self, framed: Framed, asked: StoredAsk | None, refused: Refused, now: datetime) -> None:
        desk, claims = self.desk, framed.claims
        changes: list[Change] = []
        # What the network does not vouch for says nothing about our question: the right answer may still come.
        if asked is not None and asked.state not in FINAL and refused.stage != "permit":
            changes.append(asked_state(asked.ask_id, now, "rejected", refused.code, refused.stage))
        lines = desk.rooms.refusal(desk.code, now, refused, claims, claims["exchange_number"])
        outcome = {"outcome": "rejected", "code": refused.code, "stage": refused.stage}
        await self._acknowledge(framed, changes, lines, outcome, now)

    async def _acknowledge(
        self, framed: Framed, changes: list[Change], lines: list[LogLine], outcome: dict[str, str], now: datetime
    ) -> None:
        """What was decided, and the acknowledgement that says so, in one piece; then send that."""
        desk, claims = self.desk, framed.claims
        number, until = claims["exchange_number"], render(now + LIVES)
        deed = f"{number} acknowledgement {framed.header_sha256} {outcome.get('code', 'accepted')}"
        message_id = desk.dice(deed).uuid7(now)
        item = {"exchange_number": number, "acknowledged_sha256": framed.header_sha256, "part": claims["part"]}
        header: Claims = {"message_id": message_id, "from": desk.code, "to": "network", "issued_at": render(now)}
        drawn = desk.rooms.sign_only(header | {"items": [item | outcome]}, "renkei-acknowledgement", desk.signer)
        outgoing = Outgoing(message_id, "renkei-acknowledgement", number, drawn.envelope, until, 0)
        changes.append(("outgoing", queued(outgoing, now)))
        if outcome.get("stage") != "permit":
            seen = {"sender": claims["from"], "header_sha256": framed.header_sha256}
            seen |= {"exchange_number": number, "keep_until": until}
            # By its hash it is told from a repeated delivery, by its id a correction names it.
            names = dict.fromkeys((framed.header_sha256, claims["message_id"]))
            known = [name for name in names if desk.store.seen(claims["from"], name) is not None]
            changes += [("seen", seen | {"message_id": name}) for name in names if name not in known]
        try:
            await desk.store.write(changes, lines)
        except Conflict:  # the same answer on another connection was quicker
            return
        self.outbox.post(outgoing)

    def settled(self, outgoing: Outgoing, outcome: Accepted) -> tuple[list[Change], list[LogLine]]:
        """What the network says to an acknowledgement: a rejection it has on its books ends the question."""
        desk, now = self.desk, self.desk.now()
        asked = desk.store.ask_of(outgoing.exchange_number or "")
        items = outcome.reply.get("items")
        ended = [item for item in items if item.get("state") == "rejected"] if isinstance(items, list) else []
        if asked is None or asked.state in FINAL or not ended:
            return [], []
        (said,) = strict_json(read_jws(strict_json(outgoing.envelope)["header"]).payload)["items"]
        return [asked_state(asked.ask_id, now, "rejected", said.get("code"), said.get("stage"))], []

    # --- a receipt alone ------------------------------------------------------------------------------------------
    async def receive_receipt(self, receipt: Claims) -> None:
        """How an exchange of ours ended without an answer (``receipt`` is verified)."""
        desk, now = self.desk, self.desk.now()
        asked = desk.store.ask_of_message(receipt["in_reply_to"])
        if asked is None or asked.state in FINAL or receipt["state"] not in FINAL:
            return
        number = receipt["exchange_number"]
        changes: list[Change] = [
            ("ask_exchange", {"exchange_number": number, "ask_id": asked.ask_id}),
            asked_state(asked.ask_id, now, receipt["state"], receipt.get("code"), receipt.get("stage")),
        ]
        about = json.loads(asked.claims)
        line = desk.rooms.access(desk.code, now, "receipt_received", about, number, state=receipt["state"])
        await desk.store.write(changes, [line])
