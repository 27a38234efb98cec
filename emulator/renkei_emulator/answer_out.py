"""An answer's way out: ③ own link code ‖ authority again ④ sign → encrypt; and what the logs say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.inquiry_in import Case, InquiryIn
from renkei_emulator.intermediate_if.linkage_confirmation import Ids, size_of
from renkei_emulator.intermediate_if.log_management import persons_of
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.crypto_signature import Drawn
from renkei_emulator.linkage_if.pf_communication import message
from renkei_emulator.trust import body_san
from renkei_fixtures.instants import japan_date, render

Results = list[dict[str, Any]]


class AnswerOut:
    """The answers of one body."""

    def __init__(self, desk: Desk, way_in: InquiryIn) -> None:
        self._desk = desk
        self._way_in = way_in

    def results(self, case: Case, decision: Any) -> Results:
        """② what is told of each person; ``decision``: of the person who released or withheld it, if one did."""
        desk, rooms, local = self._desk, self._desk.rooms, case.local
        if decision is not None and decision["decision"] == "withhold":
            return [rooms.withheld(item, decision.get("ground", "")) for item in local.items]
        information = desk.standard.informations[local.header["information"]]
        results = []
        for item in local.items:
            found = rooms.take(item, information, desk.store.copies)
            record = None if found is None else rooms.record_of(found, information, local.header["affair"])
            results.append(rooms.result_of(item, found, record))
        return results

    def seal(
        self, case: Case, results: list[dict[str, Any]], now: datetime, deed: str, earlier: str | None = None
    ) -> tuple[Drawn, Claims]:
        """③ and ④; ``earlier``: the answer whose place it takes. Raises Refused where authority, or the answering section,
        does not hold any more."""
        desk, rooms, local = self._desk, self._desk.rooms, case.local
        information = desk.standard.informations[local.header["information"]]
        dice = desk.dice(f"{case.number} {deed}")
        ids = Ids(dice.uuid7(now), render(now), desk.salt(f"{case.number} {deed} content"))
        header = rooms.replacing(rooms.answer_header(local, ids), earlier)
        codes = rooms.answer_codes(local, desk.link_code)
        content = rooms.pad(rooms.answer_content(header, results, ids.salt), size_of(information, len(local.items)))
        # Back across interface P.
        answer = rooms.take_over(message(header, codes, desk.quirks.arranged(content, dice)))
        self._way_in.authorise(case.permitted, now)
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

    def told(self, case: Case, claims: Claims, results: Sequence[dict[str, Any]], now: datetime) -> list[LogLine]:
        desk, rooms, number, header = self._desk, self._desk.rooms, case.number, case.local.header
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
