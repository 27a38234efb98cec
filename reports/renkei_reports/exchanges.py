"""The exchange of one case as rows of a drawing: who said what to whom, what was spoiled, and where it differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from markupsafe import Markup

from renkei_fixtures.run_record import Message, Step
from renkei_reports.drawing import Arrow, Note, sequence
from renkei_reports.evidence import Shown, claims_of
from renkei_reports.report import CaseReport, Numbered
from renkei_reports.routes import routes_of

MOST_ROWS = 60
SPOILING = frozenset({"spoiled", "swapped"})
"""Kinds of steps (`run_record.Step.key`) after which the examiner sends what it spoiled."""
Mark = Literal["", "spoiled", "failed"]


def exchange_drawing(case: CaseReport, shown: Sequence[Shown], omitted: int, body: str) -> Markup:
    """Messages and, between them, the steps that were announced before them."""
    routes, marks = routes_of(case.trace, body), _marks(case)
    by_seq = {message.seq: message for message in shown}
    rows: list[Arrow | Note] = []
    for entry in _as_said(case.trace):
        if isinstance(entry.event, Step) and len(rows) < MOST_ROWS:
            rows.append(Note(entry.event.text))
        elif entry.seq in by_seq:
            message = by_seq[entry.seq]
            reply = isinstance(entry.event, Message) and entry.event.status is not None
            # A request is told by what it is; every message goes to the same path.
            label = f"{message.line} {message.gist}".strip() if reply else message.gist or message.line
            mark = marks.get(entry.seq, "")
            rows.append(Arrow(message.seq, routes[message.seq], message.door, label, reply, mark))
    return sequence(_without_idle_notes(rows), omitted)


def spoiled_messages(case: CaseReport) -> frozenset[int]:
    """The first message that the examiner sent after each step that announces a spoiled one."""
    found, due = set(), False
    for entry in case.trace:
        event = entry.event
        if isinstance(event, Step):
            due = event.key in SPOILING
        elif due and isinstance(event, Message) and event.direction == "sent" and event.method != "GET":
            found.add(entry.seq)
            due = False
    return frozenset(found)


def cited_messages(case: CaseReport) -> frozenset[int]:
    """The messages that failed checks point at."""
    return frozenset(seq for check in case.checks if not check.ok for seq in check.evidence)


def _marks(case: CaseReport) -> dict[int, Mark]:
    """Where a failed check looked: at what the product said of its own accord, else at its last reply.

    A check cites the whole scene; what the examiner itself sent is never what went wrong.
    """
    heard = {e.seq: e.event for e in case.trace if isinstance(e.event, Message) and e.event.direction == "heard"}
    marks: dict[int, Mark] = {}
    for check in case.checks:
        if not check.ok:
            theirs = [seq for seq in check.evidence if seq in heard]
            said = [seq for seq in theirs if heard[seq].status is None and heard[seq].method != "GET"]
            marks.update(dict.fromkeys(said or theirs[-1:], "failed"))
    marks.update(dict.fromkeys(spoiled_messages(case), "spoiled"))
    return marks


def _as_said(trace: Sequence[Numbered]) -> list[Numbered]:
    """The order in which things were said: the record has a request when its reply is there, so an answer sent
    meanwhile stands before the inquiry that it answers; here the inquiry goes before it."""
    inquiries: dict[str, Numbered] = {}
    for entry in trace:
        header = _header(entry)
        if header.get("message_id") and not header.get("in_reply_to"):
            inquiries.setdefault(str(header["message_id"]), entry)
    ordered: dict[int, Numbered] = {}
    for entry in trace:
        asked = inquiries.get(str(_header(entry).get("in_reply_to")))
        for one in (asked, entry):
            if one is not None:
                ordered.setdefault(one.seq, one)
    return list(ordered.values())


def _header(entry: Numbered) -> dict[str, Any]:
    """The claims of a request's signed header; empty for anything else."""
    event = entry.event
    if not isinstance(event, Message) or event.status is not None:
        return {}
    return next(iter(claims_of(event.body)), {})


def _without_idle_notes(rows: list[Arrow | Note]) -> list[Arrow | Note]:
    """Steps after which no message is drawn say nothing in a drawing that leaves messages out."""
    followers = [*rows[1:], None]
    pairs = zip(rows, followers, strict=True)
    return [row for row, follower in pairs if isinstance(row, Arrow) or isinstance(follower, Arrow)]
