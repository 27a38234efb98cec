"""A whole exchange through the emulated network and a counterpart of it: nothing of it is the forge's (I-EXC-001)."""

from __future__ import annotations

from collections.abc import Mapping

from renkei_conformance.asker import Asker
from renkei_conformance.errors import Inconclusive, NotTested
from renkei_conformance.finding import Finding
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.lower.network import Heard
from renkei_conformance.oracles import results
from renkei_conformance.people import Person
from renkei_conformance.upper import Load
from renkei_conformance.wire import Json, read_object
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import counterpart_of


def whole_exchange(asker: Asker) -> tuple[tuple[Finding, ...], Mapping[str, object], list[Json], Person]:
    """Load a counterpart, ask it, and collect: what the network said on the way, B's row, the results due, the person."""
    counterpart, their = asker.parties.counterpart_upper, counterpart_of(asker.body)
    if counterpart is None:
        raise NotTested(both("conformance.reason.no_counterpart"))
    question = asker.question(provider=their)
    person = asker.product.people.ordinary
    try:
        (code,) = asker.forge.link_codes(their, [person.resident.serial])
    except NotForgeable as missing:
        raise Inconclusive(both("conformance.reason.not_forgeable", spoil="-", detail=str(missing))) from missing
    number = f"9{person.own_number[1:]}"
    rows = [held.row(number) for held in person.copies(question.information)]
    loaded = counterpart.load(Load(asker.product.people.load_id(), rows, [(number, code)], (), question.information))
    if not loaded.done or loaded.member("set_aside"):
        raise Inconclusive(both("conformance.reason.load_refused", detail=str(loaded.raw[:200])))
    ask = asker.ask_of(person, question)
    asker.parties.tap.forged.questions.listening = False
    asker.ev.scene()
    before = len(asker.parties.tap.heard())
    asker.product.business(lambda upper: upper.ask(ask))
    row = asker.row_until(ask.ask_id, lambda one: results.collected(one) or results.in_state("refused")(one))
    if row.get("state") == "refused":
        # Something in the inquiry itself is wrong, and the clauses about its parts say what.
        detail = f"{row.get('code')} {row.get('stage')}"
        raise Inconclusive(both("conformance.reason.inquiry_refused", detail=detail))
    asker.pass_until(lambda: bool(_of(asker, before, "renkei-acknowledgement")), "answer")
    due = asker.answers.results(person, question, ask.subjects[0][1])
    return _told(asker, before), row, due, person


def _of(asker: Asker, since: int, typ: str) -> list[Heard]:
    return [one for one in asker.parties.tap.heard()[since:] if one.typ == typ]


def _told(asker: Asker, since: int) -> tuple[Finding, ...]:
    """The network accepted the inquiry and the product took the answer. `Inconclusive` if nothing was acknowledged."""
    why = both("conformance.rule.whole_exchange")
    steps = {"renkei-inquiry": 202, "renkei-answer": 202}  # an answer that was fetched was taken out of the box by us
    statuses = {typ: [one.reply.status for one in _of(asker, since, typ) if one.reply is not None] for typ in steps}
    if "collected" not in [_state(one) for one in _of(asker, since, "renkei-acknowledgement")]:
        raise Inconclusive(both("conformance.reason.acknowledgement_refused"))
    return tuple(Finding(due in statuses[typ], due, statuses[typ], typ, why) for typ, due in steps.items())


def _state(heard: Heard) -> object:
    try:
        items = read_object(heard.reply.body).get("items") if heard.reply is not None else None
    except ValueError:
        return None
    return items[0].get("state") if isinstance(items, list) and items and isinstance(items[0], dict) else None
