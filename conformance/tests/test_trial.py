"""The witnessed negative: which bad product is found out, and for what reason.

The products here are named fakes behind the bench of a trial; the same six stand over HTTP in the tests of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from renkei_conformance.case import PROVIDER, Case, Negative
from renkei_conformance.errors import ExaminerFault, Inconclusive
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.finding import Finding
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.record import Record
from renkei_conformance.testing_cases import NOON, WHY
from renkei_conformance.told import Told
from renkei_conformance.trial import Trial
from renkei_fixtures.standard import load

SPOIL = "sender.signature_bit_flipped"
CLAUSE = "P-SIG-001"
RIGHT = Told("refused", "403", 403, "signature_invalid", "sender")
ACCEPTED = Told("accepted", "202", 202)


@dataclass
class FakeDraft:
    """A draft that can be spoiled, and has a twin that cannot be told from it."""

    message_id: str = "m-1"
    exchange_number: str = "x-1"
    forgeable: bool = True

    def spoil(self, name: str) -> FakeDraft:
        if not self.forgeable:
            raise NotForgeable(name)
        return FakeDraft("m-2", "x-2")

    def twin(self) -> FakeDraft:
        return FakeDraft("m-3", "x-3", self.forgeable)


@dataclass
class FakeProduct:
    """Says `clean` to clean messages and `spoiled` to spoiled ones; None as `clean` means that they go through."""

    clean: Told | None = None
    spoiled: Told = RIGHT
    leaks: tuple[tuple[str, Finding], ...] = ()
    dies: bool = False

    def control(self, clean: object) -> None:
        if self.clean is not None:
            raise Inconclusive(WHY)

    def put(self, spoiled: object) -> Told:
        return self.spoiled

    def leaked(self, spoiled: object, told: Told) -> Iterable[tuple[str, Finding]]:
        return self.leaks

    def alive(self, clean: object) -> tuple[str, Finding]:
        return "P-TRN-005", Finding(not self.dies, "alive", "dead" if self.dies else "alive", "", WHY)


def evidence(*spoils: str, verifies: tuple[str, ...] = (CLAUSE,)) -> Evidence:
    kind = Negative(spoils[0], also=spoils[1:]) if spoils else Negative("", ())
    row = Case("T-01", WHY, verifies, PROVIDER, "envelope", kind, (), False, "usual", "tests", "test")
    return Evidence(RunEvidence(Record(None, lambda: NOON), load()), row)


def tried(product: FakeProduct, draft: FakeDraft | None = None) -> dict[str, bool]:
    """What was booked, by clause."""
    ev = evidence(SPOIL)
    Trial(ev, product).run(draft or FakeDraft())  # type: ignore[arg-type]
    return {one.clause: one.finding.ok for one in ev.booked}


def test_a_product_that_refuses_rightly_passes() -> None:
    assert tried(FakeProduct()) == {CLAUSE: True, "P-TRN-005": True}


def test_one_that_accepts_everything_fails_the_clause() -> None:
    assert tried(FakeProduct(spoiled=ACCEPTED))[CLAUSE] is False


def test_one_that_refuses_everything_proves_nothing() -> None:
    with pytest.raises(Inconclusive):
        tried(FakeProduct(clean=RIGHT))


@pytest.mark.parametrize(
    "told",
    [
        Told("refused", "422", 422, "decryption_failed", "content"),
        Told("refused", "403", 403, "signature_invalid", "content"),
        Told("refused", "403", 403, "no_such_code", "sender"),
    ],
)
def test_one_that_refuses_with_another_stage_fails_the_clause(told: Told) -> None:
    assert tried(FakeProduct(spoiled=told))[CLAUSE] is False


def test_one_that_breaks_instead_of_refusing_fails_the_clause() -> None:
    assert tried(FakeProduct(spoiled=Told("broken", "500", 500)))[CLAUSE] is False


def test_one_that_dies_of_it_fails_to_live_on_and_nothing_else() -> None:
    assert tried(FakeProduct(dies=True)) == {CLAUSE: True, "P-TRN-005": False}


def test_one_that_leaks_fails_the_clause_on_leaking() -> None:
    leak = ("P-ANS-012", Finding(False, 0, 1, "answers", WHY))
    assert tried(FakeProduct(leaks=(leak,)))["P-ANS-012"] is False


def test_a_refusal_that_names_another_message_is_no_witness() -> None:
    with pytest.raises(Inconclusive):
        tried(FakeProduct(spoiled=Told("refused", "403", 403, "signature_invalid", "sender", message_id="another")))


def test_a_reply_that_never_came_is_no_witness() -> None:
    with pytest.raises(Inconclusive):
        tried(FakeProduct(spoiled=Told("stalled", "no reply")))


def test_a_spoil_that_cannot_be_made_here_decides_nothing() -> None:
    with pytest.raises(Inconclusive):
        tried(FakeProduct(), FakeDraft(forgeable=False))


def test_every_spoil_of_a_case_is_tried() -> None:
    ev = evidence(SPOIL, "sender.signature_in_der")
    Trial(ev, FakeProduct()).run(FakeDraft())  # type: ignore[arg-type]
    assert sum(one.clause == CLAUSE for one in ev.booked) == 2


def test_a_case_may_not_decide_what_it_does_not_declare() -> None:
    with pytest.raises(ExaminerFault):
        evidence(SPOIL).check("P-ITM-001", Finding(True, 1, 1, "", WHY))
