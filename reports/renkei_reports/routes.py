"""From where to where a message went, as the tap saw it.

The record says at which door the examiner stood. What it only handed on between product and network went all the way,
and is drawn so; who spoke is told by the message itself (`from` and `to` of its signed parts, not verified here: this
is a drawing, no verdict).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from renkei_fixtures.run_record import Message
from renkei_reports.evidence import claims_of
from renkei_reports.report import Numbered

Party = Literal["product", "examiner", "network"]
Route = tuple[Party, Party]

_BEHIND: dict[str, Party] = {"N": "product", "B": "product", "W": "network", "M": "network"}


def routes_of(trace: Iterable[Numbered], body: str) -> dict[int, Route]:
    """Sequence number → (from, to) for every message of a case; `body` is the product's."""
    found: dict[int, Route] = {}
    asked: dict[tuple[str, str | None, str | None], Route] = {}
    for entry in trace:
        message = entry.event
        if not isinstance(message, Message):
            continue
        same = (message.door, message.method, message.path)
        if message.status is None:
            asked[same] = found[entry.seq] = _of_request(message, body)
        else:
            # A reply goes back the way of its request; the examiner writes the two one after the other.
            start, end = asked.get(same, _direct(message)[::-1])
            found[entry.seq] = (end, start)
    return found


def _of_request(message: Message, body: str) -> Route:
    if message.door != "W" or message.direction != "heard":
        return _direct(message)
    claims = claims_of(message.body)
    if message.method == "GET" or any(part.get("from") == body for part in claims[:1]):
        return "product", "network"
    if any(part.get("to") == body for part in claims):
        return "network", "product"
    return "network", "examiner"


def _direct(message: Message) -> Route:
    peer = _BEHIND[message.door]
    return ("examiner", peer) if message.direction == "sent" else (peer, "examiner")
