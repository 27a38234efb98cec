"""Helpers for tests: a still world with the network and two bodies in one process, and the words to speak with it.

world = await Still.begin()
await world.load(B, range(20)); await world.introduce(range(20))
asked = await world.ask(n=7)
await world.settle()
(answered,) = await world.collect(asked["ask_id"])
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from renkei_emulator.business_systems.pf_compliant import INFORMATION, tax_office_load
from renkei_emulator.envelope import read_jws
from renkei_emulator.installation import Door, Installation
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.storage import MEMORY
from renkei_emulator.world import HttpReply, HttpRequest, NoReply, StillClock, Wire
from renkei_fixtures.residents import Resident, resident

ASKER, PROVIDER = "482013", "001015"
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
SEED = 1
Json = dict[str, Any]


def claims_of(token: str) -> Json:
    """The claims in a signed token, unverified."""
    claims: Json = json.loads(read_jws(token).payload)
    return claims


def link_code(body: str, person: Resident, seed: int = SEED) -> str:
    """A person's link code at a body, as the network of this seed gives it."""
    return LinkCodes(seed).issue(body, Person(person.serial, 0))


def asker_number(n: int) -> str:
    """How the asking body numbers the provider's resident ``n`` (everybody is registered where they are asked about)."""
    return f"A{n:05}"


def question(ask_id: str, n: int, **other: Any) -> Json:
    """What a clerk of the asker asks about resident ``n`` of the provider."""
    ask: Json = {"ask_id": ask_id, "to": PROVIDER, "affair": "AF-01", "procedure": "PR-0101"}
    ask |= {"information": INFORMATION, "responsibility": "CRA-STAFF", "official": "o-1"}
    return ask | {"subjects": [{"own_number": asker_number(n), "keys": {"tax_year": "2025"}}]} | other


class Still:
    """An installation in memory on a still clock."""

    def __init__(self, here: Installation, clock: StillClock) -> None:
        self.here = here
        self.clock = clock
        self._asked = 0

    @classmethod
    async def begin(
        cls,
        data: Path | str = MEMORY,
        bodies: Sequence[str] = (ASKER, PROVIDER),
        with_network: bool = True,
        at: datetime = NOON,
        **other: Any,
    ) -> Still:
        clock = StillClock(at)
        here = await Installation.build(bodies, with_network, SEED, clock, data, **other)
        here.start()
        return cls(here, clock)

    async def business(self, body: str, operation: str, members: Json | bytes, token: str | None = None) -> HttpReply:
        data = members if isinstance(members, bytes) else json.dumps(members).encode()
        headers = {"authorization": f"Bearer {token or self.here.tokens[body]}"}
        return await self.here.handle("business", HttpRequest("POST", f"/business/1/{body}/{operation}", headers, data))

    async def management(self, method: str, operation: str, members: Json | None = None) -> Json:
        headers = {"authorization": f"Bearer {self.here.management_token}"}
        body = b"" if members is None else json.dumps(members).encode()
        reply = await self.here.handle("management", HttpRequest(method, f"/management/1/{operation}", headers, body))
        said: Json = json.loads(reply.body)
        return said

    async def load(self, numbers: Iterable[int], load_id: str = "load-1") -> Json:
        """The provider's tax office loads what it has of these residents."""
        load = tax_office_load(SEED, PROVIDER, numbers, lambda p: link_code(PROVIDER, p), load_id)
        return parsed(await self.business(PROVIDER, "load", load))

    async def introduce(self, numbers: Iterable[int], load_id: str = "codes-1") -> Json:
        """The asker learns its own link codes of these residents."""
        people = [(n, resident(SEED, PROVIDER, n)) for n in numbers]
        codes = [{"own_number": asker_number(n), "link_code": link_code(ASKER, person)} for n, person in people]
        return parsed(await self.business(ASKER, "load", {"load_id": load_id, "link_codes": codes}))

    async def ask(self, n: int, **other: Any) -> Json:
        """Ask about resident ``n``; nothing is settled yet."""
        self._asked += 1
        return parsed(await self.business(ASKER, "ask", question(f"ask-{self._asked}", n, **other)))

    async def collect(self, ask_id: str) -> Json:
        found: Json = parsed(await self.business(ASKER, "collect", {"ask_id": ask_id}))["asks"][0]
        return found

    async def answer(self, n: int, **other: Any) -> Json:
        """Ask about resident ``n`` and see it through."""
        asked = await self.ask(n, **other)
        await self.here.settle()
        return await self.collect(asked["ask_id"])

    async def log(self, body: str, log: str, **other: Any) -> list[Json]:
        """The lines of a log, without the seal."""
        raw = (await self.business(body, "records", {"log": log, **other})).body
        return [json.loads(line) for line in raw.splitlines()][:-1]


def parsed(reply: HttpReply) -> Json:
    members: Json = json.loads(reply.body)
    return members


class Tapped:
    """A line that tells what went over it and lets ``meddle`` put another reply, or none, in its place."""

    def __init__(self, line: Wire) -> None:
        self._line = line
        self.sent: list[tuple[str, HttpRequest]] = []
        self.meddle: Callable[[str, HttpRequest], HttpReply | HttpRequest | None] = lambda _address, request: request

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        self.sent.append((address, request))
        instead = self.meddle(address, request)
        if instead is None:
            raise NoReply("the line is cut")
        return instead if isinstance(instead, HttpReply) else await self._line.send(address, instead)


async def door(here: Installation, name: Door, method: str, path: str, body: bytes = b"") -> HttpReply:
    """A plain request to a door."""
    return await here.handle(name, HttpRequest(method, path, {"content-type": "application/json"}, body))


def tap(world: Still) -> Tapped:
    """Put a tap into the line of every body here (not of the network)."""
    tapped = Tapped(world.here.wire)
    for node in world.here.nodes.values():
        node.outbox._wire = tapped
        node.desk.counterparts._wire = tapped
    return tapped
