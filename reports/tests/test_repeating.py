"""Each failed case names the ways in which it can be repeated, as far as the files are really there."""

import json
from pathlib import Path

import pytest

from renkei_reports import write_all
from renkei_reports.testing import every_verdict, passing

UNTIL = "2026-11-30T01:00:00.000Z"


def _cases(directory: Path) -> dict[str, dict[str, object]]:
    write_all(directory, "en")
    return {case["id"]: case for case in json.loads((directory / "report.json").read_text("utf-8"))["cases"]}


def _with_files(directory: Path, index: str) -> str:
    """A record with a failed case and the examiner's files for it; the case's id."""
    record = every_verdict()
    case = next(line.event.case for line in record.lines if getattr(line.event, "verdict", None) == "fail")  # type: ignore[union-attr]
    record.write(directory)
    (directory / "repro").mkdir()
    (directory / "repro" / f"{case}.py").touch()
    (directory / "repro" / f"{case}.sh").touch()
    (directory / "repro" / "index.json").write_text(index.replace("CASE", case))
    return str(case)


def test_a_failed_case_has_three_ways_and_no_other_case_has_any(tmp_path: Path) -> None:
    case = _with_files(tmp_path, json.dumps({"CASE": {"holds_until": UNTIL}}))
    cases = _cases(tmp_path)

    assert cases[case]["repeat"] == {
        "replay": f"renkei replay {tmp_path.name} {case}",
        "python": f"repro/{case}.py",
        "curl": f"repro/{case}.sh",
        "holds_until": UNTIL,
    }
    assert [id_ for id_, row in cases.items() if row["repeat"] is not None] == [case]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f"python3 repro/{case}.py" in page
    assert UNTIL in page


def test_what_is_not_there_is_not_named(tmp_path: Path) -> None:
    case = _with_files(tmp_path, "{}")
    (tmp_path / "repro" / f"{case}.sh").unlink()
    repeat = _cases(tmp_path)[case]["repeat"]

    assert isinstance(repeat, dict)
    assert (repeat["python"], repeat["curl"], repeat["holds_until"]) == (f"repro/{case}.py", None, None)


@pytest.mark.parametrize("index", ["", "[]", "{nonsense", '{"CASE": []}', '{"CASE": {"holds_until": "<script>"}}'])
def test_an_index_that_is_not_ours_says_nothing(tmp_path: Path, index: str) -> None:
    case = _with_files(tmp_path, index)
    repeat = _cases(tmp_path)[case]["repeat"]

    assert isinstance(repeat, dict)
    assert (repeat["curl"], repeat["holds_until"]) == (f"repro/{case}.sh", None)


def test_a_run_without_failures_names_nothing(tmp_path: Path) -> None:
    passing().write(tmp_path)

    assert all(case["repeat"] is None for case in _cases(tmp_path).values())
