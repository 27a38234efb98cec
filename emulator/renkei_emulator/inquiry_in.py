"""An inquiry's way in, stage by stage: sender → freshness → permit → authority → content ‖ link code → own number.

The order of the lines is the order of the standard. Every stage raises Refused; nothing here waits but for
certificates, and nothing is written. An inquiry that was put aside walks the same way again, all but its freshness.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from renkei_emulator.desk import Desk
from renkei_emulator.envelope import read_jws
from renkei_emulator.intermediate_if.linkage_confirmation import size_of
from renkei_emulator.linkage_if.crypto_signature import accepted_at
from renkei_emulator.messages import Authorised, Framed, Local, Opened, Permitted, Plain, Sealed, Verified
from renkei_emulator.refusals import Refused
from renkei_fixtures.instants import japan_date, parse

IDS = ("message_id", "from", "to")


class Case(NamedTuple):
    """One inquiry at work: what the linkage IF knows of it, and the inquiry inside the body."""

    opened: Opened
    local: Local

    @property
    def permitted(self) -> Permitted:
        return self.opened.authorised.permitted

    @property
    def framed(self) -> Framed:
        return self.permitted.verified.framed

    @property
    def number(self) -> str:
        return str(self.permitted.permit["exchange_number"])


class InquiryIn:
    """The stages of one body."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def prepare(self, framed: Framed, *, newest: bool = False) -> None:
        """Learn the certificates that the inquiry names; ``newest``: and what was revoked since. Raises Refused
        `temporarily_unable`."""
        await self._desk.counterparts.prepare(_kids(framed), newest=newest)

    def verify(self, framed: Framed) -> Verified:
        """The sender, as of the instant at which the network accepted the inquiry. Raises Refused *sender*."""
        now = self._desk.now()
        at = accepted_at(framed.paper, "accepted_at", now)
        return self._desk.rooms.verify_header(framed, self._desk.check(now), at)

    def walk(self, verified: Verified) -> Case:
        """From the permit to the persons. Raises Refused *permit*, *authority*, *content*."""
        now = self._desk.now()
        return self._read(self._open(self.authorise(self._permit(verified, now), now)))

    def frame(self, sealed: Sealed) -> Framed:
        """An inquiry that was kept. It was well-formed when it came."""
        desk, rooms = self._desk, self._desk.rooms
        envelope = rooms.open_envelope(sealed)
        return rooms.read_message(envelope, desk.standard, frozenset({desk.code}), rooms.read_jws)

    def _permit(self, verified: Verified, now: datetime) -> Permitted:
        desk, rooms, framed = self._desk, self._desk.rooms, verified.framed
        permit = rooms.read_paper(framed.paper, "permit", desk.check(now), desk.standard, verified.at)
        rooms.check_permit_party(permit, desk.code)
        rooms.check_permit_time(permit, now)
        rooms.check_permit_hashes(permit, framed)
        rooms.check_permit_fields(permit, framed)
        return rooms.permitted(verified, permit)

    def authorise(self, permitted: Permitted, now: datetime) -> Authorised:
        """Our own tables, on the date that the permit fixes for the whole exchange."""
        desk, rooms, claims = self._desk, self._desk.rooms, permitted.verified.framed.claims
        on = japan_date(parse(permitted.permit["accepted_at"]))
        rooms.check_edition(claims, desk.body, desk.standard)
        row = rooms.find_row(claims, desk.standard, desk.bodies, on)
        asker = desk.bodies[claims["from"]]
        rooms.check_responsibility(claims, desk.standard, asker, rooms.date_of_asking(claims))
        rooms.check_reply_key(claims, desk.check(now), permitted.verified.at)
        return Authorised(permitted, row)

    def _open(self, authorised: Authorised) -> Opened:
        desk, rooms, framed = self._desk, self._desk.rooms, authorised.permitted.verified.framed
        plaintext = rooms.decrypt(framed, desk.openers)
        rooms.compare_hash(framed.claims, plaintext)
        content = rooms.parse_content(plaintext)
        rooms.compare_ids(framed.claims, content, IDS)
        information = desk.standard.informations[framed.claims["information"]]
        rooms.compare_padding(plaintext, content, size_of(information, framed.claims["subject_count"]))
        return Opened(authorised, content)

    def _read(self, opened: Opened) -> Case:
        """Across interface P: parse, find whom it is about."""
        desk, rooms = self._desk, self._desk.rooms
        plain: Plain = rooms.hand_over(opened)
        content = rooms.check_inquiry_content(plain, desk.standard)
        rooms.check_keys(content, desk.standard.informations[plain["header"]["information"]])
        items = tuple(
            item._replace(own_number=rooms.own_number_of(item.link_code, desk.store.own_number))
            for item in rooms.asked(plain, content)
        )
        return Case(opened, Local(plain["header"], plain["permit"], items))


def _kids(framed: Framed) -> list[str]:
    """Whose certificates are needed: the sender's, the network's, the one to seal the answer to."""
    kids = [framed.jws.kid]
    if framed.paper is not None:
        kids += kid_of(framed.paper)
    return [*kids, framed.claims["reply_kid"]] if "reply_kid" in framed.claims else kids


def kid_of(paper: str) -> list[str]:
    """The kid of a permit or receipt, if it can be read at all: what cannot is refused in its own stage."""
    try:
        return [read_jws(paper).kid]
    except Refused:
        return []
