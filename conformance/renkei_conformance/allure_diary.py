"""Allure's view of a run: what allure-pytest writes while it happens, told in the words of the record.

    passed  pass, warn        failed  fail        broken  inconclusive, examiner fault        skipped  not tested

The status is pytest's own, never set here: it is a second witness, and `renkei_reports.allure_check` holds it against
the record. Names, labels, links, steps and attachments are put in just before a result is written (Allure's own hook
`report_result`), so that also a case that fell before its call is told by its id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import allure_commons
from allure_commons.model2 import TestResult

from renkei_conformance.allure_labels import describe
from renkei_conformance.allure_steps import Steps
from renkei_conformance.case import Case
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.setup import RunSetup
from renkei_fixtures import run_record
from renkei_fixtures.discretion import Discretion
from renkei_fixtures.run_record import Line

CATEGORIES = (
    ("failed", ".*", "fail"),
    ("broken", "(?s).*Inconclusive.*", "inconclusive"),
    ("broken", "(?s).*ExaminerFault.*", "examiner_fault"),
    ("skipped", ".*", "not_tested"),
)
"""Allure would call everything broken a test defect; these are our own words for it: status, message, verdict."""


class AllureDiary:
    """A diary of the plugin, and a plugin of Allure. Use as a context around the run."""

    def __init__(self, setup: RunSetup, evidence: RunEvidence) -> None:
        self._setup = setup
        self._evidence = evidence
        self._discretion = Discretion()
        self._from = 0
        self._ended: tuple[Case, run_record.CaseFinished, Sequence[Line]] | None = None

    def __enter__(self) -> AllureDiary:
        allure_commons.plugin_manager.register(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        allure_commons.plugin_manager.unregister(self)
        self._write_surroundings()

    def began(self, case: Case) -> None:
        """Lines of the record belong to this case from here on."""
        self._from = len(self._evidence.record.lines)

    def ended(self, ev: Evidence, finished: run_record.CaseFinished) -> None:
        """Keep what the result will be told with; it is written after pytest's own teardown."""
        lines = [line for line in self._evidence.record.lines[self._from :] if _of(line, ev.case.id)]
        for line in lines:
            self._discretion.learn_from(line.event)
        self._ended = (ev.case, finished, lines)

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Allure is about to write this result."""
        if self._ended is None:
            return
        case, finished, lines = self._ended
        self._ended = None
        lang, standard = self._setup.lang, self._setup.standard
        steps = Steps(lines, standard, lang, self._discretion, start=result.start or 0, stop=result.stop or 0)
        result.steps = steps.tree(whole=finished.verdict != "pass")
        result.attachments = steps.excerpt()
        describe(result, case, finished, self._setup, self._discretion, failures=steps.failures())

    def _write_surroundings(self) -> None:
        """`environment.properties` and `categories.json`, which Allure's page shows beside the results."""
        assert self._setup.out is not None
        folder = self._setup.out / "allure-results"
        if not folder.is_dir():
            return
        names = {row.id: row.text.of(self._setup.lang) for row in self._setup.standard.verdicts if row.scope == "case"}
        categories = [
            {"name": names[verdict], "matchedStatuses": [status], "messageRegex": message}
            for status, message, verdict in CATEGORIES
        ]
        _put(folder / "categories.json", json.dumps(categories, ensure_ascii=False, indent=1))
        product = self._setup.product
        facts: dict[str, Any] = {
            "product": f"{product.name} {product.version}",
            "product.kind": product.kind,
            "body": product.body,
            "seed": self._setup.seed,
            "set": self._setup.set,
            "standard": self._setup.standard.edition,
            "authority.table": "illustrative, not the law",
        }
        _put(folder / "environment.properties", "".join(f"{name} = {_line(value)}\n" for name, value in facts.items()))


def _of(line: Line, case: str) -> bool:
    return getattr(line.event, "case", None) == case


def _line(value: Any) -> str:
    """A value of a Java properties file: ASCII with its escapes, on one line."""
    escaped = str(value).replace("\\", "\\\\").encode("unicode_escape").decode("ascii") if str(value) else ""
    return escaped.replace("\\\\\\\\", "\\\\").replace("\\x", "\\u00")


def _put(path: Any, text: str) -> None:
    path.write_text(text, encoding="utf-8")
