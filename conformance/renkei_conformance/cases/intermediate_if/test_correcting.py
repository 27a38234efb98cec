"""連携確認・業務接続: an answer that was given is corrected by another, on the word of two officials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from renkei_conformance.asking import AFFAIR, YEAR
from renkei_conformance.case import PROVIDER, Scenario, Stateful, case
from renkei_conformance.deciding import APPROVER, DRAFTER
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported_until, names
from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.itemwise import Told
from renkei_conformance.people import Held, Person
from renkei_conformance.product import Exchange, Product
from renkei_conformance.upper import Outcome
from renkei_conformance.watching import kept_silent
from renkei_fixtures.messages import both


@dataclass(frozen=True)
class Mistaken:
    """Somebody whose first copy was answered, and another's that turns out to be the right one."""

    person: Person
    first: Exchange
    right: Held


def _mistaken(product: Product) -> Mistaken:
    wrong, right = product.people.ordinary.last(YEAR), product.people.of("all_deductions").last(YEAR)
    if wrong is None or right is None:
        raise Inconclusive(both("conformance.reason.not_forgeable", spoil="correction", detail=YEAR))
    (stranger,) = product.fresh()
    person = replace(stranger, held=(wrong,))
    product.people.load([person])
    first = product.ask(person, YEAR, affair=AFFAIR)
    product.ev.step("load", count=1)
    product.people.load([replace(person, held=(right,))])
    return Mistaken(person, first, right)


def _correct(product: Product, number: str, approved_by: str = APPROVER) -> Outcome:
    product.ev.step("correct", number=number)
    clock = product.parties.clock
    end = clock.now() + timedelta(seconds=clock.seconds("state"))
    outcome = product.business(lambda upper: upper.correct(number, DRAFTER, approved_by))
    # What we have heard the product may not have been told yet: the reply to its former answer is on its way.
    while outcome.member("code") == "answer_in_progress" and clock.now() < end:
        clock.wait("poll")
        outcome = product.business(lambda upper: upper.correct(number, DRAFTER, approved_by))
    product.parties.settle()
    return outcome


def _corrected(product: Product, first: Exchange, count: int) -> OpenedAnswer:
    """The answer that comes of it: the one of this place. `Inconclusive` when the order is not taken."""
    outcome = _correct(product, first.number)
    if not outcome.done:
        detail = f"{outcome.status} {outcome.raw[:120]!r}"
        raise Inconclusive(both("conformance.reason.not_corrected", detail=detail))
    came = first.delivery.answers(count)
    if len(came) < count:
        raise Inconclusive(both("conformance.reason.stalled"))
    return product.forge.open_answer(came[count - 1].request.body, first.draft)


def _only_the_first(product: Product, first: Exchange) -> Finding:
    product.ask()  # time in which another would have come
    return equal("answers", 1, len(first.delivery.answers(0)), both("conformance.why.not_corrected"))


# P-COR-001 提供者は、訂正の依頼を受けたとき、同じ処理通番の、別の message_id をもつ応答を、最後に送った応答の
#   message_id を replaces に示して送らなければならない。
# P-COR-002 提供者は、訂正の応答を、依頼の時点の副本から作らなければならない。
@case(
    "COR-01",
    verifies=["P-COR-001", "P-COR-002"],
    role=PROVIDER,
    family="items",
    kind=Stateful(),
    needs=["correction"],
    ja="応答を今の副本で訂正し、先の応答を示す",
    en="An answer is corrected from the copy of now, and names the one it replaces",
)
def test_correction(product: Product, ev: Evidence) -> None:
    mistaken = _mistaken(product)
    first, why = mistaken.first, both("conformance.why.corrects")
    earlier = [str((first.answer.header or {}).get("message_id"))]
    for count in (2, 3):
        answer = _corrected(product, first, count)
        header = answer.header or {}
        ev.check("P-COR-001", equal("answer.header.replaces", earlier[-1], header.get("replaces"), why))
        ev.check("P-COR-001", equal("answer.header.exchange_number", first.number, header.get("exchange_number"), why))
        ev.check("P-COR-001", equal("a new message_id", True, header.get("message_id") not in earlier, why))
        earlier.append(str(header.get("message_id")))
        if not answer.results:
            raise Inconclusive(both("conformance.reason.unreadable_answer", detail="no results"))
        told = Told(ev.run.standard, AFFAIR, mistaken.right, answer.results[0])
        got = {"record": dict(told.got), "as_of": answer.results[0].get("as_of")}
        due = {"record": dict(told.due), "as_of": mistaken.right.as_of}
        ev.check("P-COR-002", Finding(got == due, "the copy of now", _of(got, due), "answer.results[0]", why))


