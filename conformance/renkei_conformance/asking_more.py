"""Asking about copies of any information: loaded in one message each, asked one by one, each answer as `Told`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from renkei_conformance.bringing import as_load, brought
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding
from renkei_conformance.informations import asked_keys, widest
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import copies
from renkei_conformance.people import Held, Person
from renkei_conformance.product import Exchange, Product
from renkei_conformance.upper import Outcome
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information

Judge = Callable[[Told], Iterable[tuple[str, Finding]]]


def ask_for(product: Product, person: Person, table: Information, keys: dict[str, str]) -> Exchange:
    """Ask about a person by these keys, under the affair that may see most."""
    row = widest(product, table)
    return product.ask(person, information=table.id, affair=row.affair, procedure=row.procedure, keys=keys)


def told_of(product: Product, person: Person, table: Information, keys: dict[str, str]) -> Told:
    """The answer beside the copy that is due. `Inconclusive` when nothing is provided, or nothing was due."""
    held = copies.due(table, person.held, keys)
    result = ask_for(product, person, table, keys).result
    if held is None or result.get("result") != "provided":
        raise Inconclusive(both("conformance.reason.not_provided", got=str(result.get("result"))))
    return Told(product.ev.run.standard, widest(product, table).affair, held, result)


def property_of_copies(product: Product, clause: str, examples: Sequence[Held], judge: Judge) -> None:
    """Load every example, each for a person of its own; ask about each; book what `judge` finds.

    A right row that is set aside breaks `clause`: whoever does not take it cannot provide it.
    """
    standard = product.ev.run.standard
    examples = brought(product.ev, product.parties.upper, examples, as_load)
    product.ev.inputs([example.record for example in examples])
    product.ev.step("load", count=len(examples))
    fresh = product.fresh(len(examples))
    persons = [person.holding(example) for person, example in zip(fresh, examples, strict=True)]
    released = by_hand(product, {example.information for example in examples})
    refused = [one for one in product.people.offer(persons, automatic=released) if not _whole(one[1])]
    for information, outcome in refused:
        product.ev.check(clause, _set_aside(information, outcome))
    if refused:
        return
    for person in persons:
        table = standard.informations[person.held[0].information]
        told = told_of(product, person, table, asked_keys(table, person.held[0]))
        for booked, finding in judge(told):
            product.ev.check(booked, finding)


def by_hand(product: Product, informations: Iterable[str]) -> list[str]:
    """Those that officials release as a rule: a case that wants an answer at once has to mark its persons."""
    tables = product.ev.run.standard.informations
    return sorted(name for name in informations if tables[name].answer == "manual")


def holding(person: Person, *held: Held) -> Person:
    """The person with these copies alone."""
    return replace(person, held=held)


def _whole(outcome: Outcome) -> bool:
    return outcome.done and not outcome.member("set_aside")


def _set_aside(information: str, outcome: Outcome) -> Finding:
    got = outcome.member("set_aside") if outcome.done else f"{outcome.status} {outcome.raw[:120]!r}"
    return Finding(False, "loaded", got, f"load.{information}", both("conformance.why.right_row_loads"))
