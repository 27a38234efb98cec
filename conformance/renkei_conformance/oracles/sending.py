"""How messages are sent again: same bytes, and when (clauses I-RSD-…, I-ACK-005)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from renkei_conformance.finding import Finding
from renkei_conformance.lower.network import Busy, Heard
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both

TROUBLES: tuple[Busy, ...] = tuple(Busy(None, status, code) for status, code in (
    (429, "too_many_requests"), (503, "busy"), (500, "internal_error"), (502, "internal_error"), (504, "internal_error"),
))  # fmt: skip
"""Replies after which the same bytes are owed again, though no time is named."""
REFUSALS: tuple[tuple[int, str, str], ...] = (
    (403, "authority_not_granted", "authority"),
    (403, "link_code_invalid", "subject"),
)
PAUSES = (1.0, 2.0, 4.0)
JITTER, CLOCK, DELAY = 0.2, 0.1, 3.0
"""±20 % of a pause, what two clocks and a loopback may make of it, and how late a busy machine may be (s)."""


def again(sent: Sequence[Heard], count: int) -> Finding:
    """At least `count` times."""
    return Finding(len(sent) >= count, count, len(sent), "sent", both("conformance.rule.sent_again"))


def same_bytes(sent: Sequence[Heard], count: int) -> tuple[Finding, ...]:
    """At least `count` times, and every time the bytes of the first."""
    why = both("conformance.rule.same_bytes")
    digests = [sha256_b64u(one.request.body) for one in sent]
    if not digests:
        return (again(sent, count),)
    return (again(sent, count), Finding(len(set(digests)) == 1, [digests[0]], sorted(set(digests)), "bytes", why))


def backed_off(sent: Sequence[Heard]) -> tuple[Finding, ...]:
    """The pauses are 1, 2, 4 … seconds, a fifth less or more and not much later; of a message sent once nothing is said."""
    why = both("conformance.rule.backed_off")
    pauses = _pauses(sent)
    return tuple(
        Finding(_in_time(got, due), f"{due:g} s ± 20 %", round(got, 1), f"pause[{n}]", why)
        for n, (due, got) in enumerate(zip(PAUSES, pauses, strict=False))
    )


def _in_time(got: float, due: float) -> bool:
    return due * (1 - JITTER) - CLOCK <= got <= due * (1 + JITTER) + DELAY


def waited(sent: Sequence[Heard], seconds: float) -> tuple[Finding, ...]:
    """Every pause is at least what `Retry-After` said."""
    why = both("conformance.rule.retry_after")
    return tuple(
        Finding(got >= seconds - CLOCK, f"{seconds:g} s", round(got, 1), f"pause[{n}]", why)
        for n, got in enumerate(_pauses(sent))
    )


def _pauses(sent: Sequence[Heard]) -> list[float]:
    times: list[datetime] = [one.at for one in sent if one.at is not None]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