def _of(got: object, due: object) -> str:
    return "the copy of now" if got == due else "another copy"


# P-COR-003 提供者は、ネットワークで終わった連携の訂正の依頼を、業務側の 409 exchange_closed で断り、応答を送っては
#   ならない。
@case(
    "COR-03",
    verifies=["P-COR-003"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["correction"],
    ja="終わった連携の応答は訂正しない",
    en="The answer of an exchange that is over is not corrected",
)
def test_closed_is_not_corrected(product: Product, ev: Evidence) -> None:
    _corrected(product, _mistaken(product).first, 2)  # the twin: one that is not over
    first = _mistaken(product).first
    ev.step("receipt_alone", state="rejected")
    product.hand(product.forge.closing_receipt(first.draft, "rejected", ("item_missing", "content")), first.number)
    product.parties.clock.wait("silence")
    outcome = _correct(product, first.number)
    _refused(product, "P-COR-003", first, outcome, "exchange_closed", "not_corrected")


# P-COR-004 提供者は、起案者と決裁者が同じ職員である訂正の依頼を、業務側の 422 approval_not_separate で断り、応答を送っ
#   てはならない。
@case(
    "COR-04",
    verifies=["P-COR-004"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["correction"],
    ja="起案者と決裁者が同じ訂正を拒否する",
    en="A correction drafted and approved by one official is refused",
)
def test_correction_by_one(product: Product) -> None:
    _corrected(product, _mistaken(product).first, 2)  # the twin: by two
    first = _mistaken(product).first
    outcome = _correct(product, first.number, DRAFTER)
    _refused(product, "P-COR-004", first, outcome, "approval_not_separate", "correction_approved")


def _refused(product: Product, clause: str, first: Exchange, outcome: Outcome, code: str, why: str) -> None:
    """That the order was refused with this code, and that nothing follows the first answer, now or later."""
    due, got = {"done": False, "code": code}, {"done": outcome.done, "code": outcome.member("code")}
    product.ev.check(clause, equal("reply", due, got, both(f"conformance.why.{why}")))
    product.ev.check(clause, _only_the_first(product, first))
    product.watch(clause, first.number, allowed=1)


# P-COR-005 提供者は、訂正ごとに、処理通番、起案者、決裁者及び replaces をもつ記録を自団体に残さなければならない。
@case(
    "COR-05",
    verifies=["P-COR-005"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["correction", "records_export"],
    ja="訂正を、決裁者と先の応答とともに記録する",
    en="A correction stands in the own record, with its officials and the answer it replaces",
)
def test_correction_recorded(product: Product, ev: Evidence) -> None:
    first = _mistaken(product).first
    _corrected(product, first, 2)
    replaced = (first.answer.header or {}).get("message_id")
    lines = exported_until(product, "personal_audit", first.number).of_exchange(first.number)
    due = {"drafted_by": DRAFTER, "approved_by": APPROVER, "replaces": replaced}
    ev.check("P-COR-005", names(lines, due, "personal_audit"))


# P-COR-003 提供者は、ネットワークで終わった連携の訂正の依頼を、業務側の 409 exchange_closed で断り、応答を送っては
#   ならない。
# P-COR-004 提供者は、起案者と決裁者が同じ職員である訂正の依頼を、業務側の 422 approval_not_separate で断り、応答を送っ
#   てはならない。
@case(
    "COR-06",
    verifies=["P-COR-003", "P-COR-004"],
    role=PROVIDER,
    family="authority",
    kind=Stateful(),
    needs=["correction"],
    turn="end",
    ja="断った訂正は、検査の終わりまで送られていない",
    en="A correction that was refused has not been sent by the end of the examination either",
)
def test_refused_corrections_to_the_end(product: Product, ev: Evidence) -> None:
    found = list(kept_silent(product, ev.case.verifies))
    if not found:  # this case alone was asked for
        raise Inconclusive(both("conformance.reason.nothing_refused"))
    ev.step("sweep_corrections", count=len(found))
    for clause, finding in found:
        ev.check(clause, finding)
