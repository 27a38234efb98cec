"""A record hidden over interface B: what each driver brings, and what an operator's words come to."""

import json

import pytest

from renkei_conformance.drivers import Reply
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.upper.http import HttpUpperTester
from renkei_conformance.watched import WatchedUpper

SAID = {"exchange_number": "X1", "record_disclosure": "hidden"}


def test_over_http_it_is_one_post_and_the_watcher_keeps_it_as_it_is():
    seen, kept = [], []
    door = CallableDoor(lambda request: seen.append(request) or Reply(200, {}, b'{"state":"accepted"}'))
    outcome = WatchedUpper(HttpUpperTester(door, "/business/1/001015", "t"), kept.append).disclose("X1", "hidden")

    assert (seen[0].path, json.loads(seen[0].body)) == ("/business/1/001015/disclose", SAID)
    assert outcome.member("state") == "accepted"
    assert (kept[0].request.path, json.loads(kept[0].request.body)) == ("/disclose", SAID)


@pytest.mark.parametrize(("word", "code"), [("hidden", "exchange_unknown"), ("HIDDEN", "member_wrong")])
def test_an_operator_testifies_to_the_reason_that_the_step_names(attended, word, code):
    tester, operator = attended("r")
    outcome = tester.disclose("X1", word)

    assert (outcome.done, outcome.member("code")) == (False, code)
    assert "X1" in operator.shown[0].ja
    assert "X1" in operator.shown[0].en


def test_what_the_network_said_is_not_taken_for_granted_of_an_operator(tmp_path, attended):
    result = tmp_path / "said.json"
    result.write_text(json.dumps(SAID | {"state": "refused", "code": "exchange_unknown", "stage": "state"}), "utf-8")
    outcome = attended(str(result))[0].disclose("X1", "hidden")

    assert (outcome.done, outcome.member("state")) == (True, "refused")
    form = json.loads((tmp_path / "attended/000001-disclose/form.json").read_bytes())
    assert form == SAID | {"state": ""}
