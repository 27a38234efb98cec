"""What a room may never take for itself: time, chance, the tables of the standard and the line.

Clock and dice are handed in, so that one seed and one clock give the same bytes again, in one process or in five.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The instant, in UTC, cut to whole milliseconds as on the wire."""


def _to_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class LiveClock:
    """The machine's clock, moved by a fixed offset: a run that is set to a date runs on from there."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return _to_ms(datetime.now(UTC) + self._offset)


class StillClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime) -> None:
        self._at = _to_ms(at.astimezone(UTC))

    def now(self) -> datetime:
        return self._at

    def advance(self, seconds: float) -> None:
        self._at = _to_ms(self._at + timedelta(seconds=seconds))


class Dice:
    """Chance from a seed: an HMAC-SHA-256 stream per label.

    Same seed, label and order of throws: same results. Whoever restarts with stored data folds the number of the
    start into the label, or the second start repeats the first one's identifiers.
    """

    def __init__(self, seed: int, label: str) -> None:
        self._key = hmac.digest(str(seed).encode(), label.encode(), "sha256")
        self._count = 0

    def bytes(self, n: int) -> bytes:
        """n bytes."""
        out = b""
        while len(out) < n:
            out += hmac.digest(self._key, self._count.to_bytes(8, "big"), "sha256")
            self._count += 1
        return out[:n]

    def below(self, n: int) -> int:
        """A whole number 0 ≤ x < n (n far below 2**128: the bias is nothing one could see)."""
        return int.from_bytes(self.bytes(16), "big") % n

    def choice(self, of: Sequence[T]) -> T:
        """One of the sequence."""
        return of[self.below(len(of))]

    def uuid7(self, now: datetime) -> str:
        """A message_id: UUID version 7 in lower case, of that instant."""
        ms = int(now.timestamp() * 1000)
        rest = int.from_bytes(self.bytes(10), "big")
        value = ms << 80 | 7 << 76 | (rest >> 62 & 0xFFF) << 64 | 2 << 62 | rest & (1 << 62) - 1
        return str(uuid.UUID(int=value))

    def child(self, label: str) -> "Dice":
        """Dice of its own for a part: what one part throws does not move another's."""
        twin = Dice(0, "")
        twin._key = hmac.digest(self._key, b"child " + label.encode(), hashlib.sha256)
        return twin


@dataclass(frozen=True)
class World:
    """Everything outside a room that a room is handed."""

    clock: Clock
    dice: Dice
    standard: "Standard"


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request as the journeys see it. Header names are in lower case; `path` without query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class HttpReply:
    """An HTTP reply as the journeys see it. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NoReply(Exception):  # noqa: N818 - the word of the standard: nothing came back
    """The line gave no reply: nothing listens, it broke, or it took too long."""


class Slowly(NoReply):
    """In a still world: the reply has begun, and its last byte comes after ``seconds``; None: never."""

    def __init__(self, reply: HttpReply, seconds: float | None) -> None:
        """``reply``: the whole of it, as it will have come."""
        super().__init__("the reply comes in drips")
        self.reply, self.seconds = reply, seconds


class Wire(Protocol):
    """The line to other bodies and to the network."""

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        """Send to `address` (scheme, host, port) and wait for the reply. Raises NoReply."""
