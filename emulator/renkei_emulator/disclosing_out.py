"""記録の開示設定: a body's word on whether the person is shown the record of an exchange, on its way to the network.

    part in the exchange? → nothing of it still under way → signed → durable → to the network → what it said

The other side is not told. A word that got no reply is sent again by itself; until it is settled no later one about the
same exchange may leave, or the last to arrive would not be the last that was said.
"""

from __future__ import annotations

from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.desk import Desk
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.network_connection import Accepted, NotTaken
from renkei_emulator.outbox import Outbox, queued
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.body import Change, Outgoing
from renkei_fixtures.instants import render

TYP = "renkei-disclosure"


class DisclosingOut:
    """The disclosures of one body. ``outbox`` is set by the journey that owns both."""

    outbox: Outbox

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._awaited: dict[str, Accepted | NotTaken | None] = {}

    async def disclose(self, body: bytes) -> dict[str, Any]:
        """What a business system says of a record, and what the network said to it, if it did. Raises Wrong."""
        desk, rooms, now = self.desk, self.desk.rooms, self.desk.now()
        request = rooms.read_disclosure(body)
        number, word = request["exchange_number"], request["record_disclosure"]
        rooms.check_part(number, desk.store.inquiry(number) is not None or desk.store.ask_of(number) is not None)
        former = desk.store.under_way(number, TYP)
        rooms.check_settled(number, any(former))
        message_id = desk.dice(f"{number} disclosure {len(former)}").uuid7(now)
        base: Claims = {"message_id": message_id, "from": desk.code, "to": "network", "issued_at": render(now)}
        claims = rooms.disclosure_of(base, number, word)
        drawn = rooms.sign_only(claims, TYP, desk.signer)
        until = render(rooms.disclosure_kept_until(now))
        outgoing = Outgoing(message_id, TYP, number, drawn.envelope, until, 0)
        salt = desk.salt(f"{message_id} disclosed")
        line = rooms.personal_audit(desk.code, now, "disclosed", claims, number, [], salt, record_disclosure=word)
        await desk.store.write([("outgoing", queued(outgoing, now))], [line])
        self._awaited[message_id] = None
        await self.outbox.send(outgoing)
        said = {"exchange_number": number, "record_disclosure": word}
        return said | rooms.disclosure_state(self._awaited.pop(message_id))

    def settled(self, outgoing: Outgoing, outcome: Accepted | NotTaken) -> tuple[list[Change], list[LogLine]]:
        """What the network said to it, now or to a later try."""
        desk, now, number = self.desk, self.desk.now(), outgoing.exchange_number or ""
        if outgoing.message_id in self._awaited:
            self._awaited[outgoing.message_id] = outcome
        claims: Claims = {"message_id": outgoing.message_id, "from": desk.code, "to": "network"}
        if isinstance(outcome, Accepted):
            return [], [desk.rooms.audit(desk.code, now, "disclosure_taken", claims, number)]
        said = Refused(outcome.code, "the network did not take the disclosure")
        return [], desk.rooms.refusal(desk.code, now, said, claims, number)
