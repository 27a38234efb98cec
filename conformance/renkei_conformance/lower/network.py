"""The network as the forge plays it: it accepts the product's messages for its own exchange numbers, keeps every
byte, and gives signed receipts. What it replies can be programmed: 503 once, a lost reply, a slow one.

It is deliberately forgiving: judging what the product sent is the oracles' work, and an answer refused here would
hide what is wrong with it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from renkei_conformance.drivers import MESSAGES, Reply, Request
from renkei_conformance.wire import Json, peek, sha256_b64u
from renkei_fixtures import instants

ANSWER, INQUIRY, ACKNOWLEDGEMENT = "renkei-answer", "renkei-inquiry", "renkei-acknowledgement"
Sign = Callable[[str, Json], str]
"""(typ, claims) → a JWS by the network's key. The forge hands it in: nothing here knows a key."""


class LostReply(Exception):  # noqa: N818 - a programmed event
    """Raised instead of a reply: the message was taken, the sender hears nothing. The server closes the line."""


class SlowReply(Exception):  # noqa: N818 - a programmed event
    """Raised instead of a reply whose bytes come in drips, over `seconds`; None: its last byte never comes."""

    def __init__(self, reply: Reply, seconds: float | None) -> None:
        super().__init__(seconds)
        self.reply, self.seconds = reply, seconds


@dataclass(frozen=True)
class Busy:
    """Reply 503 `busy` with `Retry-After` once, in place of the reply that was due; another status, or no time named."""

    retry_after: int | None = 1
    status: int = 503
    code: str = "busy"


@dataclass(frozen=True)
class Lose:
    """Take the message and lose the reply once."""


@dataclass(frozen=True)
class Slow:
    """Take the message and let the bytes of the reply that is due come in drips, once; see `SlowReply`."""

    seconds: float | None = None


@dataclass(frozen=True)
class Refuse:
    """Refuse the message for good: a problem with this status, code and stage."""

    status: int
    code: str
    stage: str


Programmed = Busy | Lose | Refuse | Slow


@dataclass(frozen=True)
class Taken:
    """What the network makes of a message: the reply (None: lost), whether the message counts, how slowly the reply goes."""

    reply: Reply | None
    counts: bool
    slow: Slow | None = None


@dataclass(frozen=True)
class Heard:
    """One message that came to the forge's network or to a body it plays."""

    number: int
    """Order of arrival, from 0."""
    exchange_number: str | None
    typ: str | None
    claims: Mapping[str, object]
    """The header's claims as far as they could be read; empty when they could not. Not verified: see `forge.open_answer`."""
    envelope: Mapping[str, object]
    """The envelope as far as it could be read."""
    request: Request
    reply: Reply | None
    """What was replied; None for a lost reply."""
    counted: bool
    """False where the reply was a programmed 503, lost or without an end: the sender owes the same bytes again."""
    at: datetime | None = None
    """When it came."""

    @property
    def is_answer(self) -> bool:
        """An answer, also one under a wrong `typ`: of what names an exchange, only answers have a body."""
        return self.typ == ANSWER or "body" in self.envelope


@dataclass
class ForgedExchange:
    """One exchange that the forge's network has on its books."""

    number: str
    inquiry: Mapping[str, object]
    """The inquiry's header claims."""
    inquiry_sha256: str
    accepted_at: str
    expires_at: str
    state: str = "delivered"
    state_at: str = ""
    refusal: tuple[str, str] | None = None
    """Code and stage of a refusal by the product."""
    programme: list[Programmed] = field(default_factory=list)
    asking: list[Programmed] = field(default_factory=list)
    """The same for the inquiry and its resends alone."""
    parts: dict[object, str] = field(default_factory=dict)
    """part → header string of the answer kept."""


