"""Allure's results held against the record: a status shown there never differs from the verdict here.

Allure's results are written by its own plugin while the run goes on, so they are a second witness that could say
something else. A pass is `passed` and a failure `failed`; what was not decided must be `broken` or `skipped`, never
`passed`. A warning is a pass as far as Allure is concerned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renkei_fixtures.messages import both
from renkei_fixtures.run_record import Verdict
from renkei_fixtures.text import Text
from renkei_reports.report import Report

_ALLOWED: dict[Verdict, frozenset[str]] = {
    "pass": frozenset({"passed"}),
    "warn": frozenset({"passed"}),
    "fail": frozenset({"failed"}),
    "inconclusive": frozenset({"broken", "skipped"}),
    "not_tested": frozenset({"broken", "skipped"}),
    "examiner_fault": frozenset({"broken", "skipped"}),
    "not_applicable": frozenset({"skipped"}),
}
_MAY_BE_ABSENT: tuple[Verdict, ...] = ("not_tested", "not_applicable")


@dataclass(frozen=True)
class Difference:
    """One case that Allure tells otherwise. `verdict` is the record's, `status` Allure's."""

    case: str
    verdict: str
    status: str
    what: Text


def differences(report: Report, results: Path) -> list[Difference]:
    """Every case whose status in `results` (a folder `allure-results`) does not fit its verdict.

    A result belongs to the case named by its label `case`, else by `allure_id` (label `AS_ID`). A case may have several
    results; each must fit. Cases that never ran may be absent.
    """
    statuses: dict[str, list[str]] = {}
    for case, status in _results(results):
        statuses.setdefault(case, []).append(status)
    found = []
    known = {case.id: case.verdict for case in report.cases}
    for id_, verdict in known.items():
        if id_ not in statuses and verdict not in _MAY_BE_ABSENT:
            found.append(Difference(id_, verdict, "–", both("reports.allure.missing")))
        wrong = [status for status in statuses.get(id_, []) if status not in _ALLOWED[verdict]]
        found += [Difference(id_, verdict, status, both("reports.allure.differs")) for status in wrong]
    unknown = sorted(statuses.keys() - known.keys())
    return found + [Difference(id_, "–", " ".join(statuses[id_]), both("reports.allure.unknown")) for id_ in unknown]


def _results(folder: Path) -> Iterator[tuple[str, str]]:
    """Case id and status of every result; a result that names no case goes by its name, and will be unknown."""
    for path in sorted(folder.glob("*-result.json")):
        result = json.loads(path.read_text("utf-8"))
        labels = {label["name"]: label["value"] for label in result.get("labels", [])}
        case = labels.get("case") or labels.get("AS_ID") or result.get("name", path.name)
        yield str(case), str(result.get("status", "unknown"))
