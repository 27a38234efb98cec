"""What the examined inquirer is asked to ask, and the inquiries that follow: the first half of `asker`.

A question goes in over interface B; the inquiry that comes of it goes to the forge's network, which takes it under a
number of its own, and is read here. Nothing is answered yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding
from renkei_conformance.forge.bench import Forge
from renkei_conformance.forge.reader import OpenedAnswer, open_answer
from renkei_conformance.lower.network import INQUIRY, Heard, Programmed
from renkei_conformance.oracles import authority
from renkei_conformance.parties import Parties
from renkei_conformance.people import INFORMATION, Person
from renkei_conformance.product import Product
from renkei_conformance.questions import OFFICIAL, Answers, Question
from renkei_conformance.upper import Ask, Outcome
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import counterpart_of

LEAVES = "I-ASK-006"
STEP_STILL = 0.25
"""How far a still clock is moved at a time while something is awaited."""


@dataclass(frozen=True)
class Stayed:
    """A question that may not leave, brought to the product: no inquiry like it may ever come.

    `since`: when it was brought. `about`: where the question itself is a right one, whom it would be about, in every word
    by which the product could name the person (own number, individual number, link code).
    """

    case: str
    clause: str
    question: Question
    since: datetime
    about: frozenset[str] | None = None

    def is_of(self, claims: Mapping[str, object], codes: Sequence[object] = ()) -> bool:
        """Whether an inquiry of this header and these link codes asks the question."""
        if self.about is not None and not self.about.intersection(map(str, codes)):
            return False
        asked = self.question
        due = {
            "to": asked.provider, "affair": asked.affair, "procedure": asked.procedure,
            "information": asked.information, "responsibility": asked.responsibility,
        }  # fmt: skip
        return all(claims.get(name) == value for name, value in due.items())


@dataclass
class AskerState:
    """What is known between cases. `control`: the last question was answered right and the answer accepted."""

    prefix: str
    control: bool = False
    after_refusal: bool = False
    asked: int = 0
    stayed: list[Stayed] = field(default_factory=list)
    allowed: dict[tuple[str, date], tuple[Question, ...]] = field(default_factory=dict)
    """What may be asked of a provider on a day: the tables are asked once."""


@dataclass(frozen=True)
class Questioned:
    """A question that left the product as an inquiry to the forge's network."""

    person: Person
    question: Question
    ask: Ask
    outcome: Outcome
    heard: Heard
    opened: OpenedAnswer
    number: str

    @property
    def header_sha256(self) -> str:
        return sha256_b64u(str(self.heard.envelope.get("header")))


