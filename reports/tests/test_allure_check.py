"""Allure's statuses never say something other than the record."""

import json
from pathlib import Path

import pytest

from renkei_fixtures.standard import load
from renkei_reports.allure_check import differences
from renkei_reports.fold import fold_lines
from renkei_reports.testing import every_verdict

_RIGHT = {"C-SIG-1": "failed", "C-SIG-2": "broken", "C-TRN-1": "passed", "C-FRM-1": "broken"}


def _told(folder: Path, statuses: dict[str, str]) -> list[tuple[str, str]]:
    for case, status in statuses.items():
        result = {"name": case, "status": status, "labels": [{"name": "AS_ID", "value": case}]}
        (folder / f"{case}-result.json").write_text(json.dumps(result), encoding="utf-8")
    report = fold_lines(every_verdict(fault=True).lines, load())
    return [(found.case, found.status) for found in differences(report, folder)]


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
