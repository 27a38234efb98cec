"""Parties in one process: both houses' callables handed to the examiner, no socket, a clock that stands still.

The network with its counterparts, and the product, each have an event loop of their own: a product that asks the
network while it is asked itself must not wait for itself. The network's runs in a thread; the product's runs in the
thread of whoever calls, since the examiner calls it thousands of times and each hand-over costs more than the work.
Outgoing work runs only within `settle`, so the order of everything is the same each time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from renkei.bundled import BEGINS, bundled_profile
from renkei_conformance.drivers import DoorTrouble, Reply, Request
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.forge.tokens import network_signer
from renkei_conformance.kit import Management
from renkei_conformance.lower.inbox import ForgedInbox
from renkei_conformance.lower.network import ForgedNetwork, LostReply, SlowReply
from renkei_conformance.lower.tap import Tap
from renkei_conformance.parties import ExaminerClock, Parties
from renkei_conformance.profile import Profile
from renkei_conformance.upper.http import HttpUpperTester
from renkei_emulator.installation import Door, Installation
from renkei_emulator.refusals import Refused
from renkei_emulator.world import HttpReply, HttpRequest, NoReply, Slowly, StillClock
from renkei_fixtures.instants import parse
from renkei_fixtures.municipalities import counterpart_of, load_bodies

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

T = TypeVar("T")
TAP = "tap:"
LOOKS = 3
"""So often a fetching product looks into its box within one settling: what it cannot take must not keep us for ever."""


class LoopThread:
    """An event loop in a thread of its own; `call` runs a coroutine on it and waits."""

    def __init__(self, name: str) -> None:
        """Start the thread; it ends with `stop`, or with the process."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class OwnLoop:
    """An event loop that stands still between calls; `call` runs a coroutine on it in the caller's thread."""

    def __init__(self) -> None:
        """Nothing runs yet; let go of it with `stop`."""
        self._loop = asyncio.new_event_loop()
        self._turn = threading.Lock()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end and return what it returns. Who calls meanwhile from another thread waits."""
        with self._turn:
            return self._loop.run_until_complete(work)

    def stop(self) -> None:
        """Let go of it."""
        self._loop.close()


class _Through:
    """The line of one installation: everything it sends goes to the tap."""

    def __init__(self, *, beside: bool) -> None:
        """`beside`: sends beside its own loop, which goes on serving. Of two who call each other one has to."""
        self.to: Callable[[Request], Reply] | None = None
        self._beside = beside

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        """Hand one request to the tap. Raises NoReply."""
        assert self.to is not None, address
        handed = Request(request.method, request.path, request.headers, request.body)
        try:
            reply = await asyncio.to_thread(self.to, handed) if self._beside else self.to(handed)
        except (LostReply, DoorTrouble) as trouble:
            raise NoReply(str(trouble)) from trouble
        except SlowReply as slow:
            raise Slowly(_handed_back(slow.reply), slow.seconds) from slow
        return _handed_back(reply)


def _handed_back(reply: Reply) -> HttpReply:
    return HttpReply(reply.status, dict(reply.headers), reply.body)


class Party:
    """One installation on its loop."""

    def __init__(self, name: str, **build: Any) -> None:
        """Build it; `build` is handed to `Installation.build`."""
        beside = bool(build.get("with_network"))
        self.line = _Through(beside=beside)
        self.loop: LoopThread | OwnLoop = LoopThread(name) if beside else OwnLoop()
        self.here: Installation = self.loop.call(Installation.build(wire=self.line, **build))

    def door(self, door: Door) -> CallableDoor:
        """One of its doors as the examiner's driver."""

        def send(request: Request) -> Reply:
            asked = HttpRequest(request.method, request.path, dict(request.headers), request.body)
            try:
                reply = self.loop.call(self.here.handle(door, asked))
            except Exception:
                if not self.here.armed:
                    raise  # a bug of ours, and loud
                reply = Refused("internal_error").reply()  # a faulty product that falls, as its server would say it
            return Reply(reply.status, dict(reply.headers), reply.body)

        return CallableDoor(send)

    def settle(self) -> int:
        """Run its queued work; how much there was."""
        if self.here.idle:  # most often; a look costs less than handing the call to another thread
            return 0
        return self.loop.call(self.here.settle())

    def tick(self) -> None:
        """Let the clock do its part."""
        self.loop.call(self.here.tick())

    def close(self) -> None:
        """Let go of disk and loop."""
        self.loop.call(self.here.close())
        self.loop.stop()


class InProcess:
    """A whole world in one process. `armed` faults stand in the party of `role` alone."""

    def __init__(
        self,
        seed: int,
        standard: Standard,
        armed: Sequence[str] = (),
        role: str = "provider",
        profile: Profile | None = None,
        begins: datetime | None = None,
    ) -> None:
        """Build network, counterparts and product."""
        self.profile = profile or bundled_profile()
        body = self.profile.product.body
        clock = StillClock(begins or parse(BEGINS))
        common: Mapping[str, Any] = {"seed": seed, "clock": clock, "standard": standard}
        others = [code for code in load_bodies() if code != body]
        in_network = armed if role == "network" else ()
        in_product = armed if role != "network" else ()
        self.network = Party("network", bodies=others, with_network=True, armed_faults=in_network, **common)
        self.product = Party(
            "product", bodies=[body], with_network=False, network_address=TAP, armed_faults=in_product, **common
        )
        self._clock = clock
        self.parties = self._parties(standard)

    def _parties(self, standard: Standard) -> Parties:
        profile, body = self.profile, self.profile.product.body
        waits = {wait.id: wait.seconds for wait in standard.waits.values()}
        management = Management(self.network.door("management"), self.network.here.management_token)
        kit = management.kit()
        product, network = self.product.door("bodies"), self.network.door("network")
        tap = Tap(ForgedNetwork(network_signer(kit), self._clock.now), network, product)
        if profile.network_side.delivery == "pull":
            tap.inbox = ForgedInbox(self._clock.now, may_wait=False)
        self.product.line.to = tap.handle_from_product
        self.network.line.to = tap.handle_from_network
        management.set_address(body, TAP, brought=tap.inbox is not None)
        return Parties(
            product=product,
            network=network,
            management=management,
            upper=_upper(self.product, body),
            tap=tap,
            clock=ExaminerClock.still(waits, self._clock.now, self._advance),
            kit=kit,
            profile=profile,
            counterpart_upper=_upper(self.network, counterpart_of(body)),
            settle=self.settle,
            tap_address=TAP,
        )

    def settle(self) -> None:
        """Run everybody's queued work until nobody has any left; a product that fetches looks into its box first, and
        again for what the network has brought there meanwhile."""
        inbox = self.parties.tap.inbox
        for _ in range(1 if inbox is None else LOOKS):
            if inbox is not None:
                self.product.tick()
            while self.product.settle() + self.network.settle():
                pass
            if inbox is None or not inbox.ready:
                return

    def _advance(self, seconds: float) -> None:
        self._clock.advance(seconds)
        self.network.tick()
        self.product.tick()
        self.settle()

    def close(self) -> None:
        """End both parties."""
        self.product.close()
        self.network.close()


def _upper(party: Party, body: str) -> HttpUpperTester:
    return HttpUpperTester(party.door("business"), f"/business/1/{body}", party.here.tokens[body])
