"""`junit.xml`: what continuous integration reads. Built so that no pipeline is green by mistake.

A failure is `failure`; what was not decided (inconclusive, not tested, examiner fault) is `error`, never `skipped`;
`skipped` is only what does not apply. One test case says the verdict of the whole run, so that a run without any case,
or cut off before its failure, is red too. The bundled reference is named in every suite.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from renkei_fixtures.messages import text
from renkei_fixtures.run_record import Verdict
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.standard.rows import Text
from renkei_reports.discretion import Discretion
from renkei_reports.report import CaseReport, ClauseReport, Report
from renkei_reports.verdicts import name_of
from renkei_reports.visible import shortened, visible
from renkei_reports.words import as_json_text

_ERRORS: tuple[Verdict, ...] = ("inconclusive", "not_tested", "examiner_fault")
_LIMIT = 2000  # characters of expected and got; the whole stands in run.ndjson


def render(report: Report, lang: str, standard: Standard | None = None) -> bytes:
    """The report as JUnit XML in one language (`ja` or `en`)."""
    return _Writer(report, lang, standard or load()).document()


def write(report: Report, path: Path, lang: str, standard: Standard | None = None) -> None:
    path.write_bytes(render(report, lang, standard))


class _Writer:
    def __init__(self, report: Report, lang: str, standard: Standard) -> None:
        self.report, self.lang, self.standard = report, lang, standard
        self.discretion = Discretion(report.cases)

    def document(self) -> bytes:
        suite = ET.Element("testsuite", name=self._name(), timestamp=self.report.started_at.removesuffix("Z"))
        self._properties(suite)
        self._run(suite)
        for case in self.report.cases:
            self._case(suite, case)
        for clause in self.report.clauses:
            # A clause that no case reached would otherwise be missing without a trace.
            if clause.verdict in _ERRORS and not clause.cases:
                self._clause(suite, clause)
        counts = {
            "tests": len(suite.findall("testcase")),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        seconds = sum(case.seconds or 0.0 for case in self.report.cases)
        for element in (suite, root := ET.Element("testsuites", name=self._name())):
            for name, count in counts.items():
                element.set(name, str(count))
            element.set("time", f"{seconds:.3f}")
        root.append(suite)
        ET.indent(root)
        return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))

    def _name(self) -> str:
        key = "reports.junit.suite_reference" if self.report.is_reference else "reports.junit.suite"
        return visible(text(key, self.lang, product=self.report.run.product.name, edition=self.standard.edition))

    def _properties(self, suite: ET.Element) -> None:
        run, properties = self.report.run, ET.SubElement(suite, "properties")
        values = {
            "verdict": self.report.verdict,
            "product.kind": run.product.kind,
            "product.name": run.product.name,
            "product.version": run.product.version,
            "seed": str(run.seed),
            "set": run.set,
            "authority_table": "illustrative, not the law",
            **{f"hash.{name}": value for name, value in run.hashes.items()},
            **{f"clauses.{name}": str(count) for name, count in self.report.clause_totals.model_dump().items()},
        }
        for name, value in values.items():
            ET.SubElement(properties, "property", name=name, value=visible(value))

    def _run(self, suite: ET.Element) -> None:
        element = ET.SubElement(suite, "testcase", classname="renkei.run", name=text("reports.junit.run", self.lang))
        if self.report.verdict in ("conformant", "reference_conformant"):
            return
        tag = "failure" if self.report.verdict == "not_conformant" else "error"
        message = self._of(self.report.words)
        found = ET.SubElement(element, tag, type=self.report.verdict, message=message)
        found.text = "\n".join(self._lines_of_run()) or message

    def _lines_of_run(self) -> list[str]:
        problems = [f"{self._of(problem.text)} {visible(problem.where or '')}" for problem in self.report.problems]
        return problems + [
            f"{self._of(found.what)}: {visible(found.recorded)} ≠ {visible(found.folded)}"
            for found in self.report.contradictions
        ]

    def _case(self, suite: ET.Element, case: CaseReport) -> None:
        name = f"{case.id} {self._of(case.expected.title)}"
        element = ET.SubElement(suite, "testcase", classname=f"renkei.{case.expected.family}", name=name)
        element.set("time", f"{case.seconds or 0.0:.3f}")
        properties = ET.SubElement(element, "properties")
        for clause, verdict in case.clauses.items():
            ET.SubElement(properties, "property", name=f"clause.{visible(clause)}", value=verdict)
        self._outcome(element, case.verdict, case.reason, self._checks(case))

    def _clause(self, suite: ET.Element, clause: ClauseReport) -> None:
        element = ET.SubElement(suite, "testcase", classname="renkei.clauses", name=visible(clause.id))
        row = self.standard.clauses.get(clause.id)
        self._outcome(element, clause.verdict or "not_tested", clause.reason, self._of(row.text) if row else "")

    def _outcome(self, element: ET.Element, verdict: Verdict, reason: Text | None, body: str) -> None:
        message = " – ".join(
            part for part in (self._of(name_of(self.standard, "case", verdict).text), self._of(reason)) if part
        )
        if verdict == "warn":
            ET.SubElement(element, "system-out").text = f"{message}\n{body}"
            return
        tag = "failure" if verdict == "fail" else "error" if verdict in _ERRORS else "skipped"
        if verdict != "pass":
            ET.SubElement(element, tag, type=verdict, message=message).text = body

    def _checks(self, case: CaseReport) -> str:
        """The failed checks with what was expected and what came."""
        expected, got = text("reports.case.expected", self.lang), text("reports.case.got", self.lang)
        lines = []
        for check in case.checks:
            if not check.ok:
                lines.append(f"{visible(check.clause)} {visible(check.path or '')} {self._of(check.why)}".strip())
                for label, value in ((expected, check.expected), (got, check.got)):
                    head, left = shortened(visible(as_json_text(self.discretion.value(value))), _LIMIT)
                    lines.append(f"{label}: {head}{' …' if left else ''}")
        return "\n".join(lines)

    def _of(self, words: Text | None) -> str:
        return "" if words is None else self.discretion.text(visible(words.of(self.lang)))
