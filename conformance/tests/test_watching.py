"""Silence to the end: an answer that comes after its case has looked is found by the last look, and booked on its clause."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from renkei_conformance.case import catalogue
from renkei_conformance.parties import ExaminerClock
from renkei_conformance.product import ProductState, Watched
from renkei_conformance.questioner import AskerState, Stayed
from renkei_conformance.questions import Question
from renkei_conformance.watching import codes_of, kept_silent, stayed_home
from renkei_conformance.wire import b64u

NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
WATCH_S = 10.0


class Late:
    """A product that sends an answer of exchange 7 so many seconds after noon."""

    def __init__(self, after_s: float) -> None:
        self.now, self.due = NOON, NOON + timedelta(seconds=after_s)
        clock = ExaminerClock.still({"watch": WATCH_S}, lambda: self.now, self._advance)
        self.parties = SimpleNamespace(clock=clock, tap=self, settle=lambda: None)
        self.state = ProductState()
        self.ev = SimpleNamespace(run=SimpleNamespace(failed=set()))

    def _advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def heard(self, number: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(typ="renkei-answer", counted=True)] if number == "7" and self.now >= self.due else []


@pytest.mark.parametrize(("after_s", "allowed", "ok"), [(9, 0, False), (11, 0, True), (9, 1, True)])
def test_the_last_look_comes_a_whole_watch_after_the_last_that_was_put_on_the_list(after_s, allowed, ok) -> None:
    product = Late(after_s)
    product.state.watched = [
        Watched("A", "P-MAN-001", "7", allowed, NOON),
        Watched("B", "P-STA-001", "8", 0, NOON),
        Watched("C", "P-ANS-010", "7", 0, NOON + timedelta(seconds=99)),
    ]
    found = dict(kept_silent(product, ["P-MAN-001", "P-STA-001"]))

    assert {clause: finding.ok for clause, finding in found.items()} == {"P-MAN-001": ok, "P-STA-001": True}
    assert found["P-MAN-001"].path == "answers to A"


def test_time_that_has_passed_already_is_not_waited_again() -> None:
    product = Late(1)
    product.state.watched = [Watched("A", "P-MAN-001", "7", 0, NOON - timedelta(seconds=30))]

    assert [finding.ok for _, finding in kept_silent(product, ["P-MAN-001"])] == [True]
    assert product.now == NOON


def test_what_its_own_case_found_is_not_said_twice_and_a_resend_after_a_lost_reply_is_no_answer() -> None:
    product = Late(0)
    product.state.watched = [Watched("A", "P-MAN-001", "7", 0, NOON), Watched("B", "P-MAN-001", "7", 0, NOON)]
    product.ev.run.failed = {("A", "P-MAN-001")}

    assert [finding.path for _, finding in kept_silent(product, ["P-MAN-001"])] == ["answers to B"]

    once = SimpleNamespace(typ="renkei-answer", counted=True)
    product.heard = lambda number: [SimpleNamespace(typ="renkei-answer", counted=False), once]
    product.state.watched = [Watched("C", "P-ANS-010", "7", 1, NOON)]
    assert [finding.ok for _, finding in kept_silent(product, ["P-ANS-010"])] == [True]


QUESTION = Question("482013", "AF-01", "PR-0101", "income_tax_certificate", "TAX-STAFF")
CLAIMS = {
    "to": "482013", "affair": "AF-01", "procedure": "PR-0101", "information": "income_tax_certificate",
    "responsibility": "TAX-STAFF",
}  # fmt: skip


@pytest.mark.parametrize(
    ("after_s", "changed", "ok"), [(9, {}, False), (11, {}, True), (9, {"responsibility": "CRA-STAFF"}, True)]
)
def test_a_question_that_leaves_later_is_found_and_a_like_one_is_not_taken_for_it(after_s, changed, ok) -> None:
    asker = Late(after_s)
    inquiry = SimpleNamespace(typ="renkei-inquiry", claims=CLAIMS | changed, envelope={})
    asker.heard = lambda: [inquiry] if asker.now >= asker.due else []
    asker.state = AskerState("Q", stayed=[Stayed("A", "I-ASK-002", QUESTION, NOON)])

    assert [finding.ok for _, finding in stayed_home(asker, ["I-ASK-002"])] == [ok]


@pytest.mark.parametrize(
    ("codes", "ok"), [(["482013-own"], False), (["a-link-code"], True), (["x", "9-individual"], False), ([], True)]
)
def test_a_right_question_is_found_only_about_the_person_without_a_link_code(codes, ok) -> None:
    asker = Late(0)
    subjects = b64u(json.dumps({"link_codes": codes, "salt": "s"}).encode())
    inquiry = SimpleNamespace(typ="renkei-inquiry", claims=CLAIMS, envelope={"subjects": subjects})
    asker.heard = lambda: [inquiry]
    about = frozenset(("482013-own", "9-individual", "never-given"))
    asker.state = AskerState("Q", stayed=[Stayed("A", "I-ASK-004", QUESTION, NOON, about)])

    assert [finding.ok for _, finding in stayed_home(asker, ["I-ASK-004"])] == [ok]


@pytest.mark.parametrize("envelope", [{}, {"subjects": 7}, {"subjects": "e30"}, {"subjects": "%%"}])
def test_subjects_that_cannot_be_read_name_nobody(envelope) -> None:
    assert codes_of(envelope) == ()


def test_the_last_looks_come_after_every_other_case() -> None:
    turns = [row.turn for row in catalogue()]
    looks = {row.id for row in catalogue() if row.turn == "end"}

    assert {"MAN-09", "ANS-12", "COR-06", "IQ-ASK-09"} <= looks
    assert turns == sorted(turns, key=["first", "usual", "last", "end"].index)
