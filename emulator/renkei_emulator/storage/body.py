"""What a body asks of its disk: the port. A filling (``body_sqlite``) answers.

Reads give rows of the last durable state. What is written is a list of *changes*, each a name from the table of
changes and its values, in one piece together with the log lines that speak of them.
Instants are written as on the wire, so that text order is time order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from renkei_emulator.storage.chain import Break, LogLine

Change = tuple[str, Mapping[str, Any]]


class Seen(NamedTuple):
    """A message that was taken before: what it was, and the exchange it belongs to."""

    header_sha256: str
    exchange_number: str


class StoredInquiry(NamedTuple):
    """An inquiry as it came, sealed. Opening it means walking the journey again."""

    exchange_number: str
    envelope: bytes
    received_at: str
    expires_at: str


class Waiting(NamedTuple):
    exchange_number: str
    received_at: str
    reason: str


class StoredRecord(NamedTuple):
    """One row of the reference DB; ``keys`` and ``record`` are JSON text."""

    keys: str
    status: str | None
    as_of: str
    record: str | None


class Outgoing(NamedTuple):
    """A sealed message on its way to the network. The same bytes go out until it is settled."""

    message_id: str
    typ: str
    exchange_number: str | None
    envelope: bytes
    expires_at: str
    attempts: int


class StoredAsk(NamedTuple):
    """A question of ours. ``request`` and ``results`` are JSON text."""

    ask_id: str
    message_id: str
    request_sha256: str
    exchange_number: str | None
    request: str
    inquiry_sha256: str
    subjects_sha256: str
    claims: str
    state: str
    code: str | None
    stage: str | None
    results: str | None
    answer_sha256: str | None


class BodyStore(Protocol):
    """Everything one body keeps."""

    def seen(self, sender: str, message_id: str) -> Seen | None: ...
    def inquiry(self, exchange_number: str) -> StoredInquiry | None: ...
    def inquiry_state(self, exchange_number: str) -> str | None: ...
    def answer_ids(self, exchange_number: str) -> list[str]: ...
    def decision(self, exchange_number: str) -> Mapping[str, Any] | None: ...
    def unanswered(self) -> list[str]: ...
    def waiting(self) -> list[Waiting]: ...
    def own_number(self, link_code: str) -> str | None: ...
    def link_code(self, own_number: str, now: str) -> str | None: ...
    def copies(self, own_number: str, information: str) -> list[StoredRecord]: ...
    def handling(self, own_number: str | None, information: str) -> tuple[str, str] | None: ...
    def load_reply(self, load_id: str) -> tuple[str, str] | None: ...
    def ask(self, ask_id: str) -> StoredAsk | None: ...
    def ask_of(self, exchange_number: str) -> StoredAsk | None: ...
    def ask_of_message(self, message_id: str) -> StoredAsk | None: ...
    def asks(self) -> list[StoredAsk]: ...
    def due(self, now: str) -> list[Outgoing]: ...
    def quiet(self, now: str) -> bool: ...
    def outgoing(self, message_id: str) -> Outgoing | None: ...
    def under_way(self, exchange_number: str, typ: str) -> list[bool]: ...
    def log_rows(self, body: str, log: str, exchange_number: str | None = None) -> list[tuple[str, str | None]]: ...
    def verify_chains(self) -> list[Break]: ...
    async def write(self, changes: Sequence[Change], lines: Sequence[LogLine] = ()) -> None: ...
