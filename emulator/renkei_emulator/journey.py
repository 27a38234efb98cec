"""The journeys of one body: the only corridor between its rooms, and the only place that waits for disk and line.

    from the network   bytes → Sealed → Framed → by its kind:
      inquiry            ``providing``: … → durable → 202; the answer follows by itself
      answer             ``answer_in``: … → durable → 202; the acknowledgement follows by itself
      receipt alone      how an exchange ended
    from the business side   ask · decide · disclose (here), load · collect · records (``business_door``)

A refusal is in the audit log before it is said.
"""

from __future__ import annotations

from renkei_emulator.answer_in import AnswerIn
from renkei_emulator.asking import Asking
from renkei_emulator.desk import Desk
from renkei_emulator.disclosing_out import TYP as DISCLOSURE
from renkei_emulator.disclosing_out import DisclosingOut
from renkei_emulator.fetching import Fetching
from renkei_emulator.lines import LogLine
from renkei_emulator.linkage_if.network_connection import LINK_CODE_CHANGE, Accepted, NotTaken, Peek, peek
from renkei_emulator.messages import Framed, Sealed
from renkei_emulator.outbox import Outbox
from renkei_emulator.providing import Providing
from renkei_emulator.refusals import Refused
from renkei_emulator.reissue_in import ReissueIn
from renkei_emulator.storage.body import Change, Outgoing
from renkei_emulator.world import HttpReply, HttpRequest, Wire
from renkei_fixtures.instants import render


class BodyNode:
    """One body: provider and inquirer. ``address``: where the network is reached over ``wire``."""

    def __init__(self, desk: Desk, wire: Wire, address: str) -> None:
        self.desk = desk
        self.providing = Providing(desk)
        self.asking = Asking(desk)
        self.answer_in = AnswerIn(desk)
        self.reissue_in = ReissueIn(desk)
        self.disclosing = DisclosingOut(desk)
        self.outbox = Outbox(desk, wire, address, self._settled, self.providing.seal_anew)
        self.providing.outbox = self.asking.outbox = self.answer_in.outbox = self.outbox
        self.disclosing.outbox = self.outbox
        self.fetching = Fetching(desk, self.outbox, wire, address)

    async def message(self, framed: Framed, sealed: Sealed) -> HttpReply:
        """A message to this body. Raises Refused, which the door records and says."""
        if framed.typ == "renkei-inquiry":
            return await self.providing.receive(framed, sealed)
        if framed.typ == LINK_CODE_CHANGE:
            return await self.reissue_in.receive(framed)
        return await self.answer_in.receive(framed)

    async def receipt(self, paper: str) -> HttpReply:
        """A receipt pushed alone. Raises Refused."""
        desk, now = self.desk, self.desk.now()
        await desk.counterparts.prepare([desk.rooms.read_jws(paper).kid])
        claims = desk.rooms.read_paper(paper, "receipt", desk.check(now), desk.standard, now)
        number = str(claims["exchange_number"])
        if claims["from"] == desk.code:
            await self.answer_in.receive_receipt(claims)
        else:
            await self.providing.receive_receipt(claims)
        return desk.rooms.taken(number, claims["state"])

    async def refused(
        self, refused: Refused, framed: Framed | None, seen: Peek, *, believed: bool = False
    ) -> HttpReply:
        """Record a refusal, then say it. ``seen``: what the message says of itself, where it was not believed."""
        desk = self.desk
        claims = framed.claims if framed is not None and believed else _hearsay(seen)
        number = claims.get("exchange_number")
        await desk.store.write([], desk.rooms.refusal(desk.code, desk.now(), refused, claims, number))
        return desk.rooms.refuse(refused, seen.message_id, number)

    def _settled(self, outgoing: Outgoing, outcome: Accepted | NotTaken) -> tuple[list[Change], list[LogLine]]:
        if outgoing.typ == "renkei-inquiry":
            return self.asking.settled(outgoing, outcome)
        if outgoing.typ == "renkei-answer":
            return self.providing.settled(outgoing, outcome)
        if outgoing.typ == DISCLOSURE:
            return self.disclosing.settled(outgoing, outcome)
        if outgoing.typ == "renkei-acknowledgement" and isinstance(outcome, Accepted):
            return self.answer_in.settled(outgoing, outcome)
        if isinstance(outcome, NotTaken):
            said = Refused(outcome.code, f"{outgoing.typ} was not taken")
            claims = {"message_id": outgoing.message_id, "from": self.desk.code}
            desk = self.desk
            return [], desk.rooms.refusal(desk.code, desk.now(), said, claims, outgoing.exchange_number)
        return [], []

    # --- clock and line -------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Go on with what the last start left: inquiries that were acknowledged, messages that were not settled."""
        for exchange_number in self.desk.store.unanswered():
            self.desk.later(self.providing.resume(exchange_number))
        self.outbox.pump()
        if self.fetching.needed and self.desk.tasks.background:
            self.desk.later(self.fetching.keep_fetching())

    def tick(self) -> None:
        """Go on with what is due again; where nobody works in the background, fetch what lies ready."""
        self.providing.try_again()
        self.outbox.pump()
        if self.fetching.needed and not self.desk.tasks.background:
            self.desk.later(self.fetching.look_once())

    @property
    def idle(self) -> bool:
        """Whether `settle` would find nothing to do."""
        return self.desk.tasks.idle and self.desk.store.quiet(render(self.desk.now()))

    async def settle(self) -> int:
        """Send what is due and wait until nothing runs; returns how much was done."""
        self.outbox.pump()
        return await self.desk.tasks.settle()

    async def close(self) -> None:
        await self.desk.tasks.close()


