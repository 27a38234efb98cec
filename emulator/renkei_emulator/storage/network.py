"""What the network asks of its disk: the port. A filling (``network_sqlite``) answers.

As in ``body``: reads give the last durable state; a write is a list of named changes with log lines, all or nothing.
Two writers that both saw the same exchange cannot both add its next event: the second gets ``Conflict``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from renkei_emulator.exchange import Event
from renkei_emulator.storage.chain import Break, LogLine

Change = tuple[str, Mapping[str, Any]]


class Repeat(NamedTuple):
    """A message that was taken before, and what was said to it (JSON text)."""

    header_sha256: str
    status: int
    reply: str


class StoredExchange(NamedTuple):
    """The facts of an exchange that never change. ``claims`` and ``receiver_codes`` are JSON text."""

    exchange_number: str
    kind: str
    sender: str
    receiver: str
    message_id: str
    header_sha256: str
    subjects_sha256: str | None
    claims: str
    receiver_codes: str | None
    authority_row: str
    accepted_at: str
    expires_at: str


class Reissue(NamedTuple):
    """A person's link code at a body that took another's place; the first code is generation 0."""

    body: str
    serial: int
    generation: int
    effective_at: str


class Delivery(NamedTuple):
    """A message to a body; ``sha256`` is what is acknowledged.

    ``what`` is `inquiry`, `answer`, `receipt` or `link_code_change`, whose ``exchange_number`` is its own message_id.
    """

    id: int
    exchange_number: str
    body: str
    what: str
    sha256: str
    envelope: bytes
    attempts: int
    until: str


class NetworkStore(Protocol):
    """Everything the network keeps."""

    def repeat(self, sender: str, message_id: str, header_sha256: str) -> Repeat | None: ...
    def exchange(self, exchange_number: str) -> StoredExchange | None: ...
    def exchanges(self) -> list[StoredExchange]: ...
    def events(self, exchange_number: str) -> list[Event]: ...
    def open_exchanges(self) -> list[tuple[str, str, str]]: ...
    def due(self, now: str, bodies: Sequence[str], most: int) -> list[Delivery]: ...
    def quiet(self, now: str, bodies: Sequence[str]) -> bool: ...
    def offered(self, body: str, now: str, most: int) -> list[Delivery]: ...
    def delivered(self, exchange_number: str, body: str, sha256: str) -> str | None: ...
    def reissues(self, body: str, serial: int) -> list[Reissue]: ...
    def log_lines(self, body: str, log: str, exchange_number: str | None = None) -> list[str]: ...
    def verify_chains(self) -> list[Break]: ...
    async def write(self, changes: Sequence[Change], lines: Sequence[LogLine] = ()) -> None: ...
