"""An installation: any subset of the parties in one process, and its four doors as plain callables.

The ASGI apps of ``server`` are thin over ``handle``; tests and the selfcheck call it directly, with a still clock, one
event loop and no socket, and say ``settle`` where real life would just go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from renkei_emulator.business_door import BusinessDoor
from renkei_emulator.counterparts import Counterparts
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import Opener, Signer
from renkei_emulator.journey import BodiesDoor, BodyNode
from renkei_emulator.line import Nearby
from renkei_emulator.network.certificates import Authority
from renkei_emulator.network.journey import NetworkNode
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.quirks import NONE, Quirks
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.storage import MEMORY, SqliteFile
from renkei_emulator.storage.body_sqlite import BodySqlite
from renkei_emulator.storage.chain import Break
from renkei_emulator.storage.network_sqlite import NetworkSqlite
from renkei_emulator.tasks import Tasks
from renkei_emulator.trust import TrustStore
from renkei_emulator.world import Clock, Dice, HttpReply, HttpRequest, Wire, World
from renkei_fixtures.errors import SetupError
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import load

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body
    from renkei_fixtures.standard import Standard

Door = Literal["network", "bodies", "business", "management"]
NEAR_NETWORK = "near:network"
NEAR_BODIES = "near:bodies"


@dataclass
class Installation:
    """Parties of one process. Built by ``build``; ``start`` before the first request, ``close`` after the last."""

    seed: int
    clock: Clock
    standard: Standard
    authority: Authority
    bodies: Mapping[str, Body]
    nodes: dict[str, BodyNode]
    network: NetworkNode | None
    files: dict[str, SqliteFile]
    wire: Nearby
    tokens: dict[str, str]
    management_token: str
    armed: tuple[str, ...] = ()
    addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from renkei_emulator.management import Management  # noqa: PLC0415 - management knows this type

        self._bodies_door = BodiesDoor(self.nodes) if self.nodes else None
        for node in self.nodes.values():
            node.fetching.deliver = lambda request: self.handle("bodies", request)
        self._business_door = BusinessDoor(self.nodes, self.tokens)
        self._management = Management(self)

    @classmethod
    async def build(
        cls,
        bodies: Sequence[str],
        with_network: bool,
        seed: int,
        clock: Clock,
        data: Path | str = MEMORY,
        *,
        network_address: str | None = None,
        addresses: Mapping[str, str] | None = None,
        armed_faults: Iterable[str] = (),
        wire: Wire | None = None,
        background: bool = False,
        quirks: Quirks = NONE,
        standard: Standard | None = None,
        keys_of: int | None = None,
    ) -> Installation:
        """The parties ``bodies`` and, where ``with_network``, the network.

        ``data``: a folder, one file per party in it, or ":memory:". ``addresses``: where bodies elsewhere are reached.
        ``keys_of``: the year of the certificates, of the clock where nothing is said.
        ``background``: parties go on by themselves; else only within ``settle``. Raises SetupError.
        """
        standard, cast = standard or load(), load_bodies()
        _check(bodies, with_network, network_address, cast)
        faults = tuple(armed_faults)
        body_rooms, network_rooms = _rooms(faults)
        authority = Authority(seed, keys_of or clock.now().year, cast)
        near = Nearby({}, wire)
        files = _files(data, [*(["network"] if with_network else []), *bodies], seed)
        known = dict(addresses or {}) | dict.fromkeys(bodies, NEAR_BODIES)
        network = None
        if with_network:
            store = NetworkSqlite(files["network"])
            dice = Dice(seed, f"network start {await store.start()}")
            network = NetworkNode.build(
                World(clock, dice, standard),
                seed,
                store=store,
                authority=authority,
                bodies=cast,
                addresses=known,
                wire=near,
                rooms=network_rooms,
                background=background,
            )
        where = NEAR_NETWORK if with_network else network_address or NEAR_NETWORK
        trust = TrustStore(authority.anchors_pem)
        nodes: dict[str, BodyNode] = {}
        for code in bodies:
            # Keys, logs and stores of each body are its own; what the public directory says is the same for all.
            body_store = BodySqlite(files[code])
            dice = Dice(seed, f"{code} start {await body_store.start()}")
            keys = authority.body(code)
            openers = [Opener.of_pem(pair.kid, pair.key_pem) for pair in (keys.sealing, authority.renewed(code))]
            desk = Desk(
                body=cast[code],
                bodies=cast,
                world=World(clock, dice, standard),
                rooms=body_rooms,
                store=body_store,
                signer=Signer.of_pem(keys.signing.kid, keys.signing.key_pem),
                opener=openers[0],
                openers={opener.kid: opener for opener in openers},
                counterparts=Counterparts(trust, near, where, clock, standard),
                quirks=quirks,
                tasks=Tasks(background),
            )
            nodes[code] = BodyNode(desk, near, where)
        tokens = {code: Dice(seed, f"business token of {code}").bytes(16).hex() for code in bodies}
        installation = cls(
            seed=seed,
            clock=clock,
            standard=standard,
            authority=authority,
            bodies=cast,
            nodes=nodes,
            network=network,
            files=files,
            wire=near,
            tokens=tokens,
            management_token=Dice(seed, "management token").bytes(16).hex(),
            armed=faults,
            addresses=known,
        )
        near.near[NEAR_BODIES] = lambda request: installation.handle("bodies", request)
        near.near[NEAR_NETWORK] = lambda request: installation.handle("network", request)
        return installation

    # --- doors ----------------------------------------------------------------------------------------------------
    async def handle(self, door: Door, request: HttpRequest) -> HttpReply:
        """A request to one of the doors. Never raises Refused; an exception is a bug of ours."""
        if door == "network" and self.network is not None:
            return await self.network.receive(request)
        if door == "bodies" and self._bodies_door is not None:
            return await self._bodies_door.receive(request)
        if door == "business":
            return await self._business_door.receive(request)
        if door == "management":
            return await self._management.receive(request)
        return Refused("path_unknown").reply()

    # --- life -----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Go on with what the last start left."""
        for node in self.nodes.values():
            node.start()

    async def tick(self) -> None:
        """Let the clock do its part."""
        if self.network is not None:
            await self.network.tick()
        for node in self.nodes.values():
            node.tick()

    @property
    def idle(self) -> bool:
        """Whether `settle` would find nothing to do; may be asked from another thread while nobody calls."""
        return (self.network is None or self.network.idle) and all(node.idle for node in self.nodes.values())

    async def settle(self) -> int:
        """Run queued work until nobody here has any left; returns how much was done."""
        done, some = 0, 1
        while some:
            some = 0 if self.network is None else await self.network.settle()
            for node in self.nodes.values():
                some += await node.settle()
            done += some
        return done

    def arm(self, ids: Iterable[str]) -> None:
        """Put these faults in place, and no others, from the next message on. SetupError for one that is not there."""
        ids = tuple(ids)
        bodies, network = _rooms(ids)
        for node in self.nodes.values():
            node.desk.rooms = bodies
        if self.network is not None:
            object.__setattr__(self.network.office, "rooms", network)
        self.armed = ids

    def move(self, body: str, address: str, brought: bool = False) -> None:
        """From now on the network reaches ``body`` at ``address``. KeyError if there is no such body.

        ``brought``: there its box is kept by somebody else, to whom messages are brought though the body fetches.
        """
        if body not in self.bodies:
            raise KeyError(body)
        self.addresses[body] = address
        if self.network is not None:
            self.network.office.directory.move(body, address, brought)

    def appear_at(self, network_url: str | None, bodies_url: str | None) -> None:
        """These are the addresses that others know us by; within the process they stay a call."""
        if network_url is not None:
            self.wire.near[network_url] = self.wire.near[NEAR_NETWORK]
        if bodies_url is not None:
            self.wire.near[bodies_url] = self.wire.near[NEAR_BODIES]
            for code in self.nodes:
                self.move(code, bodies_url)

    def verify(self) -> list[Break]:
        """Every break in every chain of every party here."""
        return [broken for file in self.files.values() for broken in file.verify_chains()]

    async def close(self) -> None:
        """Stop, then let go of the disk."""
        await asyncio.gather(*(node.close() for node in self.nodes.values()))
        if self.network is not None:
            await self.network.close()
        for file in self.files.values():
            file.close()


