"""The only door: HTTP in, HTTP out. Live clock and dice are made here; all the rest is handed them.

Four loopback ports (network, bodies, business, management), bound before anything is told, so that the ready line is
true when it is read. The ASGI apps are thin: bytes in, ``Installation.handle``, bytes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any, get_args

import uvicorn

from renkei_emulator.business_systems.drop_folder import DropFolder
from renkei_emulator.business_systems.population import populate, populate_the_rest
from renkei_emulator.installation import Door, Installation
from renkei_emulator.line import HttpLine
from renkei_emulator.linkage_if.network_connection import LARGEST
from renkei_emulator.ready import Ready
from renkei_emulator.refusals import Refused
from renkei_emulator.storage import MEMORY
from renkei_emulator.world import Clock, HttpReply, HttpRequest, LiveClock, StillClock
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import parse
from renkei_fixtures.municipalities import NETWORK, load_bodies
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.sheets.drop import folders

HOST = "127.0.0.1"
DOORS: tuple[Door, ...] = get_args(Door)
HEARTBEAT_S = 0.25
READ_TIMEOUT_S = 60.0
# A body that is too large is read to its end, or to here, so that whoever sends it can hear the refusal.
DRAINED = 64 * 1024 * 1024
# Peers keep connections; one that we close first costs them a lost message and a resend.
KEEP_ALIVE_S = 75


@dataclass(frozen=True)
class EmulateOptions:
    """What ``renkei emulate`` was told. ``only`` and ``all_but``: body codes or `network`; ports: 0 is a free one.

    ``clock``: `live`, an instant from which the clock runs on, `offset:` and seconds ahead of the machine's clock, or
    `still:` and an instant. ``bodies_at``: `CODE=URL`,
    bodies that are not run here but reached there. ``populated``: local bodies begin with their residents loaded.
    ``keys_of``: the year of the certificates. ``drop``: a drop folder of the one body here, in the form ``drop_layout``.
    """

    only: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()
    seed: int = 1
    clock: str = "live"
    data: Path | None = None
    network_url: str | None = None
    network_port: int = 0
    bodies_port: int = 0
    business_port: int = 0
    management_port: int = 0
    arm: tuple[str, ...] = ()
    lifeline: bool = False
    lang: str = "en"
    bodies_at: tuple[str, ...] = ()
    json_ready: bool = True
    populated: bool = False
    keys_of: int | None = None
    drop: Path | None = None
    drop_layout: str = "utf8-csv"


def run(options: EmulateOptions) -> int:
    """Serve until SIGINT, SIGTERM or, with ``lifeline``, the end of stdin. 0, or 4 where the set-up does not hold."""
    try:
        asyncio.run(_serve(options))
    except SetupError as error:
        print(error.render(options.lang), file=sys.stderr)  # noqa: T201 - the operator reads it
        return 4
    return 0


# --- what was ordered -----------------------------------------------------------------------------------------------
def _parties(options: EmulateOptions) -> tuple[list[str], bool]:
    """The bodies of this process, and whether the network is in it. Raises SetupError for one that does not exist."""
    known = [NETWORK, *load_bodies()]
    for flag, named in (("--only", options.only), ("--all-but", options.all_but)):
        for party in named:
            if party not in known:
                raise SetupError("emulator.body.unknown", where=flag, expected=", ".join(known), got=party)
    chosen = [party for party in known if not options.only or party in options.only]
    chosen = [party for party in chosen if party not in (*options.all_but, *_elsewhere(options))]
    return [party for party in chosen if party != NETWORK], NETWORK in chosen


def _clock(text: str) -> Clock:
    if text == "live":
        return LiveClock()
    if text.startswith("offset:"):  # several processes share one clock, however long each takes to come up
        with contextlib.suppress(ValueError, OverflowError):
            return LiveClock(timedelta(seconds=float(text.removeprefix("offset:"))))
    still = text.startswith("still:")
    try:
        at = parse(text.removeprefix("still:"))
    except ValueError:
        expected = "live, YYYY-MM-DDThh:mm:ss.sssZ, still:YYYY-MM-DDThh:mm:ss.sssZ"
        raise SetupError("emulator.clock.wrong", where="--clock", expected=expected, got=text) from None
    return StillClock(at) if still else LiveClock(at - datetime.now(UTC))


def _elsewhere(options: EmulateOptions) -> dict[str, str]:
    """The bodies that are reached elsewhere, and where. Raises SetupError."""
    found: dict[str, str] = {}
    for text in options.bodies_at:
        code, _, url = text.partition("=")
        if code not in load_bodies() or not url.startswith(("http://", "https://")):
            raise SetupError("emulator.address.wrong", where="--body-at", expected="CODE=http://host:port", got=text)
        found[code] = url.rstrip("/")
    return found


def _network_url(options: EmulateOptions) -> str | None:
    url = options.network_url
    if url is None:
        return None
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    if not url.startswith("http://") or not host or not port.isdigit():
        raise SetupError("emulator.network.url", where="--network", expected="http://host:port", got=url)
    return url.rstrip("/")


def _listen(flag: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # uvicorn does not set it on connections of a socket it did not open; on Linux they inherit it from here. Without
    # it, Nagle and the peer's delayed acknowledgement cost 40 ms a message.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise SetupError("emulator.port.in_use", where=f"{flag} {HOST}:{port}", got=error.strerror) from None
    listening.listen(1024)
    listening.setblocking(False)
    return listening


def _sockets(options: EmulateOptions, bodies: bool, network: bool) -> dict[Door, socket.socket]:
    wanted: dict[Door, tuple[str, int, bool]] = {
        "network": ("--network-port", options.network_port, network),
        "bodies": ("--bodies-port", options.bodies_port, bodies),
        "business": ("--business-port", options.business_port, bodies),
        "management": ("--management-port", options.management_port, True),
    }
    opened: dict[Door, socket.socket] = {}
    try:
        for door, (flag, port, wants) in wanted.items():
            if wants:
                opened[door] = _listen(flag, port)
    except SetupError:
        for each in opened.values():
            each.close()
        raise
    return opened


def _url(sockets: dict[Door, socket.socket], door: Door) -> str | None:
    return f"http://{HOST}:{sockets[door].getsockname()[1]}" if door in sockets else None


# --- serving --------------------------------------------------------------------------------------------------------
async def _serve(options: EmulateOptions) -> None:
    bodies, network = _parties(options)
    clock, network_url = _clock(options.clock), _network_url(options)
    sockets = _sockets(options, bool(bodies), network)
    line = HttpLine()
    try:
        installation = await Installation.build(
            bodies,
            network,
            options.seed,
            clock,
            options.data if options.data is not None else MEMORY,
            network_address=network_url,
            addresses=_elsewhere(options),
            armed_faults=options.arm,
            wire=line,
            background=True,
            keys_of=options.keys_of,
        )
    except BaseException:
        for each in sockets.values():
            each.close()
        raise
    urls = {door: _url(sockets, door) for door in DOORS}
    installation.appear_at(urls["network"], urls["bodies"])
    try:
        if options.populated:
            await populate(installation)
        await _until_told(options, installation, sockets, _ready(options, installation, urls))
    finally:
        await installation.close()
        await line.close()


def _ready(options: EmulateOptions, installation: Installation, urls: dict[Door, str | None]) -> dict[str, Any]:
    return {
        "ready": True,
        "pid": os.getpid(),
        "seed": options.seed,
        "clock": options.clock,
        "bodies": list(installation.nodes),
        "network_url": urls["network"],
        "bodies_url": urls["bodies"],
        "business_url": urls["business"],
        "business_tokens": installation.tokens,
        "management_url": urls["management"],
        "management_token": installation.management_token,
    }


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: four of them in one process would fight over the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(installation: Installation, door: Door) -> _Server:
    config = uvicorn.Config(
        _App(installation, door),
        http="httptools",
        loop="asyncio",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
    )
    return _Server(config)


async def _until_told(
    options: EmulateOptions, installation: Installation, sockets: dict[Door, socket.socket], ready: dict[str, Any]
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if options.lifeline:
        threading.Thread(target=_watch_stdin, args=(loop, stop), daemon=True).start()
    servers = {door: _server(installation, door) for door in sockets}
    serving = [asyncio.create_task(server.serve([sockets[door]])) for door, server in servers.items()]
    while not all(server.started for server in servers.values()):
        await asyncio.sleep(0.002)
    installation.start()
    voice = Ready(options.lang, options.data, as_json=options.json_ready)
    print(voice.began(ready), flush=True)  # noqa: T201 - the one line that whoever started us waits for
    beating = asyncio.create_task(_beat(installation))
    beside = [asyncio.create_task(drop.serve()) for drop in _drops(options, installation)]
    if options.populated:
        beside.append(asyncio.create_task(populate_the_rest(installation, HEARTBEAT_S)))
    await stop.wait()
    for task in beside:
        task.cancel()
    if (last := voice.ended()) is not None:
        print(f"\n{last}", flush=True)  # noqa: T201 - after the terminal's ^C
    beating.cancel()
    for server in servers.values():
        server.should_exit = True
    await asyncio.gather(beating, *beside, *serving, return_exceptions=True)


def _drops(options: EmulateOptions, installation: Installation) -> list[DropFolder]:
    """The drop folder, if one was ordered. Raises SetupError where it, its layout or its body is not clear."""
    if options.drop is None:
        return []
    if len(installation.nodes) != 1:
        got = ", ".join(installation.nodes) or "-"
        raise SetupError("emulator.drop.body", where="--drop", expected="--only BODY", got=got)
    (body,) = installation.nodes
    try:
        folders(options.drop)
    except OSError as error:
        raise SetupError("emulator.storage.unwritable", where=str(options.drop), got=error.strerror) from None

    async def send(operation: str, members: dict[str, Any]) -> tuple[int, bytes]:
        headers = {"authorization": f"Bearer {installation.tokens[body]}"}
        path, content = f"/business/1/{body}/{operation}", json.dumps(members).encode()
        reply = await installation.handle("business", HttpRequest("POST", path, headers, content))
        return reply.status, reply.body

    return [DropFolder(options.drop, load_layout(options.drop_layout), installation.standard, send)]


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """End with whoever started us, even if it was killed."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop was quicker
        loop.call_soon_threadsafe(stop.set)


