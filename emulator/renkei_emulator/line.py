"""The line as HTTP/1.1: a small pooled client on asyncio and httptools.

Own, since every exchange pays for it four times: a general client costs ten to fifty times the processor time.
Addresses are ``http://host:port``. What comes back is a whole reply or ``NoReply``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import httptools

from renkei_emulator.world import HttpReply, HttpRequest, NoReply, Wire

# Longer than a fetching body waits at the network.
TIMEOUT_S = 40.0
LARGEST_REPLY = 12 * 1024 * 1024
IDLE_KEPT = 32


class _Connection(asyncio.Protocol):
    """One request at a time; the reply is collected by httptools' callbacks."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[HttpReply] | None = None
        self._reset()

    def _reset(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0
        self.heard = False

    # --- asyncio --------------------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport  # asyncio sets TCP_NODELAY on streams that it opened itself

    def data_received(self, data: bytes) -> None:
        self.heard = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"no HTTP reply: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(f"connection lost: {exc}" if exc else "connection closed")

    # --- httptools ------------------------------------------------------------------------------------------------
    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > LARGEST_REPLY:
            self._fail("reply too large")
        self._body.append(body)

    def on_message_complete(self) -> None:
        reply = HttpReply(self._parser.get_status_code(), self._headers, b"".join(self._body))
        if reply.status < 200:  # 100 Continue and the like: the reply is still to come
            self._reset()
            return
        if not self._parser.should_keep_alive():
            self.close()
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)

    # --- us -------------------------------------------------------------------------------------------------------
    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _fail(self, why: str) -> None:
        self.close()
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(NoReply(why))

    async def exchange(self, data: bytes) -> HttpReply:
        self._reset()
        self._reply = asyncio.get_running_loop().create_future()
        if self._transport is None:
            raise NoReply("connection closed")
        self._transport.write(data)
        try:
            return await self._reply
        finally:
            self._reply = None


def _bytes_of(host: str, request: HttpRequest) -> bytes:
    head = [f"{request.method} {request.path} HTTP/1.1", f"host: {host}", f"content-length: {len(request.body)}"]
    head += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + request.body


class HttpLine:
    """Fills ``Wire`` with HTTP/1.1 over TCP."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[str, deque[_Connection]] = defaultdict(deque)

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        host = urlsplit(address).netloc
        data = _bytes_of(host, request)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._send(host, data)
        except TimeoutError:
            raise NoReply(f"no reply in {self._timeout_s:g} s") from None

    async def _send(self, host: str, data: bytes) -> HttpReply:
        while (idle := self._idle[host]) and (connection := idle.pop()):
            if not connection.usable:
                continue
            try:
                return await self._over(host, connection, data)
            except NoReply:
                # The peer closed a kept connection as we wrote: it has not taken it, so the same bytes go once more.
                if connection.heard:
                    raise
        return await self._over(host, await _open(host), data)

    async def _over(self, host: str, connection: _Connection, data: bytes) -> HttpReply:
        try:
            reply = await connection.exchange(data)
        except BaseException:
            connection.close()
            raise
        if connection.usable and len(self._idle[host]) < IDLE_KEPT:
            self._idle[host].append(connection)
        else:
            connection.close()
        return reply

    async def close(self) -> None:
        """Let go of every kept connection."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()


async def _open(host: str) -> _Connection:
    parts = urlsplit(f"//{host}")
    try:
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, parts.hostname or "", parts.port or 80
        )
    except OSError as error:
        raise NoReply(f"{host}: {error}") from None
    return connection


Door = Callable[[HttpRequest], Awaitable[HttpReply]]


class Nearby:
    """A line that reaches parties of the same process by a call, and all others over ``beyond``."""

    def __init__(self, near: Mapping[str, Door], beyond: Wire | None) -> None:
        self.near = dict(near)
        self._beyond = beyond

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        door = self.near.get(address.rstrip("/"))
        if door is not None:
            return await door(request)
        if self._beyond is None:
            raise NoReply(f"nobody at {address}")
        return await self._beyond.send(address, request)
