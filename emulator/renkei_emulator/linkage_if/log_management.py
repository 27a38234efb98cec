"""ログ管理機能（連携IF）: access record and audit log of the linkage IF (seed §4-3), without personal data.

A link code counts as 個人番号 in law: it does not come here, nor does an own number, a key, or anything of a content.
The lines are joined with those of the intermediate IF by the exchange number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.lines import LogLine
from renkei_emulator.refusals import Refused
from renkei_fixtures.instants import render

ACCESS = "access"
AUDIT = "audit"

_OF_CLAIMS = (
    *("from", "to", "from_principal", "to_principal", "edition", "affair", "procedure", "information"),
    *("responsibility", "section", "official", "consent_ref", "record_disclosure"),
)


def _line(body: str, log: str, at: datetime, event: str, claims: Mapping[str, Any], **more: Any) -> LogLine:
    members = {"event": event, "exchange_number": more.pop("exchange_number", claims.get("exchange_number"))}
    members["message_id"] = claims.get("message_id")
    members |= {name: claims[name] for name in _OF_CLAIMS if name in claims}
    return LogLine(body, log, at, members | {name: value for name, value in more.items() if value is not None})


def access(
    body: str, at: datetime, event: str, claims: Mapping[str, Any], exchange_number: str, **more: Any
) -> LogLine:
    """アクセス記録: an exchange that went through. ``more``: authority_row, header_sha256, state."""
    return _line(body, ACCESS, at, event, claims, exchange_number=exchange_number, **more)


def audit(
    body: str, at: datetime, event: str, claims: Mapping[str, Any], exchange_number: str | None, **more: Any
) -> LogLine:
    """監査ログ: a result of cryptography or authority. ``more``: what was checked, header_sha256, certificates."""
    return _line(body, AUDIT, at, event, claims, exchange_number=exchange_number, **more)


def refusal(
    body: str, at: datetime, refused: Refused, claims: Mapping[str, Any], exchange_number: str | None
) -> list[LogLine]:
    """監査ログ: a message that was refused, by code and stage, and for our eyes the reason. No line is no record."""
    why = refused.for_log or None
    return [audit(body, at, "refused", claims, exchange_number, code=refused.code, stage=refused.stage, why=why)]


# --- export ---------------------------------------------------------------------------------------------------------
def exported(lines: list[str]) -> list[str]:
    """The lines as they leave the house: as they stand."""
    return lines


def seal_claims(body: str, log: str, hashed: list[str], at: datetime) -> Claims:
    """What is signed at the end of an export. ``hashed``: the lines as the chain hashes them, without personal data.

    ``from`` and ``to`` are the instants of the first and last line; of an export without lines, that of the export.
    """
    now = render(at)
    first, last = (_at(hashed[0]), _at(hashed[-1])) if hashed else (now, now)
    last_sha256 = sha256_b64u(hashed[-1].encode("utf-8") if hashed else b"")
    return {"body": body, "log": log, "from": first, "to": last, "lines": len(hashed), "last_sha256": last_sha256}


def _at(line: str) -> str:
    """Every line begins with ``{"at":"YYYY-MM-DDThh:mm:ss.sssZ"``."""
    return line[7:31]
