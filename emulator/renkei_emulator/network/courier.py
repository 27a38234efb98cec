"""送達の実行: everything that lies ready for bodies to whom the network pushes is sent, again and again if need be.

What lies ready is on the disk, so a start after a crash goes on where the last one stopped: at least once, never lost.
At most four requests are open to a body at a time, since its line may be thin.
"""

import asyncio
from collections import Counter

from renkei_emulator.network.answering import refused_by_provider
from renkei_emulator.network.arrival import MEDIA_TYPE, MESSAGES
from renkei_emulator.network.office import Office
from renkei_emulator.network.reissuing import WHAT as LINK_CODE_CHANGE
from renkei_emulator.network.relay import NotTaken, Outcome, Taken
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine
from renkei_emulator.storage.network import Change, Delivery
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.world import HttpReply, HttpRequest, NoReply, Wire
from renkei_fixtures.instants import render

OPEN_PER_BODY = 4
LOOK_AHEAD = 64


class Courier:
    """Sends what is due. With `background` it works by itself once told (`kick`); otherwise only within `run`."""

    def __init__(self, office: Office, wire: Wire, background: bool) -> None:
        self._office = office
        self._wire = wire
        self._background = background
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._open: Counter[str] = Counter()
        self._pump: asyncio.Task[int] | None = None
        self._news: asyncio.Event | None = None

    def _pushed_to(self) -> tuple[str, ...]:
        directory = self._office.directory
        return tuple(code for code in directory.bodies if directory.pushes_to(code))

    def kick(self) -> None:
        """Something may be due."""
        if self._news is not None:
            self._news.set()
        if self._background and (self._pump is None or self._pump.done()):
            self._pump = asyncio.create_task(self.run())

    async def run(self) -> int:
        """Send until nothing is due; returns how many were sent. What waits for its next try stays."""
        if self._news is not None:  # another run is at it and will see what is due
            self._news.set()
            return 0
        self._news, sent = asyncio.Event(), 0
        try:
            while True:
                self._news.clear()
                for delivery in self._due():
                    self._open[delivery.body] += 1
                    self._sending[delivery.id] = asyncio.create_task(self._bring(delivery))
                    sent += 1
                if not self._sending:
                    return sent
                news = asyncio.create_task(self._news.wait())
                await asyncio.wait([news, *self._sending.values()], return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                self._clear()
        finally:
            self._news = None

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way and the last look found nothing due."""
        now = render(self._office.world.clock.now())
        return not self._sending and self._office.store.quiet(now, self._pushed_to())

    async def close(self) -> None:
        """Stop sending. What was on its way is sent again by the next start."""
        tasks = [task for task in (self._pump, *self._sending.values()) if task is not None and not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._sending.clear()
        self._open.clear()

    def _due(self) -> list[Delivery]:
        now = render(self._office.world.clock.now())
        # Bodies whose lines are full are not looked at: they would hide the others behind them.
        free = {body: left for body in self._pushed_to() if (left := OPEN_PER_BODY - self._open[body]) > 0}
        chosen = []
        for delivery in self._office.store.due(now, tuple(free), LOOK_AHEAD):
            if delivery.id not in self._sending and free[delivery.body] > 0:
                free[delivery.body] -= 1
                chosen.append(delivery)
        return chosen

    def _clear(self) -> None:
        """Forget what is done. An error in it is a bug of ours and is not swallowed."""
        for id_, task in [(id_, task) for id_, task in self._sending.items() if task.done()]:
            del self._sending[id_]
            task.result()

    async def _bring(self, delivery: Delivery) -> None:
        try:
            outcome = self._office.rooms.outcome(await self._send(delivery))
            for _ in range(10):
                changes, lines = self._after(delivery, outcome)
                try:
                    return await self._office.store.write(changes, lines)
                except Conflict:  # the exchange went on meanwhile: look again
                    continue
        finally:
            self._open[delivery.body] -= 1

    async def _send(self, delivery: Delivery) -> HttpReply | None:
        address = self._office.directory.address(delivery.body)
        if address is None:
            return None
        try:
            return await self._wire.send(
                address, HttpRequest("POST", MESSAGES, {"content-type": MEDIA_TYPE}, delivery.envelope)
            )
        except NoReply:
            return None

    def _after(self, delivery: Delivery, outcome: Outcome) -> tuple[list[Change], list[LogLine]]:
        """What a push's outcome changes."""
        now = self._office.world.clock.now()
        done: Change = ("delivery_done", {"id": delivery.id})
        if isinstance(outcome, Taken | NotTaken):
            more, lines = self._delivered(delivery, outcome)
            return [*more, done], lines
        next_at = self._office.rooms.next_try(now, delivery.attempts + 1, outcome, self._office.world.dice)
        if render(next_at) >= delivery.until:
            return [done], []
        return [("delivery_again", {"id": delivery.id, "next_at": render(next_at)})], []

    def _delivered(self, delivery: Delivery, outcome: Taken | NotTaken) -> tuple[list[Change], list[LogLine]]:
        office, now = self._office, self._office.world.clock.now()
        if delivery.what == LINK_CODE_CHANGE:
            return [], _change_not_taken(office, delivery, outcome) if isinstance(outcome, NotTaken) else []
        case = office.look(delivery.exchange_number)
        if isinstance(outcome, NotTaken) and delivery.what != "inquiry":
            refused = Refused(outcome.code, f"the {delivery.what} was not taken")
            return [], office.rooms.record_refusal(refused, case.inquiry, now, case.number)
        try:
            if isinstance(outcome, NotTaken):
                changes, case = refused_by_provider(office, case, outcome.code, now)
                return changes, office.record("refused", case, now, said=outcome.code)
            if delivery.what != "inquiry" or case.life.state != "accepted":
                return [], []
            change, case = office.happen(case, "delivered", now)
        except Refused:  # it was over before the reply came
            return [], []
        return [change], office.record("delivered", case, now)


def _change_not_taken(office: Office, delivery: Delivery, outcome: NotTaken) -> list[LogLine]:
    """The record's line of a body that refuses a link-code change for good: what is to be talked over with it."""
    refused = Refused(outcome.code, "the link-code change was not taken")
    facts = {"from": "network", "to": delivery.body}
    return office.rooms.record_refusal(refused, facts, office.world.clock.now(), delivery.exchange_number)
