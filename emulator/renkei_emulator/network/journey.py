"""情報提供ネットワークシステム: the order in which a message walks through the network's rooms.

    bytes → transport → form → sender → freshness (and seen before?) → by its kind:
      inquiry           authority → subjects → permit → disk → 202, then pushed or fetched
      answer            state: belongs, subjects, part → disk → 202 with receipt, then pushed or fetched with it
      refusal, withdrawal, acknowledgement, query

Whatever is said with `202` or `200` was durable before. A refusal is in the record before it is said.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Signer
from renkei_emulator.exchange import Transitions
from renkei_emulator.network import acknowledging, answering, disclosing, inquiries, reissuing
from renkei_emulator.network.arrival import Arrived, peek
from renkei_emulator.network.certificates import Authority
from renkei_emulator.network.courier import Courier
from renkei_emulator.network.directory import Directory
from renkei_emulator.network.ending import Ending
from renkei_emulator.network.inbox import Inbox
from renkei_emulator.network.link_codes import LinkCodes
from renkei_emulator.network.office import JSON, Office, Said, compact
from renkei_emulator.network.record import BODY, LOG, seal_claims
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import NetworkStore
from renkei_emulator.storage.sqlite import Conflict
from renkei_emulator.trust import TrustStore
from renkei_emulator.world import HttpReply, HttpRequest, Wire, World
from renkei_fixtures.instants import render

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body

CERTIFICATES = "/renkei/1/certificates/"
TRIES = 20
FORGET_EVERY = timedelta(hours=1)
_OF_AN_EXCHANGE = {
    "renkei-answer": answering.answer,
    "renkei-refusal": answering.refusal,
    "renkei-withdrawal": answering.withdrawal,
    "renkei-query": answering.status,
    "renkei-disclosure": disclosing.disclose,
}


class NetworkNode:
    """The network as one party. `background`: it sends by itself; otherwise only when told to `settle`."""

    def __init__(self, office: Office, wire: Wire, *, background: bool = True) -> None:
        self.office = office
        self.courier = Courier(office, wire, background)
        self._inbox = Inbox(office, may_wait=background)
        self._ending = Ending(office, self._inbox.ring)
        self._turns: dict[tuple[str, str], asyncio.Lock] = {}
        self._forgot_at = office.world.clock.now()

    @classmethod
    def build(
        cls,
        world: World,
        seed: int,
        *,
        store: NetworkStore,
        authority: Authority,
        bodies: Mapping[str, "Body"],
        addresses: Mapping[str, str],
        wire: Wire,
        rooms: NetworkRooms | None = None,
        background: bool = True,
    ) -> "NetworkNode":
        """A network with its own keys and link codes of the seed."""
        keys = authority.network().signing
        office = Office(
            world=world,
            rooms=rooms or NetworkRooms(),
            store=store,
            trust=TrustStore(authority.anchors_pem, authority.certificate),
            certificates=authority,
            directory=Directory(authority, bodies, addresses),
            link_codes=LinkCodes(seed),
            signer=Signer.of_pem(keys.kid, keys.key_pem),
            transitions=Transitions(world.standard.states),
        )
        return cls(office, wire, background=background)

    # --- in -----------------------------------------------------------------------------------------------------
    async def receive(self, request: HttpRequest) -> HttpReply:
        """Anything that comes to the network's door. What it refuses is a problem; an exception is a bug of ours."""
        if request.method == "GET":
            return self._public(request.path)
        office, now = self.office, self.office.world.clock.now()
        arrived: Arrived | None = None
        try:
            office.rooms.check_transport(request)
            arrived = office.rooms.read_message(request.body, office.world.standard)
            if office.trust.revocation_stale(now):
                office.trust.learn_crl(office.certificates.crl(now))
            office.rooms.check_sender(office.trust, arrived.jws, arrived.claims["from"], now)
            office.rooms.check_freshness(arrived.typ, arrived.claims, now)
            return await self._take(arrived)
        except Refused as refused:
            return await self._refuse(refused, arrived, peek(request.body) if arrived is None else None)

    async def _take(self, arrived: Arrived) -> HttpReply:
        """A message of a known sender: told again what it was told, or handled and remembered in one write."""
        office, key = self.office, (arrived.claims["from"], arrived.claims["message_id"])
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                for _ in range(TRIES):
                    repeat = office.store.repeat(*key, arrived.header_sha256)
                    if office.rooms.is_repeat(repeat, arrived.header_sha256, arrived.typ) and repeat is not None:
                        return HttpReply(repeat.status, {"content-type": JSON}, repeat.reply.encode())
                    said = await self._handle(arrived)
                    try:
                        await office.store.write([*said.changes, office.seen_change(arrived, said)], said.lines)
                    except Conflict:  # the exchange went on between look and write
                        continue
                    self._announce(said)
                    return HttpReply(said.status, {"content-type": JSON}, compact(said.reply).encode())
                raise Refused("busy", "the exchange would not stand still")
        finally:
            if not turn.locked():
                self._turns.pop(key, None)

    async def _handle(self, arrived: Arrived) -> Said:
        office, claims = self.office, arrived.claims
        now = office.world.clock.now()
        if arrived.typ == "renkei-inquiry":
            said = inquiries.accept(office, arrived, now)
            self._ending.watch(said.reply["exchange_number"], claims["expires_at"])
            return said
        if arrived.typ == "renkei-acknowledgement":
            numbers = {item["exchange_number"] for item in claims["items"]}
            known = [number for number in sorted(numbers) if office.store.exchange(number) is not None]
            cases = {number: await self._ending.case(number) for number in known}
            return acknowledging.acknowledge(office, arrived, cases, now)
        if arrived.typ == "renkei-query" and claims["ask"] == "records":
            return disclosing.records(office, arrived)
        if arrived.typ == "renkei-query" and claims["ask"] != "status":
            return await self._inbox.fetch(arrived)
        case = await self._ending.case(claims["exchange_number"])
        return _OF_AN_EXCHANGE[arrived.typ](office, arrived, case, now)

    def _announce(self, said: Said) -> None:
        for body in said.rings:
            self._inbox.ring(body)
        self.courier.kick()

    async def _refuse(self, refused: Refused, arrived: Arrived | None, seems: str | None) -> HttpReply:
        claims: Claims = arrived.claims if arrived is not None else {"message_id": seems} if seems else {}
        # Until the signature holds, what the message says of itself is hearsay: the record keeps its name only.
        believed = refused.stage not in ("transport", "form", "sender")
        recorded = claims if believed else {name: claims[name] for name in ("message_id",) if name in claims}
        number = claims.get("exchange_number")
        exchange = number if believed and refused.code != "exchange_unknown" else None
        now = self.office.world.clock.now()
        await self.office.store.write([], self.office.rooms.record_refusal(refused, recorded, now, exchange))
        return self.office.rooms.refuse(refused, claims.get("message_id"), number)

    # --- clock and line -----------------------------------------------------------------------------------------
    async def tick(self) -> None:
        """Let the clock do its part: end what is over, forget what need not be remembered, send what is due again."""
        now = self.office.world.clock.now()
        await self._ending.tick(now)
        if now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            await self.office.store.write([("forget", {"now": render(now)})])
        self.courier.kick()

    @property
    def idle(self) -> bool:
        """Whether `settle` would find nothing to do."""
        return self.courier.idle

    async def settle(self) -> int:
        """Send all that is due now and wait for the replies; returns how many were sent."""
        return await self.courier.run()

    async def close(self) -> None:
        """Stop sending."""
        await self.courier.close()

    # --- what the operator may ask ------------------------------------------------------------------------------
    def records(self, exchange_number: str | None = None) -> bytes:
        """情報提供等記録 as NDJSON, all of it or one exchange's lines, and a signed seal as the last line."""
        office = self.office
        lines = office.store.log_lines(BODY, LOG, exchange_number)
        seal = office.sign(seal_claims(lines, office.world.clock.now()), "renkei-record-seal")
        return "".join(f"{line}\n" for line in [*lines, compact({"seal": seal})]).encode()

    def link_codes(self, body: str, serials: Iterable[int]) -> list[str]:
        """The link codes of these persons at a body that hold now."""
        codes = self.office.codes_at(self.office.world.clock.now())
        return [codes.current(body, serial) for serial in serials]

    async def reissue(self, body: str, serial: int, effective_at: datetime) -> str:
        """付替え: give a person another link code at `body` and tell it so; the new code. ValueError as `reissue`."""
        new, changes = reissuing.reissue(self.office, body, serial, effective_at, self.office.world.clock.now())
        await self.office.store.write(changes)
        self._inbox.ring(body)
        self.courier.kick()
        return new

    # --- what anybody may fetch ---------------------------------------------------------------------------------
    def _public(self, path: str) -> HttpReply:
        office = self.office
        if path.startswith(CERTIFICATES):
            chain = office.certificates.certificate(path.removeprefix(CERTIFICATES))
            if chain is not None:
                return HttpReply(200, {"content-type": "application/pem-certificate-chain"}, chain.encode())
        if path == "/renkei/1/crl":
            crl = office.certificates.crl(office.world.clock.now())
            return HttpReply(200, {"content-type": "application/pkix-crl"}, crl)
        if path == "/renkei/1/bodies":
            return HttpReply(200, {"content-type": JSON}, compact({"entries": office.directory.entries()}).encode())
        return Refused("path_unknown").reply()
