"""Copies with codes that were in force on their day and have ended since."""

from __future__ import annotations

from typing import Any

from renkei_conformance.informations import ended_codes
from renkei_conformance.people import Held
from renkei_conformance.setting_aside import present
from renkei_conformance.strategies import copies
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Code, Information, Item


def copy(standard: Standard, table: Information) -> Held | None:
    """A plain copy of the last day of such a code, in which an item holds it; None where no item of the table can."""
    for item, code in ended_codes(standard, table):
        held = _holding(standard, table, item, code)
        if present(held, item):
            return held
    return None


def _holding(standard: Standard, table: Information, item: Item, code: Code) -> Held:
    def override(other: Item, _row: int) -> Any:
        return code.code if other.id == item.id else copies.PLAIN

    assert code.valid_to is not None
    return copies.made(standard, table, override, day=code.valid_to.isoformat())