@dataclass
class Questions:
    """The product's own inquiries, taken by the forge instead of the emulated network while `listening`.

    Then the forge is network *and* provider of that exchange: what the product is answered is built whole, right or
    spoiled, and no other party's records can contradict it.
    """

    listening: bool = False
    prefix: str = "Q"
    programme: tuple[Programmed, ...] = ()
    """What the next question's inquiry and its resends are met with, one each."""
    numbers: dict[str, str] = field(default_factory=dict)
    """message_id → exchange number."""

    def own(self, numbers: Iterable[str]) -> bool:
        """Whether one of these exchanges was begun by a question of the product."""
        return not set(self.numbers.values()).isdisjoint(numbers)

    def number_of(self, message_id: str) -> tuple[str | None, tuple[Programmed, ...]]:
        """The exchange number of an inquiry and, for a new one, its programme."""
        if message_id in self.numbers or not self.listening:
            return self.numbers.get(message_id), ()
        self.numbers[message_id] = f"{self.prefix}-{len(self.numbers) + 1}"
        programme, self.programme = self.programme, ()
        return self.numbers[message_id], programme


class ForgedNetwork:
    """The books of the exchanges that the forge made. One lock; replies are made under it, so their order is the order kept."""

    def __init__(self, sign: Sign, now: Callable[[], datetime]) -> None:
        self._sign = sign
        self._now = now
        self._lock = threading.Lock()
        self._exchanges: dict[str, ForgedExchange] = {}
        self.questions = Questions()

    def now(self) -> datetime:
        """The network's clock."""
        return self._now()

    def number_of(self, typ: str | None, envelope: Json, claims: Json) -> str | None:
        """The exchange of the forge's that a message is about, None when it is none of ours.

        An inquiry of the product is ours while we listen for questions, and so are its resends ever after.
        """
        if typ == INQUIRY:
            return self._inquiry(envelope, claims)
        numbers = [claims.get("exchange_number"), *(item.get("exchange_number") for item in _items(claims))]
        return next((one for one in numbers if isinstance(one, str) and self.knows(one)), None)

    def _inquiry(self, envelope: Json, claims: Json) -> str | None:
        with self._lock:
            number, programme = self.questions.number_of(str(claims.get("message_id")))
            if number is not None and number not in self._exchanges:
                at = instants.render(self._now())
                exchange = ForgedExchange(
                    number, claims, sha256_b64u(str(envelope.get("header")).encode()), at,
                    str(claims.get("expires_at")), state="accepted", state_at=at,
                )  # fmt: skip
                exchange.asking.extend(programme)
                self._exchanges[number] = exchange
        return number

    def open(self, exchange: ForgedExchange) -> None:
        """Put an exchange on the books, before its inquiry is delivered: an answer may be quicker than the 202."""
        with self._lock:
            self._exchanges[exchange.number] = exchange

    def knows(self, exchange_number: str | None) -> bool:
        """Whether this exchange is the forge's."""
        with self._lock:
            return exchange_number in self._exchanges

    def program(self, exchange_number: str, *replies: Programmed) -> None:
        """What the next messages of this exchange are met with, one each; then it is replied as is due."""
        with self._lock:
            self._exchanges[exchange_number].programme.extend(replies)

    def program_no_more(self, exchange_number: str) -> None:
        """Forget what the inquiry of this exchange and its resends were to be met with."""
        with self._lock:
            self._exchanges[exchange_number].asking.clear()

    def exchange(self, exchange_number: str) -> ForgedExchange:
        """The exchange as it stands; KeyError if it is not ours."""
        with self._lock:
            return self._exchanges[exchange_number]

    def close(self, exchange_number: str, state: str, why: tuple[str, str] | None = None) -> str:
        """End an exchange (withdrawn, rejected, expired); the signed receipt that says so."""
        with self._lock:
            exchange = self._exchanges[exchange_number]
            exchange.refusal = why
            self._enter(exchange, state)
            return self.receipt(exchange)

    def take(self, exchange_number: str, typ: str | None, envelope: Json, claims: Json) -> Taken:
        """One message for an exchange."""
        with self._lock:
            exchange = self._exchanges[exchange_number]
            programme = exchange.asking if typ == INQUIRY and exchange.asking else exchange.programme
            programmed = programme.pop(0) if programme else None
            if programmed is None or isinstance(programmed, Slow):
                ends = programmed is None or programmed.seconds is not None
                return Taken(self._due(exchange, typ, envelope, claims), ends, programmed)
            return Taken(self._programmed(programmed), False)

    def _programmed(self, programmed: Busy | Lose | Refuse) -> Reply | None:
        if isinstance(programmed, Lose):
            return None
        stage = programmed.stage if isinstance(programmed, Refuse) else "transport"
        problem: Json = {"type": "about:blank", "status": programmed.status, "code": programmed.code, "stage": stage}
        headers = {"content-type": "application/problem+json"}
        if isinstance(programmed, Busy) and programmed.retry_after is not None:
            headers["retry-after"] = str(programmed.retry_after)
        return Reply(programmed.status, headers, json.dumps(problem).encode())

    def _due(self, exchange: ForgedExchange, typ: str | None, envelope: Json, claims: Json) -> Reply:
        body: Json = {"exchange_number": exchange.number}
        if typ == INQUIRY:
            return _json(202, body | {"state": exchange.state})
        if typ == ACKNOWLEDGEMENT:
            return _json(202, {"items": [self._acknowledged(item) for item in _items(claims)]})
        match ANSWER if "body" in envelope else typ:
            case "renkei-answer":
                part = claims.get("part")
                exchange.parts.setdefault(part, str(envelope.get("header")))
                self._enter(exchange, "answered" if claims.get("last_part") is not False else "delivered")
                body |= {"state": exchange.state, "receipt": self.receipt(exchange, envelope, claims)}
            case "renkei-refusal":
                exchange.refusal = (str(claims.get("code")), str(claims.get("stage")))
                self._enter(exchange, "refused")
                body |= {"state": "refused"}
            case "renkei-query":
                return _json(200, {"receipt": self.receipt(exchange)})
            case _:
                body |= {"state": exchange.state}
        return _json(202, body)

    def _acknowledged(self, item: Json) -> Json:
        """What the network enters; an answer that is rejected as not vouched for is one that it never delivered."""
        number = item.get("exchange_number")
        exchange = self._exchanges.get(str(number))
        outcome = item.get("outcome")
        if exchange is None or (outcome == "rejected" and item.get("stage") == "permit"):
            return {"exchange_number": number, "code": "answer_not_bound", "stage": "state"}
        if outcome != "taken":  # a receipt alone is taken, and changes nothing
            self._enter(exchange, "rejected" if outcome == "rejected" else "collected")
        return {"exchange_number": number, "state": exchange.state}

    def _enter(self, exchange: ForgedExchange, state: str) -> None:
        exchange.state = state
        exchange.state_at = instants.render(self._now())

    def receipt(self, exchange: ForgedExchange, envelope: Json | None = None, claims: Json | None = None) -> str:
        """The signed receipt of an exchange as it stands; of an answer when its envelope and claims are given."""
        inquiry = exchange.inquiry
        receipt: Json = {
            "exchange_number": exchange.number,
            "kind": "inquiry",
            "state": exchange.state,
            "from": inquiry["from"],
            "to": inquiry["to"],
            "in_reply_to": inquiry["message_id"],
            "inquiry_sha256": exchange.inquiry_sha256,
            "subjects_sha256": inquiry["subjects_sha256"],
            "accepted_at": exchange.accepted_at,
            "expires_at": exchange.expires_at,
            "state_at": exchange.state_at or exchange.accepted_at,
        }
        if exchange.refusal is not None:
            receipt |= {"code": exchange.refusal[0], "stage": exchange.refusal[1]}
        if envelope is not None and claims is not None:
            receipt |= {
                "answer_sha256": sha256_b64u(str(envelope.get("header")).encode()),
                "body_sha256": sha256_b64u(str(envelope.get("body")).encode()),
                "part": claims.get("part", 1),
                "last_part": claims.get("last_part", True),
            }
        return self._sign("renkei-receipt", receipt)


def _items(claims: Json) -> list[Json]:
    found = claims.get("items")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def sorted_out(request: Request) -> tuple[Json, str | None, Json]:
    """Envelope, `typ` and claims of a message as far as they can be had."""
    if request.method != "POST" or request.path != MESSAGES:
        return {}, None, {}
    try:
        envelope = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}, None, {}
    if not isinstance(envelope, dict):
        return {}, None, {}
    typ, claims = peek(envelope.get("header"))
    return envelope, typ, claims


def _json(status: int, body: Json) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())
