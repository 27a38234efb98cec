"""What the product is asked to ask, and what a right provider answers to it (inquirer role)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from renkei_conformance.errors import Inconclusive
from renkei_conformance.oracles import items
from renkei_conformance.people import Person
from renkei_conformance.upper import Ask
from renkei_conformance.wire import Json
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard

if TYPE_CHECKING:
    from renkei_conformance.asker import Asker

OTHERS_AT_MOST, BESIDE_AT_MOST = 6, 8
OFFICIAL, SECTION = "official-21", "section-30"


@dataclass(frozen=True)
class Question:
    """Whom a business system asks, for what, under which responsibility."""

    provider: str
    affair: str
    procedure: str
    information: str
    responsibility: str

    def to(self, provider: str) -> Question:
        """The same question to another body."""
        return replace(self, provider=provider)

    def as_inputs(self) -> list[str]:
        """For the hash of inputs."""
        return [self.provider, self.affair, self.procedure, self.information, self.responsibility]

    def ask(self, ask_id: str, own_number: str, keys: Mapping[str, str]) -> Ask:
        """As interface B takes it."""
        return Ask(
            ask_id, self.provider, self.affair, self.procedure, self.information, self.responsibility,
            [(own_number, keys)], OFFICIAL, SECTION,
        )  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """What providers hold of the test persons: the fixture's own records, whatever body they live in."""

    standard: Standard

    def keys(self, person: Person, question: Question) -> dict[str, str]:
        """The inquiry keys under which the person's newest copy is found."""
        copies = person.copies(question.information)
        if not copies:
            raise Inconclusive(
                both("conformance.reason.not_forgeable", spoil=question.information, detail=person.label)
            )
        return dict(copies[-1].keys)

    def results(self, person: Person, question: Question, keys: Mapping[str, str] | None = None) -> list[Json]:
        """The provider's right results: the affair's minimum set of the copy that these keys find."""
        wanted = dict(keys) if keys is not None else self.keys(person, question)
        copies = [one for one in person.copies(question.information) if dict(one.keys) == wanted]
        if not copies:
            return [{"item_no": 1, "result": "no_record"}]
        held = copies[-1]
        record = items.expected_record(
            self.standard, question.information, question.affair, held.status, held.record, wanted
        )
        status: Json = {} if held.status is None else {"status": held.status}
        return [{"item_no": 1, "result": "provided", **status, "as_of": held.as_of, "record": record}]


def other_questions(asker: Asker) -> list[Question]:
    """Questions that the tables let the product ask, unlike in procedure and affair: at most a few of each."""
    first = asker.question()
    found: dict[tuple[str, str], Question] = {}
    for question in asker.grantable(first.provider):
        found.setdefault((question.affair, question.procedure), question)
    return list(found.values())[:OTHERS_AT_MOST]


def asked_beside(asker: Asker, code: str) -> list[Question]:
    """Questions next to a right one, each wrong in one thing, to which the tables say exactly this code."""
    right = asker.question()
    tables = asker.forge.standard
    affairs = [(affair.id, step) for affair in tables.affairs.values() for step in affair.procedures]
    near = [replace(right, affair=affair, procedure=step) for affair, step in affairs]
    near += [replace(right, information=name) for name in tables.informations]
    near += [replace(right, responsibility=name) for name in [*tables.responsibilities, "NOBODY"]]
    wrong = [one for one in near if asker.codes_due(one) == {code}]
    step = max(1, len(wrong) // BESIDE_AT_MOST)
    return wrong[::step][:BESIDE_AT_MOST]
