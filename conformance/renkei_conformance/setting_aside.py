"""One load of good rows and rows that are wrong in one thing each: what must be set aside, where, and what loads."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from renkei_conformance.bringing import as_load, brought
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding, equal
from renkei_conformance.people import Held
from renkei_conformance.product import Product
from renkei_conformance.upper import JsonObject, Load, Outcome
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information, Item


@dataclass(frozen=True)
class Wrong:
    """A row that is wrong in one item; `what` is for the reader.

    `tied`: items that a rule ties to it, so that naming one of them is right too (a count says no more than its rows).
    """

    what: str
    item: str
    held: Held
    tied: frozenset[str] = frozenset()


def wrong_rows(product: Product, clause: str, table: Information, good: Held, wrong: Sequence[Wrong]) -> None:
    """Load a good row, the wrong ones, a good row; book on `clause` that exactly the wrong ones were set aside.

    A row is named by its number and a reason; that the item named is the wrong one is looked at too, as its id in the
    path. `Inconclusive` when the load as a whole is not taken.
    """
    wrong = brought(product.ev, product.parties.upper, wrong, lambda one: as_load(one.held))
    if not wrong:
        return
    persons = product.fresh(len(wrong) + 2)
    helds = [good, *(one.held for one in wrong), good]
    rows = [held.row(person.own_number) for held, person in zip(helds, persons, strict=True)]
    product.ev.inputs([one.what for one in wrong])
    product.ev.step("load", count=len(rows))
    outcome = product.people.try_load(Load(product.people.load_id(), rows, (), (), table.id))
    if not outcome.done:
        detail = f"{outcome.status} {outcome.raw[:200]!r}"
        raise Inconclusive(both("conformance.reason.load_refused", detail=detail))
    aside = _aside(outcome)
    why = both("conformance.why.set_aside")
    for place, one in enumerate(wrong, start=1):
        named = aside.get(place)
        expected = f"set aside for {one.item}"
        got = (
            "loaded"
            if named is None
            else expected
            if {one.item, *one.tied} & set(_names(named))
            else f"set aside for {named}"
        )
        product.ev.check(clause, equal(f"load.{table.id}[{place}]: {one.what}", expected, got, why))
    loaded = [place for place in (0, len(rows) - 1) if place not in aside]
    product.ev.check(clause, Finding(len(loaded) == 2, [0, len(rows) - 1], loaded, f"load.{table.id}: good rows", why))


def spoiled(held: Held, change: Callable[[dict[str, Any]], None]) -> Held:
    """The copy with its record changed."""
    record = copy.deepcopy(held.record)
    assert record is not None
    change(record)
    return Held(held.information, held.keys, held.status, held.as_of, record)


def with_value(held: Held, item: Item, value: object) -> Held:
    """The copy with this value in one item."""
    return spoiled(held, lambda record: put(record, item, value))


def put(record: Any, item: Item, value: object, row: int = 0) -> None:
    """Write a value where the item list has the item, in row `row` of what repeats."""
    holder, name = holder_of(record, item, row)
    holder[name] = value


def holder_of(record: Any, item: Item, row: int = 0) -> tuple[Any, str]:
    """The object that the item stands in, made where it is missing, and its name there."""
    for name in item.path[:-1]:
        record = record.setdefault(name, {})
        if isinstance(record, list):
            record = record[row]
    return record, item.path[-1]


def present(held: Held, item: Item) -> bool:
    """Whether the copy has this item, in its first row where it repeats."""
    here: Any = held.record
    for name in item.path:
        if isinstance(here, list):
            here = here[0] if here else {}
        if not isinstance(here, dict) or name not in here:
            return False
        here = here[name]
    return True


def _aside(outcome: Outcome) -> dict[int, JsonObject]:
    rows = outcome.member("set_aside")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {row["row"]: row for row in listed if isinstance(row.get("row"), int) and row.get("reason")}


def _names(row: JsonObject) -> list[str]:
    path = str(row.get("item", ""))
    return path.replace("[", ".").replace("]", "").split(".")
