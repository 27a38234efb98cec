"""Two bodies that speak to a network over a wire in memory: fakes for tests of the network, named after what they play.

A `FakeBody` seals, signs and says whatever it is told to; it checks nothing. What the network pushes to it is kept, and
answered as `says` tells.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from renkei_emulator.envelope import Opener, Signer, read_jws, seal, sha256_b64u, sign
from renkei_emulator.network.arrival import MEDIA_TYPE, MESSAGES
from renkei_emulator.network.certificates import Authority
from renkei_emulator.network.journey import NetworkNode
from renkei_emulator.network.link_codes import Person
from renkei_emulator.network.permits import subjects_text
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.storage.network_sqlite import NetworkSqlite
from renkei_emulator.storage.sqlite import MEMORY, SqliteFile
from renkei_emulator.world import Dice, HttpReply, HttpRequest, NoReply, StillClock, World
from renkei_fixtures.instants import render
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import load
from renkei_fixtures.standard.rows import AuthorityRow

ASKER, PROVIDER = "482013", "001015"
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TARO = Person(4711, 0)
TAKEN = HttpReply(202, {}, b'{"state":"delivered"}')
Json = dict[str, Any]


def claims_of(token: str) -> Json:
    """The claims in a signed token, unverified."""
    claims: Json = json.loads(read_jws(token).payload)
    return claims


def hash_of(token: str) -> str:
    """The hash by which a token is named."""
    return sha256_b64u(token.encode())


class MemoryWire:
    """Brings requests to whoever lives at an address; nobody there: no reply."""

    def __init__(self) -> None:
        self.homes: dict[str, Callable[[HttpRequest], Awaitable[HttpReply]]] = {}

    async def send(self, address: str, request: HttpRequest) -> HttpReply:
        if address not in self.homes:
            raise NoReply(address)
        return await self.homes[address](request)


class FakeBody:
    """A municipality that says what it is told to. `heard` are the envelopes that were pushed to it."""

    def __init__(self, bench: "Bench", code: str) -> None:
        self.bench, self.code = bench, code
        keys = bench.authority.body(code)
        self.signer = Signer.of_pem(keys.signing.kid, keys.signing.key_pem)
        self.opener = Opener.of_pem(keys.sealing.kid, keys.sealing.key_pem)
        self.heard: list[Json] = []
        self.says: list[HttpReply | None] = []
        bench.wire.homes[f"memory:{code}"] = self.receive

    async def receive(self, request: HttpRequest) -> HttpReply:
        self.heard.append(json.loads(request.body))
        reply = self.says.pop(0) if self.says else TAKEN
        if reply is None:
            raise NoReply
        return reply

    def code_for(self, person: Person = TARO) -> str:
        """The person's link code at this body."""
        return self.bench.node.office.link_codes.issue(self.code, person)

    def header(self, typ: str, claims: Json, signer: Signer | None = None) -> str:
        """A signed header; claims that are None are left out."""
        claims = {name: value for name, value in claims.items() if value is not None}
        return sign(json.dumps(claims).encode(), f"renkei-{typ}", signer or self.signer)

    def base(self, to: str = "network") -> Json:
        now = self.bench.clock.now()
        return {"message_id": self.bench.dice.uuid7(now), "from": self.code, "to": to, "issued_at": render(now)}

    def inquiry(self, *, codes: list[str] | None = None, signer: Signer | None = None, **other: Any) -> Json:
        """An inquiry's envelope; `other` claims take the place of the right ones."""
        row = self.bench.row
        subjects = subjects_text(tuple(codes if codes is not None else [self.code_for()]), self.bench.dice.bytes(18))
        claims = self.base(PROVIDER) | {
            "expires_at": render(self.bench.clock.now() + timedelta(days=1)),
            "edition": self.bench.standard.edition,
            "affair": row.affair,
            "procedure": row.procedure,
            "information": row.information,
            "responsibility": self.bench.responsibility,
            "official": "0042",
            "subject_kind": "person",
            "information_version": self.bench.standard.informations[row.information].version,
            "subject_count": len(codes) if codes is not None else 1,
            "subjects_sha256": hash_of(subjects),
            "reply_kid": self.opener.kid,
            "content_sha256": hash_of("content"),
        }
        body = seal(b"content", self.opener.key.public_key(), self.opener.kid, self.bench.dice)
        return {"header": self.header("inquiry", claims | other, signer), "subjects": subjects, "body": body}

    def answer(self, delivery: Json, codes: list[str] | None = None, **other: Any) -> Json:
        """An answer to a delivered inquiry; `other` claims take the place of the right ones."""
        inquiry, permit = claims_of(delivery["header"]), claims_of(delivery["permit"])
        subjects = delivery["subjects"] if codes is None else subjects_text(tuple(codes), bytes(18))
        claims = self.base(inquiry["from"]) | {
            "edition": inquiry["edition"],
            "information": inquiry["information"],
            "exchange_number": permit["exchange_number"],
            "in_reply_to": inquiry["message_id"],
            "inquiry_sha256": hash_of(delivery["header"]),
            "part": 1,
            "last_part": True,
            "responsibility": self.bench.responsibility,
            "subjects_sha256": hash_of(subjects),
            "content_sha256": hash_of("content"),
        }
        claims |= other
        body = seal(b"answer", self.opener.key.public_key(), self.opener.kid, self.bench.dice)
        envelope = {"header": self.header("answer", claims), "subjects": subjects, "body": body}
        if claims["part"] != 1:
            del envelope["subjects"]
        return envelope

    def acknowledgement(self, *items: Json) -> Json:
        return {"header": self.header("acknowledgement", self.base() | {"items": list(items)})}

    def refusal(self, delivery: Json, code: str, stage: str, **other: Any) -> Json:
        claims = self.base() | {
            "exchange_number": claims_of(delivery["permit"])["exchange_number"],
            "in_reply_to": claims_of(delivery["header"])["message_id"],
            "inquiry_sha256": hash_of(delivery["header"]),
            "code": code,
            "stage": stage,
        }
        return {"header": self.header("refusal", claims | other)}

    def withdrawal(self, number: str, inquiry: Json, **other: Any) -> Json:
        claims = self.base() | {"in_reply_to": claims_of(inquiry["header"])["message_id"], "exchange_number": number}
        return {"header": self.header("withdrawal", claims | other)}

    def query(self, ask: str, **more: Any) -> Json:
        return {"header": self.header("query", self.base() | {"ask": ask} | more)}


