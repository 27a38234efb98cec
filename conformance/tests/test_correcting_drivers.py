"""A correction ordered over interface B: what each driver brings, and what an operator testifies to."""

import json

import pytest

from renkei_conformance.drivers import Reply
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.upper.http import HttpUpperTester
from renkei_conformance.watched import WatchedUpper

ORDER = {"exchange_number": "X1", "drafted_by": "o-1", "approved_by": "o-2"}


def test_over_http_it_is_one_post_and_the_watcher_keeps_it_as_it_is():
    seen, kept = [], []
    door = CallableDoor(lambda request: seen.append(request) or Reply(200, {}, b'{"state":"corrected"}'))
    outcome = WatchedUpper(HttpUpperTester(door, "/business/1/001015", "t"), kept.append).correct("X1", "o-1", "o-2")

    assert (seen[0].path, json.loads(seen[0].body)) == ("/business/1/001015/correct", ORDER)
    assert outcome.member("state") == "corrected"
    assert (kept[0].request.path, json.loads(kept[0].request.body)) == ("/correct", ORDER)


@pytest.mark.parametrize(("approved_by", "code"), [("o-2", "exchange_closed"), ("o-1", "approval_not_separate")])
def test_an_operator_testifies_to_the_reason_that_the_step_names(attended, approved_by, code):
    tester, operator = attended("r")
    outcome = tester.correct("X1", "o-1", approved_by)

    assert (outcome.done, outcome.member("code")) == (False, code)
    assert "X1" in operator.shown[0].ja


@pytest.mark.parametrize(
    ("ground", "code"), [(None, "ground_missing"), ("  ", "ground_missing"), ("dv", "refused_by_product")]
)
def test_a_ground_is_told_to_the_operator_and_its_lack_is_a_reason_of_its_own(attended, ground, code):
    tester, operator = attended("r")
    outcome = tester.decide("X1", "withhold", "o-1", "o-2", ground)

    assert (outcome.done, outcome.member("code")) == (False, code)
    assert ("dv" in operator.shown[0].ja) == (ground == "dv")
