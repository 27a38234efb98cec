"""The chain under every log: one per body, log and day of Japan (PROTOCOL §6).

A line is compact JSON (members in the order written, no escapes for Japanese). ``prev_sha256`` is the hash of the
bytes of the line before; the first line of a chain holds the hash of ``body/log/day``, so that no line can be moved
to another chain. Personal data travel in the member ``personal``, always the last one: the line that is hashed is the
line *without* it, and holds ``personal_sha256`` in its place. So personal data can be erased later and the chain
still holds. ``personal`` carries its own ``salt``; without it a hash over few possible people would be a name.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renkei_emulator.lines import LogLine
from renkei_fixtures.instants import japan_date, render

__all__ = ["Break", "Head", "LogLine", "breaks", "compact", "day_of", "exported", "genesis", "hash_of", "link"]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: number of its last line and the hash that the next one must name."""

    seq: int
    sha256: str


def hash_of(text: str) -> str:
    """base64url SHA-256 of the UTF-8 bytes, without padding, as every hash of the standard."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(value: dict[str, Any]) -> str:
    """JSON as a line is written."""
    return _ENCODE(value)


def day_of(at: datetime) -> str:
    return japan_date(at).isoformat()


def genesis(body: str, log: str, day: str) -> Head:
    return Head(0, hash_of(f"{body}/{log}/{day}"))


def link(head: Head, entry: LogLine) -> tuple[str, str | None, Head]:
    """The stored text of the line, that of its personal member, and the chain's new head."""
    line = {"at": render(entry.at), "log": entry.log, "seq": head.seq + 1, **entry.line, "prev_sha256": head.sha256}
    personal = None if entry.personal is None else compact(entry.personal)
    if personal is not None:
        line["personal_sha256"] = hash_of(personal)
    text = compact(line)
    return text, personal, Head(head.seq + 1, hash_of(text))


def exported(text: str, personal: str | None) -> str:
    """The line as it leaves the house: the hashed bytes, with ``personal`` put in as the last member."""
    return text if personal is None else f'{text[:-1]},"personal":{personal}}}'


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: ``why`` is `sequence`, `previous` or `personal`."""

    body: str
    log: str
    day: str
    seq: int
    why: str


def breaks(body: str, log: str, day: str, lines: Iterable[tuple[str, str | None]]) -> list[Break]:
    """Every place where the stored lines ``(text, personal)`` of one chain do not follow from one another."""
    head, found = genesis(body, log, day), []
    for text, personal in lines:
        line = json.loads(text)
        at = head.seq + 1
        if line["seq"] != at:
            found.append(Break(body, log, day, at, "sequence"))
        if line["prev_sha256"] != head.sha256:
            found.append(Break(body, log, day, at, "previous"))
        # An erased personal member is lawful: only one that says something else is a break.
        if personal is not None and line.get("personal_sha256") != hash_of(personal):
            found.append(Break(body, log, day, at, "personal"))
        head = Head(at, hash_of(text))
    return found
