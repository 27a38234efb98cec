"""Steps of cases about questions: judge an inquiry by its clauses, and see that a question stays in the house."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.bringing import brought
from renkei_conformance.finding import Finding
from renkei_conformance.oracles import inquiry
from renkei_conformance.people import Person
from renkei_conformance.questioner import Questioned, Stayed
from renkei_conformance.questions import Question
from renkei_fixtures.messages import both


def due_of(asker: Asker, questioned: Questioned) -> inquiry.Due:
    """What is due of this inquiry."""
    kid = questioned.heard.claims.get("reply_kid")
    person, now = questioned.person, asker.parties.clock.now()
    signer = asker.forge.trust.signer(kid, now) if isinstance(kid, str) else None
    names = {
        "own number": person.own_number,
        "individual number": person.resident.individual_number,
        "name": person.resident.name,
        "address": person.resident.address,
    }
    sealing = asker.parties.kit.body(questioned.question.provider).sealing.kid
    return inquiry.Due(
        asker.forge.standard, asker.body, questioned.ask, [person.link_code], sealing, now, signer, names
    )


def judged(asker: Asker, questioned: Questioned, *clauses: str) -> None:
    """Book what the oracle finds in the inquiry on these clauses."""
    due = due_of(asker, questioned)
    for clause in clauses:
        asker.ev.check_all(clause, inquiry.BY_CLAUSE[clause](questioned.opened, due))


def stays(asker: Asker, clause: str, question: Question, person: Person | None = None) -> None:
    """Bring a question that must not leave: interface B refuses it, or shows it refused, and N sees nothing."""
    who = person or asker.product.people.ordinary
    keys = asker.answers.keys(asker.product.people.ordinary, asker.question())
    asker.ev.step("question_that_stays", question=" ".join(question.as_inputs()))
    ask = question.ask(asker.next_id(), who.own_number, keys)
    if not brought(asker.ev, asker.parties.upper, [ask], lambda one: one):
        return
    known = asker.known()
    outcome = asker.put_question(ask)
    asker.silence()
    came = asker.new_inquiries(known)
    refused = 400 <= outcome.status < 500 or (outcome.done and outcome.member("state") == "refused")
    said = {"status": outcome.status, "state": outcome.member("state"), "code": outcome.member("code")}
    why = both("conformance.rule.question_stays")
    asker.ev.check(clause, Finding(not came, 0, len(came), "inquiries", why))
    asker.ev.check(clause, Finding(refused, "refused", said, "ask", why))
    # What the tables forbid nobody may ever ask, whoever it is about; what they allow, not about somebody without a code.
    names = (who.own_number, who.resident.individual_number, who.link_code)
    about = None if asker.codes_due(question) else frozenset(names)
    asker.state.stayed.append(Stayed(asker.ev.case.id, clause, question, asker.parties.clock.now(), about))
