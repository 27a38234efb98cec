"""受信箱の取得: a body that nobody can reach from outside fetches what lies ready for it at the network.

What is fetched goes through the same door as what is pushed. Since nobody hears the reply, a `202` to an inquiry or to
a receipt becomes a signed `taken`, and a problem becomes a signed refusal; an answer is acknowledged by its own journey.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.envelope import read_jws, strict_json
from renkei_emulator.linkage_if.network_connection import MEDIA_TYPE, MESSAGES, request_of
from renkei_emulator.messages import compact
from renkei_emulator.outbox import Outbox, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Outgoing
from renkei_emulator.world import HttpReply, HttpRequest, NoReply, Wire
from renkei_fixtures.instants import render

# PROTOCOL §3 allows 0-30: a question that waits at the network costs less than one that comes back for nothing.
WAIT_S = 25
AFTER_TROUBLE_S = 2.0
# An acknowledgement makes sense as long as the network keeps what it is about.
LIVES = timedelta(days=14)

Deliver = Callable[[HttpRequest], Awaitable[HttpReply]]


class Fetching:
    """The box of one body. ``deliver`` is the door behind which it lives."""

    deliver: Deliver

    def __init__(self, desk: Desk, outbox: Outbox, wire: Wire, address: str) -> None:
        self._desk = desk
        self._outbox = outbox
        self._wire = wire
        self._address = address
        self._asked = 0
        self.elsewhere = False
        """Somebody else plays this body now, and fetches for it."""

    @property
    def needed(self) -> bool:
        """Whether this body fetches at all."""
        return self._desk.body.delivery == "pull" and not self.elsewhere

    async def keep_fetching(self) -> None:
        """For as long as the body lives; the network's silence is waited out."""
        while self.needed:
            try:
                await self.fetch(WAIT_S)
            except NoReply:
                await asyncio.sleep(AFTER_TROUBLE_S)
            except Exception:
                traceback.print_exc()
                await asyncio.sleep(AFTER_TROUBLE_S)

    async def look_once(self) -> None:
        """Take what lies ready now."""
        try:
            while await self.fetch(WAIT_S):
                pass
        except NoReply:
            return

    async def fetch(self, wait_s: int) -> int:
        """Take what lies ready, at most so much at a time; how many messages it was. Raises NoReply."""
        reply = await self._wire.send(self._address, request_of(self._query(wait_s)))
        if reply.status != 200:
            raise NoReply(f"the network says {reply.status} to an inbox query")
        try:
            messages = strict_json(reply.body)["messages"]
        except (Refused, KeyError, TypeError):
            raise NoReply("the network's reply cannot be read") from None
        items = await self._take_all(self._desk.rooms.from_inbox(messages))
        if items:
            await self._post("renkei-acknowledgement", {"items": items}, None)
        return len(messages)

    def _query(self, wait_s: int) -> bytes:
        self._asked += 1
        claims = self._desk.rooms.inbox_query(self._claims(f"inbox {self._asked}"), wait_s)
        return self._desk.rooms.sign_only(claims, "renkei-query", self._desk.signer).envelope

    async def _take_all(self, messages: list[Any]) -> list[dict[str, str]]:
        """Deliver them to ourselves, one after the other; what to acknowledge of them."""
        items = []
        for envelope in messages:
            reply, item = await self._take(envelope)
            if item is not None:
                items.append(item)
            if not self._desk.rooms.goes_on_after(reply):
                break
        return items

    async def _take(self, envelope: Any) -> tuple[HttpReply, dict[str, str] | None]:
        """Deliver one message to ourselves: what we said, and what to acknowledge of it, if anything."""
        data = compact(envelope)
        reply = await self.deliver(HttpRequest("POST", MESSAGES, {"content-type": MEDIA_TYPE}, data))
        if "permit" in envelope and 400 <= reply.status < 500 and reply.status != 429:
            await self._refuse(envelope, reply)
            return reply, None
        if reply.status != 202 or ("receipt" in envelope and "header" in envelope):
            return reply, None
        token = envelope.get("header") or envelope["receipt"]
        return reply, self._desk.rooms.to_acknowledge(json.loads(reply.body)["exchange_number"], token)

    async def _refuse(self, envelope: dict[str, str], reply: HttpReply) -> None:
        """Say by a signed message what a pushed one would have been told at once."""
        try:
            code = json.loads(reply.body)["code"]
            inquiry = json.loads(read_jws(envelope["header"]).payload)
            number = json.loads(read_jws(envelope["permit"]).payload)["exchange_number"]
            members = self._desk.rooms.refusal_of(inquiry, envelope["header"], number, code)
        except (Refused, KeyError, TypeError, ValueError):
            return  # not even its number can be read: it lies there until its time is over
        await self._post("renkei-refusal", members, number)

    async def _post(self, typ: str, members: Claims, number: str | None) -> None:
        desk, now = self._desk, self._desk.now()
        claims = self._claims(f"{typ} {self._asked} {number}") | members
        drawn = desk.rooms.sign_only(claims, typ, desk.signer)
        until = render(now + LIVES)
        outgoing = Outgoing(claims["message_id"], typ, number, drawn.envelope, until, 0)
        await desk.store.write([("outgoing", queued(outgoing, now))])
        self._outbox.post(outgoing)

    def _claims(self, deed: str) -> Claims:
        desk, now = self._desk, self._desk.now()
        return {
            "message_id": desk.dice(deed).uuid7(now),
            "from": desk.code,
            "to": "network",
            "issued_at": render(now),
        }
