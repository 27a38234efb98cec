"""The only door: HTTP in, HTTP out. Live clock and dice are made here; all the rest is handed them.

Four loopback ports (network, bodies, business, management), bound before anything is told, so that the ready line is
true when it is read. The ASGI apps are thin: bytes in, ``Installation.handle``, bytes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any, get_args

import uvicorn

from renkei_emulator import ordered
from renkei_emulator.business_systems.population import populate, populate_the_rest
from renkei_emulator.doorway import Doorway
from renkei_emulator.dropped import drops
from renkei_emulator.installation import Door, Installation
from renkei_emulator.line import HttpLine
from renkei_emulator.ordered import EmulateOptions
from renkei_emulator.ready import Ready
from renkei_emulator.storage import MEMORY
from renkei_fixtures.errors import SetupError

DOORS: tuple[Door, ...] = get_args(Door)
HEARTBEAT_S = 0.25
# Peers keep connections; one that we close first costs them a lost message and a resend.
KEEP_ALIVE_S = 75


def run(options: EmulateOptions) -> int:
    """Serve until SIGINT, SIGTERM or, with ``lifeline``, the end of stdin. 0, or 4 where the set-up does not hold."""
    try:
        asyncio.run(_serve(options))
    except SetupError as error:
        print(error.render(options.lang), file=sys.stderr)  # noqa: T201 - the operator reads it
        return 4
    return 0


async def _serve(options: EmulateOptions) -> None:
    bodies, network = ordered.parties(options)
    clock, network_url = ordered.clock(options.clock), ordered.network_url(options)
    sockets = ordered.sockets(options, bool(bodies), network)
    line = HttpLine()
    try:
        installation = await Installation.build(
            bodies,
            network,
            options.seed,
            clock,
            options.data if options.data is not None else MEMORY,
            network_address=network_url,
            addresses=ordered.elsewhere(options),
            armed_faults=options.arm,
            wire=line,
            background=True,
            keys_of=options.keys_of,
        )
    except BaseException:
        for each in sockets.values():
            each.close()
        raise
    urls = {door: ordered.url_of(sockets, door) for door in DOORS}
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
        Doorway(installation, door),
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
    beside = [asyncio.create_task(drop.serve()) for drop in drops(options, installation)]
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
