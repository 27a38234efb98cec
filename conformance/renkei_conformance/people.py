"""`people`: the test persons of a run, loaded over interface B before they are asked about.

The fixture's residents (`renkei_fixtures.residents`) are a pure function of seed and body; their link codes are ordered
over M, for only the network can make them. Loading is in as few messages as possible: once for the residents that every
run needs, and once for each case that brings records of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from renkei_conformance.drivers import DoorTrouble
from renkei_conformance.errors import Inconclusive, NotTested
from renkei_conformance.generation import number_of
from renkei_conformance.parties import Parties
from renkei_conformance.upper import JsonObject, Load, NotServed, Outcome, UpperTester, handling_row, record_row
from renkei_fixtures.messages import both
from renkei_fixtures.residents import SITUATIONS, Resident, resident
from renkei_fixtures.residents.copies import records
from renkei_fixtures.residents.tax import tax_records
from renkei_fixtures.standard import load as load_standard

INFORMATION = "income_tax_certificate"
FIRST_OF_A_CASE, OF_ONE_CASE, CASES_AT_MOST = 1_000, 250, 1_000_000
"""The first thousand residents are everybody's; after them a case has so many of its own (there are 2**28)."""
SILENCES_BORNE = 2
"""Operations in a row to which interface B does not reply before it counts as lost."""
RESERVE = 64
"""Link codes are ordered by so many at a time: M is asked seldom, and never for a single person."""


@dataclass(frozen=True)
class Held:
    """One copy (副本) as the business system holds it; `record` is the full one, None where there is no assessment.

    `keys` are those that the copy is loaded with (an inquiry may name others: `oracles.copies` says which copy answers).
    """

    information: str
    keys: Mapping[str, str]
    status: str | None
    as_of: str
    record: JsonObject | None

    @classmethod
    def certificate(cls, tax_year: str, status: str, as_of: str, record: JsonObject | None) -> Held:
        """An income and tax certificate of a year."""
        return cls(INFORMATION, {"tax_year": tax_year}, status, as_of, record)

    @property
    def tax_year(self) -> str | None:
        """The tax year of a copy that has one for a key."""
        return self.keys.get("tax_year")

    def row(self, own_number: str) -> JsonObject:
        return record_row(own_number, self.keys, self.status, self.as_of, self.record)


@dataclass(frozen=True)
class Person:
    """A test person. `label` is the same in every run of a seed; `held` are the records in the order of loading."""

    label: str
    resident: Resident
    link_code: str
    held: tuple[Held, ...] = ()
    number: str | None = None
    """An own number in place of the resident's, for cases about own numbers."""

    @property
    def own_number(self) -> str:
        return self.number or self.resident.own_number

    def last(self, year: str) -> Held | None:
        """The certificate that counts: the last one loaded of this year."""
        certificates = (one for one in reversed(self.held) if one.information == INFORMATION)
        return next((one for one in certificates if one.tax_year == year), None)

    def copies(self, information: str) -> tuple[Held, ...]:
        """What is held of this information, in the order of loading."""
        return tuple(one for one in self.held if one.information == information)

    def holding(self, *held: Held) -> Person:
        return replace(self, held=(*self.held, *held))


