"""One door as an ASGI application: bytes in, ``Installation.handle``, bytes out."""

from __future__ import annotations

import asyncio
import traceback
from email.utils import formatdate
from typing import Any

from renkei_emulator.installation import Door, Installation
from renkei_emulator.linkage_if.network_connection import LARGEST
from renkei_emulator.refusals import Refused
from renkei_emulator.world import HttpReply, HttpRequest

READ_TIMEOUT_S = 60.0
# A body that is too large is read to its end, or to here, so that whoever sends it can hear the refusal.
DRAINED = 64 * 1024 * 1024

Scope = dict[str, Any]


class Doorway:
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
