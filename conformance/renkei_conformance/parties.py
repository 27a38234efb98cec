"""Everyone in a run, and the one clock the examiner reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from renkei_conformance.drivers import Door
from renkei_conformance.kit import Kit, Management
from renkei_conformance.lower.tap import Tap
from renkei_conformance.profile import Profile
from renkei_conformance.upper import UpperTester


def _nothing_to_settle() -> None:
    """Over HTTP the others run by themselves."""


class ExaminerClock:
    """The examiner's time and the only place where it waits (CONFORMANCE: one table of waits, none elsewhere).

    *Live*: the machine's clock plus an offset; waiting sleeps. *Still*: a clock handed in, shared with the parties in
    process; waiting moves it on, and nothing is ever awaited for real.
    """

    def __init__(
        self,
        waits: Mapping[str, float],
        now: Callable[[], datetime] | None = None,
        advance: Callable[[float], None] | None = None,
        offset: timedelta = timedelta(0),
    ) -> None:
        self._waits = waits
        self._now = now
        self._advance = advance
        self._offset = offset

    @classmethod
    def live(cls, waits: Mapping[str, float], offset: timedelta = timedelta(0)) -> ExaminerClock:
        """The machine's clock, `offset` ahead. `waits`: reason → seconds."""
        return cls(waits, offset=offset)

    @classmethod
    def still(
        cls, waits: Mapping[str, float], now: Callable[[], datetime], advance: Callable[[float], None]
    ) -> ExaminerClock:
        """A clock handed in. `advance(seconds)` moves it for all parties."""
        return cls(waits, now=now, advance=advance)

    @property
    def is_still(self) -> bool:
        return self._now is not None

    def now(self) -> datetime:
        """UTC, cut to milliseconds as instants on the wire are."""
        at = self._now() if self._now is not None else datetime.now(UTC) + self._offset
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def seconds(self, reason: str) -> float:
        """How long the table lets us wait for this reason."""
        return self._waits[reason]

    def patience(self, reason: str) -> float:
        """How long a condition may be awaited for real: nothing at all when the clock is still."""
        return 0.0 if self.is_still else self._waits[reason]

    def wait(self, reason: str) -> None:
        """Let the time of this reason pass."""
        self.pass_time(self._waits[reason])

    def pass_time(self, seconds: float) -> None:
        """Let time pass that a party asked for (`Retry-After`); never for a reason of our own."""
        if self._advance is not None:
            self._advance(seconds)
        else:
            time.sleep(seconds)


@dataclass
class Parties:
    """Who is in the run and how each is reached. `renkei/` puts it together, over HTTP or in process."""

    product: Door
    """The examined product's network side (N). In the network role: nobody, and `network` is examined."""
    network: Door | None
    """N of the emulated network (W)."""
    management: Management | None
    """M of W: odd certificates, link codes, addresses."""
    upper: UpperTester
    """B of the product."""
    tap: Tap
    clock: ExaminerClock
    kit: Kit
    profile: Profile
    counterpart_upper: UpperTester | None = None
    """B of the counterpart in W, for exchanges in which W's body asks or answers."""
    settle: Callable[[], None] = _nothing_to_settle
    """In process: run queued work until all parties are idle. Over HTTP: nothing."""
    tap_address: str = ""
    """The address under which the tap is reached from the network, for bodies that the forge plays."""