async def _beat(installation: Installation) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        try:
            await installation.tick()
        except Exception:
            traceback.print_exc()


# --- one request ----------------------------------------------------------------------------------------------------
Scope = dict[str, Any]


class _App:
    """One door as an ASGI application."""

    def __init__(self, installation: Installation, door: Door) -> None:
        self._installation = installation
        self._door = door

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                body = await _read(receive)
        except TimeoutError:
            body = None
        if body is None:  # gone, or too slow to be waited for: nobody is there to be told
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        reply = await self._reply(HttpRequest(scope["method"], scope["path"], headers, body))
        told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        told.append((b"content-length", str(len(reply.body)).encode()))
        told.append((b"date", formatdate(self._installation.clock.now().timestamp(), usegmt=True).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": told})
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, request: HttpRequest) -> HttpReply:
        if self._door in ("business", "management") and len(request.body) > LARGEST:
            return Refused("too_large").reply()
        try:
            return await self._installation.handle(self._door, request)
        except Exception:
            traceback.print_exc()
            return Refused("internal_error").reply()


async def _read(receive: Any) -> bytes | None:
    """The body; of one that is too large enough to see that it is. None: the peer is gone."""
    parts, size, more = [], 0, True
    while more and size <= DRAINED:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        part = event.get("body", b"")
        if size <= LARGEST:
            parts.append(part)
        size += len(part)
        more = event.get("more_body", False)
    return b"".join(parts)
