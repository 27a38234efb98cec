"""One SQLite file of one party: WAL, ``synchronous=FULL``, one writer thread, group commit.

Theory. Everybody may read, one thread writes. Jobs that arrive while the disk is being flushed are written together in
the next transaction, each in a savepoint of its own: one fsync for many, and a job that breaks a rule of the schema
takes no other job with it. Log lines get their hashes in that thread, so the order of a chain is the order in which
its lines became durable. ``write`` returns when the commit is on the disk: nothing may be acknowledged earlier.

A file in memory (``:memory:``) has no thread and writes in place: a still world has nobody to wait for, and a forked
process keeps no threads.
"""

from __future__ import annotations

import asyncio
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from renkei_emulator.storage.chain import Break, Head, LogLine, breaks, day_of, exported, genesis, hash_of, link
from renkei_fixtures.errors import SetupError

MEMORY = ":memory:"
Params = Sequence[Any] | Mapping[str, Any]
Statement = tuple[str, Params]

# One transaction holds at most this many jobs: under overload the first of them should not wait for the last.
GROUP = 128

LOG_TABLE = [
    "CREATE TABLE log_line (body TEXT NOT NULL, log TEXT NOT NULL, day TEXT NOT NULL, seq INTEGER NOT NULL,"
    " exchange_number TEXT, line TEXT NOT NULL, personal TEXT, PRIMARY KEY (body, log, day, seq)) WITHOUT ROWID",
    "CREATE INDEX log_line_exchange ON log_line (exchange_number) WHERE exchange_number IS NOT NULL",
]


class Conflict(Exception):  # noqa: N818 - no error: somebody else was quicker
    """A row that must be unique is there already; nothing of this job was written."""


@dataclass(slots=True)
class _Job:
    statements: Sequence[Statement]
    lines: Sequence[LogLine]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    error: Exception | None = None


