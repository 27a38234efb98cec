"""送達: what goes to whom, when, and what a receiver's reply means.

A pushed message is sent again, the same bytes, until something definite comes back; a pulled one is leased and offered
again until it is acknowledged, answered or refused. Both at least once, order not promised (PROTOCOL §3).
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from renkei_emulator.envelope import strict_json
from renkei_emulator.refusals import WAYS, Refused
from renkei_emulator.world import Dice, HttpReply

LEASE = timedelta(seconds=60)
MOST = 100
LONGEST_PAUSE_S = 300.0
# A closed exchange's answer lies for the asker this long beyond its end.
KEPT = timedelta(days=7)


class Taken(NamedTuple):
    """The receiver has it."""


class NotTaken(NamedTuple):
    """The receiver refuses it for good, for this reason."""

    code: str
    stage: str


class Again(NamedTuple):
    """Nothing definite: the same bytes once more, not before `after_s` if the receiver named a time."""

    after_s: float | None


Outcome = Taken | NotTaken | Again


def outcome(reply: HttpReply | None) -> Outcome:
    """What a reply to a push means; None: there was none.

    Retried: no reply, 429, 5xx, and anything that is no reply of this protocol. Other 4xx: refused for good.
    """
    if reply is None:
        return Again(None)
    if reply.status == 202:
        return Taken()
    if 400 <= reply.status < 500 and reply.status != 429:
        return _reason(reply)
    return Again(_retry_after(reply))


def _reason(reply: HttpReply) -> NotTaken:
    """The problem's code, if it is one of the standard's; whatever else a receiver says counts as its own trouble."""
    try:
        problem = strict_json(reply.body)
        code = problem["code"]
        return NotTaken(code, WAYS[code].stage)
    except (Refused, KeyError, TypeError):
        return NotTaken("internal_error", "service")


def _retry_after(reply: HttpReply) -> float | None:
    value = reply.headers.get("retry-after", "")
    return min(float(value), LONGEST_PAUSE_S) if value.isascii() and value.isdigit() else None


# Whom the network tells by a receipt how an exchange has ended: those who did not end it themselves.
TOLD: dict[str, Literal["sender", "receiver"]] = {
    "refused": "sender",
    "undeliverable": "sender",
    "expired": "sender",
    "withdrawn": "receiver",
    "rejected": "receiver",
}
ENDS = {
    "accepted": (timedelta(0), "undeliverable"),
    "delivered": (timedelta(0), "expired"),
    "answered": (KEPT, "expired"),
}


def told_of(on: str) -> str | None:
    """Which side is told by a receipt that this has happened; None: nobody."""
    return TOLD.get(on)


def end_of(state: str) -> tuple[timedelta, str] | None:
    """How long beyond `expires_at` an exchange in this state lives, and what then happens to it; None: nothing."""
    return ENDS.get(state)


def lease_until(now: datetime) -> datetime:
    """Until when what was given out of an inbox is not offered again."""
    return now + LEASE


def most_at_once(asked: int | None) -> int:
    """How many messages one inbox query may get."""
    return MOST if asked is None else min(asked, MOST)


def shown(code: str) -> str:
    """The code that the asker is shown for a provider's refusal: a fault of the permit is the network's own trouble."""
    return "temporarily_unable" if WAYS[code].stage == "permit" else code


def next_try(now: datetime, attempts: int, again: Again, dice: Dice) -> datetime:
    """When to send again after `attempts` tries: 1, 2, 4 … ≤ 300 s, ±20 %, or as the receiver said."""
    if again.after_s is not None:
        return now + timedelta(seconds=again.after_s)
    pause = min(2.0 ** min(attempts - 1, 9), LONGEST_PAUSE_S)
    return now + timedelta(seconds=pause * (0.8 + dice.below(4001) / 10000))
