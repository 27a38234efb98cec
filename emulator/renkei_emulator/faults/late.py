"""Faults of a body that does the forbidden thing when nobody looks any more. Texts: `standard.faults`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.intermediate_if.business_connection import Wrong
from renkei_emulator.linkage_if.network_connection import Again, NotTaken
from renkei_emulator.messages import LinkCode, OwnNumber
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

LATER_S = 6
"""Longer than any case looks on, shorter than the wait `watch`."""
LATER = timedelta(seconds=LATER_S)


def closed_answer_sent_again_later(rooms: BodyRooms) -> BodyRooms:
    def outcome(reply: Any) -> Any:
        said = rooms.outcome(reply)
        return Again(LATER_S) if isinstance(said, NotTaken) else said

    return replace(rooms, outcome=outcome)


@dataclass
class _TimedJob:
    """What a job finds in a table some seconds after it came there. Each once."""

    since: dict[str, datetime | None] = field(default_factory=dict)

    def put(self, number: str) -> None:
        self.since.setdefault(number, None)

    def due(self, now: datetime) -> tuple[str, ...]:
        """Taken up now; the time of what is new begins to run."""
        self.since = {number: since or now for number, since in self.since.items()}
        ready = tuple(number for number, since in self.since.items() if since is not None and since + LATER <= now)
        for number in ready:
            del self.since[number]
        return ready


def _by_its_line(line: str, *, but_not: tuple[str, ...] = ()) -> Fault:
    """Answers what has this line in the body's own record, unless another word has come for it since."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        job = _TimedJob()

        def personal_audit(
            code: str, now: datetime, event: str, header: Any, number: str, *rest: Any, **more: Any
        ) -> Any:
            if event == line:
                job.put(number)
            elif event in but_not:
                job.since.pop(number, None)
            return rooms.personal_audit(code, now, event, header, number, *rest, **more)

        def access(code: str, now: datetime, event: str, claims: Any, number: str, **more: Any) -> Any:
            if event in but_not:
                job.since.pop(number, None)
            return rooms.access(code, now, event, claims, number, **more)

        return replace(rooms, personal_audit=personal_audit, access=access, taken_up_by_the_clock=job.due)

    return fault


def refused_decision_carried_out_later(rooms: BodyRooms) -> BodyRooms:
    job = _TimedJob()

    def kept(check: Callable[[Any], None]) -> Callable[[Any], None]:
        def checked(decision: Any) -> None:
            try:
                check(decision)
            except Wrong:
                if "decision" in decision:  # a correction has none
                    job.put(decision["exchange_number"])
                raise

        return checked

    return replace(
        rooms,
        check_approval=kept(rooms.check_approval),
        check_ground=kept(rooms.check_ground),
        taken_up_by_the_clock=job.due,
    )


def ended_while_waiting_answered_later(rooms: BodyRooms) -> BodyRooms:
    """A decision on what is over is refused, and taken up by the job, which asks for no end."""
    waiting, ended, job = set[str](), set[str](), _TimedJob()

    def personal_audit(code: str, now: datetime, event: str, header: Any, number: str, *rest: Any, **more: Any) -> Any:
        if event == "waiting_for_person":
            waiting.add(number)
        elif event in ("released", "withheld"):
            waiting.discard(number)
        return rooms.personal_audit(code, now, event, header, number, *rest, **more)

    def access(code: str, now: datetime, event: str, claims: Any, number: str, **more: Any) -> Any:
        if event == "receipt_received" and number in waiting:
            ended.add(number)
            job.put(number)
        return rooms.access(code, now, event, claims, number, **more)

    def check_permit_time(permit: Any, now: datetime) -> None:
        try:
            rooms.check_permit_time(permit, now)
        except Refused:
            number = permit["exchange_number"]
            if number in ended:
                return
            ended.add(number)
            job.put(number)
            raise

    return replace(
        rooms,
        personal_audit=personal_audit,
        access=access,
        check_permit_time=check_permit_time,
        taken_up_by_the_clock=job.due,
    )


def _question_kept(*codes: str) -> Fault:
    """A question that the own tables refuse with one of these codes goes out when the job comes round."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        return replace(rooms, refused_is_kept_for=lambda refused: LATER if refused.code in codes else None)

    return fault


def codeless_question_sent_later(rooms: BodyRooms) -> BodyRooms:
    """Refused at once, since no link code is there; the job fills the empty column with the own number."""
    marked: list[bool] = []

    def link_code_of(number: OwnNumber, lookup: Any) -> LinkCode | None:
        code = rooms.link_code_of(number, lookup)
        marked[:] = [code is None]
        return code or LinkCode(number)

    def check_not_own(claims: Any) -> None:
        rooms.check_not_own(claims)
        if marked and marked.pop():
            raise Refused("link_code_invalid")

    def kept_for(refused: Refused) -> timedelta | None:
        return LATER if refused.code == "link_code_invalid" else None

    return replace(rooms, link_code_of=link_code_of, check_not_own=check_not_own, refused_is_kept_for=kept_for)


FAULTS: dict[str, Fault] = {
    "closed_answer_sent_again_later": closed_answer_sent_again_later,
    "waiting_answered_by_the_clock": _by_its_line(
        "waiting_for_person", but_not=("released", "withheld", "receipt_received")
    ),
    "withheld_answered_later": _by_its_line("withheld"),
    "refused_decision_carried_out_later": refused_decision_carried_out_later,
    "ended_while_waiting_answered_later": ended_while_waiting_answered_later,
    "refused_questions_sent_later": _question_kept("authority_not_granted", "responsibility_not_granted"),
    "own_question_sent_later": _question_kept("same_body"),
    "codeless_question_sent_later": codeless_question_sent_later,
}
