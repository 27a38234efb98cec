"""The run record is read strictly, except for what a crash leaves behind."""

from pathlib import Path

import pytest

from renkei_fixtures.errors import SetupError
from renkei_fixtures.run_record import CaseStarted, Message, RunStarted, encode, read, read_lines
from renkei_reports.testing import HOSTILE, RecordBuilder, every_verdict, passing


def _written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "run.ndjson"
    path.write_bytes(content)
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    record = every_verdict(text=HOSTILE, fault=True)
    path = _written(tmp_path, record.bytes())

    assert record.lines == list(read_lines(path))
    assert [line.event for line in record.lines] == list(read(path))


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_last_line_that_was_cut_off_is_forgiven(tmp_path: Path, cut: int) -> None:
    record = passing()
    path = _written(tmp_path, record.bytes()[:-cut])
    # A line that only lacks its line feed is whole.
    whole = len(record.lines) if cut == 1 else len(record.lines) - 1

    assert whole == len(list(read_lines(path)))


def _second_line_as(content: bytes) -> bytes:
    lines = passing().bytes().splitlines(keepends=True)
    return b"".join([lines[0], content, *lines[2:]])


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[]\n",
        b'{"seq":1,"at":"2026-11-23T01:00:00.010Z","event":"unheard_of"}\n',
        b'{"seq":1,"at":"2026-11-23T01:00:00.010Z","event":"case_started","case":"C","more":1}\n',
        b'{"seq":1,"seq":1,"at":"2026-11-23T01:00:00.010Z","event":"case_started","case":"C"}\n',
        b'{"seq":1,"at":"yesterday","event":"case_started","case":"C"}\n',
        b'{"seq":1,"at":"2026-11-23T01:00:00.010Z","event":"case_finished","case":"C","verdict":"pass","seconds":NaN}\n',
        b"\xff\n",
        b"\n",
    ],
)
def test_a_changed_or_unknown_line_is_the_operators_to_mend_and_has_its_number(tmp_path: Path, line: bytes) -> None:
    path = _written(tmp_path, _second_line_as(line))

    with pytest.raises(SetupError) as caught:
        list(read_lines(path))

    assert f"{path}:2" == caught.value.where
    assert caught.value.render("ja") != caught.value.render("en")


def test_a_line_that_was_taken_out_is_noticed(tmp_path: Path) -> None:
    lines = passing().bytes().splitlines(keepends=True)
    path = _written(tmp_path, b"".join(lines[:5] + lines[6:]))

    with pytest.raises(SetupError) as caught:
        list(read_lines(path))

    assert f"{path}:6" == caught.value.where
    assert caught.value.expected == "seq 5"


def test_a_record_that_does_not_begin_with_the_run_is_refused(tmp_path: Path) -> None:
    lines = passing().bytes().splitlines(keepends=True)

    with pytest.raises(SetupError):
        list(read_lines(_written(tmp_path, b"".join(lines[1:]))))


def test_nothing_may_follow_the_end_of_the_run(tmp_path: Path) -> None:
    record = passing()
    record.add(CaseStarted(case="C-9"))

    with pytest.raises(SetupError):
        list(read_lines(_written(tmp_path, record.bytes())))


@pytest.mark.parametrize("content", [b"", b'{"seq":0'])
def test_a_record_without_a_whole_line_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SetupError) as caught:
        list(read_lines(_written(tmp_path, content)))

    assert caught.value.key == "reports.record_empty"


def test_a_record_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        list(read_lines(tmp_path / "nowhere" / "run.ndjson"))

    assert caught.value.key == "reports.record_missing"


def test_half_of_a_surrogate_pair_survives_writing_and_reading(tmp_path: Path) -> None:
    record = RecordBuilder()
    heard = Message(case=None, direction="heard", door="N", status=200, opened={"name": "\ud842"})
    record.add(heard)

    assert [record.lines[0].event, heard] == list(read(_written(tmp_path, record.bytes())))


def test_a_record_of_another_schema_is_told_as_that_with_the_version_that_wrote_it(tmp_path: Path) -> None:
    line = encode(0, "2026-11-23T01:00:00.000Z", passing().lines[0].event).replace(b'"schema":2', b'"schema":1')

    with pytest.raises(SetupError) as caught:
        list(read_lines(_written(tmp_path, line)))

    assert caught.value.key == "reports.record_schema"
    assert caught.value.got == "schema 1 (renkei 0.1.0)"


def test_the_schema_is_written_under_its_own_name() -> None:
    first = passing().lines[0].event

    assert isinstance(first, RunStarted)
    assert b'"schema":2' in encode(0, "2026-11-23T01:00:00.000Z", first)


@pytest.mark.parametrize("number", [1, 7, -1])
def test_one_word_changed_in_any_line_is_noticed_in_that_line(tmp_path: Path, number: int) -> None:
    lines = passing().bytes().splitlines(keepends=True)
    changed = lines[number].replace(b"01:00", b"02:00", 1)  # the time alone: nothing else could notice it
    assert changed != lines[number]
    lines[number] = changed

    with pytest.raises(SetupError) as caught:
        list(read_lines(_written(tmp_path, b"".join(lines))))

    assert (caught.value.key, caught.value.where) == (
        "reports.record_changed",
        f"{tmp_path / 'run.ndjson'}:{number % len(lines) + 1}",
    )


def test_a_line_without_a_chain_was_put_there_by_somebody_else(tmp_path: Path) -> None:
    lines = passing().bytes().splitlines(keepends=True)
    lines[3] = lines[3][: lines[3].rindex(b',"chain"')] + b"}\n"

    with pytest.raises(SetupError) as caught:
        list(read_lines(_written(tmp_path, b"".join(lines))))

    assert caught.value.key == "reports.record_changed"


def test_lines_of_another_record_do_not_fit(tmp_path: Path) -> None:
    one, other = (record.bytes().splitlines(keepends=True) for record in (passing(), every_verdict()))

    with pytest.raises(SetupError) as caught:
        list(read_lines(_written(tmp_path, b"".join([one[0], *other[1:]]))))

    assert caught.value.key == "reports.record_changed"
