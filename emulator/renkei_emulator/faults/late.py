"""Faults of a body that does the forbidden thing when nobody looks any more. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.linkage_if.network_connection import Again, NotTaken
from renkei_emulator.rooms import BodyRooms

LATER_S = 6
"""Longer than any case looks on, shorter than the wait `watch`."""


def closed_answer_sent_again_later(rooms: BodyRooms) -> BodyRooms:
    def outcome(reply: Any) -> Any:
        said = rooms.outcome(reply)
        return Again(LATER_S) if isinstance(said, NotTaken) else said

    return replace(rooms, outcome=outcome)


FAULTS: dict[str, Fault] = {"closed_answer_sent_again_later": closed_answer_sent_again_later}
