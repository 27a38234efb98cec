"""Drivers: how the examiner reaches a party. One interface, several wires; a case never knows which.

Door                  something that takes one Request and gives one Reply
├ http.HttpDoor       over the network (httpx2, keep-alive, no proxy, no environment)
└ callables.CallableDoor   in process: a function handed in by `renkei/`
Watched(door, …)      the same door, and everything that passes is told to a sink (evidence)

DoorTrouble           the message brought no HTTP reply; whose fault that is the verdict decides
├ Unreachable         nothing took it: refused, no route, wrong host; not one byte was delivered
├ TimedOut            taken, but no reply within the time
└ Rubbish             something answered that is not HTTP, or hung up half-way
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

MESSAGES = "/renkei/1/messages"
MEDIA_TYPE = "application/vnd.renkei+json"

DoorName = Literal["N", "B", "W", "M"]
"""N: the product's network side · B: its business side · W: the emulated network or a counterpart · M: management."""


@dataclass(frozen=True)
class Request:
    """One HTTP request. `path` starts with `/`, header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """One HTTP reply. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class DoorTrouble(Exception):  # noqa: N818 - an event on the line  # noqa: N818 - the field's word
    """No HTTP reply came. `detail` is for the operator, never compared."""

    def __init__(self, address: str, detail: str) -> None:
        super().__init__(f"{address}: {detail}")
        self.address = address
        self.detail = detail


class Unreachable(DoorTrouble):
    """Nothing listens there."""


class TimedOut(DoorTrouble):
    """The request went out, no reply came in time."""


class Rubbish(DoorTrouble):
    """What came back is no HTTP reply, or the connection ended half-way."""


class Door(Protocol):
    """Where a party is reached."""

    def send(self, request: Request, timeout: float) -> Reply:
        """Send and wait at most `timeout` seconds. Raises `DoorTrouble` when no HTTP reply came."""
        ...


@dataclass(frozen=True)
class Passed:
    """One message that passed a door or the tap: the raw material of evidence."""

    door: DoorName
    direction: Literal["sent", "heard"]
    request: Request
    reply: Reply | None
    trouble: str | None = None
    note: str = ""


Sink = Callable[[Passed], None]
"""Takes every message that passed. It is called from the thread that carried the message: keep it short, and locked."""


class Watched:
    """A door that tells a sink of everything that passes through it, also of what failed."""

    def __init__(self, door: Door, name: DoorName, sink: Sink) -> None:
        self._door = door
        self._name = name
        self._sink = sink

    def send(self, request: Request, timeout: float) -> Reply:
        try:
            reply = self._door.send(request, timeout)
        except DoorTrouble as trouble:
            self._sink(Passed(self._name, "sent", request, None, f"{type(trouble).__name__}: {trouble}"))
            raise
        self._sink(Passed(self._name, "sent", request, reply))
        return reply
