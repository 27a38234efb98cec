"""What the network's journeys share: its world, tables, keys, disk, and the few moves that all of them make."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Signer, sha256_b64u, sign
from renkei_emulator.exchange import Event, Life, Transitions, read_life
from renkei_emulator.network.arrival import Arrived
from renkei_emulator.network.certificates import Authority
from renkei_emulator.network.directory import Directory
from renkei_emulator.network.link_codes import Force, LinkCodes
from renkei_emulator.network.relay import KEPT
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine
from renkei_emulator.storage.network import Change, NetworkStore, StoredExchange
from renkei_emulator.trust import TrustStore
from renkei_emulator.world import World
from renkei_fixtures.instants import parse, render

JSON = "application/json"


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Said:
    """What the network says to a message once the changes are durable."""

    status: int
    reply: dict[str, Any]
    changes: Sequence[Change] = ()
    lines: Sequence[LogLine] = ()
    keep_until: str = ""
    rings: Sequence[str] = ()  # bodies for whom something new lies ready


@dataclass(frozen=True)
class Case:
    """An exchange as it stands: facts that never change, and what has happened to it, oldest first."""

    exchange: StoredExchange
    events: tuple[Event, ...]

    @cached_property
    def life(self) -> Life:
        """Where it stands."""
        return read_life(self.events)

    @cached_property
    def inquiry(self) -> Claims:
        """The inquiry's claims."""
        claims: Claims = json.loads(self.exchange.claims)
        return claims

    @property
    def number(self) -> str:
        """The exchange number (処理通番)."""
        return self.exchange.exchange_number


@dataclass(frozen=True)
class Office:
    """The network's desk."""

    world: World
    rooms: NetworkRooms
    store: NetworkStore
    trust: TrustStore
    certificates: Authority
    directory: Directory
    link_codes: LinkCodes
    signer: Signer
    transitions: Transitions
    bars: set[tuple[str, str]] = field(default_factory=set)
    """差止め, as the operator has set them: (asker or `*`, provider)."""

    def sign(self, claims: Claims, typ: str) -> str:
        """Signed by the network."""
        return sign(compact(claims).encode(), typ, self.signer)

    def force(self, body: str, serial: int, now: datetime) -> Force:
        """Which of the person's link codes at `body` hold now."""
        return self.rooms.in_force(self.store.reissues(body, serial), now)

    def codes_at(self, now: datetime) -> LinkCodes:
        """The link codes as they hold now."""
        return self.link_codes.under(lambda body, serial: self.force(body, serial, now))

    def look(self, exchange_number: str) -> Case:
        """The exchange as the disk has it. Raises Refused `exchange_unknown`."""
        exchange = self.store.exchange(exchange_number)
        if exchange is None:
            raise Refused("exchange_unknown", exchange_number)
        return Case(exchange, tuple(self.store.events(exchange_number)))

    def happen(self, case: Case, on: str, now: datetime, **more: Any) -> tuple[Change, Case]:
        """Let something happen to an exchange: the change to write, and the exchange after it.

        Raises Refused `exchange_closed` where the table of transitions has no such step.
        """
        state = self.rooms.step(self.transitions, case.life.state, on, case.exchange.kind)
        return note(case, Event(render(now), on, state, **more))

    def receipt(self, case: Case, answer: dict[str, Any] | None = None) -> str:
        """The signed receipt of an exchange as it stands."""
        exchange = case.exchange
        facts: Claims = {
            "exchange_number": exchange.exchange_number,
            "kind": exchange.kind,
            "from": exchange.sender,
            "to": exchange.receiver,
            "in_reply_to": exchange.message_id,
            "inquiry_sha256": exchange.header_sha256,
            "accepted_at": exchange.accepted_at,
            "expires_at": exchange.expires_at,
        }
        facts |= {name: case.inquiry[name] for name in ("from_principal", "to_principal") if name in case.inquiry}
        if exchange.subjects_sha256 is not None:
            facts["subjects_sha256"] = exchange.subjects_sha256
        return self.sign(self.rooms.receipt(facts, case.life, answer), "renkei-receipt")

    def receipt_delivery(self, case: Case, body: str, now: datetime) -> Change:
        """The change that sends a body the receipt alone: of a final state that it did not cause itself."""
        receipt = self.receipt(case)
        return delivery(case.exchange, body, "receipt", {"receipt": receipt}, acknowledged=receipt, now=now)

    def told(self, on: str, case: Case, now: datetime) -> list[Change]:
        """The change that tells whoever did not cause it how the exchange has ended."""
        side = self.rooms.told_of(on)
        if side is None:
            return []
        return [self.receipt_delivery(case, case.exchange.sender if side == "sender" else case.exchange.receiver, now)]

    def record(
        self, event: str, case: Case, at: datetime, claims: Claims | None = None, *, said: str | None = None
    ) -> list[LogLine]:
        """The line of record for a step of an exchange: the inquiry's facts, and where it stands now.

        `said`: the code that a provider gave, kept where the asker is shown another.
        """
        facts = case.inquiry | {name: claims[name] for name in ("message_id",) if claims and name in claims}
        return self.rooms.record(
            event,
            facts,
            at,
            case.number,
            by=claims["from"] if claims else None,
            authority_row=case.exchange.authority_row,
            state=case.life.state,
            code=case.life.code,
            stage=case.life.stage,
            said=said if said != case.life.code else None,
        )

    def over(self, exchange: StoredExchange, body: str, what: str) -> Change:
        """The change that stops offering or pushing something."""
        return "deliveries_over", {"exchange_number": exchange.exchange_number, "body": body, "what": what}

    def seen_change(self, arrived: Arrived, said: Said) -> Change:
        """The change by which a message is remembered, with what was said to it."""
        return "seen", {
            "sender": arrived.claims["from"],
            "message_id": arrived.claims["message_id"],
            "header_sha256": arrived.header_sha256,
            "status": said.status,
            "reply": compact(said.reply) if arrived.typ != "renkei-query" else "",
            "keep_until": said.keep_until,
        }


def event_change(exchange_number: str, n: int, event: Event) -> Change:
    """The change that adds the n-th event of an exchange."""
    return "event", {"exchange_number": exchange_number, "n": n, **event._asdict()}


def note(case: Case, event: Event) -> tuple[Change, Case]:
    """The change that adds an event to an exchange, and the exchange after it."""
    return event_change(case.number, len(case.events) + 1, event), Case(case.exchange, (*case.events, event))


def delivery(
    exchange: StoredExchange, body: str, what: str, envelope: dict[str, str], *, acknowledged: str, now: datetime
) -> Change:
    """The change that puts a message on its way; `acknowledged` is the string whose hash an acknowledgement names."""
    end = parse(exchange.expires_at)
    return "delivery", {
        "exchange_number": exchange.exchange_number,
        "body": body,
        "what": what,
        "sha256": sha256_b64u(acknowledged.encode()),
        "envelope": compact(envelope).encode(),
        "next_at": render(now),
        "until": render(end if what == "inquiry" else end + KEPT),
    }
