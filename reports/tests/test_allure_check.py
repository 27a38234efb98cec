"""Allure's statuses never say something other than the record."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from renkei_fixtures.standard import load
from renkei_reports.allure_check import differences
from renkei_reports.fold import fold_lines
from renkei_reports.testing import every_verdict

_RIGHT = {"C-SIG-1": "failed", "C-SIG-2": "broken", "C-TRN-1": "passed", "C-FRM-1": "broken"}


def _result(case: str, status: str) -> dict[str, Any]:
    labels = [{"name": "case", "value": case}, {"name": "epic", "value": "provider"}]
    return {"uuid": case, "historyId": f"h-{case}", "name": case, "status": status, "start": 1, "stop": 2,
            "labels": labels}  # fmt: skip


def _found(folder: Path, results: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    for number, result in enumerate(results):
        (folder / f"{number}-result.json").write_text(json.dumps(result), encoding="utf-8")
    report = fold_lines(every_verdict(fault=True).lines, load())
    return [(found.case, found.status) for found in differences(report, folder)]


def _told(folder: Path, statuses: dict[str, str]) -> list[tuple[str, str]]:
    return _found(folder, (_result(case, status) for case, status in statuses.items()))


def _with(case: str, **members: Any) -> list[dict[str, Any]]:
    """The right results, one of them changed."""
    return [_result(id_, status) | (members if id_ == case else {}) for id_, status in _RIGHT.items()]


def test_results_that_fit_the_record_differ_nowhere(tmp_path: Path) -> None:
    assert _told(tmp_path, _RIGHT) == []


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("C-SIG-1", "passed"),
        ("C-SIG-1", "skipped"),
        ("C-SIG-2", "passed"),
        ("C-SIG-2", "failed"),
        ("C-FRM-1", "passed"),
        ("C-TRN-1", "broken"),
    ],
)
def test_a_status_that_says_something_else_is_found(tmp_path: Path, case: str, status: str) -> None:
    assert [(case, status)] == _told(tmp_path, {**_RIGHT, case: status})


def test_a_case_that_allure_leaves_out_or_makes_up_is_found(tmp_path: Path) -> None:
    missing = {case: status for case, status in _RIGHT.items() if case != "C-TRN-1"}

    assert _told(tmp_path, {**missing, "C-NEW": "passed"}) == [("C-TRN-1", "–"), ("C-NEW", "passed")]


def _label(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"labels": [_label("case", "C-TRN-1"), _label("verdict", "fail")]}, "fail"),
        ({"labels": [_label("case", "C-TRN-1"), _label("clause", "P-SIG-001")]}, "P-SIG-001"),
        ({"steps": [{"name": "s", "status": "passed", "steps": [{"name": "t", "status": "failed"}]}]}, "failed"),
        ({"historyId": None}, "historyId"),
        ({"start": 3}, "start > stop"),
        ({"attachments": [{"name": "a", "source": "gone.json", "type": "application/json"}]}, "gone.json"),
    ],
)
def test_what_else_says_something_else_is_found(tmp_path: Path, members: dict[str, Any], told: str) -> None:
    assert _found(tmp_path, _with("C-TRN-1", **members)) == [("C-TRN-1", told)]


def test_an_attachment_that_is_no_json_and_a_shared_history_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    broken = {"attachments": [{"name": "a", "source": "a.json", "type": "application/json"}], "historyId": "h-C-SIG-1"}

    assert _found(tmp_path, _with("C-TRN-1", **broken)) == [("C-TRN-1", "a.json"), ("C-SIG-1 C-TRN-1", "h-C-SIG-1")]


def test_a_result_that_cannot_be_read_belongs_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "x-result.json").write_text("{", encoding="utf-8")

    assert ("x-result.json", "unknown") in _told(tmp_path, _RIGHT)
