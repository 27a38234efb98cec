"""照会: a business system's question on its way out. The order of the lines is the order of the standard.

    own number → link code ‖ authority → sign → encrypt → durable → to the network

‖ is interface P. What comes back is in ``answer_in``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from renkei_emulator.asks import asked_state, said_of
from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import PublicKey, sha256_b64u
from renkei_emulator.intermediate_if.business_connection import Wrong
from renkei_emulator.intermediate_if.linkage_confirmation import Ids, Question, size_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.crypto_signature import Drawn
from renkei_emulator.linkage_if.network_connection import Accepted, NotTaken
from renkei_emulator.linkage_if.pf_communication import message
from renkei_emulator.messages import LinkCode, OwnNumber
from renkei_emulator.outbox import Outbox, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.trust import body_san
from renkei_fixtures.instants import japan_date, parse, render

# How long a provider has: a person may have to decide there.
LIFE = timedelta(days=7)
LONGEST_LIFE = timedelta(days=31)


class _Draft(NamedTuple):
    """A question ready to be sealed."""

    ask: Mapping[str, Any]
    claims: Claims
    codes: tuple[LinkCode, ...]
    recipient: tuple[str, PublicKey]


def _end_of(ask: Mapping[str, Any], now: datetime) -> str:
    """Until when it is asked: as the business system says, or ours. Raises Wrong."""
    if "expires_at" not in ask:
        return render(now + LIFE)
    try:
        end = parse(ask["expires_at"])
    except ValueError:
        end = now
    if not now < end <= now + LONGEST_LIFE:
        raise Wrong(422, "member_wrong", "expires_at", "an instant within 31 days", str(ask["expires_at"]))
    return render(end)


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
            if (kept_for := desk.rooms.refused_is_kept_for(refused)) is not None:
                changes.append(("outgoing", queued(self._outgoing(draft, drawn), now + kept_for)))
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
            code = rooms.link_code_of(OwnNumber(subject["own_number"]), desk.link_code)
            if code is None:
                raise Wrong(422, "link_code_missing", f"subjects[{n}].own_number", "a loaded link code", "none")
            codes.append(code)
        recipient = await self._recipient(ask["to"], now)
        information = desk.standard.informations[ask["information"]]
        question = Question(ask, desk.standard.edition, information, _end_of(ask, now))
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
            rooms.check_not_own(claims)
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

    @staticmethod
    def _outgoing(draft: _Draft, drawn: Drawn) -> Outgoing:
        claims = draft.claims
        return Outgoing(claims["message_id"], "renkei-inquiry", None, drawn.envelope, claims["expires_at"], 0)

    async def _send(self, draft: _Draft, drawn: Drawn, changes: list[Change], now: datetime) -> None:
        desk, rooms, claims = self.desk, self.desk.rooms, draft.claims
        ask_id = draft.ask["ask_id"]
        outgoing = self._outgoing(draft, drawn)
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
        if rooms.enters_accepted(asked.state):
            changes.append(asked_state(asked.ask_id, now, "accepted"))
        return changes, [rooms.access(desk.code, now, "inquiry_accepted", claims, number)]
