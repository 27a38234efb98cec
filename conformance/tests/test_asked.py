"""The inquirer's examination: how the tap takes a question, and what its oracles hold against question and results."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from renkei_conformance.asker import Asker
from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, Reply, Request
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import broken
from renkei_conformance.lower.network import Busy, ForgedNetwork, Heard, Refuse
from renkei_conformance.oracles import acknowledgement, results, sending
from renkei_conformance.questioner import AskerState
from renkei_conformance.upper import outcome
from renkei_conformance.wire import b64u

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
ID = "01890000-0000-7000-8000-000000000001"


def token(typ, claims):
    jose = {"alg": "ES256", "kid": "k", "typ": typ}
    return ".".join([*(b64u(json.dumps(part).encode()) for part in (jose, claims)), "AAAA"])


def message(typ, claims, **more):
    body = json.dumps({"header": token(typ, claims), **more}).encode()
    return Request("POST", MESSAGES, {"content-type": MEDIA_TYPE}, body)


@pytest.fixture
def tap(world):
    world.tap.forged = ForgedNetwork(lambda typ, claims: token(typ, claims), lambda: NOW)
    return world.tap


def ask(tap):
    claims = {"message_id": ID, "from": "001015", "to": "482013", "expires_at": "2026-07-08T01:00:00.000Z"}
    return tap.handle_from_product(message("renkei-inquiry", claims, body="b", subjects="s"))


def test_a_question_is_taken_while_questions_are_listened_for_and_its_resends_ever_after(tap):
    tap.forged.questions.listening = True
    first = ask(tap)
    tap.forged.questions.listening = False
    again = ask(tap)

    assert (first.status, json.loads(first.body)) == (202, {"exchange_number": "Q-1", "state": "accepted"})
    assert json.loads(again.body) == json.loads(first.body)
    assert [heard.exchange_number for heard in tap.heard("Q-1")] == ["Q-1", "Q-1"]


def test_a_programme_meets_the_messages_of_the_next_question_one_each(tap):
    tap.forged.questions.listening = True
    tap.forged.questions.programme = (
        Busy(None, 500, "internal_error"),
        Refuse(403, "authority_not_granted", "authority"),
    )
    statuses = [ask(tap).status for _ in range(3)]

    assert statuses == [500, 403, 202]
    assert [heard.counted for heard in tap.heard("Q-1")] == [False, False, True]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"outcome": "accepted"}, {"state": "collected"}),
        ({"outcome": "rejected", "code": "item_missing", "stage": "content"}, {"state": "rejected"}),
        (
            {"outcome": "rejected", "code": "receipt_missing", "stage": "permit"},
            {"code": "answer_not_bound", "stage": "state"},
        ),
    ],
)
def test_what_the_network_enters_is_what_it_would_have_delivered(tap, said, state):
    tap.forged.questions.listening = True
    ask(tap)
    item = {"exchange_number": "Q-1", "acknowledged_sha256": "h", **said}
    reply = tap.handle_from_product(message("renkei-acknowledgement", {"items": [item]}))

    assert json.loads(reply.body)["items"] == [{"exchange_number": "Q-1", **state}]


def sent(*seconds):
    first = Heard(0, "Q-1", "renkei-inquiry", {}, {}, Request("POST", MESSAGES, {}, b"x"), Reply(503), False)
    return [replace(first, at=NOW + timedelta(seconds=second)) for second in seconds]


def test_pauses_must_grow_and_a_message_sent_once_says_nothing():
    assert not broken(sending.backed_off(sent(0, 0.9, 2.6)))
    assert broken(sending.backed_off(sent(0, 0.9, 1.9)))
    assert broken(sending.backed_off(sent(0, 0.1)))
    assert broken(sending.backed_off(sent(0, 6)))
    assert broken(sending.backed_off(sent(0, 1, 7)))
    assert sending.backed_off(sent(0)) == ()
    assert broken(sending.waited(sent(0, 1.2), 2))


def test_one_other_byte_is_another_message():
    same = sent(0, 1)
    other = [same[0], replace(same[1], request=Request("POST", MESSAGES, {}, b"y"))]

    assert not broken(sending.same_bytes(same, 2))
    assert broken(sending.same_bytes(other, 2))
    assert broken(sending.same_bytes(same, 3))


def test_a_rejection_says_why_and_nothing_else_does():
    right = {"exchange_number": "Q-1", "acknowledged_sha256": "h", "outcome": "rejected", "code": "c", "stage": "s"}

    assert acknowledgement.members(right, "items").ok
    assert not acknowledgement.members({**right, "outcome": "accepted"}, "items").ok
    assert not acknowledgement.members({**right, "note": "x"}, "items").ok


DUE = [
    {
        "item_no": 1,
        "result": "provided",
        "status": "1",
        "as_of": "2025-06-01T00:00:00.000Z",
        "record": {"a": {"b": 0, "c": "x"}},
    }
]


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"own_number": "2"}, False),
        ({"as_of": "2025-06-01T09:00:00.000Z"}, False),
        ({"record": {"a": {"c": "x"}}}, False),
        ({"record": {"a": {"b": "0", "c": "x"}}}, False),
        ({"record": {"a": {"b": 0, "c": "x", "d": None}}}, False),
    ],
)
def test_results_must_be_those_that_were_answered(change, ok):
    row = {"results": [{**DUE[0], "own_number": "1", **change}]}

    assert (not broken(results.shown(row, DUE, "1"))) is ok


def test_no_result_and_two_results_are_not_one():
    one = {**DUE[0], "own_number": "1"}

    assert broken(results.shown({"results": []}, DUE, "1"))
    assert broken(results.shown({"results": [one, one]}, DUE, "1"))


@pytest.mark.parametrize(("status", "body"), [(500, b""), (404, b'{"code":"ask_unknown"}')])
def test_a_question_that_the_business_side_does_not_show_decides_nothing(world, status, body):
    product = SimpleNamespace(business=lambda _operation: outcome(status, body))
    asker = Asker(None, None, world.parties, product, AskerState("Q"), None)
    with pytest.raises(Inconclusive):
        asker.row("Q-1")


def test_a_question_is_found_among_those_that_are_shown(world):
    shown = json.dumps({"asks": [{"ask_id": "Q-2"}, {"ask_id": "Q-1", "state": "sent"}]}).encode()
    product = SimpleNamespace(business=lambda _operation: outcome(200, shown))
    asker = Asker(None, None, world.parties, product, AskerState("Q"), None)

    assert asker.row("Q-1")["state"] == "sent"
