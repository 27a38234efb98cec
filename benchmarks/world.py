"""The three parties of the benchmark, network, inquirer and provider, each an installation of its own.

`calibrate` has them in this process and hears what cryptography an exchange takes. `ThreeProcesses` has each as a child
`renkei emulate` on loopback, so every message goes over HTTP/1.1 and each child's CPU time is its own.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.raw_cryptography import Operation, record
from renkei.children import Child, Children
from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.installation import Door, Installation
from renkei_emulator.line import HttpLine
from renkei_emulator.testing import ASKER, NOON, PROVIDER, SEED, asker_number, link_code, question
from renkei_emulator.world import HttpReply, HttpRequest, StillClock, Wire
from renkei_fixtures.instants import render
from renkei_fixtures.residents import resident

Json = dict[str, Any]
COLLECT_AGAIN_S = 0.02
PATIENCE_S = 30.0
ACKNOWLEDGED_WITHIN_S = 0.3
# Ordinary people: the first residents of a body are in rare situations, and some answers wait for a person.
PEOPLE = [n for n in range(100, 200) if not resident(SEED, PROVIDER, n).protected][:50]


def loads() -> dict[str, bytes]:
    """What each body's business systems bring before anybody asks."""
    codes = [
        {"own_number": asker_number(n), "link_code": link_code(ASKER, resident(SEED, PROVIDER, n))} for n in PEOPLE
    ]
    provider = tax_office_load(SEED, PROVIDER, PEOPLE, lambda person: link_code(PROVIDER, person), "books")
    return {PROVIDER: provider, ASKER: json.dumps({"load_id": "codes", "link_codes": codes}).encode()}


