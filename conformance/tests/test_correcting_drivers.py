"""A correction ordered over interface B: what each driver brings, and what an operator testifies to."""

import json

import pytest

from renkei_conformance.drivers import Reply
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.upper.attended import AttendedUpperTester
from renkei_conformance.upper.http import HttpUpperTester
from renkei_conformance.upper.written import Written
from renkei_conformance.watched import WatchedUpper
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.standard import load

ORDER = {"exchange_number": "X1", "drafted_by": "o-1", "approved_by": "o-2"}


class Operator:
    """Says one word to every step."""

    def __init__(self, word):
        self.word, self.shown = word, []

    def say(self, text):
        self.shown.append(text)

    def hear(self):
        return self.word


def attended(tmp_path, operator):
    return AttendedUpperTester(tmp_path / "attended", Written(load_layout("cp932-csv"), load()), operator)


def test_over_http_it_is_one_post_and_the_watcher_keeps_it_as_it_is():
    seen, kept = [], []
    door = CallableDoor(lambda request: seen.append(request) or Reply(200, {}, b'{"state":"corrected"}'))
    outcome = WatchedUpper(HttpUpperTester(door, "/business/1/001015", "t"), kept.append).correct("X1", "o-1", "o-2")

    assert (seen[0].path, json.loads(seen[0].body)) == ("/business/1/001015/correct", ORDER)
    assert outcome.member("state") == "corrected"
    assert (kept[0].request.path, json.loads(kept[0].request.body)) == ("/correct", ORDER)


@pytest.mark.parametrize(("approved_by", "code"), [("o-2", "exchange_closed"), ("o-1", "approval_not_separate")])
def test_an_operator_testifies_to_the_reason_that_the_step_names(tmp_path, approved_by, code):
    operator = Operator("r")
    outcome = attended(tmp_path, operator).correct("X1", "o-1", approved_by)

    assert (outcome.done, outcome.member("code")) == (False, code)
    assert "X1" in operator.shown[0].ja


@pytest.mark.parametrize(
    ("ground", "code"), [(None, "ground_missing"), ("  ", "ground_missing"), ("dv", "refused_by_product")]
)
def test_a_ground_is_told_to_the_operator_and_its_lack_is_a_reason_of_its_own(tmp_path, ground, code):
    operator = Operator("r")
    outcome = attended(tmp_path, operator).decide("X1", "withhold", "o-1", "o-2", ground)

    assert (outcome.done, outcome.member("code")) == (False, code)
    assert ("dv" in operator.shown[0].ja) == (ground == "dv")
