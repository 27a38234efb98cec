"""A provided result against the record that was loaded, each difference booked on the one clause that it breaks.

A zero that is left out is no missing item, a number written as text is no other number, a null is no value: without
that order one defect would turn four clauses red and tell the vendor nothing. What is due is the oracle's word
(`oracles.items`); here it is only sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from renkei_conformance.finding import Finding, equal
from renkei_conformance.oracles import items
from renkei_conformance.people import Held
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Information

Leaf = items.Path
SET, VALUES, YEAR, TYPES, ZERO, AS_OF, CODES = (
    "P-ITM-001", "P-ITM-002", "P-ITM-003", "P-ITM-004", "P-ITM-005", "P-ITM-008", "P-ITM-011",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One result of an answer, and what it is held against."""

    standard: Standard
    affair: str
    held: Held
    result: Mapping[str, object]

    @property
    def table(self) -> Information:
        """The information's row of the catalogue."""
        return self.standard.informations[self.held.information]

    @property
    def due_record(self) -> dict[str, object]:
        """The record that is due for the affair."""
        held = self.held
        return items.expected_record(self.standard, held.information, self.affair, held.status, held.record, held.keys)

    @property
    def due(self) -> dict[Leaf, object]:
        """Every due leaf with its value."""
        return dict(items.leaves(self.due_record))

    @property
    def got(self) -> dict[Leaf, object]:
        """Every leaf that came. A group left empty because its zeros were left out is no item of its own."""
        record = self.result.get("record")
        came = dict(items.leaves(record)) if isinstance(record, dict) else {}
        return {leaf: value for leaf, value in came.items() if not (value == {} and self._held_zeros(leaf))}

    def _held_zeros(self, group: Leaf) -> bool:
        beneath = [value for leaf, value in self.due.items() if leaf[: len(group)] == group]
        return bool(beneath) and all(_is_zero(value) for value in beneath)


def provided(told: Told) -> Finding:
    """There is a provided record at all: without it nothing below can be decided."""
    return equal("results[0].result", "provided", told.result.get("result"), both("conformance.why.provided"))


def minimum_set(told: Told) -> Finding:
    """P-ITM-001 (and -007 for further affairs): the due items, leaving zeros and nulls to P-ITM-005."""
    due, got = told.due, told.got
    zeros = {leaf for leaf, value in due.items() if _is_zero(value)}
    odd = zeros | {leaf for leaf, value in got.items() if value is None} | _invented(told)
    expected = sorted(items.dotted(leaf) for leaf in set(due) - odd)
    found = sorted(items.dotted(leaf) for leaf in set(got) - odd)
    return equal("record", expected, found, both("conformance.rule.minimum_set"))


def values(told: Told) -> tuple[Finding, ...]:
    """P-ITM-002: every due value that came, as it was loaded; how it is written is P-ITM-004's."""
    due, got, why = told.due, told.got, both("conformance.rule.value_as_loaded")
    return tuple(
        Finding(_spelled(value) == _spelled(got[leaf]), value, got[leaf], f"record.{items.dotted(leaf)}", why)
        for leaf, value in due.items()
        if got.get(leaf) is not None
    )


def zeros_and_absences(told: Told) -> tuple[Finding, ...]:
    """P-ITM-005: zero stands as 0; what has no value stands neither as null nor as 0."""
    due, got, why = told.due, told.got, both("conformance.rule.zero_and_absent")
    zeros = [leaf for leaf, value in due.items() if _is_zero(value)]
    found = [
        Finding(_is_zero(got.get(leaf)), 0, got.get(leaf, "absent"), f"record.{items.dotted(leaf)}", why)
        for leaf in zeros
    ]
    wrong = sorted({leaf for leaf, value in got.items() if value is None and leaf not in zeros} | _invented(told))
    found += [Finding(False, "absent", got[leaf], f"record.{items.dotted(leaf)}", why) for leaf in wrong]
    return tuple(found) or (equal("record", "no zero, nothing absent", "no zero, nothing absent", why),)


def types(told: Told) -> tuple[Finding, ...]:
    """P-ITM-004: JSON type and digits of every item that came with a value."""
    record = told.result.get("record")
    found = items.typed(told.table, record)
    return tuple(one for one in found if one.got is not None and one.got != {})


def year(told: Told) -> Finding:
    """P-ITM-003."""
    return items.asked_year(told.result.get("record"), str(told.held.tax_year))


def as_of(told: Told) -> Finding:
    """P-ITM-008."""
    return equal("results[0].as_of", told.held.as_of, told.result.get("as_of"), both("conformance.why.as_of"))


def codes(told: Told, on: date) -> tuple[Finding, ...]:
    """P-ITM-011, the status included."""
    table = told.table
    record = told.result.get("record")
    return (
        *items.of_the_tables(told.standard, table, record, on),
        items.status_of_table(told.standard, table, told.result.get("status"), on),
    )


def status(told: Told) -> Finding:
    """The status code, as loaded."""
    return equal("results[0].status", told.held.status, told.result.get("status"), both("conformance.why.status"))


def _invented(told: Told) -> set[Leaf]:
    """Items of the set that have no value and were provided as 0."""
    wanted = items.due_items(told.table, told.affair, told.held.status)
    return {
        leaf
        for leaf, value in told.got.items()
        if leaf not in told.due and items.name_of(leaf) in wanted and _is_zero(value)
    }


def _is_zero(value: object) -> bool:
    return not isinstance(value, bool) and value in (0, "0")


def _spelled(value: object) -> str:
    return "true" if value is True else "false" if value is False else str(value)
