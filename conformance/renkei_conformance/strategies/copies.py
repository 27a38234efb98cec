"""Copies of any information to load: plain ones, ones at the edges of the item table, ones with a hazard in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from renkei_conformance.informations import copy_keys
from renkei_conformance.people import Held
from renkei_conformance.setting_aside import present
from renkei_conformance.strategies.building import Choice, Scalar, build, plain
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information, Item

DAY = "2025-04-01"
CODES_TRIED = 8
PLAIN = object()
"""Said by an override that leaves an item as it is."""
Override = Callable[[Item, int], Any]
LETTERS = "霞浜花待朝凪月山川橋辺藤"


def made(
    standard: Standard,
    table: Information,
    override: Override = lambda item, row: PLAIN,
    *,
    rows: int = 1,
    day: str = DAY,
    number: int = 0,
) -> Held:
    """A copy whose items are plain but for what `override` says of them. `number` makes plain values differ."""
    status = next((code for code, stands in table.status_items.items() if stands == "assessed"), None)
    keys = copy_keys(table, day)

    def value(item: Item, row: int) -> Scalar:
        said = override(item, row)
        return plain(standard, item, row + number) if said is PLAIN else said

    record = build(standard, table, keys, status, Choice(value, lambda group: rows))
    return Held(table.id, keys, status, f"{day}T02:15:{number % 60:02d}.000Z", record)


def edges(standard: Standard, table: Information) -> list[Held]:
    """The fixed examples: as much of everything as may be, as little, and the plain one."""
    return [
        made(standard, table),
        made(standard, table, _most, rows=99, number=1),
        made(standard, table, _least, rows=0, number=2),
    ]


def showing(standard: Standard, table: Information, items: Sequence[Item]) -> Held:
    """A plain copy in which one of these items stands: some stand under some codes only. The plainest if none ever does."""
    tried = [made(standard, table, number=number) for number in range(CODES_TRIED)]
    return next((held for held in tried if any(present(held, item) for item in items)), tried[0])


def drawn(standard: Standard, table: Information) -> SearchStrategy[Held]:
    """The surplus: free values within type, digits and code table, optional items there or not, some rows or none."""

    @st.composite
    def one(draw: DrawFn) -> Held:
        count = draw(st.integers(0, 3))

        def override(item: Item, row: int) -> Any:
            if item.occurs_min == 0 and draw(st.booleans()):
                return None
            return PLAIN if item.order_by or _orders(table, item) else draw(_free(item))

        return made(standard, table, override, rows=count, number=draw(st.integers(0, 9)))

    return one()


def _orders(table: Information, item: Item) -> bool:
    return any(group.order_by == item.id for group in table.items)


def _free(item: Item) -> SearchStrategy[Any]:
    digits = item.digits or 1
    if item.code or item.type in ("date", "date_partial"):
        return st.just(PLAIN)  # days and codes have properties of their own
    match item.type:
        case "S9":
            return st.integers(0, 10**digits - 1)
        case "9":
            return st.text("123456789", min_size=digits, max_size=digits)
        case "N":
            return st.text(LETTERS, min_size=1, max_size=digits)
    return st.text("ABC123-", min_size=1, max_size=digits)


def _most(item: Item, row: int) -> Any:
    digits = item.digits or 1
    if item.code or item.type in ("date", "date_partial"):
        return PLAIN
    match item.type:
        case "S9":
            return 10**digits - 1
        case "9":
            return f"9{row:0{digits - 1}d}" if digits > 2 else PLAIN
        case "N":
            return (LETTERS * digits)[:digits]
    return f"Z{row:0{digits - 1}d}" if digits > 3 else PLAIN


def _least(item: Item, row: int) -> Any:
    if item.occurs_min == 0 and item.order_by is None:
        return None
    return 0 if item.type == "S9" else PLAIN
