"""The tap on two loopback ports: uvicorn in a thread of the examiner.

The sockets are bound before anybody is told the addresses: a child process that starts quicker than we do finds a
listener, not a refused connection.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from renkei_conformance.drivers import DoorTrouble, Reply, Request
from renkei_conformance.lower.network import LostReply, SlowReply
from renkei_conformance.lower.tap import Tap
from renkei_fixtures.errors import SetupError

BODY_LIMIT = 32 * 1024 * 1024
HOST = "127.0.0.1"
TRANSPORT = "renkei.transport"
DRIP_S, ENDLESS_S = 0.25, 90.0
"""A few bytes every so many seconds; what has no end is cut off after this, longer than any product may wait."""

Handler = Callable[[Request], Reply]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Server:
    """The tap's two listeners. `address_for_product` is what the product takes for the network, `address_for_network`
    is what the network takes for bodies."""

    def __init__(self, tap: Tap, product_port: int = 0, network_port: int = 0, host: str = HOST) -> None:
        """Bind both ports (0: any free one). `SetupError` when one is in use."""
        self._tap = tap
        self._sides = [
            _Side(_bound(host, product_port), tap.handle_from_product),
            _Side(_bound(host, network_port), tap.handle_from_network),
        ]

    @property
    def address_for_product(self) -> str:
        return self._sides[0].address

    @property
    def address_for_network(self) -> str:
        return self._sides[1].address

    def start(self) -> None:
        """Serve. Returns when both sides take requests."""
        for side in self._sides:
            side.start()

    def stop(self) -> None:
        """End serving and give the ports back. May be called twice."""
        if self._tap.inbox is not None:
            self._tap.inbox.let_go()
        for side in self._sides:
            side.ask_to_stop()
        for side in self._sides:
            side.stop()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Line(HttpToolsProtocol):
    """uvicorn's own protocol, with the transport within reach: a reply is lost by hanging up without a word."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.scope.setdefault("extensions", {})[TRANSPORT] = self.transport  # type: ignore[assignment]


class _Side:
    def __init__(self, listener: socket.socket, handler: Handler) -> None:
        host, port = listener.getsockname()[:2]
        self.address = f"http://{host}:{port}"
        self._listener = listener
        config = uvicorn.Config(
            _application(handler), http=_Line, loop="asyncio", lifespan="off", log_config=None, access_log=False,
            timeout_graceful_shutdown=1, server_header=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"tap {self.address}", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._listener]))

    def ask_to_stop(self) -> None:
        self._server.should_exit = True

    def stop(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self.ask_to_stop()
            self._thread.join(5)
        self._listener.close()


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SetupError("conformance.tap.port", f"{host}:{port}", None, str(error)) from error
    listener.listen(128)
    return listener


def _application(handler: Handler) -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        request = await _request(scope, receive)
        if request is None:
            await _send(send, Reply(413))
            return
        try:
            # In a thread: what is handed on blocks until the other side has replied.
            reply = await asyncio.to_thread(handler, request)
        except SlowReply as slow:
            await _drip(send, slow, scope["extensions"][TRANSPORT])
            return
        except LostReply:
            scope["extensions"][TRANSPORT].abort()
            await asyncio.sleep(0)  # the protocol hears of it in the next round of the loop
            return
        except DoorTrouble as trouble:
            reply = Reply(502, {"content-type": "text/plain; charset=utf-8"}, str(trouble).encode())
        await _send(send, reply)

    return application


async def _request(scope: dict[str, Any], receive: Receive) -> Request | None:
    chunks: list[bytes] = []
    length = 0
    while True:
        event = await receive()
        chunk = event.get("body", b"")
        length += len(chunk)
        if length > BODY_LIMIT:
            return None
        chunks.append(chunk)
        if not event.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"")
    path = scope["raw_path"].decode("ascii") if scope.get("raw_path") else scope["path"]
    return Request(scope["method"], path + (f"?{query.decode('ascii')}" if query else ""), headers, b"".join(chunks))


async def _send(send: Send, reply: Reply) -> None:
    await _head(send, reply, len(reply.body))
    await send({"type": "http.response.body", "body": reply.body})


async def _head(send: Send, reply: Reply, length: int) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _drip(send: Send, slow: SlowReply, line: asyncio.Transport) -> None:
    """The reply in drips; one without an end goes on with blanks before its last byte until the other side hangs up."""
    body, seconds = slow.reply.body, slow.seconds
    drops = max(1, round((ENDLESS_S if seconds is None else seconds) / DRIP_S))
    if seconds is None:
        body = body[:-1] + b" " * (drops * drops)
    await _head(send, slow.reply, len(body) + (seconds is None))
    for begin in range(drops):
        if line.is_closing():
            await asyncio.sleep(0)  # the protocol hears of it in the next round of the loop
            return
        await send({"type": "http.response.body", "body": _drop(body, begin, drops), "more_body": True})
        await asyncio.sleep(DRIP_S)
    if seconds is None:
        line.abort()
        await asyncio.sleep(0)
        return
    await send({"type": "http.response.body", "body": b""})


def _drop(body: bytes, number: int, of: int) -> bytes:
    return body[len(body) * number // of : len(body) * (number + 1) // of]
