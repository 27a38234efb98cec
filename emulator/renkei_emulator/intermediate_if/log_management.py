"""ログ管理機能（中間IF）: the logs that contain personal data: audit log and business log (seed §4-3).

Persons stand in a member of their own, salted, so that the chain can outlive them. The lines are joined with those of
the linkage IF by the exchange number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from renkei_emulator.lines import LogLine
from renkei_emulator.messages import Local

PERSONAL_AUDIT = "personal_audit"
BUSINESS = "business"

_OF_HEADER = ("from", "to", "affair", "procedure", "information", "responsibility", "section", "official")


def persons_of(local: Local, results: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Who an exchange was about, with what was told of each."""
    said = {result["item_no"]: result["result"] for result in results}
    persons = []
    for item in local.items:
        person: dict[str, Any] = {"item_no": item.item_no, "link_code": item.link_code, "keys": dict(item.keys)}
        if item.own_number is not None:
            person["own_number"] = item.own_number
        if item.item_no in said:
            person["result"] = said[item.item_no]
        persons.append(person)
    return persons


def line(
    body: str,
    log: str,
    at: datetime,
    event: str,
    header: Mapping[str, Any],
    exchange_number: str | None,
    persons: Sequence[Mapping[str, Any]],
    salt: str,
    **more: Any,
) -> LogLine:
    """One line of either log. ``more``: result, drafted_by, approved_by, ground, load_id, …"""
    members = {"event": event, "exchange_number": exchange_number, "message_id": header.get("message_id")}
    members |= {name: header[name] for name in _OF_HEADER if name in header}
    members |= {name: value for name, value in more.items() if value is not None}
    return LogLine(body, log, at, members, {"salt": salt, "persons": [dict(person) for person in persons]})


def personal_audit(
    body: str,
    at: datetime,
    event: str,
    header: Mapping[str, Any],
    exchange_number: str | None,
    persons: Sequence[Mapping[str, Any]],
    salt: str,
    **more: Any,
) -> LogLine:
    """監査ログ: who looked up whom, on whose decision."""
    return line(body, PERSONAL_AUDIT, at, event, header, exchange_number, persons, salt, **more)


def business(
    body: str,
    at: datetime,
    event: str,
    header: Mapping[str, Any],
    exchange_number: str | None,
    persons: Sequence[Mapping[str, Any]],
    salt: str,
    **more: Any,
) -> LogLine:
    """業務ログ: what was told of whom, in which exchange."""
    return line(body, BUSINESS, at, event, header, exchange_number, persons, salt, **more)
