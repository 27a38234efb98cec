"""Everything that must survive a restart, in one SQLite file: copies, link codes, exchanges, what is to be sent, logs."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .wire import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS load (load_id TEXT PRIMARY KEY, sha256 TEXT, reply TEXT);
CREATE TABLE IF NOT EXISTS code (own_number TEXT PRIMARY KEY, link_code TEXT);
CREATE INDEX IF NOT EXISTS by_code ON code (link_code);
CREATE TABLE IF NOT EXISTS copy (own_number TEXT, information TEXT, keys TEXT, status TEXT, as_of TEXT, record TEXT,
    PRIMARY KEY (own_number, information, keys));
CREATE TABLE IF NOT EXISTS mark (own_number TEXT, information TEXT, mode TEXT, reason TEXT,
    PRIMARY KEY (own_number, information));
CREATE TABLE IF NOT EXISTS exchange (number TEXT PRIMARY KEY, sender TEXT, message_id TEXT, header_sha256 TEXT,
    expires_at TEXT, state TEXT, received_at TEXT, reason TEXT, envelope BLOB, UNIQUE (sender, message_id));
CREATE TABLE IF NOT EXISTS outgoing (number TEXT PRIMARY KEY, bytes BLOB, until TEXT, due REAL, tries INTEGER);
CREATE TABLE IF NOT EXISTS line (log TEXT, number TEXT, text TEXT);
"""


class Store:
    """One connection and one lock: whoever writes has the file to himself, and what is committed is on the disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        rows = self.run(sql, *values)
        return rows[0] if rows else None

    def log(self, log: str, number: str | None, **members: object) -> None:
        """One line of a record, in the transaction of what it tells of."""
        text = json.dumps({k: v for k, v in members.items() if v is not None}, ensure_ascii=False)
        self.run("INSERT INTO line VALUES (?, ?, ?)", log, number, text)

    # --- copies -----------------------------------------------------------------------------------------------------

    def own_number(self, link_code: str) -> str | None:
        """ID変換: the own number of a link code, byte for byte."""
        row = self.one("SELECT own_number FROM code WHERE link_code = ?", link_code)
        return None if row is None else str(row[0])

    def marked(self, own_number: str, information: str) -> tuple[str, str] | None:
        """Mode and reason; a mark for the information goes before one for all."""
        for about in (information, ""):
            row = self.one("SELECT mode, reason FROM mark WHERE own_number = ? AND information = ?", own_number, about)
            if row is not None:
                return str(row[0]), str(row[1])
        return None

    def copies(self, own_number: str, information: str) -> list[tuple[Json, str | None, str, Json]]:
        """Keys, status, as_of and record of every copy of a person's."""
        sql = "SELECT keys, status, as_of, record FROM copy WHERE own_number = ? AND information = ?"
        return [(json.loads(k), s, a, json.loads(r)) for k, s, a, r in self.run(sql, own_number, information)]