def _hearsay(seen: Peek) -> dict[str, str]:
    names = {"message_id": seen.message_id, "from": seen.sender, "to": seen.to}
    return {name: value for name, value in names.items() if value is not None}


class BodiesDoor:
    """The network side of all bodies of one installation: a message is told by its header's ``to``."""

    def __init__(self, nodes: dict[str, BodyNode]) -> None:
        self._nodes = nodes
        self._hosted = frozenset(nodes)

    async def receive(self, request: HttpRequest) -> HttpReply:
        """What is refused is a problem; an exception is a bug of ours."""
        first = next(iter(self._nodes.values()))
        rooms, standard = first.desk.rooms, first.desk.standard
        framed: Framed | None = None
        node = first
        try:
            sealed = rooms.accept(request)
            envelope = rooms.open_envelope(sealed)
            if "header" not in envelope:
                return await self._receipt(envelope["receipt"])
            framed = rooms.read_message(envelope, standard, self._hosted, rooms.read_jws)
            node = self._nodes[framed.claims["to"]]
            return await node.message(framed, sealed)
        except Refused as refused:
            return await self._refuse(refused, node, framed, request)

    async def _receipt(self, paper: str) -> HttpReply:
        """To whichever of its two parties is here; both, where both are."""
        some = next(iter(self._nodes.values()))
        desk, now = some.desk, some.desk.now()
        await desk.counterparts.prepare([desk.rooms.read_jws(paper).kid])
        claims = desk.rooms.read_paper(paper, "receipt", desk.check(now), desk.standard, now)
        nodes = [self._nodes[claims[side]] for side in ("from", "to") if claims[side] in self._nodes]
        if not nodes:
            raise Refused("not_for_us")
        replies = [await node.receipt(paper) for node in nodes]
        return replies[0]

    async def _refuse(self, refused: Refused, node: BodyNode, framed: Framed | None, request: HttpRequest) -> HttpReply:
        seen = peek(request.body)
        if framed is not None:
            believed = refused.stage not in ("form", "sender")
            return await node.refused(refused, framed, seen, believed=believed)
        if refused.code == "not_for_us" or (seen.to is not None and seen.to not in self._hosted):
            # Nobody here is meant; an unknown tenant and one not addressed get the same bytes and leave the same trace.
            return node.desk.rooms.refuse(refused, seen.message_id, None)
        # Whom it meant is told by the message alone, if at all: then by every body behind this door.
        to = [self._nodes[seen.to]] if seen.to in self._nodes else list(self._nodes.values())
        replies = [await each.refused(refused, None, seen) for each in to]
        return replies[0]