@dataclass
class Questioner:
    """See the module. `product` gives interface B and liveness."""

    ev: Evidence
    forge: Forge
    parties: Parties
    product: Product
    state: AskerState
    answers: Answers

    @property
    def body(self) -> str:
        return self.forge.product

    def question(self, provider: str | None = None) -> Question:
        """A question that the tables let the product ask a body whose keys the kit holds. `Inconclusive` without one."""
        playable = self.parties.kit.playable
        first = [code for code in (counterpart_of(self.body), *playable) if code in playable and code != self.body]
        for code in first if provider is None else [provider]:
            if found := self.grantable(code):  # the certificate, of which every test person has copies
                return next((one for one in found if one.information == INFORMATION), found[0])
        raise Inconclusive(both("conformance.reason.not_forgeable", spoil="-", detail="no question may be asked"))

    def grantable(self, provider: str) -> list[Question]:
        """Every question about an information of the profile that the tables plainly let the product ask this body."""
        on = instants.japan_date(self.parties.clock.now())
        if (provider, on) not in self.state.allowed:
            self.state.allowed[provider, on] = tuple(self._granted(provider, on))
        return list(self.state.allowed[provider, on])

    def _granted(self, provider: str, on: date) -> Iterator[Question]:
        standard = self.forge.standard
        wanted = [name for name in self.parties.profile.product.asked if name in standard.informations]
        return (
            question
            for row in authority.grantable(standard, self.body, provider, on)
            for charged in authority.charged_with(standard, row.affair, self.body, on)[:1]
            if row.information in wanted
            and not self.codes_due(question := Question(provider, row.affair, row.procedure, row.information, charged))
        )

    def codes_due(self, question: Question) -> frozenset[str]:
        """The refusals that the tables have for it; none: it may be asked."""
        header = {
            "from": self.body, "to": question.provider, "affair": question.affair, "procedure": question.procedure,
            "information": question.information, "responsibility": question.responsibility, "official": OFFICIAL,
            "edition": self.forge.standard.edition,
        }  # fmt: skip
        on = instants.japan_date(self.parties.clock.now())
        return frozenset(authority.due(self.forge.standard, header, on).codes)

    def next_id(self) -> str:
        """An ask_id of its own."""
        self.state.asked += 1
        return f"{self.state.prefix}-{self.state.asked}"

    def ask_of(self, person: Person, question: Question | None = None, keys: Mapping[str, str] | None = None) -> Ask:
        """The question as a business system brings it; an official asks. `keys` take the place of the usual ones."""
        asked = question or self.question()
        self.ev.inputs(["ask", person.label, asked.as_inputs(), dict(keys or {})])
        given = {**self.answers.keys(person, asked), **(keys or {})}
        return asked.ask(self.next_id(), person.own_number, given)

    def put_question(self, ask: Ask, programme: Sequence[Programmed] = ()) -> Outcome:
        """Bring it to interface B; the inquiry that follows goes to the forge's network, met with `programme`."""
        questions = self.parties.tap.forged.questions
        questions.listening, questions.prefix, questions.programme = True, self.state.prefix, tuple(programme)
        self.ev.scene()
        self.state.control = False
        return self.product.business(lambda upper: upper.ask(ask))

    def ask(
        self,
        person: Person | None = None,
        question: Question | None = None,
        programme: Sequence[Programmed] = (),
        keys: Mapping[str, str] | None = None,
        expires_at: str | None = None,
    ) -> Questioned:
        """Ask, and require that the question leaves as one inquiry."""
        who = person or self.product.people.ordinary
        asked = question or self.question()
        ask = replace(self.ask_of(who, asked, keys), expires_at=expires_at)
        known = self.known()
        outcome = self.put_question(ask, programme)
        came = self.new_inquiries(known, 1)
        ok = outcome.done and len({one.claims.get("message_id") for one in came}) == 1
        if not ok or LEAVES in self.ev.case.verifies:
            got = {"status": outcome.status, "inquiries": len(came)}
            why = both("conformance.why.question_leaves")
            self.ev.check(LEAVES, Finding(ok, {"status": 202, "inquiries": 1}, got, "ask", why))
        if not ok:
            raise Inconclusive(
                both("conformance.reason.question_stayed", detail=f"{outcome.status} {outcome.raw[:160]!r}")
            )
        heard = came[0]
        sealing = self.parties.kit.body(asked.provider).sealing
        opened = open_answer(heard.request.body, self.forge.trust, sealing, self.parties.clock.now())
        return Questioned(who, asked, ask, outcome, heard, opened, str(heard.exchange_number))

    def known(self) -> frozenset[object]:
        """Ids of every inquiry that the product has sent so far."""
        self.parties.settle()
        sent = self.parties.tap.wait_until(lambda heard: True, 0.0, typ=INQUIRY)
        return frozenset(one.claims.get("message_id") for one in sent)

    def new_inquiries(self, known: frozenset[object], count: int = 0, reason: str = "answer") -> tuple[Heard, ...]:
        """Inquiries that are none of the known ones nor their resends; waits, with a count, until there are so many."""
        self.parties.settle()
        patience = self.parties.clock.patience(reason) if count else 0.0

        def new(heard: Heard) -> bool:
            return heard.claims.get("message_id") not in known

        return self.parties.tap.wait_until(new, patience, count, typ=INQUIRY)

    def sent_of(self, questioned: Questioned) -> tuple[Heard, ...]:
        """An inquiry and all that was sent again for it, under its id or about its exchange, in the order of arrival."""
        return tuple(one for one in self.parties.tap.heard(questioned.number) if one.typ == INQUIRY)

    def resent(self, questioned: Questioned, count: int) -> tuple[Heard, ...]:
        """The inquiry and its resends, as time passes until there are `count`."""
        for so_many in range(2, count + 1):
            if not self.pass_until(lambda due=so_many: len(self.sent_of(questioned)) >= due, "resend"):  # type: ignore[misc]
                break
        return self.sent_of(questioned)

    # --- time --------------------------------------------------------------------------------------------------------

    def silence(self) -> None:
        """Give what must not come the time in which it would."""
        if not self.parties.clock.is_still:
            self.parties.clock.wait("silence")
        self.parties.settle()

    def pass_for(self, reason: str) -> None:
        """Let the whole of a wait pass."""
        self.pass_until(lambda: False, reason)

    def pass_until(self, done: Callable[[], bool], reason: str) -> bool:
        """Let time pass until something is so, at most the wait of this reason; whether it came to be so."""
        clock = self.parties.clock
        end = clock.now() + timedelta(seconds=clock.seconds(reason))
        self.parties.settle()
        while not done() and clock.now() < end:
            clock.pass_time(STEP_STILL if clock.is_still else clock.seconds("poll"))
            self.parties.settle()
        return done()
