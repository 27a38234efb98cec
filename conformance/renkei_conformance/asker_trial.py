"""Witnessed negatives on the inquirer: a spoiled answer in an exchange of its own, between two right ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from renkei_conformance.asker import BY_PROBLEM, KEPT_BACK, LIVES_ON, TOLD_AS_DUE, Answered, Asker
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.oracles import problem
from renkei_conformance.questioner import Questioned
from renkei_conformance.told import Told
from renkei_conformance.trial import Trial
from renkei_fixtures.messages import both

Make = Callable[[Questioned], Draft]


def negative(asker: Asker, make: Make | None = None, ask: Callable[[], Questioned] | None = None) -> None:
    """Every spoil of the case, each on the right answer (`make`) to a question of its own (`ask`)."""
    for spoil in asker.ev.case.spoils:
        control = asker.state.control
        questioned = ask() if ask is not None else asker.ask()
        asker.state.control = control  # a right question that is still open takes nothing from it
        stage = asker.ev.run.standard.spoils[spoil].stage
        bench = AskerBench(asker, questioned, stage)
        Trial(asker.ev, bench).one((make or asker.answer)(questioned), spoil, clean=lambda spoiled: spoiled)


def refused(asker: Asker, spoil: str) -> None:
    """Put one spoiled answer and book what is owed of a refusal; that it is refused is for the spoil's own clause."""
    questioned = asker.ask()
    bench = AskerBench(asker, questioned, asker.ev.run.standard.spoils[spoil].stage)
    draft = asker.answer(questioned).spoil(spoil)
    for clause, finding in bench.leaked(draft, bench.put(draft)):
        asker.ev.check(clause, finding)


@dataclass
class AskerBench:
    """The trial's bench for one question. The clean twin is the right answer to another, equal question."""

    asker: Asker
    questioned: Questioned
    stage: str
    answered: Answered | None = field(default=None)

    def control(self, clean: Draft) -> None:
        """A right answer goes through just before, or has just gone through as the end of the spoil before."""
        if self.asker.state.control:
            return
        words = self._goes_through()
        if words is not None:
            raise Inconclusive(both("conformance.reason.control_refused", told=words))

    def put(self, spoiled: Draft) -> Told:
        asker = self.asker
        asker.state.control = False
        self.answered = asker.deliver(spoiled, self.questioned.number)
        asker.lost(self.answered)
        said = asker.told(self.answered, owed=self.stage not in ("transport", "form"))
        if said.sort == "refused":
            asker.state.after_refusal = True
        return said

    def leaked(self, spoiled: Draft, said: Told) -> Iterable[tuple[str, Finding]]:
        """Nothing of a refused answer is with a business system, and the refusal was told the right way."""
        if self.asker.fetches and said.sort in ("refused", "left"):  # nobody hears a problem
            yield KEPT_BACK, kept_back(self.asker, self.questioned)
        if self.asker.fetches or said.sort != "refused":
            return
        answered = self.answered
        assert answered is not None
        by_problem = answered.item is None
        why = both("conformance.why.told_as_due")
        due = "problem" if said.stage in BY_PROBLEM else "acknowledgement"
        yield TOLD_AS_DUE, equal("refusal", due, "problem" if by_problem else "acknowledgement", why)
        if by_problem and answered.reply is not None:
            for finding in problem.findings(self.asker.forge.standard, answered.reply, spoiled.confidential):
                yield TOLD_AS_DUE, finding
        yield KEPT_BACK, kept_back(self.asker, self.questioned)

    def alive(self, clean: Draft) -> tuple[str, Finding]:
        words = self._goes_through()
        return LIVES_ON, Finding(words is None, "accepted", words or "accepted", "", both("conformance.why.alive"))

    def _goes_through(self) -> str | None:
        asker = self.asker
        asker.state.control = False
        questioned = asker.ask(self.questioned.person, self.questioned.question)
        answered = asker.deliver(asker.answer(questioned), questioned.number)
        asker.lost(answered)
        said = asker.told(answered)
        if said.sort != "accepted":
            return said.words
        asker.state.control, asker.state.after_refusal = True, False
        return None


def kept_back(asker: Asker, questioned: Questioned) -> Finding:
    """Interface B shows no result of a question whose only answer was refused."""
    row = asker.row(questioned.ask.ask_id)
    got = {"state": row.get("state"), "results": row.get("results")}
    ok = not row.get("results") and row.get("state") not in ("collected", "handed_over")
    why = both("conformance.why.kept_back")
    return Finding(ok, {"state": "not collected", "results": []}, got, "ask", why)
