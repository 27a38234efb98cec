"""照会: a business system's question on its way out, and the answer's way in. The order of the lines is the standard's.

    own number → link code ‖ authority → sign → encrypt → durable → to the network
    permit (the receipt) → sender → freshness → authority → content ‖ results → durable → 202, acknowledgement

‖ is interface P. To an answer we say a problem for transport, form and service faults only; all else is `202` and a
signed acknowledgement, `accepted` once the results are durable or `rejected` with code and stage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import PublicKey, sha256_b64u
from renkei_emulator.intermediate_if.business_connection import Wrong
from renkei_emulator.intermediate_if.linkage_confirmation import Ids, Question, size_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.crypto_signature import Drawn, accepted_at
from renkei_emulator.linkage_if.network_connection import Accepted, NotTaken
from renkei_emulator.linkage_if.pf_communication import message
from renkei_emulator.messages import Charged, Delivered, Framed, LinkCode, OpenedAnswer, OwnNumber
from renkei_emulator.outbox import Outbox
from renkei_emulator.providing import kid_of, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing, StoredAsk
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.trust import body_san
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import japan_date, render

# How long a provider has: a person may have to decide there.
LIFE = timedelta(days=7)
# A closed exchange's answer lies at the network this long; so long an acknowledgement makes sense.
KEPT = timedelta(days=7)
IDS = ("message_id", "from", "to", "exchange_number")
FINAL = frozenset({"collected", "handed_over", "rejected", "refused", "expired", "undeliverable", "withdrawn"})


class _Draft(NamedTuple):
    """A question ready to be sealed."""

    ask: Mapping[str, Any]
    claims: Claims
    codes: tuple[LinkCode, ...]
    recipient: tuple[str, PublicKey]


class Asking:
    """A body as it asks. ``outbox`` is set by the journey that owns both."""

    outbox: Outbox

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # --- out ----------------------------------------------------------------------------------------------------
    async def ask(self, body: bytes) -> dict[str, Any]:
        """One question of a business system; the state it has reached when the network has said something, or nothing.

        Raises Wrong. The same bytes under the same ask_id: the same question, asked once.
        """
        desk, request_sha256 = self.desk, sha256_b64u(body)
        ask = desk.rooms.read_ask(body, desk.standard)
        known = desk.store.ask(ask["ask_id"])
        if known is not None:
            if known.request_sha256 != request_sha256:
                raise Wrong(422, "ask_id_reused", "ask_id", "a new one", ask["ask_id"])
            return said_of(known)
        now = desk.now()
        draft = await self._draft(ask, now)
        refused = self._own_refusal(draft.claims, now)
        drawn = self._seal(draft)
        changes = self._asked(draft, drawn, request_sha256, now)
        if refused is not None:
            changes.append(asked_state(ask["ask_id"], now, "refused", refused.code, refused.stage))
            lines = desk.rooms.refusal(desk.code, now, refused, draft.claims, None)
            await self._write_ask(changes, lines)
        else:
            await self._send(draft, drawn, changes, now)
        asked = desk.store.ask(ask["ask_id"])
        assert asked is not None
        return said_of(asked)

    async def _draft(self, ask: Mapping[str, Any], now: datetime) -> _Draft:
        desk, rooms = self.desk, self.desk.rooms
        codes = []
        for n, subject in enumerate(ask["subjects"]):
            code = rooms.link_code_of(OwnNumber(subject["own_number"]), desk.store.link_code)
            if code is None:
                raise Wrong(422, "link_code_missing", f"subjects[{n}].own_number", "a loaded link code", "none")
            codes.append(code)
        recipient = await self._recipient(ask["to"], now)
        information = desk.standard.informations[ask["information"]]
        question = Question(ask, desk.standard.edition, information, render(now + LIFE))
        dice = desk.dice(f"ask {ask['ask_id']}")
        ids = Ids(dice.uuid7(now), render(now), "")
        claims = rooms.inquiry_header(question, desk.code, desk.opener.kid, ids)
        return _Draft(ask, claims, tuple(codes), recipient)

    async def _recipient(self, to: str, now: datetime) -> tuple[str, PublicKey]:
        try:
            kid = await self.desk.counterparts.sealing_kid(to)
            if kid is None:
                raise Wrong(422, "body_unknown", "to", "a body of the directory", to)
            return kid, self.desk.check(now)(kid, "agreement", body_san(to), now)
        except Refused as refused:
            raise Wrong(503, "temporarily_unable", "to", "the directory's entry", refused.code) from None

    def _own_refusal(self, claims: Claims, now: datetime) -> Refused | None:
        """④ counterpart and job responsibility, by our own tables, before anything leaves."""
        desk, rooms = self.desk, self.desk.rooms
        try:
            rooms.check_edition(claims, desk.bodies[claims["to"]], desk.standard)
            rooms.find_row(claims, desk.standard, desk.bodies, japan_date(now))
            rooms.check_responsibility(claims, desk.standard, desk.body, rooms.date_of_asking(claims))
        except Refused as refused:
            return refused
        return None

    def _seal(self, draft: _Draft) -> Drawn:
        desk, rooms, ask = self.desk, self.desk.rooms, draft.ask
        dice = desk.dice(f"ask {ask['ask_id']} sealed")
        content = rooms.inquiry_content(draft.claims, ask, desk.salt(f"ask {ask['ask_id']} content"))
        information = desk.standard.informations[ask["information"]]
        padded = rooms.pad(content, size_of(information, len(draft.codes)))
        # Across interface P.
        crossed = rooms.take_over(message(draft.claims, draft.codes, desk.quirks.arranged(padded, dice)))
        subjects = rooms.subjects_text(crossed.link_codes, dice.bytes(32))
        arranged = desk.quirks.arranged(crossed.header, dice)
        return rooms.sign_and_seal(
            arranged, "renkei-inquiry", subjects, crossed.content, desk.signer, draft.recipient, dice
        )

    def _asked(self, draft: _Draft, drawn: Drawn, request_sha256: str, now: datetime) -> list[Change]:
        names = ("from", "to", "message_id", "affair", "information", "edition", "expires_at", "subject_count")
        kept = {name: draft.claims[name] for name in names}
        row = {
            "ask_id": draft.ask["ask_id"],
            "message_id": draft.claims["message_id"],
            "request_sha256": request_sha256,
            "request": json.dumps(draft.ask, ensure_ascii=False),
            "inquiry_sha256": drawn.header_sha256,
            "subjects_sha256": drawn.subjects_sha256,
            "claims": json.dumps(kept),
        }
        return [("ask", row), asked_state(draft.ask["ask_id"], now, "drafted")]

    async def _send(self, draft: _Draft, drawn: Drawn, changes: list[Change], now: datetime) -> None:
        desk, rooms, claims = self.desk, self.desk.rooms, draft.claims
        ask_id = draft.ask["ask_id"]
        outgoing = Outgoing(claims["message_id"], "renkei-inquiry", None, drawn.envelope, claims["expires_at"], 0)
        changes += [asked_state(ask_id, now, "sent"), ("outgoing", queued(outgoing, now))]
        salt = desk.salt(f"ask {ask_id} log")
        persons = [
            {"item_no": n, "own_number": subject["own_number"], "link_code": code, "keys": subject["keys"]}
            for n, (subject, code) in enumerate(zip(draft.ask["subjects"], draft.codes, strict=True), 1)
        ]
        lines = [
            rooms.audit(desk.code, now, "inquiry_sealed", claims, None),
            rooms.business_line(desk.code, now, "asked", claims, None, persons, salt, ask_id=ask_id),
        ]
        await self._write_ask(changes, lines)
        await self.outbox.send(outgoing)

    async def _write_ask(self, changes: list[Change], lines: list[LogLine]) -> None:
        try:
            await self.desk.store.write(changes, lines)
        except Conflict:
            raise Wrong(409, "ask_in_progress", "ask_id", "one question at a time under one id") from None

    # --- what the network said to our question --------------------------------------------------------------------
    def settled(self, outgoing: Outgoing, outcome: Accepted | NotTaken) -> tuple[list[Change], list[LogLine]]:
        """The question is with the network, or refused."""
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        asked = desk.store.ask_of_message(outgoing.message_id)
        if asked is None:
            return [], []
        claims = json.loads(asked.claims)
        if isinstance(outcome, NotTaken):
            said = Refused(outcome.code, "by the network")
            lines = rooms.refusal(desk.code, now, said, claims, None)
            return [asked_state(asked.ask_id, now, "refused", outcome.code, outcome.stage)], lines
        number = str(outcome.reply.get("exchange_number"))
        changes: list[Change] = [("ask_exchange", {"exchange_number": number, "ask_id": asked.ask_id})]
        if asked.state in ("drafted", "sent"):  # the answer can be quicker than the reply to the question
            changes.append(asked_state(asked.ask_id, now, "accepted"))
        return changes, [rooms.access(desk.code, now, "inquiry_accepted", claims, number)]

    # --- in -----------------------------------------------------------------------------------------------------
    async def receive(self, framed: Framed) -> HttpReply:
        """An answer from the network. Raises Refused where that is said in clear: trouble of our own."""
        desk, rooms, claims = self.desk, self.desk.rooms, framed.claims
        number = claims["exchange_number"]
        # Offered again until acknowledged; a different answer has a different header.
        if desk.store.seen(claims["from"], framed.header_sha256) is not None:
            return rooms.taken(number, "answered")
        asked = desk.store.ask_of_message(claims["in_reply_to"])
        now = desk.now()
        try:
            results = await self._judge(framed, asked, now)
        except Refused as refused:
            if refused.retry:
                raise
            await self._reject(framed, asked, refused, now)
        else:
            assert asked is not None
            await self._accept(framed, asked, results, now)
        return rooms.taken(number, "answered")

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
        return rooms.check_answer_content(plain, ours, desk.standard)

    def _open(self, charged: Charged, framed: Framed, ours: Mapping[str, Any]) -> OpenedAnswer:
        desk, rooms = self.desk, self.desk.rooms
        plaintext = rooms.decrypt(framed, {desk.opener.kid: desk.opener})
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
        if asked is not None and asked.state not in FINAL:
            changes.append(asked_state(asked.ask_id, now, "rejected", refused.code, refused.stage))
        lines = desk.rooms.refusal(desk.code, now, refused, claims, claims["exchange_number"])
        outcome = {"outcome": "rejected", "code": refused.code, "stage": refused.stage}
        await self._acknowledge(framed, changes, lines, outcome, now)

    async def _acknowledge(
        self, framed: Framed, changes: list[Change], lines: list[LogLine], outcome: dict[str, str], now: datetime
    ) -> None:
        """What was decided, and the acknowledgement that says so, in one piece; then send that."""
        desk, claims = self.desk, framed.claims
        number, until = claims["exchange_number"], render(now + LIFE + KEPT)
        message_id = desk.dice(f"{number} acknowledgement {framed.header_sha256}").uuid7(now)
        item = {"exchange_number": number, "acknowledged_sha256": framed.header_sha256, "part": claims["part"]}
        header: Claims = {"message_id": message_id, "from": desk.code, "to": "network", "issued_at": render(now)}
        drawn = desk.rooms.sign_only(header | {"items": [item | outcome]}, "renkei-acknowledgement", desk.signer)
        outgoing = Outgoing(message_id, "renkei-acknowledgement", number, drawn.envelope, until, 0)
        seen = {"sender": claims["from"], "message_id": framed.header_sha256, "header_sha256": framed.header_sha256}
        changes += [
            ("seen", seen | {"exchange_number": number, "keep_until": until}),
            ("outgoing", queued(outgoing, now)),
        ]
        try:
            await desk.store.write(changes, lines)
        except Conflict:  # the same answer on another connection was quicker
            return
        self.outbox.post(outgoing)

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


def asked_state(ask_id: str, at: datetime, state: str, code: str | None = None, stage: str | None = None) -> Change:
    return ("ask_state", {"ask_id": ask_id, "at": render(at), "state": state, "code": code, "stage": stage})


def said_of(asked: StoredAsk) -> dict[str, Any]:
    """What a business system is told of its question."""
    said: dict[str, Any] = {"ask_id": asked.ask_id, "exchange_number": asked.exchange_number}
    # Whether the results were fetched before is our own record.
    said["state"] = "collected" if asked.state == "handed_over" else asked.state
    if asked.code is not None:
        said |= {"code": asked.code, "stage": asked.stage}
    return said


def results_of(asked: StoredAsk) -> list[dict[str, Any]]:
    """The results of an answered question, each with the own number it was asked under."""
    if asked.results is None:
        return []
    subjects = json.loads(asked.request)["subjects"]
    return [
        {"item_no": r["item_no"], "own_number": subjects[r["item_no"] - 1]["own_number"], **r}
        for r in json.loads(asked.results)
    ]
