"""Values of copies that get changed on the way into a business system: characters, days of which a part is unknown."""

from __future__ import annotations

from typing import Any

from renkei_conformance.strategies.copies import PLAIN, Override
from renkei_fixtures import characters
from renkei_fixtures.standard.rows import Information, Item

PARTLY_KNOWN = ("1940-05-00", "1940-00-00", "0000-00-00")


def texts(item: Item, row: int) -> Any:
    """か゚ and its like, and cells that normalisation makes another character of: as many as the item may hold."""
    if item.type != "N" or item.code is not None:
        return PLAIN
    changed = sorted(characters.changed_by_nfc())
    cells = ["か゚", changed[row % len(changed)], "カ゚", "〜", "－", changed[-1 - row % len(changed)]]
    return "".join(cells[: item.digits or 1])


def partly_known(table: Information, number: int) -> Override:
    """Every day that may be partly unknown is so; days by which rows are ordered stay."""
    orders = {item.order_by for item in table.items}

    def override(item: Item, row: int) -> Any:
        fits = item.type == "date_partial" and item.id not in orders
        return PARTLY_KNOWN[number] if fits else PLAIN

    return override
