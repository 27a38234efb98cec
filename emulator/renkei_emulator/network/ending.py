"""期限の管理: exchanges that the clock ends. Whoever looks at one first, the clock or a message, finds it ended."""

import heapq
from collections.abc import Callable
from datetime import datetime

from renkei_emulator.network.office import Case, Office
from renkei_emulator.network.relay import KEPT
from renkei_emulator.storage.network import Change
from renkei_emulator.storage.sqlite import Conflict
from renkei_fixtures.instants import parse, render


class Ending:
    """The exchanges that are open, by their end. `ring` is told of a body for whom a receipt lies ready."""

    def __init__(self, office: Office, ring: Callable[[str], None]) -> None:
        self._office = office
        self._ring = ring
        self._ends = [(expires_at, number) for number, _, expires_at in office.store.open_exchanges()]
        heapq.heapify(self._ends)

    def watch(self, number: str, expires_at: str) -> None:
        """A new exchange; harmless if it never comes to be."""
        heapq.heappush(self._ends, (expires_at, number))

    async def case(self, number: str) -> Case:
        """The exchange as it stands now, ended if its time is over. Raises Refused `exchange_unknown`."""
        while True:
            case = self._office.look(number)
            if (on := self._due(case)) is None:
                return case
            await self._end(case, on)

    async def tick(self, now: datetime) -> None:
        """End everything whose time is over."""
        while self._ends and parse(self._ends[0][0]) <= now:
            _, number = heapq.heappop(self._ends)
            if self._office.store.exchange(number) is None:
                continue
            case = await self.case(number)
            if case.life.state == "answered":
                self.watch(number, render(parse(case.exchange.expires_at) + KEPT))

    def _due(self, case: Case) -> str | None:
        """What the clock does to the exchange now, if anything."""
        end = self._office.rooms.end_of(case.life.state)
        if end is None:
            return None
        beyond, on = end
        return on if parse(case.exchange.expires_at) + beyond <= self._office.world.clock.now() else None

    async def _end(self, case: Case, on: str) -> None:
        office, exchange, now = self._office, case.exchange, self._office.world.clock.now()
        change, after = office.happen(case, on, now)
        changes: list[Change] = [
            change,
            office.over(exchange, exchange.receiver, "inquiry"),
            office.over(exchange, exchange.sender, "answer"),
            *office.told(on, after, now),
        ]
        try:
            await office.store.write(changes, office.record(on, after, now))
        except Conflict:
            return  # something else happened first; whoever asked looks again
        self._ring(exchange.sender)
