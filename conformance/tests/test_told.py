"""A reply is sorted once, by the table of situations."""

from __future__ import annotations

import json

import pytest

from renkei_conformance.drivers import DoorTrouble, Reply, Rubbish, TimedOut, Unreachable
from renkei_conformance.told import told
from renkei_fixtures.standard import load


def problem(status: int, code: str, stage: str) -> Reply:
    body = json.dumps({"type": "about:blank", "status": status, "code": code, "stage": stage}).encode()
    return Reply(status, {"content-type": "application/problem+json"}, body)


@pytest.mark.parametrize(
    ("reply", "sort"),
    [
        (Reply(202, {}, b"{}"), "accepted"),
        (problem(403, "signature_invalid", "sender"), "refused"),
        (problem(503, "temporarily_unable", "service"), "refused"),
        (problem(500, "internal_error", "service"), "broken"),
        (problem(503, "no_such_code", "service"), "broken"),
        (problem(502, "temporarily_unable", "service"), "broken"),
        (Reply(500, {"content-type": "text/html"}, b"<h1>oops</h1>"), "broken"),
        (Reply(200, {}, b""), "broken"),
        (Reply(404, {}, b"not found"), "broken"),
        (Reply(403, {}, b"[]"), "broken"),
    ],
)
def test_replies(reply: Reply, sort: str) -> None:
    assert told(reply, None, load()).sort == sort


@pytest.mark.parametrize(("kind", "sort"), [(Unreachable, "gone"), (TimedOut, "stalled"), (Rubbish, "broken")])
def test_no_reply(kind: type[DoorTrouble], sort: str) -> None:
    assert told(None, kind("http://x", "why"), load()).sort == sort
