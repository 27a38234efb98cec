"""The examination waits for a slow product as long as it says anything at all, and no longer for one that says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from renkei_conformance.case import catalogue
from renkei_conformance.drivers import Passed, Reply, Request
from renkei_conformance.errors import NotTested
from renkei_conformance.evidence import RunEvidence
from renkei_conformance.parties import ExaminerClock
from renkei_conformance.record import Record
from renkei_conformance.setup import RunSetup
from renkei_conformance.stage import RunStage
from renkei_fixtures.run_record import Product
from renkei_fixtures.standard import load

TOTAL_S = load().waits["total"].seconds
WORD = Passed("N", "sent", Request("GET", "/"), Reply(405, {}, b""))


@pytest.fixture
def stage(world):
    clock = ExaminerClock.live({wait.id: wait.seconds for wait in load().waits.values()})
    product = Product.model_validate({"kind": "product", "name": "n", "version": "1", "vendor": "v", "body": "001015"})
    setup = RunSetup(replace(world.parties, clock=clock), load(), 1, product)
    return RunStage(setup, RunEvidence(Record(None, clock.now), load()))


def later(stage, seconds):
    stage.parties.clock._offset += timedelta(seconds=seconds)


def before(stage):
    stage.before(next(row for row in catalogue() if row.id == "TRN-01"))


def test_a_product_that_goes_on_answering_is_examined_however_long_it_takes(stage):
    for _ in range(5):
        later(stage, TOTAL_S - 1)
        before(stage)
        stage._passed(WORD)


@pytest.mark.parametrize(
    "passed",
    [
        replace(WORD, reply=None, trouble="timed out"),
        replace(WORD, door="W"),  # the emulated network's word is not the product's
    ],
)
def test_without_a_word_of_the_product_the_rest_is_not_tested(stage, passed):
    later(stage, TOTAL_S - 1)
    before(stage)
    stage._passed(passed)
    later(stage, 2)
    with pytest.raises(NotTested):
        before(stage)


def test_a_fetch_is_waited_for_longer_than_an_inbox_query_may_wait(stage):
    from renkei_conformance.lower.inbox import LONGEST_S

    assert stage.parties.clock.seconds("fetch") >= 2 * LONGEST_S