@dataclass
class People:
    """See the module. One per run; loads on first use, so that a run of one case loads little."""

    parties: Parties
    seed: int
    body: str
    link_codes: Callable[[str, Sequence[int]], tuple[str, ...]]
    _basic: dict[str, Person] = field(default_factory=dict)
    _spare: dict[str, list[Person]] = field(default_factory=dict)
    _numbers: dict[str, count[int]] = field(default_factory=dict)
    _loads: count[int] = field(default_factory=lambda: count(1))
    _silences: int = 0
    _known: dict[tuple[str, str], tuple[Held, ...]] = field(default_factory=dict)

    # --- persons -----------------------------------------------------------------------------------------------------

    @property
    def ordinary(self) -> Person:
        """A taxed person with records of two years."""
        return self.of("taxed")

    def of(self, situation: str) -> Person:
        """The resident of this body in the situation (see `renkei_fixtures.residents.SITUATIONS`), loaded."""
        if not self._basic:
            self._load_basic()
        return self._basic[situation]

    def knowing(self, situations: Sequence[str], informations: Sequence[str]) -> dict[str, Person]:
        """The residents in these situations with all that their offices have of these informations, loaded."""
        for information in informations:
            todo = [name for name in situations if (name, information) not in self._known]
            found = {name: self._copies(name, information) for name in todo}
            persons = [replace(self.of(name), held=held) for name, held in found.items() if held]
            if persons:
                self.load(persons, automatic=[information] if self._by_hand(information) else ())
            self._known |= {(name, information): held for name, held in found.items()}
        return {
            name: replace(self.of(name), held=tuple(held for one in informations for held in self._known[name, one]))
            for name in situations
        }

    def fresh(self, case_id: str, how_many: int = 1) -> list[Person]:
        """Persons nobody was told of in this run: link codes the product has not been given, no records.

        Every case has residents of its own, the same ones in every run: a product that keeps what it was loaded with
        never meets a link code under another own number.
        """
        spare = self._spare.setdefault(case_id, [])
        numbers = self._numbers.setdefault(
            case_id, count(FIRST_OF_A_CASE + OF_ONE_CASE * (number_of(0, case_id) % CASES_AT_MOST))
        )
        while len(spare) < how_many:
            wanted = [next(numbers) for _ in range(max(RESERVE, how_many))]
            spare += self._persons({f"resident {n}": n for n in wanted}).values()
        taken, self._spare[case_id] = spare[:how_many], spare[how_many:]
        return taken

    # --- loading -----------------------------------------------------------------------------------------------------

    def load(
        self, persons: Sequence[Person], *, manual: Sequence[Person] = (), automatic: Collection[str] = ()
    ) -> None:
        """Load these persons' link codes and records; those in `manual` are to be decided by a person.

        `automatic`: informations that officials release as a rule, and about these persons are to be answered at once.
        Raises `Inconclusive` when the product does not take all of it: the clauses on loading decide why.
        """
        for _, outcome in self.offer(persons, manual=manual, automatic=automatic):
            if not outcome.done or outcome.member("set_aside"):
                detail = f"{outcome.status} {outcome.raw[:200]!r}"
                raise Inconclusive(both("conformance.reason.load_refused", detail=detail))

    def offer(
        self, persons: Sequence[Person], *, manual: Sequence[Person] = (), automatic: Collection[str] = ()
    ) -> list[tuple[str, Outcome]]:
        """Load these persons' link codes and records, one message for each information, whatever is said to it."""
        rows: dict[str, list[JsonObject]] = {}
        provides = "provider" in self.parties.profile.product.roles
        for person in persons:
            # A body that only asks keeps link codes, and nobody's copies.
            for held in person.held if provides else ():
                rows.setdefault(held.information, []).append(held.row(person.own_number))
        codes = [(person.own_number, person.link_code) for person in persons]
        marks = [handling_row(person.own_number, "manual", "dv_protection") for person in manual]
        marks += [handling_row(one.own_number, "automatic", "", name) for name in automatic for one in persons]
        outcomes = []
        for place, information in enumerate(rows or [INFORMATION]):
            first = place == 0
            load = Load(
                self.load_id(), rows.get(information, ()), codes if first else (), marks if first else (), information
            )
            outcomes.append((information, self.try_load(load)))
        return outcomes

    def try_load(self, load: Load) -> Outcome:
        """Load, whatever comes of it. `Inconclusive` when the business side does not reply."""
        try:
            return self.business(lambda upper: upper.load(load))
        finally:
            self.parties.settle()

    def business(self, operation: Callable[[UpperTester], Outcome]) -> Outcome:
        """One operation on interface B. `Inconclusive` when no reply comes; once that has happened too often,
        `NotTested` without waiting again."""
        if self._silences >= SILENCES_BORNE:
            raise NotTested(both("conformance.reason.business_gone"))
        try:
            outcome = operation(self.parties.upper)
        except DoorTrouble as trouble:
            self._silences += 1
            raise Inconclusive(both("conformance.reason.door", detail=str(trouble))) from trouble
        except NotServed as limit:
            raise NotTested(limit.reason) from limit
        self._silences = 0
        return outcome

    def load_id(self) -> str:
        """A new load id; unique over runs against the same product, as the clock is in it."""
        return f"renkei-{self.parties.clock.now():%Y%m%d%H%M%S%f}-{next(self._loads)}"

    # --- inside ------------------------------------------------------------------------------------------------------

    def _load_basic(self) -> None:
        persons = self._persons(dict(SITUATIONS))
        for name, n in SITUATIONS.items():
            records = tax_records(self.seed, self.body, n)
            held = [Held.certificate(one.tax_year, one.status, one.as_of, one.record) for one in records]
            persons[name] = persons[name].holding(*held)
        protected = [one for one in persons.values() if one.resident.protected]
        manual = protected if "manual" in self.parties.profile.product.options else []
        self.load(list(persons.values()), manual=manual)
        self._basic = persons

    def _by_hand(self, information: str) -> bool:
        return load_standard().informations[information].answer == "manual"

    def _copies(self, situation: str, information: str) -> tuple[Held, ...]:
        copies = records(self.seed, self.body, SITUATIONS[situation], information)
        return tuple(Held(one.information, one.keys, one.status, one.as_of, one.record) for one in copies)

    def _persons(self, numbers: Mapping[str, int]) -> dict[str, Person]:
        residents = [resident(self.seed, self.body, n) for n in numbers.values()]
        codes = self.link_codes(self.body, [one.serial for one in residents])
        return {label: Person(label, one, code) for label, one, code in zip(numbers, residents, codes, strict=True)}
