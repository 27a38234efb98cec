"""A message delivered to the product, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from renkei_conformance.drivers import Door, DoorTrouble, Reply
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.lower.network import Heard
from renkei_conformance.lower.tap import Tap
from renkei_conformance.parties import ExaminerClock

RESENDS = 3


@dataclass(frozen=True)
class Refusal:
    """A refusal, told at once by a problem reply or later by a signed `refusal`."""

    code: str
    stage: str
    how: Literal["reply", "message"]
    status: int | None
    names: bool
    """True when it names the message it refuses (message id or exchange number): part of the witness."""


@dataclass(frozen=True)
class Surroundings:
    """What a delivery needs to go on: the tap, the clock, a way to let parties in process work, and the reader."""

    tap: Tap
    clock: ExaminerClock
    settle: Callable[[], None]
    open_answer: Callable[[bytes, Draft], OpenedAnswer]


@dataclass(frozen=True)
class Delivery:
    """One delivery. The waiting methods wait by the table of waits (not at all on a still clock, after settling)."""

    draft: Draft
    reply: Reply | None
    trouble: DoorTrouble | None
    around: Surroundings
    resends: int = 0
    """How often the same bytes were sent again after a 503 (at most three, CONFORMANCE's table)."""
    before: tuple[Delivery, ...] = ()
    """Deliveries of what had to come before."""

    @property
    def accepted(self) -> bool:
        """True for 202 with our exchange number and state `delivered` (clause P-TRN-001)."""
        body = self.body
        return (
            self.reply is not None
            and self.reply.status == 202
            and body is not None
            and body.get("exchange_number") == self.draft.exchange_number
            and body.get("state") == "delivered"
        )

    @property
    def body(self) -> dict[str, object] | None:
        """The reply as a JSON object, None when it is none."""
        return None if self.reply is None else json_object(self.reply.body)

    @property
    def problem(self) -> dict[str, object] | None:
        """The problem reply as JSON, None when the reply is no problem."""
        if self.reply is None or self.reply.media_type != "application/problem+json":
            return None
        return self.body

    def refusal(self) -> Refusal | None:
        """The refusal, by reply or by a signed message that arrives in time; None when there is none.

        After a 202 it waits for a refusal message as long as nothing is answered.
        """
        if self.problem is not None:
            assert self.reply is not None
            return self._told(self.problem, "reply", self.reply.status)
        if self.reply is None or self.reply.status != 202 or self.draft.exchange_number is None:
            return None
        first = self._wait(lambda heard: heard.typ == "renkei-refusal" or heard.is_answer, "answer", 1)
        refused = [heard for heard in first if heard.typ == "renkei-refusal"]
        return self._told(dict(refused[0].claims), "message", None) if refused else None

    def answers(self, count: int = 1, wait: str = "answer") -> tuple[Heard, ...]:
        """Answers of this exchange that were counted, at least `count` if they come in time (`wait`: a row of the waits)."""
        return self._wait(lambda heard: heard.is_answer, wait, count)

    def answer(self) -> OpenedAnswer | None:
        """The first counted answer, opened; None when none came in time."""
        found = self.answers()
        return self.around.open_answer(found[0].request.body, self.draft) if found else None

    def silent(self) -> bool:
        """True when nothing is answered for as long as the table says that silence is watched (clause P-ANS-012)."""
        return not self.answers(wait="silence")

    def heard(self) -> tuple[Heard, ...]:
        """Everything of this exchange so far, counted or not."""
        self.around.settle()
        number = self.draft.exchange_number
        return self.around.tap.heard(number) if number else ()

    def _wait(self, wanted: Callable[[Heard], bool], reason: str, count: int) -> tuple[Heard, ...]:
        self.around.settle()
        number = self.draft.exchange_number
        return self.around.tap.wait_until(
            lambda heard: heard.exchange_number == number and heard.counted and wanted(heard),
            self.around.clock.patience(reason),
            count,
            about=number,
        )

    def _told(self, told: dict[str, object], how: Literal["reply", "message"], status: int | None) -> Refusal | None:
        code, stage = told.get("code"), told.get("stage")
        if not isinstance(code, str) or not isinstance(stage, str):
            return None
        ids = {told.get("message_id"), told.get("exchange_number"), told.get("in_reply_to")}
        return Refusal(code, stage, how, status, bool(ids & {self.draft.message_id, self.draft.exchange_number}))


def post(
    door: Door, draft: Draft, clock: ExaminerClock, settle: Callable[[], None], most: int = RESENDS
) -> tuple[Reply | None, DoorTrouble | None, int]:
    """Send a draft; after a 429 or 503 the same bytes again, at most so often, when the reply says so. Reply, trouble, resends."""
    request = draft.request()
    for resends in range(most + 1):
        try:
            reply = door.send(request, clock.seconds("reply"))
        except DoorTrouble as trouble:
            return None, trouble, resends
        settle()
        if reply.status not in (429, 503) or resends == most:
            return reply, None, resends
        clock.pass_time(min(_retry_after(reply), clock.seconds("resend")))
    raise AssertionError("unreachable")


def _retry_after(reply: Reply) -> float:
    text = reply.headers.get("retry-after", "1")
    return float(text) if text.isascii() and text.isdigit() else 1.0


def json_object(raw: bytes) -> dict[str, object] | None:
    """Bytes as a JSON object, None when they are none."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
