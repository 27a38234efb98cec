"""受信箱: what lies ready for a body that fetches: leased for 60 s, offered again until it is taken."""

import asyncio
import json

from renkei_emulator.network.answering import forget_at
from renkei_emulator.network.arrival import Arrived
from renkei_emulator.network.office import Office, Said
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import Change, Delivery
from renkei_fixtures.instants import render


class Inbox:
    """The boxes of all bodies. Where nobody works in the background nothing can come by waiting, so nobody waits."""

    def __init__(self, office: Office, may_wait: bool) -> None:
        self._office = office
        self._may_wait = may_wait
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def ring(self, body: str) -> None:
        """Something lies ready for the body."""
        for waiting in self._waiting.pop(body, []):
            if not waiting.done():
                waiting.set_result(None)

    async def fetch(self, arrived: Arrived) -> Said:
        """The answer to an inbox query; waits up to `wait_s`. The box of a push body is empty."""
        claims, body = arrived.claims, arrived.claims["from"]
        if claims["ask"] != "inbox":
            raise Refused("type_not_allowed", f"{claims['ask']} is not served")
        most = self._office.rooms.most_at_once(claims.get("max"))
        offered = self._offered(body, most)
        if not offered and self._may_wait and claims.get("wait_s"):
            await self._wait(body, claims["wait_s"])
            offered = self._offered(body, most)
        until = render(self._office.rooms.lease_until(self._office.world.clock.now()))
        leases: list[Change] = [("delivery_again", {"id": each.id, "next_at": until}) for each in offered]
        messages = [json.loads(each.envelope) for each in offered]
        return Said(200, {"messages": messages}, leases, keep_until=forget_at(claims))

    def _offered(self, body: str, most: int) -> list[Delivery]:
        if body not in self._office.directory.bodies or self._office.directory.pushes_to(body):
            return []
        return self._office.store.offered(body, render(self._office.world.clock.now()), most)

    async def _wait(self, body: str, seconds: int) -> None:
        bell: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(body, []).append(bell)
        await asyncio.wait([bell], timeout=seconds)
