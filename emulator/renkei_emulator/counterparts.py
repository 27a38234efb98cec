"""What a body learns of others from the network's public directory: certificates, revocation list, sealing keys.

The directory stores, it does not vouch: chains are believed only up to anchors that this installation has of its own,
and an entry only by the signature of the body it speaks of. Certificates never change under their kid and are kept; the
revocation list is kept until its ``nextUpdate``; a kid that is not known is always fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from renkei_emulator.claims import Claims, read_claims
from renkei_emulator.envelope import read_jws, strict_json, verify
from renkei_emulator.refusals import Refused
from renkei_emulator.trust import TrustStore, body_san
from renkei_emulator.world import Clock, HttpReply, HttpRequest, NoReply, Wire
from renkei_fixtures.instants import parse

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

CERTIFICATES = "/renkei/1/certificates/"
CRL = "/renkei/1/crl"
BODIES = "/renkei/1/bodies"
ENTRIES_KEPT = timedelta(minutes=5)


class _Entries(NamedTuple):
    """The directory's entries as fetched, and those that were believed since."""

    until: datetime
    by_body: dict[str, str]
    believed: dict[str, Claims]


class Counterparts:
    """Others' keys as one body (or the bodies of one installation) knows them."""

    def __init__(self, trust: TrustStore, wire: Wire, address: str, clock: Clock, standard: Standard) -> None:
        self.trust = trust
        self._wire = wire
        self._address = address
        self._clock = clock
        self._standard = standard
        self._entries: _Entries | None = None

    async def prepare(self, kids: Iterable[str], *, newest: bool = False) -> None:
        """Learn these certificates and a revocation list in time, as far as the network has them; ``newest``: also where
        the list at hand is in time, the network's newest.

        What it does not have stays unknown (`certificate_unknown` later). Raises Refused `temporarily_unable` if it
        does not answer; a list past its time that cannot be renewed is told by the check itself.
        """
        missing = [kid for kid in dict.fromkeys(kids) if not self.trust.knows(kid)]
        stale = newest or self.trust.revocation_stale(self._clock.now())
        if not missing and not stale:
            return
        renewals = [self._renew()] if stale else []
        await asyncio.gather(*map(self._learn, missing), *renewals)

    async def _learn(self, kid: str) -> None:
        reply = await self._get(CERTIFICATES + kid)
        if reply.status == 200:
            try:
                self.trust.learn(reply.body.decode("ascii"))
            except (Refused, UnicodeDecodeError):
                return  # no chain: unknown
        elif reply.status != 404:
            raise Refused("temporarily_unable", f"directory says {reply.status}")

    async def _renew(self) -> None:
        try:
            reply = await self._get(CRL)
        except Refused:
            return
        if reply.status == 200:
            self.trust.learn_crl(reply.body)

    async def _get(self, path: str) -> HttpReply:
        try:
            return await self._wire.send(self._address, HttpRequest("GET", path))
        except NoReply as no_reply:
            raise Refused("temporarily_unable", f"directory: {no_reply}") from None

    async def sealing_kid(self, body: str) -> str | None:
        """The newest valid sealing certificate of a body by its own signed entry, or None: no such body."""
        now = self._clock.now()
        if self._entries is None or self._entries.until <= now:
            self._entries = _Entries(now + ENTRIES_KEPT, await self._fetch_entries(), {})
        entries = self._entries
        if body not in entries.believed:
            claims = await self._believed(entries.by_body[body], body, now) if body in entries.by_body else None
            if claims is None:
                return None
            entries.believed[body] = claims
        return str(entries.believed[body]["sealing_kids"][-1])

    async def _fetch_entries(self) -> dict[str, str]:
        reply = await self._get(BODIES)
        if reply.status != 200:
            raise Refused("temporarily_unable", f"directory says {reply.status}")
        by_body: dict[str, str] = {}
        for entry in strict_json(reply.body)["entries"]:
            try:
                by_body[read_claims(read_jws(entry).payload, "renkei-directory", self._standard)["body"]] = entry
            except Refused:
                continue  # one body's bad entry is no reason not to reach the others
        return by_body

    async def _believed(self, entry: str, body: str, now: datetime) -> Claims | None:
        jws = read_jws(entry)
        claims = read_claims(jws.payload, "renkei-directory", self._standard)
        await self.prepare([jws.kid, *claims["sealing_kids"]])
        try:
            verify(jws, self.trust.check(jws.kid, "signature", body_san(body), now))
        except Refused:
            return None
        return claims if parse(claims["valid_from"]) <= now < parse(claims["valid_to"]) else None
