"""提供: an inquiry's way through a body, and its answer's way out. The order of the lines is the order of the standard.

    sender → freshness → permit → authority → content ‖ link code → own number → durable → 202
    store → own link code ‖ authority again → sign → encrypt → durable → to the network

‖ is interface P. Up to the form of the content a failure is refused in clear and depends on the message alone; from the
link code on nothing is refused in clear: nobody's code, nobody here and nothing stored are one sealed `no_record`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.answer_out import AnswerOut
from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.inquiry_in import Case, InquiryIn
from renkei_emulator.intermediate_if.log_management import persons_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.network_connection import Accepted, NotTaken
from renkei_emulator.messages import Framed, Sealed, Verified
from renkei_emulator.outbox import Outbox, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import parse, render

# PROTOCOL §2: (from, message_id) is remembered until the message's end and this much beyond.
REPLAY_MARGIN = timedelta(seconds=300)


class Providing:
    """A body as it is asked. ``outbox`` is set by the journey that owns both."""

    outbox: Outbox

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._way_in = InquiryIn(desk)
        self._way_out = AnswerOut(desk, self._way_in)
        self._in_trouble: set[str] = set()

    # --- in -----------------------------------------------------------------------------------------------------
    async def receive(self, framed: Framed, sealed: Sealed) -> HttpReply:
        """An inquiry from the network. Raises Refused; on return it is durable, and its answer is on its way."""
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        await self._way_in.prepare(framed)
        verified = rooms.check_fresh(self._way_in.verify(framed), now)
        if (again := self._repeated(verified)) is not None:
            return again
        case = self._way_in.walk(verified)
        try:
            await self._keep(case, sealed, now)
        except Conflict:  # the same message on another connection was quicker
            if (again := self._repeated(verified)) is not None:
                return again
            raise Refused("permit_mismatch", "an exchange number that was used before") from None
        desk.later(self._go_on(case))
        return rooms.taken(case.number, "delivered")

    def _repeated(self, verified: Verified) -> HttpReply | None:
        """The same `202` as before for the same header, never another answer."""
        claims = verified.framed.claims
        seen = self.desk.store.seen(claims["from"], claims["message_id"])
        if not self.desk.rooms.is_repeat(verified, seen.header_sha256 if seen else None) or seen is None:
            return None
        return self.desk.rooms.taken(seen.exchange_number, "delivered")

    async def _keep(self, case: Case, sealed: Sealed, now: datetime) -> None:
        """The sealed bytes, that they came, and that they passed: durable before the `202`."""
        desk, rooms, framed, claims = self.desk, self.desk.rooms, case.framed, case.framed.claims
        keep_until = render(parse(claims["expires_at"]) + REPLAY_MARGIN)
        seen = {"sender": claims["from"], "message_id": claims["message_id"], "header_sha256": framed.header_sha256}
        inquiry = {"exchange_number": case.number, "envelope": sealed.data, "received_at": render(now)}
        changes: list[Change] = [
            ("seen", seen | {"exchange_number": case.number, "keep_until": keep_until}),
            ("inquiry", inquiry | {"expires_at": claims["expires_at"]}),
            _state(case.number, now, "received"),
        ]
        row = case.opened.authorised.row.id
        lines = [
            rooms.access(desk.code, now, "inquiry_received", claims, case.number, authority_row=row),
            rooms.audit(desk.code, now, "inquiry_checked", claims, case.number, authority_row=row, kid=framed.jws.kid),
        ]
        await desk.store.write(changes, lines)

    # --- on -----------------------------------------------------------------------------------------------------
    async def _go_on(self, case: Case) -> None:
        """Automatic, or left with a person."""
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        information = desk.standard.informations[case.local.header["information"]]
        marks = [desk.store.handling(item.own_number, information.id) for item in case.local.items]
        reason = rooms.needs_person(case.local, marks, information)
        if reason is None:
            await self._provide(case, None)
            return
        salt = desk.salt(f"{case.number} waiting")
        persons = persons_of(case.local)
        line = rooms.personal_audit(desk.code, now, "waiting_for_person", case.local.header, case.number, persons, salt)
        await desk.store.write([_state(case.number, now, "waiting_for_person", reason)], [line])

    async def resume(self, exchange_number: str) -> None:
        """Go on with an inquiry that is on the disk, from where its last event left it: after a start, or a decision.

        The sealed bytes walk the whole way again, authority included.
        """
        desk, stored = self.desk, self.desk.store.inquiry(exchange_number)
        if stored is None:
            return
        framed = self._way_in.frame(Sealed(stored.envelope))
        decision = desk.store.decision(exchange_number)
        try:
            await self._way_in.prepare(framed, newest=desk.rooms.asks_what_was_revoked(decision is not None))
            case = self._way_in.walk(self._way_in.verify(framed))
        except Refused as refused:
            await self._stopped(framed, exchange_number, refused)
            return
        if decision is None:
            await self._go_on(case)
        else:
            await self._provide(case, decision)

    def try_again(self) -> None:
        """Take up what trouble of ours had stopped, and what the clock alone would have answered (nothing)."""
        for exchange_number in self.desk.rooms.taken_up_by_the_clock(self.desk.now()):
            self.desk.later(self._answer_by_the_clock(exchange_number))
        stopped, self._in_trouble = self._in_trouble, set()
        for exchange_number in sorted(stopped):
            self.desk.later(self.resume(exchange_number))

    async def _answer_by_the_clock(self, exchange_number: str) -> None:
        """Answer an inquiry on the disk that nobody decided, whatever state it has reached."""
        stored = self.desk.store.inquiry(exchange_number)
        if stored is None:
            return
        framed = self._way_in.frame(Sealed(stored.envelope))
        try:
            await self._way_in.prepare(framed)
            await self._answer(self._way_in.walk(self._way_in.verify(framed)), None, "answer")
        except Refused as refused:
            await self._stopped(framed, exchange_number, refused)

    async def _stopped(self, framed: Framed, exchange_number: str, refused: Refused) -> None:
        """An inquiry that had its `202` and cannot be answered now, or not any more."""
        if refused.retry:
            self._in_trouble.add(exchange_number)
        elif refused.stage in ("freshness", "permit"):  # its time is over, and the network knows that by itself
            desk, now = self.desk, self.desk.now()
            lines = desk.rooms.refusal(desk.code, now, refused, {}, exchange_number)
            await desk.store.write([_state(exchange_number, now, "closed_by_network", refused.code)], lines)
        else:
            await self._refuse_later(framed, exchange_number, refused)

    # --- out ----------------------------------------------------------------------------------------------------
    async def _provide(self, case: Case, decision: Any) -> None:
        """Look up, make the answer, check authority again, seal, keep, send."""
        try:
            await self._answer(case, decision, "answer")
        except Refused as refused:
            await self._stopped(case.framed, case.number, refused)

    async def correct(self, exchange_number: str, by: Mapping[str, str]) -> None:
        """Answer anew what was answered, from the copies of now: a correction, by these officials. Raises Refused."""
        desk, now, earlier = self.desk, self.desk.now(), self.desk.store.answer_ids(exchange_number)
        stored = desk.store.inquiry(exchange_number)
        assert stored is not None
        framed = self._way_in.frame(Sealed(stored.envelope))
        await self._way_in.prepare(framed, newest=desk.rooms.asks_what_was_revoked(True))
        case = self._way_in.walk(self._way_in.verify(framed))
        decision, deed = desk.store.decision(exchange_number), f"answer {len(earlier)} corrected"
        salt = desk.salt(f"{exchange_number} {deed}")
        line = desk.rooms.personal_audit(
            desk.code, now, "corrected", {}, exchange_number, [], salt, replaces=earlier[-1], **by
        )
        await self._answer(case, decision, deed, earlier[-1], [line])

    async def _answer(
        self, case: Case, decision: Any, deed: str, earlier: str | None = None, lines: Sequence[LogLine] = ()
    ) -> None:
        desk, now = self.desk, self.desk.now()
        results = self._way_out.results(case, decision)
        drawn, claims = self._way_out.seal(case, results, now, deed, earlier)
        until = str(case.framed.claims["expires_at"])
        outgoing = Outgoing(claims["message_id"], "renkei-answer", case.number, drawn.envelope, until, 0)
        sent = _state(case.number, now, "sent", detail=claims["message_id"])
        changes: list[Change] = [_state(case.number, now, "looking_up"), sent, ("outgoing", queued(outgoing, now))]
        await desk.store.write(changes, [*lines, *self._way_out.told(case, claims, results, now)])
        self.outbox.post(outgoing)

    async def _refuse_later(self, framed: Framed, number: str, refused: Refused) -> None:
        """One that refuses after its `202` says so by a signed refusal with the same code and stage."""
        desk, rooms, claims, now = self.desk, self.desk.rooms, framed.claims, self.desk.now()
        message_id = desk.dice(f"{number} refusal").uuid7(now)
        header: Claims = {"message_id": message_id, "from": desk.code, "to": "network", "issued_at": render(now)}
        header |= {"exchange_number": number, "in_reply_to": claims["message_id"]}
        header |= {"inquiry_sha256": framed.header_sha256, "code": refused.code, "stage": refused.stage}
        drawn = rooms.sign_only(header, "renkei-refusal", desk.signer)
        outgoing = Outgoing(message_id, "renkei-refusal", number, drawn.envelope, str(claims["expires_at"]), 0)
        changes: list[Change] = [_state(number, now, "refused", refused.code), ("outgoing", queued(outgoing, now))]
        await desk.store.write(changes, rooms.refusal(desk.code, now, refused, claims, number))
        self.outbox.post(outgoing)

    # --- what the network said to our answer ----------------------------------------------------------------------
    def settled(self, outgoing: Outgoing, outcome: Accepted | NotTaken) -> tuple[list[Change], list[LogLine]]:
        """The answer is with the network, or will never be."""
        desk, rooms, now, number = self.desk, self.desk.rooms, self.desk.now(), outgoing.exchange_number or ""
        claims: Claims = {"message_id": outgoing.message_id, "from": desk.code}
        if isinstance(outcome, NotTaken):
            said = Refused(outcome.code, "the network did not take the answer")
            lines = rooms.refusal(desk.code, now, said, claims, number)
            return [_state(number, now, "closed_by_network", outcome.code)], lines
        state = str(outcome.reply.get("state"))
        lines = [rooms.access(desk.code, now, "answer_delivered", claims, number, state=state)]
        try:
            self._check_receipt(outgoing, outcome.reply.get("receipt"), now)
        except Refused as refused:
            lines += rooms.refusal(desk.code, now, refused, claims, number)
        return [], lines

    def _check_receipt(self, outgoing: Outgoing, receipt: object, now: datetime) -> None:
        """The network's receipt for this very answer: our proof that it was given."""
        desk, paper = self.desk, receipt if isinstance(receipt, str) else None
        claims = desk.rooms.read_paper(paper, "receipt", desk.check(now), desk.standard, now)
        header = json.loads(outgoing.envelope)["header"]
        if claims.get("answer_sha256") != sha256_b64u(header.encode("ascii")):
            raise Refused("receipt_mismatch", "of another answer")

    async def receive_receipt(self, receipt: Claims) -> None:
        """How an exchange ended that we were asked in (``receipt`` is verified): withdrawn, expired, rejected."""
        desk, now, number = self.desk, self.desk.now(), str(receipt["exchange_number"])
        state = desk.store.inquiry_state(number)
        if state is None or state == "closed_by_network" or not desk.rooms.ends_with(receipt["state"]):
            return
        changes = [_state(number, now, "closed_by_network", receipt["state"])]
        line = desk.rooms.access(desk.code, now, "receipt_received", {}, number, state=receipt["state"])
        await desk.store.write(changes, [line])

    def seal_anew(self, outgoing: Outgoing) -> bytes:
        """The bytes of a new answer to the same inquiry, as a product that keeps no answers would make them."""
        stored = self.desk.store.inquiry(outgoing.exchange_number or "")
        if stored is None:
            return outgoing.envelope
        desk, way_in = self.desk, self._way_in
        case = way_in.walk(way_in.verify(way_in.frame(Sealed(stored.envelope))))
        results = self._way_out.results(case, desk.store.decision(case.number))
        return self._way_out.seal(case, results, desk.now(), f"answer {outgoing.attempts}")[0].envelope


def _state(number: str, at: datetime, state: str, reason: str | None = None, detail: Any = None) -> Change:
    text = None if detail is None else json.dumps(detail, ensure_ascii=False)
    values = {"exchange_number": number, "at": render(at), "state": state, "reason": reason, "detail": text}
    return ("inquiry_state", values)
