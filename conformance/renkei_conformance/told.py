"""What a party told us in reply to one message, sorted once for all cases (CONFORMANCE's table of situations)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from renkei_conformance.drivers import DoorTrouble, Reply, TimedOut, Unreachable
from renkei_conformance.forge.pulled import Left
from renkei_fixtures.standard import Standard

Sort = Literal["accepted", "refused", "left", "broken", "stalled", "gone"]


@dataclass(frozen=True)
class Told:
    """`sort` is the row of the table:

    accepted   202
    refused    a problem with a code of the standard whose HTTP status fits it, or a signed refusal
    left       fetched from its inbox, and nothing said of it
    broken     5xx that is no listed 503, a 503 that outlived the resends, rubbish, an empty 200, a closed connection
    stalled    taken, no reply in time
    gone       nothing listens
    """

    sort: Sort
    words: str
    status: int | None = None
    code: str | None = None
    stage: str | None = None
    message_id: str | None = None
    exchange_number: str | None = None

    def short(self) -> dict[str, object]:
        """For the report's *got* column."""
        parts: dict[str, object] = {"status": self.status, "code": self.code, "stage": self.stage}
        return {"told": self.sort, **{name: part for name, part in parts.items() if part is not None}} | (
            {} if self.code else {"words": self.words}
        )


def told(reply: Reply | None, trouble: DoorTrouble | None, standard: Standard) -> Told:
    """Sort a reply, or the trouble that came instead of one."""
    if isinstance(trouble, Left):
        return Told("left", str(trouble))
    if reply is None:
        sort: Sort = "gone" if isinstance(trouble, Unreachable) else "broken"
        return Told("stalled" if isinstance(trouble, TimedOut) else sort, str(trouble or "no reply"))
    if reply.status == 202:
        return Told("accepted", "202", 202)
    problem = _problem(reply)
    code, stage = problem.get("code"), problem.get("stage")
    if not (reply.status >= 400 and isinstance(code, str) and isinstance(stage, str)):
        return Told("broken", f"{reply.status} {reply.media_type or '-'}, {len(reply.body)} bytes", reply.status)
    row = standard.refusals.get(code)
    listed_503 = reply.status == 503 and row is not None and row.http == 503
    if reply.status >= 500 and not listed_503:
        return Told("broken", f"{reply.status} {code}", reply.status, code, stage)
    ids = {name: value for name in ("message_id", "exchange_number") if isinstance(value := problem.get(name), str)}
    return Told("refused", f"{reply.status} {code}", reply.status, code, stage, **ids)


def ahead_by_date(reply: Reply | None, now: datetime) -> timedelta | None:
    """How far the clock in the reply's `Date` is ahead of ours; None where it does not say."""
    try:
        theirs = parsedate_to_datetime("" if reply is None else reply.headers["date"])
    except (KeyError, ValueError):
        return None
    return theirs.astimezone(UTC) - now if theirs.tzinfo is not None else None


def _problem(reply: Reply) -> dict[str, object]:
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
