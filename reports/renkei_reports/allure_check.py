"""Allure's results held against the record: nothing shown there ever differs from the verdict here.

Allure's results are written by its own plugin while the run goes on, so they are a second witness that could say
something else. A pass is `passed` and a failure `failed`; what was not decided must be `broken` or `skipped`, never
`passed`. A warning is a pass as far as Allure is concerned. What is written must also be readable: valid JSON, the
members that Allure's page reads, every attachment there, one history for each case.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkei_fixtures.messages import both
from renkei_fixtures.run_record import Verdict
from renkei_fixtures.text import Text
from renkei_reports.report import CaseReport, Report

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
_REQUIRED = ("uuid", "historyId", "name", "status", "start", "stop", "labels")


@dataclass(frozen=True)
class Difference:
    """One case that Allure tells otherwise. `verdict` is the record's, `status` Allure's or what stands there."""

    case: str
    verdict: str
    status: str
    what: Text


@dataclass(frozen=True)
class _Result:
    """One `*-result.json` as far as it can be read. `members` is empty where it cannot."""

    file: str
    members: Mapping[str, Any]

    def all(self, label: str) -> list[str]:
        return [str(one.get("value")) for one in self.members.get("labels") or () if one.get("name") == label]

    @property
    def case(self) -> str:
        """The label `case`, else `AS_ID`; a result that names no case goes by its name, and will be unknown."""
        named = [*self.all("case"), *self.all("AS_ID"), self.members.get("name"), self.file]
        return str(next(one for one in named if one))

    @property
    def status(self) -> str:
        return str(self.members.get("status", "unknown"))


def differences(report: Report, results: Path) -> list[Difference]:
    """Every case that `results` (a folder `allure-results`) tells otherwise than the record, or cannot be read for.

    A case may have several results; each must fit. Cases that never ran may be absent.
    """
    read = [_read(path) for path in sorted(results.glob("*-result.json"))]
    by_case: dict[str, list[_Result]] = {}
    for result in read:
        by_case.setdefault(result.case, []).append(result)
    known = {case.id: case for case in report.cases}
    found = [_found(id_, case.verdict, "–", "missing") for id_, case in known.items()
             if id_ not in by_case and case.verdict not in _MAY_BE_ABSENT]  # fmt: skip
    for id_, told in by_case.items():
        if id_ not in known:
            found.append(_found(id_, "–", " ".join(result.status for result in told), "unknown"))
            continue
        for result in told:
            found += _of(known[id_], result, results)
    return found + list(_shared_histories(read))


def _read(path: Path) -> _Result:
    try:
        members = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        members = None
    return _Result(path.name, members if isinstance(members, dict) else {})


def _of(case: CaseReport, result: _Result, folder: Path) -> Iterator[Difference]:
    """Where one result says otherwise than its case."""
    if result.status not in _ALLOWED[case.verdict]:
        yield _found(case.id, case.verdict, result.status, "differs")
    told = result.all("verdict")
    if told and told != [case.verdict]:
        yield _found(case.id, case.verdict, " ".join(told), "label")
    clauses = result.all("clause")
    if clauses and sorted(clauses) != sorted({*case.expected.clauses, *case.clauses}):
        yield _found(case.id, " ".join(case.clauses), " ".join(clauses), "clauses")
    steps = list(_steps(result.members))
    if case.verdict == "pass" and any(step.get("status") == "failed" for step in steps):
        yield _found(case.id, case.verdict, "failed", "step")
    lacking = [name for name in _REQUIRED if result.members.get(name) in (None, "", [])]
    if lacking or result.members["start"] > result.members["stop"]:
        yield _found(case.id, case.verdict, " ".join(lacking) or "start > stop", "incomplete")
    for attachment in (one for step in [result.members, *steps] for one in step.get("attachments") or ()):
        if not _readable(folder / str(attachment.get("source")), str(attachment.get("type"))):
            yield _found(case.id, case.verdict, str(attachment.get("source")), "attachment")


def _steps(members: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for step in members.get("steps") or ():
        yield step
        yield from _steps(step)


def _readable(path: Path, media: str) -> bool:
    """Whether an attachment is there and is what it says it is."""
    try:
        text = path.read_text("utf-8")
        for part in text.splitlines() if media == "application/x-ndjson" else [text] if "json" in media else []:
            json.loads(part)
    except (OSError, ValueError):
        return False
    return True


def _shared_histories(results: list[_Result]) -> Iterator[Difference]:
    """Two cases with one history would hide each other on Allure's page."""
    owners: dict[str, set[str]] = {}
    for result in results:
        owners.setdefault(str(result.members.get("historyId")), set()).add(result.case)
    shared = Counter(history for history, cases in owners.items() if len(cases) > 1)
    for history in shared:
        yield _found(" ".join(sorted(owners[history])), "–", history, "history")


def _found(case: str, verdict: str, status: str, what: str) -> Difference:
    return Difference(case, verdict, status, both(f"reports.allure.{what}"))
