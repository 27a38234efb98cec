"""情報提供等記録: the network's own record of who asked whom for what, on what ground, and how it ended.

No content, no name, no link code: those of the exchange itself are found by its number. One line per step, all of one
chain per day (`provision`).
"""

import json
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine
from renkei_fixtures.instants import render

LOG = "provision"
BODY = "network"

_OF_CLAIMS = (
    *("message_id", "from", "to", "from_principal", "to_principal", "edition", "affair", "procedure", "information"),
    *("responsibility", "section", "official", "disaster_id", "consent_ref", "record_disclosure"),
)


def line(event: str, claims: Claims, at: datetime, exchange_number: str | None, **more: Any) -> list[LogLine]:
    """The line for one step: what the message says of itself, and `more` (authority_row, state, code, stage)."""
    members = {"event": event, "exchange_number": exchange_number}
    members |= {name: claims[name] for name in _OF_CLAIMS if name in claims}
    return [LogLine(BODY, LOG, at, members | {name: value for name, value in more.items() if value is not None})]


def seal_claims(lines: list[str], at: datetime) -> Claims:
    """What the network signs at the end of an export: how many lines, from when to when, and the hash of the last."""
    ends = [json.loads(text)["at"] for text in (lines[0], lines[-1])] if lines else [render(at)] * 2
    last = sha256_b64u(lines[-1].encode() if lines else b"")
    return {"body": BODY, "log": LOG, "from": ends[0], "to": ends[1], "lines": len(lines), "last_sha256": last}


def refusal_line(refused: Refused, claims: Claims, at: datetime, exchange_number: str | None = None) -> list[LogLine]:
    """The line for a message that was refused; `claims` are empty if it never got as far as having any."""
    return line("refused", claims, at, exchange_number, code=refused.code, stage=refused.stage, why=refused.for_log)