class Bench:
    """A network under test, the body that asks and the body that is asked, in a still world."""

    def __init__(self, *, rooms: NetworkRooms | None = None, pull: tuple[str, ...] = (), path: str = MEMORY) -> None:
        self.standard = load()
        self.clock = StillClock(NOON)
        self.dice = Dice(7, "bench")
        self.wire = MemoryWire()
        bodies = {
            code: body.model_copy(update={"delivery": "pull" if code in pull else "push"})
            for code, body in load_bodies().items()
        }
        self.authority = Authority(7, NOON.year, bodies)
        self.row = self._row(bodies[ASKER].kind, bodies[PROVIDER].kind)
        self.responsibility = self._responsibility(bodies[ASKER].kind)
        self.file = SqliteFile(path)
        self.store = NetworkSqlite(self.file)
        self.node = NetworkNode.build(
            World(self.clock, Dice(7, f"network {path}"), self.standard),
            7,
            store=self.store,
            authority=self.authority,
            bodies=bodies,
            addresses={code: f"memory:{code}" for code in bodies},
            wire=self.wire,
            rooms=rooms,
            background=False,
        )
        self.asker = FakeBody(self, ASKER)
        self.provider = FakeBody(self, PROVIDER)

    def _row(self, asker: str, provider: str) -> AuthorityRow:
        """A row of the table by which the one may ask the other, with nothing else demanded."""
        for row in self.standard.authority:
            kinds = (row.inquirer_kind, row.provider_kind) == (asker, provider)
            open_to_all = (row.inquirer_body, row.provider_body) == ("*", "*")
            if kinds and open_to_all and row.ground == "table" and row.information in self.standard.informations:
                return row
        raise LookupError("the table has no plain row")

    def _responsibility(self, kind: str) -> str:
        for each in self.standard.responsibilities.values():
            if self.row.affair in each.affairs and "ask" in each.may and kind in each.body_kinds:
                return each.id
        raise LookupError("nobody may ask")

    async def post(self, envelope: Json | bytes, media_type: str = MEDIA_TYPE) -> tuple[int, Json]:
        """What the network says to an envelope: status and JSON."""
        body = envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()
        reply = await self.node.receive(HttpRequest("POST", MESSAGES, {"content-type": media_type}, body))
        return reply.status, json.loads(reply.body)

    async def delivered(self, **inquiry: Any) -> Json:
        """An inquiry that was accepted and brought to the provider: the envelope that the provider got."""
        status, reply = await self.post(self.asker.inquiry(**inquiry))
        assert status == 202, reply
        await self.node.settle()
        return self.provider.heard[-1]

    async def answered(self) -> tuple[Json, Json]:
        """An exchange that was answered and brought back: what the provider got, what the asker got."""
        delivery = await self.delivered()
        status, reply = await self.post(self.provider.answer(delivery))
        assert status == 202, reply
        await self.node.settle()
        return delivery, self.asker.heard[-1]

    async def state(self, number: str) -> Json:
        """The claims of the receipt that the asker gets when it asks how the exchange stands."""
        status, reply = await self.post(self.asker.query("status", exchange_number=number))
        assert status == 200, reply
        return claims_of(reply["receipt"])

    def lines(self) -> list[Json]:
        """The network's record."""
        return [json.loads(line) for line in self.store.log_lines("network", "provision")]


def number_of(delivery: Json) -> str:
    """The exchange number of a delivered inquiry."""
    number: str = claims_of(delivery["permit"])["exchange_number"]
    return number
