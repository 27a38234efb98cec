"""A run directory that was cut, changed or is none: said with place and way out, and nothing that is there is touched."""

import json

import pytest

from renkei.cli import run as cli
from renkei_fixtures.run_record import RunFinished
from renkei_reports import write_all
from renkei_reports.testing import every_verdict, passing

NO_VERDICT, INCOMPLETE, USAGE = 4, 3, 2
VERBS = pytest.mark.parametrize("words", [["report", "{}"], ["replay", "{}", "C-1"]], ids=["report", "replay"])


def said(words, directory, capsys):
    code = cli([*(word.format(directory) for word in words), "--lang", "en"])
    told = capsys.readouterr()
    return code, told.out + told.err


def contents(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def line_changed(lines, number, old, new):
    assert old in lines[number], lines[number]
    return [*lines[:number], lines[number].replace(old, new, 1), *lines[number + 1 :]]


LAST = len(every_verdict().lines)
CHANGES = {
    "verdict of the run": (lambda lines: line_changed(lines, -1, b"not_conformant", b"conformant"), LAST, "changed"),
    "a check": (lambda lines: line_changed(lines, 7, b'"ok":false', b'"ok":true'), 8, "changed"),
    "no JSON": (lambda lines: [*lines[:4], b"{nonsense}\n", *lines[5:]], 5, "cannot be read"),
    "a line gone": (lambda lines: [*lines[:4], *lines[5:]], 5, "taken out or put in"),
    "cut in the middle": (lambda lines: [*lines[:4], lines[4][:40] + b"\n", *lines[5:]], 5, "cannot be read"),
    "older schema": (lambda lines: line_changed(lines, 0, b'"schema":2', b'"schema":1'), 1, "another version"),
}  # fmt: skip


@VERBS
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_record_is_told_by_its_line_and_nothing_is_overwritten(tmp_path, capsys, words, change):
    how, number, told = CHANGES[change]
    every_verdict().write(tmp_path)
    write_all(tmp_path, "en")
    record = tmp_path / "run.ndjson"
    record.write_bytes(b"".join(how(record.read_bytes().splitlines(keepends=True))))
    before = contents(tmp_path)

    code, text = said(words, tmp_path, capsys)

    assert code == NO_VERDICT
    assert f"run.ndjson:{number}" in text
    assert told in text
    assert "Traceback" not in text
    assert contents(tmp_path) == before


@VERBS
@pytest.mark.parametrize("there", ["nothing", "an empty directory", "a file", "an empty record"])
def test_what_is_no_run_is_told_as_that(tmp_path, capsys, words, there):
    where = tmp_path / "run"
    if there == "a file":
        where.write_text("hello")
    elif there != "nothing":
        where.mkdir()
    if there == "an empty record":
        (where / "run.ndjson").touch()
    before = contents(tmp_path)

    code, text = said(words, where, capsys)

    assert code == NO_VERDICT
    assert "run.ndjson" in text
    assert contents(tmp_path) == before


def test_a_record_cut_in_its_last_line_gives_an_incomplete_report_and_stays_as_it_is(tmp_path, capsys):
    every_verdict().write(tmp_path, cut=30)
    record = (tmp_path / "run.ndjson").read_bytes()

    code, text = said(["report", "{}"], tmp_path, capsys)

    assert (code, json.loads((tmp_path / "report.json").read_bytes())["complete"]) == (INCOMPLETE, False)
    assert "incomplete" in text
    assert f"ends in line {LAST - 1}" in text
    assert (tmp_path / "run.ndjson").read_bytes() == record


@VERBS
def test_a_record_written_anew_with_another_verdict_contradicts_itself(tmp_path, capsys, words):
    record = every_verdict()
    end = record.lines.pop()
    assert isinstance(end.event, RunFinished)
    record.add(end.event.model_copy(update={"verdict": "conformant", "exit_code": 0}))
    record.write(tmp_path)

    code, text = said(words, tmp_path, capsys)

    assert code == NO_VERDICT
    assert "contradicts itself" in text
    assert "not_conformant" in text


def test_an_id_that_the_run_does_not_have_is_a_wrong_call(tmp_path, capsys):
    passing().write(tmp_path)

    code, text = said(["replay", "{}", "C-99"], tmp_path, capsys)

    assert code == USAGE
    assert "C-99" in text


def test_a_case_of_another_version_is_told_with_that_version(tmp_path, capsys):
    passing().write(tmp_path)

    code, text = said(["replay", "{}", "C-1"], tmp_path, capsys)

    assert code == NO_VERDICT
    assert "0.1.0" in text
    assert not (tmp_path / "replay").exists()
