"""A refusal in clear: RFC 9457, closed members, and no value of the message in it (clause P-ANS-011)."""

from __future__ import annotations

from collections.abc import Sequence

from renkei_conformance.drivers import Reply
from renkei_conformance.finding import Finding, equal
from renkei_conformance.wire import Json, Unreadable, nulls, read_object
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard

REQUIRED = ("type", "status", "code", "stage")
OPTIONAL = ("message_id", "exchange_number", "item_nos", "detail")


def findings(standard: Standard, reply: Reply, confidential: Sequence[str] = ()) -> tuple[Finding, ...]:
    """All that is due of a problem reply. `confidential`: values of the refused message (`Draft.confidential`)."""
    why = both("conformance.rule.problem_form")
    media_type = equal("problem.content-type", "application/problem+json", reply.media_type, why)
    try:
        problem = read_object(reply.body, "problem")
    except Unreadable as trouble:
        return (media_type, Finding(False, trouble.expected, trouble.got, trouble.path, why))
    return (
        media_type,
        equal("problem.type", "about:blank", problem.get("type"), why),
        equal("problem.status", reply.status, problem.get("status"), why),
        _members(problem),
        _code(standard, reply, problem),
        _stage(standard, problem),
        shows_nothing(reply.body, confidential),
    )


def shows_nothing(body: bytes, confidential: Sequence[str]) -> Finding:
    """No value of the message stands in the reply; which ones do is told by their beginning only."""
    text = body.decode("utf-8", "replace")
    shown = sorted({f"{value[:4]}…" for value in confidential if value in text})
    return equal("problem", [], shown, both("conformance.rule.problem_shows_nothing"))


def _members(problem: Json) -> Finding:
    odd = sorted((set(REQUIRED) - set(problem)) | (set(problem) - {*REQUIRED, *OPTIONAL}))
    empty = [path.lstrip(".") for path in nulls(problem)]
    return equal("problem", [], odd + empty, both("conformance.rule.problem_members"))


def _code(standard: Standard, reply: Reply, problem: Json) -> Finding:
    row = standard.refusals.get(str(problem.get("code")))
    why = both("conformance.rule.problem_code")
    if row is None:
        return Finding(False, "a code of the standard", problem.get("code"), "problem.code", why)
    return equal(
        "problem.code", {"code": row.code, "status": row.http}, {"code": row.code, "status": reply.status}, why
    )


def _stage(standard: Standard, problem: Json) -> Finding:
    row = standard.refusals.get(str(problem.get("code")))
    expected = row.stage if row else "the code's stage"
    return equal("problem.stage", expected, problem.get("stage"), both("conformance.rule.problem_code"))
