"""情報提供等記録: the network's own record of who asked whom for what, on what ground, and how it ended.

No content, no name, no link code: those of the exchange itself are found by its number. One line per step, all of one
chain per day (`provision`).
"""

from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine

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


def refusal_line(refused: Refused, claims: Claims, at: datetime, exchange_number: str | None = None) -> list[LogLine]:
    """The line for a message that was refused; `claims` are empty if it never got as far as having any."""
    return line("refused", claims, at, exchange_number, code=refused.code, stage=refused.stage, why=refused.for_log)
