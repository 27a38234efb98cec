"""A message delivered to the product, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from renkei_conformance.drivers import DoorTrouble, Reply
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.lower.network import Heard


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
class Delivery:
    """One delivery. The waiting methods wait by the table of waits (not at all on a still clock, after settling)."""

    draft: Draft
    reply: Reply | None
    trouble: DoorTrouble | None
    resends: int = 0
    """How often the same bytes were sent again after a 503 (at most three, CONFORMANCE's table)."""

    @property
    def accepted(self) -> bool:
        """True for 202 with our exchange number and state `delivered` (clause P-TRN-001)."""
        raise NotImplementedError

    @property
    def problem(self) -> dict[str, object] | None:
        """The problem reply as JSON, None when the reply is no problem."""
        raise NotImplementedError

    def refusal(self) -> Refusal | None:
        """The refusal, by reply or by a signed message that arrives in time; None when there is none."""
        raise NotImplementedError

    def answers(self, count: int = 1) -> tuple[Heard, ...]:
        """Answers of this exchange that were counted, at least `count` if they come in time."""
        raise NotImplementedError

    def answer(self) -> OpenedAnswer | None:
        """The first counted answer, opened; None when none came in time."""
        raise NotImplementedError
