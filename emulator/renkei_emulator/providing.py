"""提供: an inquiry's way through a body, and its answer's way out. The order of the lines is the order of the standard.

    sender → freshness → permit → authority → content ‖ link code → own number → durable → 202
    store → own link code ‖ authority again → sign → encrypt → durable → to the network

‖ is interface P. Up to the form of the content a failure is refused in clear and depends on the message alone; from the
link code on nothing is refused in clear: nobody's code, nobody here and nothing stored are one sealed `no_record`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import read_jws, sha256_b64u
from renkei_emulator.intermediate_if.linkage_confirmation import Ids, size_of
from renkei_emulator.intermediate_if.log_management import persons_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.crypto_signature import Drawn, accepted_at
from renkei_emulator.linkage_if.network_connection import Accepted, NotTaken
from renkei_emulator.linkage_if.pf_communication import message
from renkei_emulator.messages import Authorised, Framed, Local, Opened, Permitted, Plain, Sealed, Verified
from renkei_emulator.outbox import Outbox
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.trust import body_san
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import japan_date, parse, render

IDS = ("message_id", "from", "to")
# PROTOCOL §2: (from, message_id) is remembered until the message's end and this much beyond.
REPLAY_MARGIN = timedelta(seconds=300)


class Case(NamedTuple):
    """One inquiry at work: what the linkage IF knows of it, and the inquiry inside the body."""

    opened: Opened
    local: Local

    @property
    def permitted(self) -> Permitted:
        return self.opened.authorised.permitted

    @property
    def framed(self) -> Framed:
        return self.permitted.verified.framed

    @property
    def number(self) -> str:
        return str(self.permitted.permit["exchange_number"])


class Providing:
    """A body as it is asked. ``outbox`` is set by the journey that owns both."""

    outbox: Outbox

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # --- in -----------------------------------------------------------------------------------------------------
    async def receive(self, framed: Framed, sealed: Sealed) -> HttpReply:
        """An inquiry from the network. Raises Refused; on return it is durable, and its answer is on its way."""
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        await desk.counterparts.prepare(_kids(framed))
        check = desk.check(now)
        verified = rooms.verify_header(framed, check, accepted_at(framed.paper, "accepted_at", now))
        verified = rooms.check_fresh(verified, now)
        if (again := self._repeated(verified)) is not None:
            return again
        opened = self._open(self._authorise(self._permit(verified, now), now))
        case = self._read(opened)
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

    def _permit(self, verified: Verified, now: datetime) -> Permitted:
        desk, rooms, framed = self.desk, self.desk.rooms, verified.framed
        permit = rooms.read_paper(framed.paper, "permit", desk.check(now), desk.standard, verified.at)
        rooms.check_permit_party(permit, desk.code)
        rooms.check_permit_time(permit, now)
        rooms.check_permit_hashes(permit, framed)
        rooms.check_permit_fields(permit, framed)
        return rooms.permitted(verified, permit)

    def _authorise(self, permitted: Permitted, now: datetime) -> Authorised:
        """Our own tables, on the date that the permit fixes for the whole exchange."""
        desk, rooms, claims = self.desk, self.desk.rooms, permitted.verified.framed.claims
        on = japan_date(parse(permitted.permit["accepted_at"]))
        rooms.check_edition(claims, desk.body, desk.standard)
        row = rooms.find_row(claims, desk.standard, desk.bodies, on)
        asker = desk.bodies[claims["from"]]
        rooms.check_responsibility(claims, desk.standard, asker, rooms.date_of_asking(claims))
        rooms.check_reply_key(claims, desk.check(now), permitted.verified.at)
        return Authorised(permitted, row)

    def _open(self, authorised: Authorised) -> Opened:
        desk, rooms, framed = self.desk, self.desk.rooms, authorised.permitted.verified.framed
        plaintext = rooms.decrypt(framed, {desk.opener.kid: desk.opener})
        rooms.compare_hash(framed.claims, plaintext)
        content = rooms.parse_content(plaintext)
        rooms.compare_ids(framed.claims, content, IDS)
        information = desk.standard.informations[framed.claims["information"]]
        rooms.compare_padding(plaintext, content, size_of(information, framed.claims["subject_count"]))
        return Opened(authorised, content)

    def _read(self, opened: Opened) -> Case:
        """Across interface P: parse, find whom it is about."""
        desk, rooms = self.desk, self.desk.rooms
        plain: Plain = rooms.hand_over(opened)
        content = rooms.check_inquiry_content(plain, desk.standard)
        rooms.check_keys(content, desk.standard.informations[plain["header"]["information"]])
        items = tuple(
            item._replace(own_number=rooms.own_number_of(item.link_code, desk.store.own_number))
            for item in rooms.asked(plain, content)
        )
        return Case(opened, Local(plain["header"], plain["permit"], items))

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

    async def decided(self, exchange_number: str) -> None:
        """Release or withhold: the sealed bytes walk the whole way again, authority included."""
        await self.resume(exchange_number)

    async def resume(self, exchange_number: str) -> None:
        """Go on with an inquiry that is on the disk, from where its last event left it."""
        desk, stored = self.desk, self.desk.store.inquiry(exchange_number)
        if stored is None:
            return
        try:
            case = await self._walk_again(Sealed(stored.envelope))
        except Refused as refused:
            if not refused.retry:  # else the next start, or the next decision, tries again
                await self._drop(exchange_number, refused)
            return
        decision = desk.store.decision(exchange_number)
        if decision is None:
            await self._go_on(case)
        else:
            await self._provide(case, decision)

    async def _walk_again(self, sealed: Sealed) -> Case:
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        envelope = rooms.open_envelope(sealed)
        framed = rooms.read_message(envelope, desk.standard, frozenset({desk.code}), rooms.read_jws)
        await desk.counterparts.prepare(_kids(framed))
        verified = rooms.verify_header(framed, desk.check(now), accepted_at(framed.paper, "accepted_at", now))
        return self._read(self._open(self._authorise(self._permit(verified, now), now)))

    async def _drop(self, exchange_number: str, refused: Refused) -> None:
        """An inquiry that no longer stands when it is taken up again: its time is over."""
        desk, now = self.desk, self.desk.now()
        lines = desk.rooms.refusal(desk.code, now, refused, {}, exchange_number)
        await desk.store.write([_state(exchange_number, now, "closed_by_network", refused.code)], lines)

    # --- out ----------------------------------------------------------------------------------------------------
    async def _provide(self, case: Case, decision: Any) -> None:
        """Look up, make the answer, check authority again, seal, keep, send."""
        desk, now = self.desk, self.desk.now()
        results = self._results(case, decision)
        try:
            drawn, claims = self._seal(case, results, now, "answer")
        except Refused as refused:
            await self._refuse_later(case, refused, now)
            return
        outgoing = Outgoing(claims["message_id"], "renkei-answer", case.number, drawn.envelope, _until(case), 0)
        changes: list[Change] = [_state(case.number, now, "looking_up"), _state(case.number, now, "sent")]
        await desk.store.write([*changes, ("outgoing", queued(outgoing, now))], self._told(case, claims, results, now))
        self.outbox.post(outgoing)

    def _results(self, case: Case, decision: Any) -> list[dict[str, Any]]:
        desk, rooms, local = self.desk, self.desk.rooms, case.local
        if decision is not None and decision["decision"] == "withhold":
            return [rooms.withheld(item, decision.get("ground", "")) for item in local.items]
        information = desk.standard.informations[local.header["information"]]
        results = []
        for item in local.items:
            found = rooms.take(item, information, desk.store.record)
            record = None if found is None else rooms.record_of(found, information, local.header["affair"])
            results.append(rooms.result_of(item, found, record))
        return results

    def _seal(self, case: Case, results: list[dict[str, Any]], now: datetime, deed: str) -> tuple[Drawn, Claims]:
        """③ and ④. Raises Refused if authority or the answering section does not hold any more."""
        desk, rooms, local = self.desk, self.desk.rooms, case.local
        information = desk.standard.informations[local.header["information"]]
        dice = desk.dice(f"{case.number} {deed}")
        ids = Ids(dice.uuid7(now), render(now), desk.salt(f"{case.number} {deed} content"))
        header = rooms.answer_header(local, ids)
        codes = rooms.answer_codes(local, desk.store.link_code)
        content = rooms.pad(rooms.answer_content(header, results, ids.salt), size_of(information, len(local.items)))
        # Back across interface P.
        answer = rooms.take_over(message(header, codes, desk.quirks.arranged(content, dice)))
        self._authorise(case.permitted, now)
        claims = answer.header | {
            "responsibility": rooms.answering_section(information.id, desk.standard, desk.body, japan_date(now))
        }
        at, reply_kid = case.permitted.verified.at, case.framed.claims["reply_kid"]
        key = desk.check(now)(reply_kid, "agreement", body_san(claims["to"]), at)
        subjects = rooms.subjects_text(answer.link_codes, dice.bytes(32))
        arranged = desk.quirks.arranged(claims, dice)
        drawn = rooms.sign_and_seal(
            arranged, "renkei-answer", subjects, answer.content, desk.signer, (reply_kid, key), dice
        )
        return drawn, claims

    def _told(self, case: Case, claims: Claims, results: Sequence[dict[str, Any]], now: datetime) -> list[LogLine]:
        desk, rooms, number, header = self.desk, self.desk.rooms, case.number, case.local.header
        persons = persons_of(case.local, results)
        row = case.opened.authorised.row.id
        about = {**header, "message_id": claims["message_id"], "section": claims["responsibility"]}
        return [
            rooms.audit(desk.code, now, "answer_sealed", claims, number, authority_row=row),
            rooms.personal_audit(
                desk.code, now, "looked_up", header, number, persons, desk.salt(f"{number} {claims['message_id']} a")
            ),
            rooms.business_line(
                desk.code,
                now,
                "provided",
                about,
                number,
                persons,
                desk.salt(f"{number} {claims['message_id']} b"),
                results=[result["result"] for result in results],
            ),
        ]

    async def _refuse_later(self, case: Case, refused: Refused, now: datetime) -> None:
        """One that refuses after its `202` says so by a signed refusal with the same code and stage."""
        desk, rooms, claims = self.desk, self.desk.rooms, case.framed.claims
        message_id = desk.dice(f"{case.number} refusal").uuid7(now)
        header: Claims = {"message_id": message_id, "from": desk.code, "to": "network", "issued_at": render(now)}
        header |= {"exchange_number": case.number, "in_reply_to": claims["message_id"]}
        header |= {"inquiry_sha256": case.framed.header_sha256, "code": refused.code, "stage": refused.stage}
        drawn = rooms.sign_only(header, "renkei-refusal", desk.signer)
        outgoing = Outgoing(message_id, "renkei-refusal", case.number, drawn.envelope, _until(case), 0)
        changes: list[Change] = [
            _state(case.number, now, "refused", refused.code),
            ("outgoing", queued(outgoing, now)),
        ]
        await desk.store.write(changes, rooms.refusal(desk.code, now, refused, claims, case.number))
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

    def seal_anew(self, outgoing: Outgoing) -> bytes:
        """The bytes of a new answer to the same inquiry, as a product that keeps no answers would make them."""
        stored = self.desk.store.inquiry(outgoing.exchange_number or "")
        if stored is None:
            return outgoing.envelope
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        envelope = rooms.open_envelope(Sealed(stored.envelope))
        framed = rooms.read_message(envelope, desk.standard, frozenset({desk.code}), rooms.read_jws)
        verified = rooms.verify_header(framed, desk.check(now), accepted_at(framed.paper, "accepted_at", now))
        case = self._read(self._open(self._authorise(self._permit(verified, now), now)))
        results = self._results(case, desk.store.decision(case.number))
        return self._seal(case, results, now, f"answer {outgoing.attempts}")[0].envelope


def _kids(framed: Framed) -> list[str]:
    """Whose certificates are needed: the sender's, the network's, the one to seal the answer to."""
    kids = [framed.jws.kid]
    if framed.paper is not None:
        kids += kid_of(framed.paper)
    return [*kids, framed.claims["reply_kid"]] if "reply_kid" in framed.claims else kids


def kid_of(paper: str) -> list[str]:
    """The kid of a permit or receipt, if it can be read at all: what cannot is refused in its own stage."""
    try:
        return [read_jws(paper).kid]
    except Refused:
        return []


def _state(number: str, at: datetime, state: str, reason: str | None = None, detail: Any = None) -> Change:
    text = None if detail is None else json.dumps(detail, ensure_ascii=False)
    values = {"exchange_number": number, "at": render(at), "state": state, "reason": reason, "detail": text}
    return ("inquiry_state", values)


def queued(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    """The row of a message that is to go out at once."""
    values = outgoing._asdict()
    del values["attempts"]
    return values | {"next_at": render(now)}


def _until(case: Case) -> str:
    return str(case.framed.claims["expires_at"])
