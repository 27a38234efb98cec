"""Faults of a body that asks, by what is broken: question, patience, line, framing, sender, content, codes, inbox, end."""

from __future__ import annotations

from renkei_emulator.faults.inquirer import (
    acknowledging,
    codes,
    content,
    ending,
    fetched,
    framing,
    ground,
    line,
    mirrors,
    patience,
    question,
    sender,
)
from renkei_emulator.faults.tolerance import Fault

FAULTS: dict[str, Fault] = {
    **question.FAULTS,
    **ground.FAULTS,
    **patience.FAULTS,
    **framing.FAULTS,
    **sender.FAULTS,
    **content.FAULTS,
    **acknowledging.FAULTS,
    **line.FAULTS,
    **codes.FAULTS,
    **fetched.FAULTS,
    **ending.FAULTS,
}
MIRRORS: dict[str, Fault] = mirrors.MIRRORS
