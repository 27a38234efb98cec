"""What a body sends to the network: kept sealed on the disk, sent as the same bytes until something definite is said.

No reply, 429 and 5xx: again after 1, 2, 4 … ≤ 300 s (±20 %), or as Retry-After says, until the message's end. A start
after a crash finds on the disk what was not settled, and sends that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from renkei_emulator.desk import Desk
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.network_connection import Accepted, Again, NotTaken, Outcome, request_of
from renkei_emulator.storage.body import Change, Outgoing
from renkei_emulator.world import HttpReply, NoReply, Slowly, Wire
from renkei_fixtures.instants import parse, render

# PROTOCOL §3: at most four requests open to one peer on a thin line.
OPEN_ON_THIN_LINE = 4
OPEN = 16
THIN_KBPS = 128

Settled = Callable[[Outgoing, Accepted | NotTaken], tuple[Sequence[Change], Sequence[LogLine]]]
SealAnew = Callable[[Outgoing], bytes]


class Outbox:
    """``settled`` says what a definite outcome changes; it is written in one piece with the message's own end."""

    def __init__(self, desk: Desk, wire: Wire, address: str, settled: Settled, seal_anew: SealAnew) -> None:
        self._desk = desk
        self._wire = wire
        self._address = address
        self._settled = settled
        self._seal_anew = seal_anew
        self._open = asyncio.Semaphore(OPEN_ON_THIN_LINE if desk.body.line_kbps <= THIN_KBPS else OPEN)
        self._sending: set[str] = set()

    def post(self, message: Outgoing) -> None:
        """Send a message that has just become durable; the caller does not wait."""
        if message.message_id not in self._sending:
            self._sending.add(message.message_id)
            self._desk.later(self._send(message))

    async def send(self, message: Outgoing) -> None:
        """Send it once and wait for what comes of that."""
        self._sending.add(message.message_id)
        await self._send(message)

    def pump(self) -> None:
        """Send everything that is due."""
        for message in self._desk.store.due(render(self._desk.now())):
            self.post(message)

    async def _send(self, message: Outgoing) -> None:
        try:
            async with self._open:
                reply = await self._try(message)
            await self._after(message, self._desk.rooms.outcome(reply))
        finally:
            self._sending.discard(message.message_id)

    async def _try(self, message: Outgoing) -> HttpReply | None:
        anew = lambda: self._seal_anew(message)  # noqa: E731
        data = self._desk.rooms.bytes_to_send(message.envelope, message.attempts, anew)
        try:
            async with asyncio.timeout(self._desk.rooms.reply_within_s):
                return await self._wire.send(self._address, request_of(data))
        except Slowly as slow:
            return self._desk.rooms.came_in_drips(slow.reply, slow.seconds)
        except (NoReply, TimeoutError):
            return None

    async def _after(self, message: Outgoing, outcome: Outcome) -> None:
        desk, now = self._desk, self._desk.now()
        if isinstance(outcome, Again):
            dice = desk.dice(f"{message.message_id} try {message.attempts}")
            next_at = desk.rooms.next_try(now, message.attempts + 1, outcome, dice)
            if next_at < desk.rooms.sends_until(parse(message.expires_at)):
                again: Change = ("outgoing_again", {"message_id": message.message_id, "next_at": render(next_at)})
                await desk.store.write([again])
                return
            outcome = NotTaken("message_expired", "freshness")
        changes, lines = self._settled(message, outcome)
        word = "accepted" if isinstance(outcome, Accepted) else outcome.code
        done: Change = ("outgoing_settled", {"message_id": message.message_id, "outcome": word})
        await desk.store.write([*changes, done], lines)


def queued(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    """The row of a message that is to go out at once."""
    values = outgoing._asdict()
    del values["attempts"]
    return values | {"next_at": render(now)}
