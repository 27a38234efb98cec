"""A log line as a room hands it over. Numbers and hashes are added where it becomes durable (``storage.chain``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LogLine:
    """``line``: members without personal data. ``personal``: those with, and a ``salt`` of ≥ 128 bit among them:
    the chain runs over a hash of it, and without salt a hash over few possible people would be a name.
    """

    body: str
    log: str
    at: datetime
    line: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] | None = None