class SqliteFile:
    """``path`` is a file or ``":memory:"``. Raises SetupError for a file that is not ours, in use, or unwritable."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._memory = self.path == MEMORY
        self.writes = 0
        """Grows with every group that is committed: the same number, the same content."""
        self._heads: dict[tuple[str, str, str], Head] = {}
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = None if self._memory else self._hold(Path(self.path))
        try:
            self._writer = self._connect()
            self._reader = self._writer if self._memory else self._connect()
            self.schema("log", 1, LOG_TABLE)
        except sqlite3.Error as error:
            if self._lock is not None:
                self._lock.close()
            raise SetupError("emulator.storage.unreadable", where=self.path, got=str(error)) from error

    def _hold(self, path: Path) -> IO[bytes]:
        """Two processes on one file would each believe to know the head of a chain."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.with_name(path.name + ".lock").open("wb")
        except OSError as error:
            raise SetupError("emulator.storage.unwritable", where=self.path, got=str(error)) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise SetupError("emulator.storage.in_use", where=self.path) from error
        return lock

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        if not self._memory:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def schema(self, name: str, version: int, ddl: Sequence[str]) -> None:
        """Make the tables of part ``name`` once; a file that holds another version of them is refused."""
        self._writer.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        row = self._writer.execute("SELECT version FROM part WHERE name = ?", (name,)).fetchone()
        if row is not None:
            if row[0] != version:
                raise SetupError(
                    "emulator.storage.version", where=self.path, expected=f"{name} {version}", got=f"{name} {row[0]}"
                )
            return
        self._writer.execute("BEGIN IMMEDIATE")
        for statement in ddl:
            self._writer.execute(statement)
        self._writer.execute("INSERT INTO part VALUES (?, ?)", (name, version))
        self._writer.execute("COMMIT")

    def belongs_to(self, name: str, value: str) -> None:
        """The file is of this ``value`` of ``name`` from its first use on; of another one it is refused."""
        self._writer.execute("CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._writer.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, value))
        known = self._writer.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]
        if known != value:
            raise SetupError(f"emulator.storage.{name}", where=self.path, expected=known, got=value)

    def read(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Rows of the last committed state."""
        return self._reader.execute(sql, params).fetchall()

    async def write(self, statements: Sequence[Statement], lines: Sequence[LogLine] = ()) -> None:
        """All or nothing, durable on return. Raises ``Conflict`` when a unique row is there already."""
        loop = asyncio.get_running_loop()
        job = _Job(statements, lines, loop, loop.create_future())
        if self._memory:
            self._commit([job])
            if job.error is not None:
                raise job.error
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"writer of {self.path}", daemon=True)
            self._thread.start()
        self._jobs.put(job)
        # The caller may be cancelled; what is in the queue is written all the same.
        await asyncio.shield(job.done)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            group, last = [job], False
            while len(group) < GROUP and not last:
                try:
                    follower = self._jobs.get_nowait()
                except queue.Empty:
                    break
                last = follower is None
                if follower is not None:
                    group.append(follower)
            self._commit(group)
            _report(group)
            if last:
                return

    def _commit(self, group: list[_Job]) -> None:
        before = dict(self._heads)
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            if len(group) == 1:
                self._do(group[0])
            else:
                for job in group:
                    self._one_of_many(job)
            self._writer.execute("COMMIT")
            self.writes += 1
        except (sqlite3.Error, Conflict) as error:
            # The disk, or the only job: nothing is durable, so nobody may believe it.
            self._heads = before
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            for job in group:
                job.error = job.error or error

    def _one_of_many(self, job: _Job) -> None:
        """A job that breaks a rule of the schema takes no other job with it."""
        before = dict(self._heads) if job.lines else self._heads
        self._writer.execute("SAVEPOINT job")
        try:
            self._do(job)
        except (Conflict, sqlite3.ProgrammingError, sqlite3.InterfaceError) as error:
            self._heads = before
            self._writer.execute("ROLLBACK TO job")
            job.error = error
        self._writer.execute("RELEASE job")

    def _do(self, job: _Job) -> None:
        try:
            for sql, params in job.statements:
                self._writer.execute(sql, params)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from None
        for line in job.lines:
            self._append(line)

    def _append(self, entry: LogLine) -> None:
        day = day_of(entry.at)
        key = (entry.body, entry.log, day)
        text, personal, head = link(self._heads.get(key) or self._stored_head(*key), entry)
        exchange = entry.line.get("exchange_number")
        self._writer.execute("INSERT INTO log_line VALUES (?,?,?,?,?,?,?)", (*key, head.seq, exchange, text, personal))
        self._heads[key] = head

    def _stored_head(self, body: str, log: str, day: str) -> Head:
        row = self._writer.execute(
            "SELECT seq, line FROM log_line WHERE body=? AND log=? AND day=? ORDER BY seq DESC LIMIT 1",
            (body, log, day),
        ).fetchone()
        return genesis(body, log, day) if row is None else Head(row[0], hash_of(row[1]))

    def log_rows(self, body: str, log: str, exchange_number: str | None = None) -> list[tuple[str, str | None]]:
        """(line as it is hashed, personal member), oldest first; with ``exchange_number`` those of that exchange."""
        sql = "SELECT line, personal FROM log_line WHERE body = ? AND log = ?"
        params: tuple[str, ...] = (body, log)
        if exchange_number is not None:
            sql, params = sql + " AND exchange_number = ?", (*params, exchange_number)
        return [(row[0], row[1]) for row in self.read(sql + " ORDER BY day, seq", params)]

    def log_lines(self, body: str, log: str, exchange_number: str | None = None) -> list[str]:
        """The same as exported: the personal member put in."""
        return [exported(text, personal) for text, personal in self.log_rows(body, log, exchange_number)]

    def verify_chains(self) -> list[Break]:
        """Every break in every chain of this file; empty when all hold."""
        found: list[Break] = []
        for body, log, day in self.read("SELECT DISTINCT body, log, day FROM log_line ORDER BY body, log, day"):
            sql = "SELECT line, personal FROM log_line WHERE body=? AND log=? AND day=? ORDER BY seq"
            found += breaks(body, log, day, [(row[0], row[1]) for row in self.read(sql, (body, log, day))])
        return found

    def close(self) -> None:
        """Write what is queued, then let go of the file."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        self._writer.close()
        if self._reader is not self._writer:
            self._reader.close()
        if self._lock is not None:
            self._lock.close()


def _report(group: list[_Job]) -> None:
    """Tell each waiting coroutine; one wake-up per loop, not per job."""
    for loop in {job.loop for job in group}:
        mine = [job for job in group if job.loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.done.cancelled():
            continue
        if job.error is None:
            job.done.set_result(None)
        else:
            job.done.set_exception(job.error)
