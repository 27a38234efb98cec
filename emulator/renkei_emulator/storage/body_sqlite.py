"""A body's disk in SQLite: tables, the table of changes, and the reads.

States are event rows: the state of an inquiry or of a question is its last event, and what happened before stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from renkei_emulator.storage.body import Change, Outgoing, Seen, StoredAsk, StoredInquiry, StoredRecord, Waiting
from renkei_emulator.storage.chain import Break, LogLine
from renkei_emulator.storage.sqlite import SqliteFile

TABLES = [
    "CREATE TABLE start (number INTEGER PRIMARY KEY)",
    # Replay memory, for every kind of message: (from, message_id) is used once.
    "CREATE TABLE seen (sender TEXT, message_id TEXT, header_sha256 TEXT NOT NULL, exchange_number TEXT NOT NULL,"
    " keep_until TEXT NOT NULL, PRIMARY KEY (sender, message_id)) WITHOUT ROWID",
    "CREATE TABLE inquiry (exchange_number TEXT PRIMARY KEY, envelope BLOB NOT NULL, received_at TEXT NOT NULL,"
    " expires_at TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE inquiry_event (n INTEGER PRIMARY KEY, exchange_number TEXT NOT NULL REFERENCES inquiry,"
    " at TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, detail TEXT)",
    "CREATE INDEX inquiry_event_exchange ON inquiry_event (exchange_number)",
    "CREATE TABLE outgoing (message_id TEXT PRIMARY KEY, typ TEXT NOT NULL, exchange_number TEXT,"
    " envelope BLOB NOT NULL, expires_at TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, outcome TEXT)"
    " WITHOUT ROWID",
    "CREATE INDEX outgoing_next ON outgoing (next_at) WHERE next_at IS NOT NULL",
    "CREATE TABLE link_code (link_code TEXT PRIMARY KEY, own_number TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX link_code_own ON link_code (own_number)",
    # A code that takes another's place finds its person at once; we ask by it from then on.
    "CREATE TABLE link_code_from (link_code TEXT PRIMARY KEY, effective_at TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE record (own_number TEXT, information TEXT, keys TEXT, status TEXT, as_of TEXT NOT NULL,"
    " record TEXT, load_id TEXT NOT NULL, PRIMARY KEY (own_number, information, keys)) WITHOUT ROWID",
    # '' stands for "all": a mark on every person, or on every information of one person.
    "CREATE TABLE handling (own_number TEXT, information TEXT, mode TEXT NOT NULL, reason TEXT NOT NULL,"
    " PRIMARY KEY (own_number, information)) WITHOUT ROWID",
    "CREATE TABLE load (load_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, reply TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE ask (ask_id TEXT PRIMARY KEY, message_id TEXT UNIQUE NOT NULL, request_sha256 TEXT NOT NULL,"
    " request TEXT NOT NULL, inquiry_sha256 TEXT NOT NULL, subjects_sha256 TEXT NOT NULL, claims TEXT NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE ask_exchange (exchange_number TEXT PRIMARY KEY, ask_id TEXT UNIQUE NOT NULL) WITHOUT ROWID",
    "CREATE TABLE ask_event (n INTEGER PRIMARY KEY, ask_id TEXT NOT NULL REFERENCES ask, at TEXT NOT NULL,"
    " state TEXT NOT NULL, code TEXT, stage TEXT)",
    "CREATE INDEX ask_event_ask ON ask_event (ask_id)",
    "CREATE TABLE ask_result (ask_id TEXT PRIMARY KEY REFERENCES ask, answer_sha256 TEXT NOT NULL,"
    " results TEXT NOT NULL) WITHOUT ROWID",
]

CHANGES: dict[str, str] = {
    "started": "INSERT INTO start VALUES (:number)",
    "seen": "INSERT INTO seen VALUES (:sender, :message_id, :header_sha256, :exchange_number, :keep_until)",
    "inquiry": "INSERT INTO inquiry VALUES (:exchange_number, :envelope, :received_at, :expires_at)",
    "inquiry_state": "INSERT INTO inquiry_event (exchange_number, at, state, reason, detail)"
    " VALUES (:exchange_number, :at, :state, :reason, :detail)",
    "outgoing": "INSERT INTO outgoing VALUES"
    " (:message_id, :typ, :exchange_number, :envelope, :expires_at, 0, :next_at, NULL)",
    "outgoing_again": "UPDATE outgoing SET attempts = attempts + 1, next_at = :next_at WHERE message_id = :message_id",
    "outgoing_settled": "UPDATE outgoing SET attempts = attempts + 1, next_at = NULL, outcome = :outcome"
    " WHERE message_id = :message_id",
    "link_code": "INSERT OR REPLACE INTO link_code VALUES (:link_code, :own_number)",
    "link_code_from": "INSERT OR REPLACE INTO link_code_from VALUES (:link_code, :effective_at)",
    "record": "INSERT OR REPLACE INTO record VALUES"
    " (:own_number, :information, :keys, :status, :as_of, :record, :load_id)",
    "handling": "INSERT OR REPLACE INTO handling VALUES (:own_number, :information, :mode, :reason)",
    "load": "INSERT INTO load VALUES (:load_id, :sha256, :reply)",
    "ask": "INSERT INTO ask VALUES"
    " (:ask_id, :message_id, :request_sha256, :request, :inquiry_sha256, :subjects_sha256, :claims)",
    "ask_exchange": "INSERT OR IGNORE INTO ask_exchange VALUES (:exchange_number, :ask_id)",
    "ask_state": "INSERT INTO ask_event (ask_id, at, state, code, stage) VALUES (:ask_id, :at, :state, :code, :stage)",
    "ask_result": "INSERT OR REPLACE INTO ask_result VALUES (:ask_id, :answer_sha256, :results)",
}

_LAST_STATE = "SELECT state FROM inquiry_event e WHERE e.exchange_number = i.exchange_number ORDER BY n DESC LIMIT 1"
_ASK = (
    "SELECT a.ask_id, a.message_id, a.request_sha256, x.exchange_number, a.request, a.inquiry_sha256,"
    " a.subjects_sha256, a.claims, e.state, e.code, e.stage, r.results, r.answer_sha256"
    " FROM ask a JOIN ask_event e ON e.n = (SELECT max(n) FROM ask_event WHERE ask_id = a.ask_id)"
    " LEFT JOIN ask_exchange x ON x.ask_id = a.ask_id LEFT JOIN ask_result r ON r.ask_id = a.ask_id"
)
_OUTGOING = "SELECT message_id, typ, exchange_number, envelope, expires_at, attempts FROM outgoing"


class BodySqlite:
    """Fills ``BodyStore`` with one file of its own: no body's rows are reachable from another's."""

    def __init__(self, file: SqliteFile) -> None:
        self.file = file
        self._nothing_due: tuple[int, str] | None = None
        file.schema("body", 2, TABLES)

    async def write(self, changes: Sequence[Change], lines: Sequence[LogLine] = ()) -> None:
        await self.file.write([(CHANGES[name], values) for name, values in changes], lines)

    async def start(self) -> int:
        """The number of this start, from 1; durable before any dice of this start are thrown."""
        number = int(self.file.read("SELECT coalesce(max(number), 0) FROM start")[0][0]) + 1
        await self.write([("started", {"number": number})])
        return number

    def seen(self, sender: str, message_id: str) -> Seen | None:
        sql = "SELECT header_sha256, exchange_number FROM seen WHERE sender = ? AND message_id = ?"
        row = self._one(sql, sender, message_id)
        return None if row is None else Seen(*row)

    def inquiry(self, exchange_number: str) -> StoredInquiry | None:
        row = self._one("SELECT * FROM inquiry WHERE exchange_number = ?", exchange_number)
        return None if row is None else StoredInquiry(*row)

    def inquiry_state(self, exchange_number: str) -> str | None:
        sql = "SELECT state FROM inquiry_event WHERE exchange_number = ? ORDER BY n DESC LIMIT 1"
        row = self._one(sql, exchange_number)
        return None if row is None else row[0]

    def answer_ids(self, exchange_number: str) -> list[str]:
        """The message_ids of what was answered, corrections after what they correct."""
        sql = (
            "SELECT detail FROM inquiry_event WHERE exchange_number = ? AND state = 'sent' AND detail IS NOT NULL"
            " ORDER BY n"
        )
        return [json.loads(row[0]) for row in self.file.read(sql, (exchange_number,))]

    def decision(self, exchange_number: str) -> Mapping[str, Any] | None:
        sql = (
            "SELECT detail FROM inquiry_event WHERE exchange_number = ? AND state IN ('released', 'withheld')"
            " ORDER BY n DESC LIMIT 1"
        )
        row = self._one(sql, exchange_number)
        return None if row is None else dict(json.loads(row[0]))

    def unanswered(self) -> list[str]:
        """Inquiries that were acknowledged and neither answered nor left with a person: work after a restart."""
        rows = self.file.read(
            f"SELECT exchange_number FROM inquiry i WHERE ({_LAST_STATE}) IN"  # noqa: S608 - our own constant
            " ('received', 'looking_up', 'released', 'withheld') ORDER BY received_at"
        )
        return [row[0] for row in rows]

    def waiting(self) -> list[Waiting]:
        rows = self.file.read(
            "SELECT i.exchange_number, i.received_at, e.reason FROM inquiry i JOIN inquiry_event e ON e.n ="
            " (SELECT max(n) FROM inquiry_event WHERE exchange_number = i.exchange_number)"
            " WHERE e.state = 'waiting_for_person' ORDER BY i.received_at, i.exchange_number"
        )
        return [Waiting(*row) for row in rows]

    def own_number(self, link_code: str) -> str | None:
        row = self._one("SELECT own_number FROM link_code WHERE link_code = ?", link_code)
        return None if row is None else row[0]

    def link_code(self, own_number: str, now: str) -> str | None:
        """The person's code by which we ask now: the one that came into force last."""
        sql = (
            "SELECT c.link_code FROM link_code c LEFT JOIN link_code_from f ON f.link_code = c.link_code"
            " WHERE c.own_number = ? AND coalesce(f.effective_at, '') <= ? ORDER BY coalesce(f.effective_at, '') DESC LIMIT 1"
        )
        row = self._one(sql, own_number, now)
        return None if row is None else row[0]

    def copies(self, own_number: str, information: str) -> list[StoredRecord]:
        sql = "SELECT keys, status, as_of, record FROM record WHERE own_number = ? AND information = ? ORDER BY keys"
        return [StoredRecord(*row) for row in self.file.read(sql, (own_number, information))]

    def handling(self, own_number: str | None, information: str) -> tuple[str, str] | None:
        """(mode, reason) of the narrowest mark: person and information, person, information."""
        if own_number is not None:
            sql = (
                "SELECT mode, reason FROM handling WHERE own_number = ? AND information IN (?, '')"
                " ORDER BY information = '' LIMIT 1"
            )
            row = self._one(sql, own_number, information)
            if row is not None:
                return row[0], row[1]
        row = self._one("SELECT mode, reason FROM handling WHERE own_number = '' AND information = ?", information)
        return None if row is None else (row[0], row[1])

    def load_reply(self, load_id: str) -> tuple[str, str] | None:
        """(hash of the bytes that were loaded, the reply they got)."""
        row = self._one("SELECT sha256, reply FROM load WHERE load_id = ?", load_id)
        return None if row is None else (row[0], row[1])

    def ask(self, ask_id: str) -> StoredAsk | None:
        return self._ask(" WHERE a.ask_id = ?", ask_id)

    def ask_of(self, exchange_number: str) -> StoredAsk | None:
        return self._ask(" WHERE x.exchange_number = ?", exchange_number)

    def ask_of_message(self, message_id: str) -> StoredAsk | None:
        return self._ask(" WHERE a.message_id = ?", message_id)

    def asks(self) -> list[StoredAsk]:
        return [StoredAsk(*row) for row in self.file.read(_ASK + " ORDER BY e.n")]

    def due(self, now: str) -> list[Outgoing]:
        if self.quiet(now):
            return []
        writes = self.file.writes
        rows = self.file.read(_OUTGOING + " WHERE next_at <= ? ORDER BY next_at", (now,))
        self._nothing_due = None if rows else (writes, now)
        return [Outgoing(*row) for row in rows]

    def quiet(self, now: str) -> bool:
        """Whether the last look found nothing due at this instant, and nothing was written since."""
        return self._nothing_due == (self.file.writes, now)

    def outgoing(self, message_id: str) -> Outgoing | None:
        row = self._one(_OUTGOING + " WHERE message_id = ?", message_id)
        return None if row is None else Outgoing(*row)

    def under_way(self, exchange_number: str, typ: str) -> list[bool]:
        """For every message of this kind about the exchange: whether it is just being sent, or is to be sent again."""
        sql = "SELECT next_at IS NOT NULL FROM outgoing WHERE exchange_number = ? AND typ = ?"
        return [bool(row[0]) for row in self.file.read(sql, (exchange_number, typ))]

    def log_rows(self, body: str, log: str, exchange_number: str | None = None) -> list[tuple[str, str | None]]:
        return self.file.log_rows(body, log, exchange_number)

    def verify_chains(self) -> list[Break]:
        return self.file.verify_chains()

    def close(self) -> None:
        self.file.close()

    def _ask(self, where: str, value: str) -> StoredAsk | None:
        row = self._one(_ASK + where, value)
        return None if row is None else StoredAsk(*row)

    def _one(self, sql: str, *params: str) -> tuple[Any, ...] | None:
        rows = self.file.read(sql, params)
        return rows[0] if rows else None
