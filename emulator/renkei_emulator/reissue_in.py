"""リンクコードの付替え: the network's word that a person is called otherwise at this body from an instant on.

    sender (the network itself) → freshness → hash → durable → 202

Whom the old code means here, and whether it means anybody, is not said: the `202` is the same.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from renkei_emulator.desk import Desk
from renkei_emulator.messages import Framed
from renkei_emulator.storage.body import Change
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import parse, render

# PROTOCOL §2: messages without an end are remembered for 31 days after their issue.
REMEMBERED = timedelta(days=31)


class ReissueIn:
    """The link-code changes of one body."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def receive(self, framed: Framed) -> HttpReply:
        """A change from the network. Raises Refused; on return it is durable."""
        desk, rooms, now, claims = self._desk, self._desk.rooms, self._desk.now(), framed.claims
        await desk.counterparts.prepare([framed.jws.kid])
        verified = rooms.check_fresh(rooms.verify_change(framed, desk.check(now), now), now)
        number = str(claims["message_id"]).replace("-", "")
        seen = desk.store.seen(claims["from"], claims["message_id"])
        if rooms.is_repeat(verified, seen.header_sha256 if seen else None):
            return rooms.taken(number, "delivered")
        rooms.check_change_hash(framed)
        with suppress(Conflict):  # the same message on another connection was quicker
            await desk.store.write([self._seen(framed, number), *self._codes(framed)])
        return rooms.taken(number, "delivered")

    def _seen(self, framed: Framed, number: str) -> Change:
        claims = framed.claims
        return "seen", {
            "sender": claims["from"],
            "message_id": claims["message_id"],
            "header_sha256": framed.header_sha256,
            "exchange_number": number,
            "keep_until": render(parse(claims["issued_at"]) + REMEMBERED),
        }

    def _codes(self, framed: Framed) -> list[Change]:
        bound = self._desk.rooms.rebind(framed.link_codes, self._desk.store.own_number)
        if bound is None:
            return []
        code, own_number = bound
        return [
            ("link_code", {"link_code": code, "own_number": own_number}),
            ("link_code_from", {"link_code": code, "effective_at": framed.claims["effective_at"]}),
        ]
