"""What `renkei emulate` was told, and what follows from it: parties, clock, addresses, listening sockets.

Whatever the operator got wrong is a SetupError here, before anything is served.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from renkei_emulator.installation import Door
from renkei_emulator.world import Clock, LiveClock, StillClock
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import parse
from renkei_fixtures.municipalities import NETWORK, load_bodies

HOST = "127.0.0.1"


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


def parties(options: EmulateOptions) -> tuple[list[str], bool]:
    """The bodies of this process, and whether the network is in it. Raises SetupError for one that does not exist."""
    known = [NETWORK, *load_bodies()]
    for flag, named in (("--only", options.only), ("--all-but", options.all_but)):
        for party in named:
            if party not in known:
                raise SetupError("emulator.body.unknown", where=flag, expected=", ".join(known), got=party)
    chosen = [party for party in known if not options.only or party in options.only]
    chosen = [party for party in chosen if party not in (*options.all_but, *elsewhere(options))]
    return [party for party in chosen if party != NETWORK], NETWORK in chosen


def clock(text: str) -> Clock:
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


def elsewhere(options: EmulateOptions) -> dict[str, str]:
    """The bodies that are reached elsewhere, and where. Raises SetupError."""
    found: dict[str, str] = {}
    for text in options.bodies_at:
        code, _, url = text.partition("=")
        if code not in load_bodies() or not url.startswith(("http://", "https://")):
            raise SetupError("emulator.address.wrong", where="--body-at", expected="CODE=http://host:port", got=text)
        found[code] = url.rstrip("/")
    return found


def network_url(options: EmulateOptions) -> str | None:
    url = options.network_url
    if url is None:
        return None
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    if not url.startswith("http://") or not host or not port.isdigit():
        raise SetupError("emulator.network.url", where="--network", expected="http://host:port", got=url)
    return url.rstrip("/")


def listen(flag: str, port: int) -> socket.socket:
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


def sockets(options: EmulateOptions, bodies: bool, network: bool) -> dict[Door, socket.socket]:
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
                opened[door] = listen(flag, port)
    except SetupError:
        for each in opened.values():
            each.close()
        raise
    return opened


def url_of(sockets: dict[Door, socket.socket], door: Door) -> str | None:
    return f"http://{HOST}:{sockets[door].getsockname()[1]}" if door in sockets else None
