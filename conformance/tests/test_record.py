"""The run record is valid whatever happens to the examiner while it writes."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from renkei_conformance.case import PROVIDER, Case, Positive
from renkei_conformance.drivers import Passed, Reply, Request
from renkei_conformance.evidence import Evidence, RunEvidence, json_value
from renkei_conformance.record import Record
from renkei_conformance.testing_cases import HELD, NOON, WHY
from renkei_fixtures import run_record
from renkei_fixtures.standard import Text, load


def started() -> run_record.RunStarted:
    product = run_record.Product(kind="product", name="p", version="1", body="001015")
    return run_record.RunStarted(run_id="r", seed=1, set="full", lang="ja", product=product)


def test_every_line_is_there_before_the_next_thing_happens(tmp_path: Path) -> None:
    record = Record(tmp_path / "run.ndjson", lambda: NOON)
    record.add(started())
    record.add(run_record.CaseStarted(case="A"))
    lines = list(run_record.read_lines(tmp_path / "run.ndjson"))
    assert [line.event.event for line in lines] == ["run_started", "case_started"]


def test_a_record_cut_off_in_the_middle_of_a_line_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson"
    record = Record(path, lambda: NOON)
    record.add(started())
    record.add(run_record.CaseStarted(case="A"))
    record.close()
    path.write_bytes(path.read_bytes()[:-9])
    assert [event.event for event in run_record.read(path)] == ["run_started"]


def test_lines_of_many_threads_have_one_order(tmp_path: Path) -> None:
    record = Record(tmp_path / "run.ndjson", lambda: NOON)
    record.add(started())
    threads = [
        threading.Thread(target=lambda: [record.add(run_record.CaseStarted(case="A")) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record.close()
    assert len(list(run_record.read_lines(tmp_path / "run.ndjson"))) == 201


def test_a_reply_that_is_no_text_is_kept_whole() -> None:
    evidence = RunEvidence(Record(None, lambda: NOON), load(), case="A")
    evidence.passed(Passed("N", "sent", Request("POST", "/x", {}, b"{}"), Reply(200, {}, b"\xff\x00")))
    events = [line.event for line in evidence.record.lines]
    assert [event.direction for event in events if isinstance(event, run_record.Message)] == ["sent", "heard"]
    assert events[1].body is None  # type: ignore[union-attr]
    assert events[1].body_b64 == "/wA="  # type: ignore[union-attr]


def test_a_token_never_enters_the_record() -> None:
    evidence = RunEvidence(Record(None, lambda: NOON), load(), case="A")
    evidence.passed(Passed("B", "sent", Request("POST", "/x", {"authorization": "Bearer s3cret"}, b""), None, "gone"))
    assert "s3cret" not in repr(evidence.record.lines)


def test_a_check_points_at_the_messages_of_its_scene() -> None:
    run = RunEvidence(Record(None, lambda: NOON), load(), case="A")
    row = Case("A", WHY, ("P-ITM-001",), PROVIDER, "items", Positive(), (), False, "usual", "m", "n")
    ev = Evidence(run, row)
    run.passed(Passed("N", "sent", Request("POST", "/old"), Reply(202)))
    ev.scene()
    run.passed(Passed("N", "sent", Request("POST", "/new"), Reply(202)))
    ev.check("P-ITM-001", HELD)
    check = run.record.lines[-1].event
    assert isinstance(check, run_record.Check)
    assert check.evidence == (2, 3)


def test_whatever_a_peer_says_can_be_written_down() -> None:
    for value in ({1: {2, 1}}, float("inf"), "\ud800", b"x", [None, True]):
        json.dumps(json_value(value))


def test_notes_of_the_tap_are_told_in_both_languages() -> None:
    record = Record(None, lambda: NOON)
    run = RunEvidence(record, load())
    run.passed(Passed("N", "heard", Request("POST", "/"), None, "reply lost on purpose", "the forge's network"))
    event = record.lines[0].event

    assert isinstance(event, run_record.Message)
    note = event.note
    assert isinstance(note, Text)
    assert (note.ja, note.en) == (
        "検査側が演じるネットワーク。応答をわざと失わせた",
        "the forge's network; reply lost on purpose",
    )