def business(body: str, operation: str, token: str, content: bytes) -> HttpRequest:
    """A request on interface B."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return HttpRequest("POST", f"/business/1/{body}/{operation}", headers, content)


def said(reply: HttpReply) -> Json:
    """The members of a reply. AssertionError for a problem."""
    assert reply.status < 300, (reply.status, reply.body)
    members: Json = json.loads(reply.body)
    return members


# --- in this process ------------------------------------------------------------------------------------------------
class _Calls:
    """The line as a call, `call:<party>`; keeps the sizes of the messages that went over it."""

    def __init__(self) -> None:
        self.here: dict[str, Installation] = {}
        self.sizes: list[int] = []

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        party = address.removeprefix("call:")
        if request.method == "POST":
            self.sizes.append(len(request.body))
        door: Door = "network" if party == "network" else "bodies"
        return await self.here[party].handle(door, request)


class OneProcess:
    """The three installations in this process, in memory, on a still clock: no HTTP, no disk."""

    def __init__(self) -> None:
        """Nobody is there before `begin`."""
        self.line = _Calls()

    async def begin(self) -> None:
        """Build them and bring what their business systems have."""
        here, clock = self.line.here, StillClock(NOON)
        common: Json = {"seed": SEED, "clock": clock, "wire": self.line}
        here["network"] = network = await Installation.build([], True, **common)
        for body in (ASKER, PROVIDER):
            here[body] = await Installation.build([body], False, network_address="call:network", **common)
            network.move(body, f"call:{body}")
            await self._business(body, "load", loads()[body])

    async def _business(self, body: str, operation: str, content: bytes) -> Json:
        here = self.line.here[body]
        return said(await here.handle("business", business(body, operation, here.tokens[body], content)))

    async def exchange(self, ask_ids: Sequence[str]) -> None:
        """Ask under these ids, one after the other; each is collected and acknowledged before the next."""
        for k, ask_id in enumerate(ask_ids):
            ask = question(ask_id, PEOPLE[k % len(PEOPLE)])
            await self._business(ASKER, "ask", json.dumps(ask).encode())
            while sum([await here.settle() for here in self.line.here.values()]):
                pass
            collected = await self._business(ASKER, "collect", json.dumps({"ask_id": ask_id}).encode())
            assert collected["asks"][0]["results"][0]["record"], collected

    async def end(self) -> None:
        """Let go of everything."""
        for here in self.line.here.values():
            await here.close()


async def calibrate(exchanges: int = 3) -> tuple[list[Operation], list[int]]:
    """The operations of one exchange, and the bytes of its messages in the order in which they were sent.

    The first exchange, with its look-ups, is not counted; all others must take the same. AssertionError if they do not.
    """
    world, heard = OneProcess(), []
    await world.begin()
    with record() as operations:
        for k in range(exchanges + 1):
            operations.clear()
            world.line.sizes.clear()
            await world.exchange([f"calibration-{k}"])
            heard.append((list(operations), list(world.line.sizes)))
    await world.end()
    keys = [([operation.key for operation in taken], sizes) for taken, sizes in heard[1:]]
    assert all(key == keys[0] for key in keys), keys
    return heard[-1]


# --- over HTTP ------------------------------------------------------------------------------------------------------
class ThreeProcesses:
    """Three children on loopback, their storage in `folder` or, where that is None, in memory."""

    def __init__(self, children: Children, folder: Path | None) -> None:
        """Start them. Raises SetupError."""
        self.folder = folder
        common = ("--seed", str(SEED), "--clock", render(NOON))
        parties = ("network", ASKER, PROVIDER)
        data = {party: ("--data", str(folder / party)) if folder is not None else () for party in parties}
        network = children.emulate("network", "--only", "network", *data["network"], *common)
        near = ("--network", str(network.ready["network_url"]))
        bodies = {b: children.emulate(b, "--only", b, *near, *data[b], *common) for b in (ASKER, PROVIDER)}
        self.children: dict[str, Child] = {"network": network, "inquirer": bodies[ASKER], "provider": bodies[PROVIDER]}
        self._bodies = bodies
        self._line: Wire = HttpLine()
        self.collects = 0

    async def prepare(self) -> None:
        """Tell the network where the bodies are, and the bodies what their business systems have."""
        network = self.children["network"].ready
        headers = {"authorization": f"Bearer {network['management_token']}"}
        for body, child in self._bodies.items():
            members = json.dumps({"body": body, "address": child.ready["bodies_url"]}).encode()
            order = HttpRequest("POST", "/management/1/addresses", headers, members)
            said(await self._line.send(network["management_url"], order))
            said(await self._business(body, "load", loads()[body]))

    async def _business(self, body: str, operation: str, content: bytes) -> HttpReply:
        ready = self._bodies[body].ready
        request = business(body, operation, ready["business_tokens"][body], content)
        return await self._line.send(ready["business_url"], request)

    async def exchange(self, ask_ids: Sequence[str], at_once: int) -> None:
        """Ask under these ids, so many open at once, and return when all are collected. AssertionError otherwise."""
        todo = list(enumerate(ask_ids))

        async def asking() -> None:
            while todo:
                k, ask_id = todo.pop()
                ask = json.dumps(question(ask_id, PEOPLE[k % len(PEOPLE)])).encode()
                said(await self._business(ASKER, "ask", ask))

        await asyncio.gather(*(asking() for _ in range(at_once)))
        for ask_id in ask_ids:
            await self._collect(ask_id)

    async def _collect(self, ask_id: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while True:
            self.collects += 1
            (asked,) = said(await self._business(ASKER, "collect", json.dumps({"ask_id": ask_id}).encode()))["asks"]
            if asked["state"] == "collected":
                assert asked["results"][0]["record"], asked
                return
            assert asked["state"] in ("drafted", "sent", "accepted"), asked
            assert time.monotonic() < until, asked
            await asyncio.sleep(COLLECT_AGAIN_S)

    def collected(self) -> int:
        """How many exchanges the network itself knows to be collected: their acknowledgements have arrived."""
        if self.folder is None:
            return 0
        with sqlite3.connect(f"file:{self.folder / 'network' / 'network.db'}?mode=ro", uri=True) as file:
            (count,) = file.execute("SELECT count(*) FROM event WHERE state = 'collected'").fetchone()
        return int(count)

    async def acknowledged(self, count: int) -> None:
        """Wait until the network has the acknowledgements of so many exchanges. AssertionError if it never has.

        Nobody can look into a memory; there some time must do.
        """
        if self.folder is None:
            await asyncio.sleep(ACKNOWLEDGED_WITHIN_S)
            return
        until = time.monotonic() + PATIENCE_S
        while (known := self.collected()) < count:
            assert time.monotonic() < until, (known, count)
            await asyncio.sleep(COLLECT_AGAIN_S)

    def cpu_ns(self) -> dict[str, int]:
        """CPU time that each child has used, all threads, in ns (Linux: the clock of another process)."""
        return {name: time.clock_gettime_ns(~child.process.pid << 3 | 2) for name, child in self.children.items()}
