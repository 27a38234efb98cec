"""Faults of a body that asks, by what is broken: question, patience, framing, sender, content, acknowledging, the line, codes."""

from __future__ import annotations

from renkei_emulator.faults.inquirer import (
    acknowledging,
    codes,
    content,
    framing,
    line,
    mirrors,
    patience,
    question,
    sender,
)
from renkei_emulator.faults.tolerance import Fault

FAULTS: dict[str, Fault] = {
    **question.FAULTS,
    **patience.FAULTS,
    **framing.FAULTS,
    **sender.FAULTS,
    **content.FAULTS,
    **acknowledging.FAULTS,
    **line.FAULTS,
    **codes.FAULTS,
}
MIRRORS: dict[str, Fault] = mirrors.MIRRORS
