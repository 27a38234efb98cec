"""Asking about loaded records: one person, one reloaded person, or a whole property's worth of generated ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from renkei_conformance import itemwise
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.generation import Generation
from renkei_conformance.itemwise import Told
from renkei_conformance.people import Held, Person
from renkei_conformance.product import Product
from renkei_conformance.strategies import records
from renkei_fixtures.messages import both

YEAR = "2025"
YEAR_AFTER = "2026"
"""Nobody has a copy of it; everybody with copies has one of the year before."""
AFFAIR = "AF-01"
WIDE_AFFAIR = "AF-02"
"""The affair whose minimum set is the largest: there a value has the most places to go wrong."""
Judge = Callable[[Told], Iterable[tuple[str, Finding]]]


def ask_about(
    product: Product, person: Person, *, affair: str = AFFAIR, year: str = YEAR, procedure: str | None = None
) -> Told:
    """Ask about a person whose record of the year was loaded. `Inconclusive` when nothing is provided."""
    held = person.last(year)
    assert held is not None, f"{person.label} has no record of {year}"
    asked = {"affair": affair} | ({} if procedure is None else {"procedure": procedure})
    result = product.ask(person, year, **asked).result
    told = Told(product.ev.run.standard, affair, held, result)
    if not itemwise.provided(told).ok:
        raise Inconclusive(both("conformance.reason.not_provided", got=str(result.get("result"))))
    return told


def load_and_ask(
    product: Product, ev: Evidence, clause: str, person: Person, copy: Held, procedure: str | None = None
) -> Person:
    """Load one more copy of a person's record, ask, and book whether it is this copy that comes."""
    person = person.holding(copy)
    newest = Person(person.label, person.resident, person.link_code, (copy,), person.number)
    ev.step("load", count=1)
    product.people.load([newest])
    told = ask_about(product, person, procedure=procedure)
    why = both("conformance.why.last_loaded")
    income = itemwise.values(told)
    wrong = [one for one in income if not one.ok]
    ev.check(clause, wrong[0] if wrong else equal("record", "the copy loaded last", "the copy loaded last", why))
    return person


def property_of_records(product: Product, generation: Generation, judge: Judge) -> None:
    """Boundary records and a generated surplus: loaded in one message, asked one by one, the first failure made small."""
    standard = product.ev.run.standard
    fixed = records.boundaries(standard, YEAR)
    drawn = generation.draw(records.held(standard, YEAR))
    examples = [*fixed, *drawn]
    product.ev.inputs([example.record for example in examples])
    product.ev.step("examples", fixed=len(fixed), drawn=len(drawn), cap=generation.cap)
    for example, person in zip(examples, _loaded(product, examples), strict=True):
        found = list(judge(ask_about(product, person, affair=WIDE_AFFAIR)))
        if all(finding.ok for _, finding in found):
            for clause, finding in found:
                product.ev.check(clause, finding)
            continue
        _book_smallest(product, generation, judge, example, found)
        return


def _book_smallest(
    product: Product, generation: Generation, judge: Judge, example: Held, found: Sequence[tuple[str, Finding]]
) -> None:
    """Make the failing example smaller and book that one; what is kept is always a failure that was really seen."""
    seen: dict[str, list[tuple[str, Finding]]] = {repr(example): list(found)}

    def fails(candidate: Held) -> bool:
        person = _loaded(product, [candidate])[0]
        seen[repr(candidate)] = list(judge(ask_about(product, person, affair=WIDE_AFFAIR)))
        return not all(finding.ok for _, finding in seen[repr(candidate)])

    standard = product.ev.run.standard
    smallest = generation.shrink(records.held(standard, YEAR), example, fails)
    product.ev.step("smallest", example=str(smallest.record))
    for clause, finding in seen[repr(smallest)]:
        if not finding.ok:
            product.ev.check(clause, finding)


def _loaded(product: Product, examples: Sequence[Held]) -> list[Person]:
    fresh = product.fresh(len(examples))
    persons = [person.holding(example) for person, example in zip(fresh, examples, strict=True)]
    product.people.load(persons)
    return persons
