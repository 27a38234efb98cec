"""`report.json`: what scripts read. Members are promised; new ones may come, none goes without a word in CHANGELOG."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from renkei_fixtures.run_record import Check
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.standard.rows import Text
from renkei_reports.discretion import Discretion, without_secrets
from renkei_reports.figures import shipped
from renkei_reports.functions import FunctionRow, function_rows
from renkei_reports.report import CaseReport, ClauseReport, Repeat, Report

SCHEMA = 1
MOST_FAILURES = 40
"""Failed checks told for one case; `checks.failed` counts all of them."""


def render(report: Report, standard: Standard | None = None) -> str:
    """The report as JSON text, members in a fixed order, ending with a line feed.

    `totals.clauses.applicable` = passed + failed + warned + inconclusive + not_tested + examiner_fault.
    `cases[].clauses` maps clause ids to verdicts. `seconds` is null for a case that did not end.
    """
    # ASCII only: evidence can hold half of a surrogate pair, which only JSON's own escape can carry.
    return json.dumps(_members(report, standard or load()), ensure_ascii=True, indent=1) + "\n"


def write(report: Report, path: Path, standard: Standard | None = None) -> None:
    path.write_text(render(report, standard), encoding="utf-8")


def _members(report: Report, standard: Standard) -> dict[str, Any]:
    run, discretion = report.run, Discretion(report.cases)
    return {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "words": _text(report.words),
        "exit_code": report.exit_code,
        "complete": report.complete,
        "product": run.product.model_dump(),
        "run_id": run.run_id,
        "seed": run.seed,
        "set": run.set,
        "only": list(run.only),
        "started_at": report.started_at,
        "ended_at": report.ended_at,
        "standard": {"edition": standard.edition, "authority_table": "illustrative", "government_format": False},
        "hashes": dict(run.hashes),
        "versions": dict(run.versions),
        "profile": without_secrets(run.profile),
        "argv": list(run.argv),
        "totals": {"clauses": report.clause_totals.model_dump(), "cases": report.case_totals.model_dump()},
        "contradictions": [
            {"what": _text(found.what), "recorded": found.recorded, "folded": found.folded}
            for found in report.contradictions
        ],
        "problems": [problem.model_dump(exclude={"event"}) for problem in report.problems],
        "earlier": [earlier.model_dump() for earlier in report.earlier],
        "examiner": _examiner(report),
        "functions": [_function(row) for row in function_rows(report, standard)],
        "clauses": [_clause(clause, standard, discretion) for clause in report.clauses],
        "cases": [_case(case, discretion, report.repeats.get(case.id)) for case in report.cases],
    }


def _examiner(report: Report) -> dict[str, Any] | None:
    """The figures that came with this version; `same_state` false where they are of another suite or standard."""
    figures = shipped()
    if figures is None:
        return None
    return {**figures.model_dump(exclude={"matrix"}), "same_state": figures.of_same_state(report.run.hashes)}


def _function(row: FunctionRow) -> dict[str, Any]:
    """`applicable` is the sum of `counts`, which has a member for every verdict that occurred."""
    return {
        "id": row.id,
        "name": _text(row.name),
        "applicable": row.applicable,
        "counts": row.counts,
        "not_applicable": row.not_applicable,
        "excluded": row.excluded,
    }


def _clause(clause: ClauseReport, standard: Standard, discretion: Discretion) -> dict[str, Any]:
    """Clauses that this edition does not know (a record of another edition) come with their id alone."""
    row = standard.clauses.get(clause.id)
    known: dict[str, Any] = {}
    if row is not None:
        known = {"role": row.role, "function": row.function, "level": row.level, "text": _text(row.text)}
        known["source"] = row.source
    return {
        "id": clause.id,
        "applies": clause.applies,
        "verdict": clause.verdict,
        **known,
        "why": _text(clause.why),
        "reason": _text(discretion.words(clause.reason)),
        "cases": list(clause.cases),
    }


def _case(case: CaseReport, discretion: Discretion, repeat: Repeat | None) -> dict[str, Any]:
    """`repeat` is null for a case that did not fail; paths in it are below the run's directory."""
    return {
        "id": case.id,
        "verdict": case.verdict,
        "clauses": case.clauses,
        "seconds": case.seconds,
        "title": _text(case.expected.title),
        "role": case.expected.role,
        "family": case.expected.family,
        "kind": case.expected.kind,
        "spoil": case.expected.spoil,
        "reason": _text(discretion.words(case.reason)),
        "inputs_sha256": case.inputs_sha256,
        "checks": {
            "held": sum(check.ok for check in case.checks),
            "failed": sum(not check.ok for check in case.checks),
        },
        "failures": [_failure(check, discretion) for check in case.checks if not check.ok][:MOST_FAILURES],
        "limits": [
            {"text": _text(discretion.words(one.text)), "left_out": one.left_out, "of": one.of} for one in case.limits
        ],
        "repeat": None if repeat is None else repeat.model_dump(),
    }


def _failure(check: Check, discretion: Discretion) -> dict[str, Any]:
    """A failed check with both sides, persons shortened; `evidence` are lines of the record (`seq`)."""
    return {
        "clause": check.clause,
        "path": check.path,
        "why": _text(discretion.words(check.why)),
        "expected": discretion.value(check.expected),
        "got": discretion.value(check.got),
        "evidence": list(check.evidence),
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"ja": text.ja, "en": text.en}