def _rooms(armed: tuple[str, ...]) -> tuple[BodyRooms, NetworkRooms]:
    if not armed:  # nobody pays for defects who does not want one
        return BodyRooms(), NetworkRooms()
    from renkei_emulator.faults import arm_body, arm_network, check_names  # noqa: PLC0415

    check_names(armed)
    return arm_body(BodyRooms(), armed), arm_network(NetworkRooms(), armed)


def _check(bodies: Sequence[str], with_network: bool, network_address: str | None, cast: Mapping[str, Body]) -> None:
    for code in bodies:
        if code not in cast:
            raise SetupError("emulator.body.unknown", where="--only", expected=", ".join(cast), got=code)
    if not bodies and not with_network:
        raise SetupError("emulator.body.none", where="--only / --all-but")
    if bodies and not with_network and network_address is None:
        raise SetupError("emulator.network.missing", where="--network", expected="http://host:port")


def _files(data: Path | str, parties: Iterable[str], seed: int) -> dict[str, SqliteFile]:
    """One file per party: what one body keeps cannot be reached from another's. All or none are opened."""
    files: dict[str, SqliteFile] = {}
    try:
        for party in parties:
            files[party] = SqliteFile(MEMORY if data == MEMORY else Path(data) / f"{party}.db")
            files[party].belongs_to("seed", str(seed))
    except SetupError:
        for file in files.values():
            file.close()
        raise
    return files
