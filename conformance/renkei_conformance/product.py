"""`product`: the examined provider as the cases meet it, and what is known of its state between cases.

A right inquiry that is not accepted, not answered, or answered under another exchange's number is booked on the
standing clause that it breaks; what the case itself wanted to know is then inconclusive. So a product that answers 500
to everything has one red clause, and every other clause says why it could not be decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, DoorTrouble, Reply, Request, Rubbish, TimedOut
from renkei_conformance.errors import Inconclusive, NotTested
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding
from renkei_conformance.forge.bench import Forge
from renkei_conformance.forge.deliver import Delivery
from renkei_conformance.forge.draft import Draft, NotForgeable
from renkei_conformance.forge.reader import OpenedAnswer, Signed, read_signed
from renkei_conformance.kit import KeyPair
from renkei_conformance.lower.network import Heard, Programmed
from renkei_conformance.opened import claims_of
from renkei_conformance.oracles import answer, problem
from renkei_conformance.parties import Parties
from renkei_conformance.people import INFORMATION, People, Person
from renkei_conformance.told import Told, told
from renkei_conformance.trial import Trial
from renkei_conformance.upper import Outcome, UpperTester
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import AuthorityRow

ACCEPTS, LIVES_ON, BOUND, PROBLEM, SILENT = "P-TRN-001", "P-TRN-005", "P-ANS-003", "P-ANS-011", "P-ANS-012"
TAKES = "P-PUL-001"
"""What `ACCEPTS` is for a product that fetches: nobody hears its 202."""
STALLS_BORNE = 2


@dataclass(frozen=True)
class Exchange:
    """A right inquiry and its answer, opened."""

    draft: Draft
    delivery: Delivery
    answer: OpenedAnswer

    @property
    def number(self) -> str:
        return str(self.draft.exchange_number)

    @property
    def result(self) -> Mapping[str, object]:
        """The one result. Raises `Inconclusive` when the content could not be read: other clauses decide why."""
        if not self.answer.results:
            detail = "; ".join(f"{one.path}: {one.code}" for one in self.answer.troubles) or "no results"
            raise Inconclusive(both("conformance.reason.unreadable_answer", detail=detail))
        return self.answer.results[0]


@dataclass(frozen=True)
class Watched:
    """An exchange that must not be answered any more, or never: looked at again at the end of the run.

    `allowed`: the answers that it had rightly; `since`: when the case had looked.
    """

    case: str
    clause: str
    exchange_number: str
    allowed: int
    since: datetime


@dataclass
class ProductState:
    """What is known of the product between cases.

    `control` is what the last message asked if that was a right inquiry, properly answered: then it may serve as the
    clean twin of a spoil of the same question. Every other message clears it.
    """

    control: object = None
    after_refusal: bool = False
    watched: list[Watched] = field(default_factory=list)
    stalls: int = 0
    gone: bool = False
    granted: dict[tuple[str, date], list[AuthorityRow]] = field(default_factory=dict)
    """The rows by which an information may be asked on a day: the table is gone through once."""


class Product:
    """See the module. One per case, over the state of the run."""

    def __init__(self, ev: Evidence, forge: Forge, parties: Parties, people: People, state: ProductState) -> None:
        self.ev = ev
        self.forge = forge
        self.parties = parties
        self.people = people
        self.state = state
        self._asked: dict[int, tuple[Draft, object]] = {}
        self._heard_before = 0
        self.last_reply: Reply | None = None

    @property
    def fetches(self) -> bool:
        """Whether the product gets its messages from an inbox."""
        return self.parties.tap.inbox is not None

    @property
    def accepts(self) -> str:
        """The standing clause on which it is booked that a right inquiry was not taken."""
        return TAKES if self.fetches else ACCEPTS

    # --- questions -------------------------------------------------------------------------------------------------

    def inquiry(self, person: Person | None = None, year: str = "2025", **claims: object) -> Draft:
        """A right inquiry about `person` (default: an ordinary one); `claims` as `Forge.inquiry` takes them.

        Of the income and tax certificate of `year`, unless `claims` name another `information` and its `keys`.
        """
        who = person or self.people.ordinary
        asked: dict[str, object] = {"information": INFORMATION, "keys": {"tax_year": year}, **claims}
        self.ev.inputs(["inquiry", who.label, asked["keys"], claims])
        keys = asked.pop("keys")
        draft = self.forge.inquiry([who.link_code], keys, **asked)  # type: ignore[arg-type]
        self._asked[id(draft)] = (draft, (who.label, str(keys), tuple(sorted((k, str(v)) for k, v in asked.items()))))
        return draft

    def fresh(self, how_many: int = 1) -> list[Person]:
        """Persons that only this case knows: no record, and a link code that the product was not given in this run."""
        return self.people.fresh(self.ev.case.id, how_many)

    def exchange(self, draft: Draft, accepted_by: str | None = None) -> Exchange:
        """Deliver a right inquiry and wait for its answer.

        `accepted_by` books non-acceptance on a clause of the case instead of the standing one (an unknown code, a
        reordered envelope). Raises `Inconclusive` when there is no answer to look at.
        """
        delivery = self.deliver(draft, accepted_by)
        opened = delivery.answer()
        if opened is None:
            self._no_answer(delivery)
            raise Inconclusive(both("conformance.reason.stalled"))
        self.state.stalls, self.state.after_refusal = 0, False
        self.state.control = self._question(draft) if _proper(opened) else None
        return Exchange(draft, delivery, opened)

    def ask(self, person: Person | None = None, year: str = "2025", **claims: object) -> Exchange:
        """`inquiry` and `exchange` in one."""
        return self.exchange(self.inquiry(person, year, **claims))

    def judge(self, exchange: Exchange, *clauses: str) -> None:
        """Book what the oracle finds in the answer on these clauses."""
        due = answer.Due.of(self.ev.run.standard, exchange.draft)
        for clause in clauses:
            self.ev.check_all(clause, answer.BY_CLAUSE[clause](exchange.answer, due))

    def deliver(self, draft: Draft, accepted_by: str | None = None, programme: Sequence[Programmed] = ()) -> Delivery:
        """Deliver a right inquiry and require that it is accepted (202), without waiting for an answer.

        `programme`: what the product's next messages of this exchange are met with. `accepted_by`: the clause on which
        non-acceptance is booked; one that the case does not declare is decided elsewhere and books nothing here.
        """
        self.ev.scene()
        self.state.control = None
        self._heard_before = len(self.ev.run.heard)
        delivery = self.forge.deliver(draft, *programme)
        said = told(delivery.reply, delivery.trouble, self.ev.run.standard)
        clause = accepted_by or (LIVES_ON if self.state.after_refusal else self.accepts)
        cut = isinstance(delivery.trouble, Rubbish)  # hung up half-way: gone, if nobody is there any more
        if said.sort == "gone" or (cut and not self.reachable()):
            self.require_back(clause)
        if said.sort == "stalled":
            self._stalled()
        ok = said.sort == "accepted" and delivery.accepted
        if self.ev.may_decide(clause) and (not ok or accepted_by is not None):
            self.ev.check(clause, _accepted(ok, said))
        if said.sort != "accepted":
            raise Inconclusive(both("conformance.reason.not_accepted", clause=clause, told=said.words))
        return delivery

    def negative(self, draft: Draft) -> None:
        """The whole witnessed negative on a right inquiry: see `trial.py`."""
        Trial(self.ev, self).run(draft, lambda spoiled: self._twin(draft, spoiled))

    # --- the bench of a witnessed negative -------------------------------------------------------------------------

    def control(self, clean: Draft) -> None:
        question = self._question(clean)
        if question is not None and question == self.state.control:
            return
        problem_words = self._goes_through(clean)
        if problem_words is not None:
            raise Inconclusive(both("conformance.reason.control_refused", told=problem_words))

    def put(self, spoiled: Draft) -> Told:
        self.state.control = None
        delivery = self.forge.deliver(spoiled)
        self.last_reply = None if self.fetches else delivery.reply
        said = told(delivery.reply, delivery.trouble, self.ev.run.standard)
        self._require_there(delivery)
        if said.sort == "accepted" and (late := delivery.refusal()) is not None:
            said = Told("refused", "signed refusal", 202, late.code, late.stage,
                        exchange_number=spoiled.exchange_number)  # fmt: skip
        if said.sort in ("refused", "left"):
            self.refusal_seen(spoiled)
        return said

    def put_once(self, draft: Draft) -> Told:
        """Send once, without the resends that a 503 asks for."""
        self.state.control = None
        self.ev.scene()
        delivery = self.forge.deliver(draft, resends=0)
        self._require_there(delivery)
        said = told(delivery.reply, delivery.trouble, self.ev.run.standard)
        self.state.after_refusal |= said.sort == "refused"
        return said

    def leaked(self, spoiled: Draft, said: Told) -> Iterable[tuple[str, Finding]]:
        if said.sort not in ("refused", "left"):
            return
        if self.last_reply is not None and self.last_reply.status >= 400:
            for finding in problem.findings(self.ev.run.standard, self.last_reply, spoiled.confidential):
                yield PROBLEM, finding
        yield SILENT, self.silence(spoiled.exchange_number)

    def alive(self, clean: Draft) -> tuple[str, Finding]:
        words = self._goes_through(clean)
        return LIVES_ON, Finding(words is None, "accepted", words or "accepted", "", both("conformance.why.alive"))

    # --- what else cases need --------------------------------------------------------------------------------------

    def ordered(self, kind: str, body: str, use: str = "signature") -> KeyPair:
        """A certificate ordered over M. Raises `Inconclusive` where there is none to be had in this run."""
        try:
            return self.forge.order(kind, body, use)
        except NotForgeable as missing:
            raise Inconclusive(both("conformance.reason.not_forgeable", spoil=kind, detail=str(missing))) from missing

    def hand(self, receipt: str, number: str) -> Reply | None:
        """Bring a receipt alone, as the network would; the reply of a product that is pushed to, None if there is none."""
        return self.bring(self.forge.paper(receipt), number)

    def bring(self, envelope: bytes, number: str) -> Reply | None:
        """Bring any bytes as the network would; the reply of a product that is pushed to, None if there is none."""
        inbox, clock = self.parties.tap.inbox, self.parties.clock
        self.state.control = None
        if inbox is not None:
            inbox.put(envelope, number)
            self.parties.settle()
            return None
        request = Request("POST", MESSAGES, {"content-type": MEDIA_TYPE}, envelope)
        try:
            reply = self.parties.product.send(request, clock.seconds("reply"))
        except DoorTrouble:
            return None
        self.state.after_refusal |= reply.status >= 400
        self.parties.settle()
        return reply

    def refusal_seen(self, spoiled: Draft) -> None:
        """Remember that the product refused: it must live on, and never answer this exchange."""
        self.state.after_refusal = True
        if spoiled.exchange_number is not None:
            self.watch(SILENT, spoiled.exchange_number)

    def watch(self, clause: str, exchange_number: object, *, allowed: int = 0) -> None:
        """Put an exchange on the list of those that must have no more than so many answers at the end of the run."""
        now = self.parties.clock.now()
        self.state.watched.append(Watched(self.ev.case.id, clause, str(exchange_number), allowed, now))

    def silence(self, exchange_number: str | None) -> Finding:
        """That no answer has come for the exchange so far."""
        heard = self.parties.tap.heard(exchange_number) if exchange_number else ()
        answers = [one for one in heard if one.typ == "renkei-answer"]
        return Finding(not answers, 0, len(answers), "answers", both("conformance.why.silent"))

    def answer_of(self, draft: Draft) -> Callable[[Heard], bool]:
        """Tells an answer to this draft, taken or not."""
        return lambda heard: heard.exchange_number == draft.exchange_number and heard.typ == "renkei-answer"

    def until_answered(self, delivery: Delivery, reason: str) -> tuple[Heard, ...]:
        """Answers that were taken, waiting by a row of the waits; a still clock is moved on by it once."""
        if self.parties.clock.is_still:
            self.parties.clock.wait(reason)
        return delivery.answers(1, reason)

    def business(self, operation: Callable[[UpperTester], Outcome]) -> Outcome:
        """One operation on interface B. `Inconclusive` when no reply comes."""
        self.ev.scene()
        self.state.control = None
        return self.people.business(operation)

    def read_signed(self, token: object, path: str) -> Signed:
        """A signed token of the product's, opened and its certificate looked at."""
        return read_signed(token, path, self.forge.trust, self.parties.clock.now())

    def waiting(self) -> list[str]:
        """Exchange numbers that wait for a person, as the business side says."""
        listed = self.business(lambda upper: upper.collect()).member("waiting")
        rows = listed if isinstance(listed, list) else []
        return [str(row.get("exchange_number")) for row in rows if isinstance(row, dict)]

    def require_back(self, clause: str) -> None:
        """Nothing listens: dead and back within the liveness wait is a failure of `clause`, not back is *gone*."""
        came_back = self.reachable(patient=True)
        if came_back:
            self.ev.check(clause, Finding(False, "alive", "gone, and back", "", both("conformance.why.alive")))
            raise Inconclusive(both("conformance.reason.was_gone"))
        self.state.gone = True
        raise Inconclusive(both("conformance.reason.gone"))

    def reachable(self, *, patient: bool = False) -> bool:
        """Whether somebody is there at the product's network side; `patient` gives it the liveness wait."""
        clock, inbox = self.parties.clock, self.parties.tap.inbox
        if inbox is not None:
            self.parties.settle()
            return clock.is_still or inbox.attended(clock.patience("fetch"))
        tries = 1 + (int(clock.seconds("liveness") / clock.seconds("poll")) if patient else 0)
        for attempt in range(tries):
            if attempt:
                clock.wait("poll")
            try:
                self.parties.product.send(Request("GET", MESSAGES), clock.seconds("liveness"))
            except Rubbish:
                return True  # whatever it is, somebody is there
            except DoorTrouble:
                continue
            return True
        return False

    # --- inside ----------------------------------------------------------------------------------------------------

    def _goes_through(self, clean: Draft) -> str | None:
        """Put a right inquiry through without booking anything: None, or what was said instead of an answer."""
        self.state.control = None
        delivery = self.forge.deliver(clean)
        said = told(delivery.reply, delivery.trouble, self.ev.run.standard)
        self._require_there(delivery)
        if said.sort != "accepted":
            return said.words
        opened = delivery.answer()
        if opened is None:
            self._count_stall()
            return "202, no answer"
        if not _proper(opened):
            return "202, an answer that cannot be read"
        self.state.stalls, self.state.after_refusal = 0, False
        self.state.control = self._question(clean)
        return None

    def _require_there(self, delivery: Delivery) -> None:
        """No reply, and nobody there within the liveness wait: the product is gone, and that decides nothing.

        Who died of a message and is back has failed, and goes on to be judged.
        """
        lost = delivery.trouble is not None and not isinstance(delivery.trouble, TimedOut)
        if lost and not self.reachable(patient=True):
            self.state.gone = True
            raise Inconclusive(both("conformance.reason.gone"))

    def _question(self, draft: Draft) -> object:
        found = self._asked.get(id(draft))
        return found[1] if found else None

    def _twin(self, draft: Draft, spoiled: Draft) -> Draft:
        """The spoiled message's twin, which asks the same question as the draft it was spoiled from."""
        twin = spoiled.twin()
        self._asked[id(twin)] = (twin, self._question(draft))
        return twin

    def _no_answer(self, delivery: Delivery) -> None:
        """202 and no answer: refused late, answered under another number, or simply silent."""
        for refusal in (one.claims for one in delivery.heard() if one.typ == "renkei-refusal"):
            code, stage = str(refusal.get("code")), str(refusal.get("stage"))
            said = Told("refused", f"signed refusal {code}", 202, code, stage)
            self.ev.check(self.accepts, _accepted(False, said))
            raise Inconclusive(both("conformance.reason.not_accepted", clause=self.accepts, told=said.words))
        due = delivery.draft.exchange_number
        strays = self._strays(str(due))
        if strays:
            why = both("conformance.why.bound")
            self.ev.check(BOUND, Finding(False, due, strays, "answer.header.exchange_number", why))
            raise Inconclusive(both("conformance.reason.stray_answer"))
        self._stalled()

    def _strays(self, due: str) -> list[str]:
        """Exchanges other than `due` that were answered since it was delivered, though nobody owed them an answer any
        more: they had theirs, or were never ours. A late first answer to an earlier inquiry is not among them."""
        before, since = (
            {
                str(claims.get("exchange_number"))
                for _, request in part
                if "in_reply_to" in (claims := claims_of(request.body))
            }
            for part in (self.ev.run.heard[: self._heard_before], self.ev.run.heard[self._heard_before :])
        )
        return sorted(
            {one for one in since if one != due and (one in before or not self.parties.tap.forged.knows(one))}
        )

    def _stalled(self) -> None:
        self._count_stall()
        raise Inconclusive(both("conformance.reason.stalled"))

    def _count_stall(self) -> None:
        self.state.stalls += 1
        if self.state.stalls >= STALLS_BORNE:
            self.state.gone = True


def require_present(state: ProductState) -> None:
    """Before a case: once the product is gone, the rest is not tested."""
    if state.gone:
        raise NotTested(both("conformance.reason.gone_before"))


def _accepted(ok: bool, said: Told) -> Finding:
    return Finding(ok, {"told": "accepted", "status": 202, "state": "delivered"}, said.short(), "reply",
                   both("conformance.why.accepted"))  # fmt: skip


def _proper(opened: OpenedAnswer) -> bool:
    """Read to the end, signature good: enough for a control, whose own rules other cases judge."""
    return not opened.troubles and bool(opened.signature_valid) and bool(opened.results)
