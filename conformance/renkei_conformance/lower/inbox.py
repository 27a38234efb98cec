"""受信箱: the box that the forge's network keeps for a body that fetches (PROTOCOL §3: leased, offered until taken).

Raw bytes lie in it, so that a spoiled envelope travels as it is; what is no JSON object cannot stand in the list that
an inbox query is answered with, and is refused entry. Waiting is by condition variable, woken by every new message.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LEASE = timedelta(seconds=60)
MOST, LONGEST_S = 100, 30
Now = Callable[[], datetime]


@dataclass
class Lying:
    """One message in the box. `offered`: the instants at which it was given out."""

    raw: bytes
    number: str | None
    offered: list[datetime] = field(default_factory=list)
    leased_until: datetime | None = None
    done: bool = False


@dataclass(frozen=True)
class Asked:
    """One inbox query of the product: when, what it said, how many messages it got."""

    at: datetime
    header: str
    claims: Mapping[str, object]
    given: int


class ForgedInbox:
    """See the module. `may_wait` False: the clock stands still, nobody waits for anything."""

    def __init__(self, now: Now, may_wait: bool) -> None:
        self._now = now
        self._may_wait = may_wait
        self._news = threading.Condition()
        self._lying: list[Lying] = []
        self._held = False
        self._over = False
        self._waiting = 0
        self.asked: list[Asked] = []

    def put(self, raw: bytes, number: str | None) -> Lying:
        """Lay a message in. ValueError for bytes that cannot stand in a JSON list of messages."""
        if not isinstance(json.loads(raw), dict):
            raise ValueError("not a JSON object")
        lying = Lying(raw, number)
        with self._news:
            self._lying.append(lying)
            self._news.notify_all()
        return lying

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is laid in meanwhile is given out together, in one reply."""
        with self._news:
            self._held = True
        try:
            yield
        finally:
            with self._news:
                self._held = False
                self._news.notify_all()

    def offer_again(self, number: str) -> None:
        """Its lease is over: whatever the product said of it is taken as lost on the way."""
        with self._news:
            for lying in self._lying:
                if lying.number == number:
                    lying.done, lying.leased_until = False, None
            self._news.notify_all()

    def settle(self, number: str | None) -> None:
        """It was acknowledged, answered or refused: it is offered no more."""
        with self._news:
            for lying in self._lying:
                if lying.number == number and lying.offered:
                    lying.done = True
            self._news.notify_all()

    def let_go(self) -> None:
        """The run is over: nobody waits at the box any longer."""
        with self._news:
            self._over = True
            self._news.notify_all()

    @property
    def ready(self) -> bool:
        """Whether anything would be given out now."""
        with self._news:
            return bool(self._ready())

    def fetch(self, header: str, claims: Mapping[str, object]) -> bytes:
        """The body of the reply to an inbox query: `{"messages": […]}`. Waits up to `wait_s` where one may wait."""
        wait_s, most = _whole(claims.get("wait_s"), 0, LONGEST_S), _whole(claims.get("max"), MOST, MOST)
        end = time.monotonic() + (wait_s if self._may_wait else 0)
        with self._news:
            self._waiting += 1
            self._news.notify_all()
            while not (ready := self._ready()) and not self._over and (left := end - time.monotonic()) > 0:
                self._news.wait(left)
            self._waiting -= 1
            given = ready[: max(most, 1)]
            at = self._now()
            for lying in given:
                lying.offered.append(at)
                lying.leased_until = at + LEASE
            self.asked.append(Asked(at, header, dict(claims), len(given)))
            self._news.notify_all()
        return b'{"messages":[' + b",".join(lying.raw for lying in given) + b"]}"

    def wait_until_offered(self, lying: Lying, patience: float) -> bool:
        """Whether the product fetched it within `patience` seconds."""
        return self._until(lambda: bool(lying.offered), patience)

    def attended(self, patience: float) -> bool:
        """Whether somebody waits at the box, or comes within `patience` seconds."""
        before = len(self.asked)
        return self._until(lambda: self._waiting > 0 or len(self.asked) > before, patience)

    def _until(self, wanted: Callable[[], bool], patience: float) -> bool:
        end = time.monotonic() + patience
        with self._news:
            while not wanted():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._news.wait(left)
            return True

    def _ready(self) -> list[Lying]:
        if self._held:
            return []
        now = self._now()
        return [
            lying
            for lying in self._lying
            if not lying.done and (lying.leased_until is None or lying.leased_until <= now)
        ]


def _whole(value: object, missing: int, most: int) -> int:
    return min(value, most) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else missing
