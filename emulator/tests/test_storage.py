"""The disk: what was acknowledged is there, a bad job takes no good one with it, chains run in durable order."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from renkei_emulator.storage import MEMORY, Conflict, LogLine, SqliteFile
from renkei_emulator.storage.chain import breaks, exported, hash_of
from renkei_fixtures.errors import SetupError

NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
PLACES = ["memory", "disk"]


def opened(place, tmp_path):
    file = SqliteFile(MEMORY if place == "memory" else tmp_path / "body.db")
    file.schema("test", 1, ["CREATE TABLE row (id INTEGER PRIMARY KEY)"])
    return file


def insert(n):
    return ("INSERT INTO row VALUES (?)", (n,))


def line(event, at=NOON, **more):
    return LogLine("001015", "access", at, {"event": event}, **more)


@pytest.mark.parametrize("place", PLACES)
def test_what_was_written_is_read(place, tmp_path):
    file = opened(place, tmp_path)

    asyncio.run(file.write([insert(1), insert(2)]))

    assert file.read("SELECT id FROM row ORDER BY id") == [(1,), (2,)]
    file.close()


@pytest.mark.parametrize("place", PLACES)
def test_a_job_is_all_or_nothing(place, tmp_path):
    file = opened(place, tmp_path)

    with pytest.raises(Conflict):
        asyncio.run(file.write([insert(1), insert(1)], [line("never")]))

    assert file.read("SELECT id FROM row") == []
    assert file.log_lines("001015", "access") == []
    file.close()


def test_of_jobs_that_are_written_together_only_the_bad_one_fails(tmp_path):
    file = opened("disk", tmp_path)

    async def together():
        jobs = [file.write([insert(n % 10)], [line(f"job {n}")]) for n in range(20)]
        return await asyncio.gather(*jobs, return_exceptions=True)

    results = asyncio.run(together())

    assert [type(result) for result in results] == [type(None)] * 10 + [Conflict] * 10
    assert len(file.read("SELECT id FROM row")) == 10
    assert file.verify_chains() == []
    assert [json.loads(text)["event"] for text in file.log_lines("001015", "access")] == [f"job {n}" for n in range(10)]
    file.close()


def test_jobs_that_come_while_the_disk_is_busy_share_a_commit(tmp_path):
    file = opened("disk", tmp_path)
    commits = []
    file._writer.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)

    async def together():
        await asyncio.gather(*(file.write([insert(n)]) for n in range(200)))

    asyncio.run(together())

    assert len(file.read("SELECT id FROM row")) == 200
    assert len(commits) < 100
    file.close()


def test_the_disk_is_flushed_at_every_commit(tmp_path):
    file = opened("disk", tmp_path)

    assert file._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert file._writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    file.close()


# --- the chain --------------------------------------------------------------------------------------------------------
def chained(tmp_path, *lines):
    file = opened("disk", tmp_path)
    asyncio.run(file.write([], lines))
    return file


def test_a_line_names_the_hash_of_the_bytes_of_the_line_before(tmp_path):
    file = chained(tmp_path, line("一"), line("二"))

    first, second = file.log_lines("001015", "access")
    assert json.loads(second)["prev_sha256"] == hash_of(first)
    assert json.loads(first)["prev_sha256"] == hash_of("001015/access/2026-06-01")
    file.close()


def test_a_chain_goes_on_after_a_restart(tmp_path):
    chained(tmp_path, line("before")).close()

    file = chained(tmp_path, line("after"))

    assert [json.loads(text)["seq"] for text in file.log_lines("001015", "access")] == [1, 2]
    assert file.verify_chains() == []
    file.close()


def test_each_day_of_japan_has_a_chain_of_its_own(tmp_path):
    just_before_midnight = datetime(2026, 6, 1, 14, 59, 59, tzinfo=UTC)
    file = chained(tmp_path, line("a", just_before_midnight), line("b", just_before_midnight + timedelta(seconds=1)))

    assert [json.loads(text)["seq"] for text in file.log_lines("001015", "access")] == [1, 1]
    file.close()


def test_personal_data_stand_last_and_can_be_erased_without_breaking_the_chain(tmp_path):
    file = chained(tmp_path, line("a", personal={"salt": "s", "own_number": "1"}), line("b"))
    [(text, personal), _] = file.log_rows("001015", "access")

    exported_line = exported(text, personal)
    assert exported_line == text[:-1] + ',"personal":{"salt":"s","own_number":"1"}}'
    assert json.loads(exported_line)["personal_sha256"] == hash_of('{"salt":"s","own_number":"1"}')
    file._writer.execute("UPDATE log_line SET personal = NULL")
    assert file.verify_chains() == []
    file.close()


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        ("UPDATE log_line SET line = replace(line, 'second', 'sEcond') WHERE seq = 2", ["previous"]),
        ("DELETE FROM log_line WHERE seq = 2", ["sequence", "previous"]),
        ('UPDATE log_line SET personal = \'{"salt":"s","own_number":"2"}\' WHERE seq = 1', ["personal"]),
    ],
)
def test_a_chain_shows_what_was_changed_in_it(tmp_path, tamper, why):
    file = chained(tmp_path, line("first", personal={"salt": "s", "own_number": "1"}), line("second"), line("third"))

    file._writer.execute(tamper)

    assert [broken.why for broken in file.verify_chains()] == why
    file.close()


def test_a_line_moved_to_another_chain_does_not_fit_there(tmp_path):
    file = chained(tmp_path, line("a"))

    assert [b.why for b in breaks("001015", "audit", "2026-06-01", file.log_rows("001015", "access"))] == ["previous"]
    file.close()


# --- setting up -------------------------------------------------------------------------------------------------------
def test_a_file_in_use_is_refused_by_name(tmp_path):
    file = opened("disk", tmp_path)

    with pytest.raises(SetupError) as refused:
        SqliteFile(tmp_path / "body.db")

    assert refused.value.key == "emulator.storage.in_use"
    assert str(tmp_path / "body.db") in refused.value.render("ja")
    file.close()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "body.db").write_bytes(b"not a database, whatever its name says" * 100)

    with pytest.raises(SetupError) as refused:
        SqliteFile(tmp_path / "body.db")

    assert refused.value.key == "emulator.storage.unreadable"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "data").write_text("a file stands where the folder should be")

    with pytest.raises(SetupError) as refused:
        SqliteFile(tmp_path / "data" / "body.db")

    assert refused.value.key == "emulator.storage.unwritable"


def test_tables_of_another_version_are_refused(tmp_path):
    opened("disk", tmp_path).close()
    file = SqliteFile(tmp_path / "body.db")

    with pytest.raises(SetupError) as refused:
        file.schema("test", 2, [])

    assert refused.value.key == "emulator.storage.version"
    file.close()


def test_a_data_folder_of_another_seed_is_refused(tmp_path):
    file = opened("disk", tmp_path)
    file.belongs_to("seed", "1")
    file.close()
    again = opened("disk", tmp_path)

    with pytest.raises(SetupError) as refused:
        again.belongs_to("seed", "2")

    assert (refused.value.expected, refused.value.got) == ("1", "2")
    again.close()


WRITER = """
import asyncio, sys
from renkei_emulator.storage import LogLine, SqliteFile
from datetime import UTC, datetime
file = SqliteFile(sys.argv[1])
file.schema("test", 1, ["CREATE TABLE row (id INTEGER PRIMARY KEY)"])
async def one(n):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    await file.write([("INSERT INTO row VALUES (?)", (n,))], [LogLine("b", "access", at, {"n": n})])
    sys.stdout.write(f"{n}\\n"); sys.stdout.flush()
async def main():
    for start in range(0, 10**6, 8):
        await asyncio.gather(*(one(n) for n in range(start, start + 8)))
asyncio.run(main())
"""


def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path / "body.db")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    heard = [child.stdout.readline() for _ in range(200)]
    child.kill()
    rest, _ = child.communicate()

    acknowledged = {int(text) for text in [*heard, *rest.splitlines(keepends=True)] if text.endswith(b"\n")}
    file = SqliteFile(tmp_path / "body.db")
    assert acknowledged <= {row[0] for row in file.read("SELECT id FROM row")}
    assert file.verify_chains() == []
    file.close()


def test_a_row_of_another_type_is_told_to_its_job_alone(tmp_path):
    file = opened("disk", tmp_path)

    async def story():
        bad, good = file.write([("INSERT INTO row VALUES (?)", (1, 2))]), file.write([insert(7)])
        return await asyncio.gather(bad, good, return_exceptions=True)

    results = asyncio.run(story())

    assert isinstance(results[0], sqlite3.ProgrammingError)
    assert results[1] is None
    file.close()
