"""The network's disk in SQLite: tables, the table of changes, and the reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renkei_emulator.exchange import Event
from renkei_emulator.storage.chain import Break, LogLine
from renkei_emulator.storage.network import Change, Delivery, Reissue, Repeat, StoredExchange
from renkei_emulator.storage.sqlite import SqliteFile

TABLES = [
    "CREATE TABLE start (number INTEGER PRIMARY KEY)",
    # Replay memory, shared by all bindings and kinds of message: (from, message_id) is used once.
    "CREATE TABLE seen (sender TEXT, message_id TEXT, header_sha256 TEXT NOT NULL, status INTEGER NOT NULL,"
    " reply TEXT NOT NULL, keep_until TEXT NOT NULL, PRIMARY KEY (sender, message_id, header_sha256)) WITHOUT ROWID",
    "CREATE INDEX seen_until ON seen (keep_until)",
    "CREATE TABLE exchange (exchange_number TEXT PRIMARY KEY, kind TEXT NOT NULL, sender TEXT NOT NULL,"
    " receiver TEXT NOT NULL, message_id TEXT NOT NULL, header_sha256 TEXT NOT NULL, subjects_sha256 TEXT,"
    " claims TEXT NOT NULL, receiver_codes TEXT, authority_row TEXT NOT NULL, accepted_at TEXT NOT NULL,"
    " expires_at TEXT NOT NULL) WITHOUT ROWID",
    # n counts within the exchange: whoever adds the same n a second time had looked at an old state.
    "CREATE TABLE event (exchange_number TEXT REFERENCES exchange, n INTEGER, at TEXT NOT NULL, happened TEXT NOT NULL,"
    " state TEXT NOT NULL, part INTEGER, message_id TEXT, header_sha256 TEXT, last_part INTEGER, code TEXT, stage TEXT,"
    " PRIMARY KEY (exchange_number, n)) WITHOUT ROWID",
    "CREATE TABLE delivery (id INTEGER PRIMARY KEY, exchange_number TEXT NOT NULL,"
    " body TEXT NOT NULL, what TEXT NOT NULL, sha256 TEXT NOT NULL, envelope BLOB NOT NULL, attempts INTEGER NOT NULL,"
    " next_at TEXT, until TEXT NOT NULL)",
    "CREATE INDEX delivery_next ON delivery (body, next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX delivery_exchange ON delivery (exchange_number)",
    "CREATE TABLE reissue (body TEXT, serial INTEGER, generation INTEGER, effective_at TEXT NOT NULL,"
    " PRIMARY KEY (body, serial, generation)) WITHOUT ROWID",
]

CHANGES: dict[str, str] = {
    "started": "INSERT INTO start VALUES (:number)",
    "seen": "INSERT INTO seen VALUES (:sender, :message_id, :header_sha256, :status, :reply, :keep_until)",
    "forget": "DELETE FROM seen WHERE keep_until < :now",
    "exchange": "INSERT INTO exchange VALUES (:exchange_number, :kind, :sender, :receiver, :message_id, :header_sha256,"
    " :subjects_sha256, :claims, :receiver_codes, :authority_row, :accepted_at, :expires_at)",
    "event": "INSERT INTO event VALUES (:exchange_number, :n, :at, :on, :state, :part, :message_id, :header_sha256,"
    " :last_part, :code, :stage)",
    "delivery": "INSERT INTO delivery (exchange_number, body, what, sha256, envelope, attempts, next_at, until)"
    " VALUES (:exchange_number, :body, :what, :sha256, :envelope, 0, :next_at, :until)",
    "reissue": "INSERT INTO reissue VALUES (:body, :serial, :generation, :effective_at)",
    "delivery_again": "UPDATE delivery SET attempts = attempts + 1, next_at = :next_at WHERE id = :id",
    "delivery_done": "UPDATE delivery SET next_at = NULL WHERE id = :id",
    "deliveries_over": "UPDATE delivery SET next_at = NULL WHERE exchange_number = :exchange_number"
    " AND body = :body AND what = :what",
    "delivery_taken": "UPDATE delivery SET next_at = NULL WHERE exchange_number = :exchange_number"
    " AND body = :body AND sha256 = :sha256",
}

_DELIVERY = "SELECT id, exchange_number, body, what, sha256, envelope, attempts, until FROM delivery"


class NetworkSqlite:
    """Fills ``NetworkStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self.file = file
        self._nothing_due: tuple[int, str, tuple[str, ...]] | None = None
        file.schema("network", 2, TABLES)

    async def write(self, changes: Sequence[Change], lines: Sequence[LogLine] = ()) -> None:
        await self.file.write([(CHANGES[name], values) for name, values in changes], lines)

    async def start(self) -> int:
        """The number of this start, from 1; durable before any dice of this start are thrown."""
        number = int(self.file.read("SELECT coalesce(max(number), 0) FROM start")[0][0]) + 1
        await self.write([("started", {"number": number})])
        return number

    def repeat(self, sender: str, message_id: str, header_sha256: str) -> Repeat | None:
        """What was said to the message of that sender and id, if there was one; that of the same header first."""
        sql = (
            "SELECT header_sha256, status, reply FROM seen WHERE sender = ? AND message_id = ?"
            " ORDER BY header_sha256 = ? DESC LIMIT 1"
        )
        row = self._one(sql, sender, message_id, header_sha256)
        return None if row is None else Repeat(*row)

    def exchange(self, exchange_number: str) -> StoredExchange | None:
        row = self._one("SELECT * FROM exchange WHERE exchange_number = ?", exchange_number)
        return None if row is None else StoredExchange(*row)

    def exchanges(self) -> list[StoredExchange]:
        """All of them, oldest first."""
        return [
            StoredExchange(*row)
            for row in self.file.read("SELECT * FROM exchange ORDER BY accepted_at, exchange_number")
        ]

    def events(self, exchange_number: str) -> list[Event]:
        """Oldest first."""
        sql = (
            "SELECT at, happened, state, part, message_id, header_sha256, last_part, code, stage FROM event"
            " WHERE exchange_number = ? ORDER BY n"
        )
        return [Event(*row) for row in self.file.read(sql, (exchange_number,))]

    def open_exchanges(self) -> list[tuple[str, str, str]]:
        """(number, state, expires_at) of those that the clock can still end: for a start, reads everything once."""
        return [
            (row[0], row[1], row[2])
            for row in self.file.read(
                "SELECT x.exchange_number, e.state, x.expires_at FROM exchange x JOIN event e ON"
                " e.exchange_number = x.exchange_number AND e.n ="
                " (SELECT max(n) FROM event WHERE exchange_number = x.exchange_number)"
                " WHERE e.state IN ('accepted', 'delivered', 'answered')"
            )
        ]

    def due(self, now: str, bodies: Sequence[str], most: int) -> list[Delivery]:
        """What is to be pushed to these bodies by now, oldest first."""
        if self.quiet(now, bodies):
            return []
        writes, marks = self.file.writes, ", ".join("?" * len(bodies))
        sql = f"{_DELIVERY} WHERE body IN ({marks}) AND next_at <= ? AND until > ? ORDER BY next_at, id LIMIT ?"
        found = [Delivery(*row) for row in self.file.read(sql, (*bodies, now, now, most))]
        self._nothing_due = None if found else (writes, now, tuple(bodies))
        return found

    def quiet(self, now: str, bodies: Sequence[str]) -> bool:
        """Whether the last look found nothing due for these at this instant, and nothing was written since."""
        return self._nothing_due == (self.file.writes, now, tuple(bodies))

    def offered(self, body: str, now: str, most: int) -> list[Delivery]:
        """What the body can fetch now: not taken yet and not under lease."""
        return self.due(now, (body,), most)

    def delivered(self, exchange_number: str, body: str, sha256: str) -> str | None:
        """What of that hash the body was sent in this exchange: `inquiry`, `answer`, `receipt`, or nothing."""
        sql = "SELECT what FROM delivery WHERE exchange_number = ? AND body = ? AND sha256 = ?"
        row = self._one(sql, exchange_number, body, sha256)
        return None if row is None else row[0]

    def reissues(self, body: str, serial: int) -> list[Reissue]:
        """The codes that a person has got at a body after the first one, oldest first."""
        sql = "SELECT body, serial, generation, effective_at FROM reissue WHERE body = ? AND serial = ? ORDER BY generation"
        return [Reissue(*row) for row in self.file.read(sql, (body, serial))]

    def log_lines(self, body: str, log: str, exchange_number: str | None = None) -> list[str]:
        return self.file.log_lines(body, log, exchange_number)

    def verify_chains(self) -> list[Break]:
        return self.file.verify_chains()

    def close(self) -> None:
        self.file.close()

    def _one(self, sql: str, *params: str) -> tuple[Any, ...] | None:
        rows = self.file.read(sql, params)
        return rows[0] if rows else None
