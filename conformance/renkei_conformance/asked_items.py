"""What an examined inquirer may ask about, information by information, and made persons whom providers know something of.

Nobody loads these copies: the forge is the provider, so that every hazard of an item table can be put into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import AskerBench
from renkei_conformance.errors import Inconclusive
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.informations import AFFAIR, asked_keys
from renkei_conformance.people import Held, Person
from renkei_conformance.questioner import Questioned
from renkei_conformance.questions import Question
from renkei_conformance.trial import Trial
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information

Copy = Callable[[Information], Held]
A_FEW = 3


def askable(asker: Asker, fits: Callable[[Information], bool] = lambda table: True) -> dict[str, Question]:
    """By information of the profile the question that is told most, of whatever body may be asked. `Inconclusive`
    without any that `fits`."""
    tables, best = asker.forge.standard.informations, dict[str, Question]()
    for provider in asker.parties.kit.playable:
        for question in asker.grantable(provider) if provider != asker.body else ():
            known = best.get(question.information)
            if known is None or _told(tables, question) > _told(tables, known):
                best[question.information] = question
    found = {name: best[name] for name in sorted(best) if fits(tables[name])}
    if not found:
        raise Inconclusive(both("conformance.reason.no_such_question"))
    return found


def _told(tables: Mapping[str, Information], question: Question) -> tuple[bool, int]:
    return question.affair == AFFAIR, len(tables[question.information].minimum[question.affair])


def knowing(asker: Asker, held: Held) -> Person:
    """An ordinary person of whom the provider holds this copy alone, under the keys of the question."""
    table = asker.forge.standard.informations[held.information]
    return replace(asker.product.people.ordinary, held=(replace(held, keys=asked_keys(table, held)),))


def asked_about(asker: Asker, question: Question, held: Held) -> Questioned:
    """The question about somebody of whom the provider holds this copy."""
    asker.ev.step("ask", person=question.information, year="-")
    return asker.ask(knowing(asker, held), question)


def refused_everywhere(asker: Asker, copy: Copy, others_on: int | None = A_FEW) -> None:
    """The case's first spoil on the answer about every information that has a place for it, its others on a few.

    `others_on`: so many, None for all; where the spoil may break a rule of the items besides, a few are not enough to see it alone.

    `Inconclusive` when no answer has a place for any: of the claimed informations none may have, say, a partly known day.
    """
    tables, questions = asker.forge.standard.informations, askable(asker)
    seen = 0
    for turn, spoil in enumerate(asker.ev.case.spoils):
        stage, tried = asker.ev.run.standard.spoils[spoil].stage, 0
        for name, question in _from(turn, questions):
            if turn and tried == others_on:
                break
            control = asker.state.control
            questioned = asked_about(asker, question, copy(tables[name]))
            asker.state.control = control  # a right question that is still open takes nothing from it
            draft = asker.answer(questioned)
            try:
                draft.spoil(spoil)
            except NotForgeable:
                continue
            tried += 1
            Trial(asker.ev, AskerBench(asker, questioned, stage)).one(draft, spoil, clean=lambda spoiled: spoiled)
        seen += tried
    if not seen:
        spoils = ", ".join(asker.ev.case.spoils)
        raise Inconclusive(both("conformance.reason.not_forgeable", spoil=spoils, detail="no item of this kind"))


def _from(turn: int, questions: Mapping[str, Question]) -> list[tuple[str, Question]]:
    """All of them, beginning elsewhere for each spoil."""
    begin = turn * A_FEW % len(questions)
    every = list(questions.items())
    return every[begin:] + every[:begin]
