"""Silence, watched to the end of the run: what must not be answered, or asked, is looked at by its case, and once more at the end.

A case can only wait a moment. A product that sends what it should have kept back some seconds later would pass every one
of them; at the end it does not. The last look is at least the wait `watch` after the last exchange that was put on the
list: as long as a right answer is waited for. What its own case has found broken already is not said twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from renkei_conformance.finding import Finding
from renkei_conformance.lower.network import INQUIRY
from renkei_conformance.parties import Parties
from renkei_conformance.product import Product
from renkei_conformance.questioner import Questioner
from renkei_conformance.wire import Unreadable, read_object, unb64u
from renkei_fixtures.messages import both


def kept_silent(product: Product, clauses: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """Clause and finding for everything on the list of these clauses, after the time of the last look has passed."""
    failed = product.ev.run.failed
    watched = [one for one in product.state.watched if one.clause in clauses and (one.case, one.clause) not in failed]
    if watched:
        _outwait(product.parties, (one.since for one in watched))
    for one in watched:
        answers = answers_of(product, one.exchange_number)
        why = both("conformance.why.silent_to_the_end", case=one.case)
        yield one.clause, Finding(answers <= one.allowed, one.allowed, answers, f"answers to {one.case}", why)


def answers_of(product: Product, exchange_number: str) -> int:
    """How often an answer of this exchange was sent so far. One whose reply was lost on purpose is rightly sent again."""
    heard = product.parties.tap.heard(exchange_number)
    return sum(1 for one in heard if one.typ == "renkei-answer" and one.counted)


def stayed_home(asker: Questioner, clauses: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """The same for questions that no table allows: no inquiry of the run asks one of them."""
    failed = asker.ev.run.failed
    stayed = [one for one in asker.state.stayed if one.clause in clauses and (one.case, one.clause) not in failed]
    if stayed:
        _outwait(asker.parties, (one.since for one in stayed))
    heard = [(one.claims, codes_of(one.envelope)) for one in asker.parties.tap.heard() if one.typ == INQUIRY]
    for one in stayed:
        came = sum(1 for claims, codes in heard if one.is_of(claims, codes))
        why = both("conformance.why.home_to_the_end", case=one.case)
        yield one.clause, Finding(came == 0, 0, came, f"inquiries of {one.case}", why)


def codes_of(envelope: Mapping[str, object]) -> tuple[object, ...]:
    """The link codes that stand in a message's subjects; none where they cannot be read."""
    try:
        found = read_object(unb64u(str(envelope.get("subjects")), "subjects"), "subjects").get("link_codes")
    except Unreadable:
        return ()
    return tuple(found) if isinstance(found, list) else ()


def _outwait(parties: Parties, since: Iterable[datetime]) -> None:
    clock = parties.clock
    passed = (clock.now() - max(since)).total_seconds()
    if (left := clock.seconds("watch") - passed) > 0:
        clock.pass_time(left)
    parties.settle()
