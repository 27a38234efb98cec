"""The tap: stands between product and network, both ways, keeps the bytes and hands them on.

    from the product   a message of one of the forge's exchange numbers → `lower/network.py`; all else → W
    from the network   a message to a body that the forge plays → kept and taken; all else → the product

Pure of transport: `serve.py` puts it on two loopback ports, in process it is called directly. Nothing here waits for
time: waiting is by condition variable, woken by every arrival.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from renkei_conformance.drivers import Door, Passed, Reply, Request, Sink, Unreachable
from renkei_conformance.lower.inbox import ForgedInbox
from renkei_conformance.lower.network import ForgedNetwork, Heard, LostReply, SlowReply, Taken, sorted_out
from renkei_conformance.wire import Json, peek

QUERY, ACKNOWLEDGEMENT = "renkei-query", "renkei-acknowledgement"
HANDED_ON = 30.0  # the other side's reply is awaited this long; the sender's own patience ends earlier


class Tap:
    """See the module. Safe to call from several threads."""

    def __init__(
        self, forged: ForgedNetwork, network: Door | None, product: Door | None, sink: Sink | None = None
    ) -> None:
        self.forged = forged
        self._network = network
        self._product = product
        self._sinks: list[Sink] = [] if sink is None else [sink]
        self._played: set[str] = set()
        self._programmes: dict[str, list[Reply | None]] = {}
        self._away: tuple[str, ...] = ()
        self.inbox: ForgedInbox | None = None
        """The box of a product that fetches; None: it is pushed to."""
        self._heard: list[Heard] = []
        self._about: dict[str, list[Heard]] = {}
        self._typed: dict[str | None, list[Heard]] = {}
        self._arrived = threading.Condition()

    def watch(self, sink: Sink) -> Callable[[], None]:
        """Tell a sink of everything from now on; the function that is returned ends it."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def say_next(self, body: str, *replies: Reply | None) -> None:
        """What the next messages to a body that the forge plays are met with, one each; None: no reply at all."""
        self._programmes[body] = list(replies)

    def play(self, body: str) -> None:
        """From now on the forge is this body towards the network: what comes for it is kept and taken, not handed on."""
        self._played.add(body)

    @contextmanager
    def away(self, *paths: str) -> Iterator[None]:
        """For as long as it lasts, what the product fetches under these paths is answered 503: the directory is away."""
        before, self._away = self._away, paths
        try:
            yield
        finally:
            self._away = before

    # What comes

    def handle_from_product(self, request: Request) -> Reply:
        """What the product sends to what it takes for the network. May raise `LostReply`, `SlowReply`, `DoorTrouble` of W."""
        if request.method == "GET" and request.path.startswith(self._away or ("\n",)):
            reply = Reply(503, {"content-type": "text/plain", "retry-after": "1"}, b"away")
            self._tell(Passed("W", "heard", request, reply, None, "the directory is away on purpose"))
            return reply
        envelope, typ, claims = sorted_out(request)
        if self.inbox is not None and typ == QUERY and claims.get("ask") == "inbox":
            return self._fetched(self.inbox, request, claims, envelope)
        if typ == ACKNOWLEDGEMENT and (numbers := self._ours(claims)) and not self.forged.questions.own(numbers):
            return self._acknowledged(numbers, request, claims, envelope)
        number = self.forged.number_of(typ, envelope, claims)
        if number is None:
            return self._hand_on(self._network, request, typ, claims, envelope, "from the product, handed on")
        taken = self.forged.take(number, typ, envelope, claims)
        for named in dict.fromkeys([number, *(self._ours(claims) if typ == ACKNOWLEDGEMENT else ())]):
            if taken.counts:
                self._settled(named)
            self._keep(named, typ, claims, envelope, request, taken.reply, taken.counts)
        self._tell(Passed("N", "heard", request, taken.reply, _trouble(taken), "the forge's network"))
        if taken.reply is None:
            raise LostReply
        if taken.slow is not None:
            raise SlowReply(taken.reply, taken.slow.seconds)
        return taken.reply

    def handle_from_network(self, request: Request) -> Reply:
        """What the network sends to a body. May raise `LostReply`, and `DoorTrouble` of the product."""
        envelope, typ, claims = sorted_out(request)
        if "receipt" in envelope and not claims:
            typ, claims = peek(envelope["receipt"])
        to = claims.get("to") if "header" in envelope else claims.get("from")
        if to not in self._played and self.inbox is not None:
            return self._boxed(self.inbox, request, typ, claims, envelope)
        if to not in self._played:
            return self._hand_on(self._product, request, typ, claims, envelope, "from the network, handed on")
        number = _exchange_of(_beside(envelope)) or _exchange_of(claims)
        if programme := self._programmes.get(str(to)):
            programmed = programme.pop(0)
            self._keep(number, typ, claims, envelope, request, programmed, counted=False)
            self._tell(Passed("W", "heard", request, programmed, None, f"body {to} played by the forge"))
            if programmed is None:
                raise LostReply
            return programmed
        state = "answered" if typ == "renkei-answer" else "delivered"
        reply = Reply(
            202, {"content-type": "application/json"}, json.dumps({"exchange_number": number, "state": state}).encode()
        )
        self._keep(number, typ, claims, envelope, request, reply, counted=True)
        self._tell(Passed("W", "heard", request, reply, None, f"body {to} played by the forge"))
        return reply

    # What was heard

    def heard(self, exchange_number: str | None = None) -> tuple[Heard, ...]:
        """Everything heard so far (of this exchange), in order of arrival."""
        with self._arrived:
            if exchange_number is None:
                return tuple(self._heard)
            return tuple(
                heard for heard in self._about.get(exchange_number, ()) if heard.exchange_number == exchange_number
            )

    def wait_for(self, exchange_number: str, typ: str, patience: float, count: int = 1) -> tuple[Heard, ...]:
        """Wait until `count` counted messages of this `typ` have arrived for the exchange, at most `patience` seconds.

        Returns those that have arrived, which may be fewer.
        """
        return self.wait_until(
            lambda heard: heard.exchange_number == exchange_number and heard.counted,
            patience,
            count,
            about=exchange_number,
            typ=typ,
        )

    def wait_until(
        self,
        wanted: Callable[[Heard], bool],
        patience: float,
        count: int = 1,
        *,
        about: str | None = None,
        typ: str | None = None,
    ) -> tuple[Heard, ...]:
        """The same for any condition on a message.

        `about`: only among those that name this exchange, `typ`: only among those of this type. A run hears thousands.
        """
        end = time.monotonic() + patience
        with self._arrived:
            while True:
                among = self._heard if typ is None else self._typed.get(typ, [])
                if about is not None:
                    among = self._about.get(about, [])
                found = tuple(heard for heard in among if typ in (None, heard.typ) and wanted(heard))
                left = end - time.monotonic()
                if len(found) >= count or left <= 0:
                    return found
                self._arrived.wait(left)

    def _fetched(self, inbox: ForgedInbox, request: Request, claims: Json, envelope: Json) -> Reply:
        """An inbox query: what the forge has laid in, and what the network has brought."""
        body = inbox.fetch(str(envelope.get("header")), claims)
        reply = Reply(200, {"content-type": "application/json"}, body)
        self._tell(Passed("N", "heard", request, reply, None, "the forge's inbox"))
        return reply

    def _boxed(self, inbox: ForgedInbox, request: Request, typ: str | None, claims: Json, envelope: Json) -> Reply:
        """From the network to a product that fetches: laid into the box that we keep for it."""
        number = _exchange_of(_beside(envelope)) or _exchange_of(claims)
        inbox.put(request.body, number)
        members = {"exchange_number": number, "state": "answered" if typ == "renkei-answer" else "delivered"}
        reply = Reply(202, {"content-type": "application/json"}, json.dumps(members).encode())
        self._keep(number, typ, claims, envelope, request, reply, counted=True)
        self._tell(Passed("W", "heard", request, reply, None, "from the network, laid in the product's inbox"))
        return reply

    def _settled(self, number: str | None) -> None:
        if self.inbox is not None:
            self.inbox.settle(number)

    def _ours(self, claims: Json) -> list[str]:
        return [number for number in _named(claims) if self.forged.knows(number)]

    def _acknowledged(self, numbers: list[str], request: Request, claims: Json, envelope: Json) -> Reply:
        """An acknowledgement of messages of the forge's: kept once for each exchange that it names."""
        items = [{"exchange_number": number, "state": self.forged.exchange(number).state} for number in numbers]
        reply = Reply(202, {"content-type": "application/json"}, json.dumps({"items": items}).encode())
        for number in numbers:
            self._settled(number)
            self._keep(number, ACKNOWLEDGEMENT, claims, envelope, request, reply, counted=True)
        self._tell(Passed("N", "heard", request, reply, None, "the forge's network"))
        return reply

    def _hand_on(
        self, door: Door | None, request: Request, typ: str | None, claims: Json, envelope: Json, note: str
    ) -> Reply:
        if door is None:
            raise Unreachable("tap", "nobody stands on that side in this run")
        passed = Request(request.method, request.path, _end_to_end(request.headers), request.body)
        reply = door.send(passed, HANDED_ON)
        reply = Reply(reply.status, _end_to_end(reply.headers), reply.body)
        if door is self._network and reply.status < 300:
            for number in (_exchange_of(claims), *_named(claims)):
                self._settled(number)
        if request.method == "POST":
            self._keep(_exchange_of(claims), typ, claims, envelope, request, reply, counted=True)
        self._tell(Passed("W", "heard", request, reply, None, note))
        return reply

    def _keep(
        self,
        number: str | None,
        typ: str | None,
        claims: Json,
        envelope: Json,
        request: Request,
        reply: Reply | None,
        counted: bool,
    ) -> None:
        with self._arrived:
            heard = Heard(len(self._heard), number, typ, claims, envelope, request, reply, counted, self.forged.now())
            self._heard.append(heard)
            self._typed.setdefault(typ, []).append(heard)
            for named in {number, *_named(claims)} - {None}:
                self._about.setdefault(str(named), []).append(heard)
            self._arrived.notify_all()

    def _tell(self, passed: Passed) -> None:
        for sink in tuple(self._sinks):
            sink(passed)


def _trouble(taken: Taken) -> str | None:
    if taken.reply is None:
        return "reply lost on purpose"
    if taken.slow is None:
        return None
    seconds = taken.slow.seconds
    return "reply in drips without an end, on purpose" if seconds is None else f"reply in drips over {seconds:g} s"


def _exchange_of(claims: Mapping[str, object]) -> str | None:
    number = claims.get("exchange_number")
    return number if isinstance(number, str) else None


def _named(claims: Mapping[str, object]) -> list[str]:
    # The exchanges that the items of an acknowledgement name.
    items = claims.get("items")
    rows = [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []
    return [str(row.get("exchange_number")) for row in rows]


def _beside(envelope: Json) -> Json:
    # The claims of the permit or receipt that stands beside a delivered message: the exchange number is theirs.
    return peek(envelope.get("permit") or envelope.get("receipt"))[1]


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    # Lengths and connection matters belong to one hop; each side's transport writes its own.
    hop = {
        "connection",
        "keep-alive",
        "transfer-encoding",
        "content-length",
        "host",
        "date",
        "server",
        "content-encoding",
    }
    return {name.lower(): value for name, value in headers.items() if name.lower() not in hop}
