"""Values of copies that get changed on the way into a business system: characters, days of which a part is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renkei_conformance.strategies.copies import PLAIN, Override
from renkei_fixtures import characters
from renkei_fixtures.standard.rows import Information, Item

ORDINARY = "霞"
SPACE = "　"
PARTLY_KNOWN = ("1940-05-00", "1940-00-00", "0000-00-00")


def changed_cells(holds: Callable[[str], bool]) -> list[str]:
    """The characters that normalisation makes others of, as far as they can be shown."""
    return [cell for cell in sorted(characters.changed_by_nfc()) if holds(cell)]


def texts_of(holds: Callable[[str], bool]) -> Override:
    """か゚ and its like, and cells that normalisation makes another character of, after a space at the beginning that
    is part of the text: as many as the item may hold.

    Of them only those that `holds` says can be shown at all.
    """
    changed = changed_cells(holds) or [ORDINARY]
    pairs, wave, minus = ([cell] if holds(cell) else [] for cell in ("か゚", "〜", "－"))

    def override(item: Item, row: int) -> Any:
        if item.type != "N" or item.code is not None:
            return PLAIN
        kana = ["カ゚"] if pairs else []
        cells = [*pairs, changed[row % len(changed)], *kana, *wave, *minus, changed[-1 - row % len(changed)]]
        digits = item.digits or 1
        return "".join([SPACE, *cells][:digits] if digits > 1 else cells[:1])

    return override


def partly_known(table: Information, number: int) -> Override:
    """Every day that may be partly unknown is so; days by which rows are ordered stay."""
    orders = {item.order_by for item in table.items}

    def override(item: Item, row: int) -> Any:
        fits = item.type == "date_partial" and item.id not in orders
        return PARTLY_KNOWN[number] if fits else PLAIN

    return override
