"""From whom to whom a message went, as it was addressed and as the examiner saw it.

The record says at which door the examiner stood; who spoke is told by the message itself (`from` and `to` of its
signed parts, not verified here: this is a drawing, no verdict). The network and the counterparts are emulated, or
played by the forge, and the business side is the examiner's upper tester. What a counterpart says to the product or
hears from it goes through the network, and is drawn so; the reply on the wire is the network's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from renkei_fixtures.run_record import Message
from renkei_reports.evidence import claims_of
from renkei_reports.report import Numbered

Party = Literal["business", "product", "network", "counterpart", "examiner"]


@dataclass(frozen=True)
class Route:
    """From party to party; `via` is the network where it handed the message on."""

    start: Party
    end: Party
    via: Party | None = None

    def back(self) -> Route:
        """The way of the HTTP reply: only over the hop on which it was asked."""
        return (
            Route(self.end, self.via or self.start)
            if self.end == "product"
            else Route(self.via or self.end, self.start)
        )


def routes_of(trace: Iterable[Numbered], body: str) -> dict[int, Route]:
    """Sequence number → route for every message of a case; `body` is the product's."""
    found: dict[int, Route] = {}
    asked: dict[tuple[str, str | None, str | None, bool], Route] = {}
    for entry in trace:
        message = entry.event
        if not isinstance(message, Message):
            continue
        asker = (message.direction == "sent") == (message.status is None)
        same = (message.door, message.method, message.path, asker)
        if message.status is None:
            asked[same] = found[entry.seq] = _of_request(message, body)
        else:
            # A reply goes back the way of its request; the examiner writes the two one after the other.
            found[entry.seq] = asked[same].back() if same in asked else _of_request(message, body)
    return found


def _of_request(message: Message, body: str) -> Route:
    if message.door == "B":
        theirs = _path_body(message.path) in (None, body)
        there: Party = "product" if theirs else "counterpart"
        return Route("business", there) if message.direction == "sent" else Route(there, "business")
    if message.door == "M":
        return Route("examiner", "network") if message.direction == "sent" else Route("network", "examiner")
    claims = claims_of(message.body)
    if message.door == "N":
        return _at_the_product(message, claims, body)
    return _at_the_network(message, claims, body)


def _at_the_product(message: Message, claims: list[dict[str, object]], body: str) -> Route:
    header = claims[0] if claims else {}
    if message.direction == "sent":
        others = header.get("from") not in (None, body)
        return Route("counterpart", "product", "network") if others else Route("network", "product")
    others = header.get("to") not in (None, body)
    return Route("product", "counterpart", "network") if others else Route("product", "network")


def _at_the_network(message: Message, claims: list[dict[str, object]], body: str) -> Route:
    if message.direction == "sent":
        others = any(part.get("from") not in (None, body) for part in claims[:1])
        return Route("counterpart" if others else "examiner", "network")
    if message.method == "GET" or any(part.get("from") == body for part in claims[:1]):
        return Route("product", "network")
    if any(part.get("to") == body for part in claims):
        return Route("network", "product")
    return Route("network", "counterpart")


def _path_body(path: str | None) -> str | None:
    """The body that a path of interface B names (`/business/1/<body>/…`)."""
    parts = (path or "").split("/")
    return parts[3] if len(parts) > 3 and parts[1] == "business" else None
