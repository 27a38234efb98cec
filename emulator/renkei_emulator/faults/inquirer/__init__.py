"""Faults of a body that asks, by what is broken: question, patience, framing, sender, content, acknowledging."""

from __future__ import annotations

from renkei_emulator.faults.inquirer import acknowledging, content, framing, mirrors, patience, question, sender
from renkei_emulator.faults.tolerance import Fault

FAULTS: dict[str, Fault] = {
    **question.FAULTS,
    **patience.FAULTS,
    **framing.FAULTS,
    **sender.FAULTS,
    **content.FAULTS,
    **acknowledging.FAULTS,
}
MIRRORS: dict[str, Fault] = mirrors.MIRRORS
