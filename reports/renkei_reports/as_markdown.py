"""A short summary in Markdown, for a terminal, a mail or a pipeline's summary page."""

from __future__ import annotations

import re

from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.text import Text
from renkei_reports.as_html import command_of, title_of
from renkei_reports.discretion import Discretion
from renkei_reports.report import Report
from renkei_reports.verdicts import name_of
from renkei_reports.visible import visible

_MOST = 20  # lines of a list; the rest is counted
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#|!~&])")


def render(report: Report, lang: str, standard: Standard | None = None) -> str:
    """Title, denominators, what did not pass, and how to repeat it, in one language ("ja" or "en")."""
    return _Writer(report, lang, standard or load()).document()


class _Writer:
    def __init__(self, report: Report, lang: str, standard: Standard) -> None:
        self.report, self.lang, self.standard = report, lang, standard
        self.discretion = Discretion(report.cases)

    def document(self) -> str:
        report = self.report
        parts = [f"# {self._of(title_of(report))}"]
        if report.is_reference:
            parts.append(self._said("page.reference_note"))
        if report.contradictions:
            parts.append(f"**{self._said('page.contradiction')}**")
        if not report.complete:
            parts.append(self._said("page.cut"))
        if report.is_subset:
            parts.append(self._said("page.subset"))
        parts.append(self._of(both("reports.short.counts", **report.clause_totals.model_dump())))
        parts += self._limits()
        parts += self._problems()
        parts += self._attention()
        parts += self._clauses()
        parts.append(f"{self._said('page.illustrative')}{self._hash()} {self._said('page.not_government')}")
        parts.append(f"    {command_of(report)}")
        return "\n\n".join(parts) + "\n"

    def _problems(self) -> list[str]:
        lines = [f"{self._said(f'problem.{one.label}')}: {self._of(one.text)}" for one in self.report.problems]
        return [self._listed(lines)] if lines else []

    def _limits(self) -> list[str]:
        """What could not be examined by the way in which interface B was reached."""
        lines = [f"**{_plain(case.id)}** {self._of(one.text)}" for case in self.report.limited for one in case.limits]
        if not lines:
            return []
        return [self._of(both("reports.limits.first", n=len(self.report.limited))), self._listed(lines)]

    def _attention(self) -> list[str]:
        lines = []
        for case in self.report.cases:
            if case.verdict not in ("pass", "not_applicable"):
                verdict = self._of(name_of(self.standard, "case", case.verdict).text)
                line = f"{verdict} **{_plain(case.id)}** {self._of(case.expected.title)}"
                lines.append(f"{line} – {self._of(case.reason)}" if case.reason else line)
        return [f"## {self._said('attention.heading')}", self._listed(lines)] if lines else []

    def _clauses(self) -> list[str]:
        """Every applicable clause that did not pass, with its verdict and the reason."""
        lines = []
        for clause in self.report.clauses:
            if clause.applies == "applicable" and clause.verdict not in ("pass", None):
                row = self.standard.clauses.get(clause.id)
                verdict = self._of(name_of(self.standard, "case", clause.verdict).text)
                line = f"{verdict} **{_plain(clause.id)}**" + (f" {self._of(row.text)}" if row else "")
                lines.append(f"{line} – {self._of(clause.reason)}" if clause.reason else line)
        return [f"## {self._said('clauses.heading')}", self._listed(lines)] if lines else []

    def _hash(self) -> str:
        """The authority table's own hash, where the record has it."""
        found = self.report.run.hashes.get("authority")
        return f" SHA-256 `{visible(found)}`" if found else ""

    def _listed(self, lines: list[str]) -> str:
        rest = [self._of(both("reports.short.more", n=len(lines) - _MOST))] if len(lines) > _MOST else []
        return "\n".join(f"- {line}" for line in lines[:_MOST] + rest)

    def _said(self, key: str) -> str:
        return both(f"reports.{key}").of(self.lang)

    def _of(self, text: Text) -> str:
        return _plain(self.discretion.text(text.of(self.lang)))


def _plain(text: str) -> str:
    """Foreign text as words only: no mark-up, no HTML, no line of its own."""
    return _MARKS.sub(r"\\\1", " ".join(visible(text).split()))
