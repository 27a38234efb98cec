"""The network as the forge plays it: it accepts the product's messages for its own exchange numbers, keeps every
byte, and gives signed receipts. What it replies can be programmed: 503 once, a lost reply.

It is deliberately forgiving: judging what the product sent is the oracles' work, and an answer refused here would
hide what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renkei_conformance.drivers import Reply, Request


class LostReply(Exception):
    """Raised instead of a reply: the message was taken, the sender hears nothing. The server closes the line."""


@dataclass(frozen=True)
class Busy:
    """Reply 503 `busy` with `Retry-After` once, in place of the reply that was due."""

    retry_after: int = 1


@dataclass(frozen=True)
class Lose:
    """Take the message and lose the reply once."""


Programmed = Busy | Lose


@dataclass(frozen=True)
class Heard:
    """One message that came to the forge's network or to a body it plays."""

    number: int
    """Order of arrival, from 0."""
    exchange_number: str | None
    typ: str | None
    claims: Mapping[str, object]
    """The header's claims as far as they could be read; empty when they could not. Not verified: see `forge.open_answer`."""
    request: Request
    reply: Reply | None
    """What was replied; None for a lost reply."""
    counted: bool
    """False where the reply was a programmed 503 or lost: the sender owes the same bytes again."""
