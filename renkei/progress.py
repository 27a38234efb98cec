"""What the terminal shows while a run goes on, and its last lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renkei.language import current, tell

if TYPE_CHECKING:
    from renkei_fixtures.run_record import Event
    from renkei_fixtures.standard import Standard
    from renkei_reports.report import Report


class Progress:
    """One line a case; on a terminal what passed is overwritten by the next, so that what did not stays to be seen."""

    def __init__(self, standard: Standard) -> None:
        """Take the words of verdicts from the standard."""
        self._words = {v.id: v.text for v in standard.verdicts if v.scope == "case"}
        self._due = 0
        self._done = 0
        self._rewrite = sys.stdout.isatty()

    def __call__(self, event: Event) -> None:
        """Show what the event means to somebody who waits."""
        match event.event:
            case "expected":
                self._due = len(event.cases)
            case "case_finished":
                self._done += 1
                self._show(event.case, event.verdict)
            case "problem":
                label = tell(f"cli.problem.{event.label}")
                self._say(f"[{label}] {event.text.ja if current() == 'ja' else event.text.en}")

    def _show(self, case: str, verdict: str) -> None:
        text = self._words[verdict]
        line = f"[{self._done:>3}/{self._due}] {case:<24} {text.ja if current() == 'ja' else text.en}"
        if self._rewrite and verdict == "pass":
            click.echo(f"\r{line:<78.78}", nl=self._done == self._due)
        else:
            self._say(line)

    def _say(self, line: str) -> None:
        click.echo(f"\r{line:<78}" if self._rewrite else line)


def closing_lines(report: Report, out: Path, *, bundled: bool) -> Iterator[str]:
    """Verdict with counts, and where the report lies; the bundled reference is named again at the end."""
    words = report.words.ja if current() == "ja" else report.words.en
    seconds = sum(case.seconds or 0 for case in report.cases)
    yield ""
    yield tell("cli.verdict_line", words=words)
    if not report.complete:
        yield tell("cli.record_cut", line=report.lines)
    for found in report.contradictions:
        yield tell(
            "cli.record_contradicts", what=found.what.of(current()), recorded=found.recorded, folded=found.folded
        )
    yield tell("cli.clauses_line", **report.clause_totals.model_dump())
    yield tell("cli.cases_line", total=report.case_totals.total, seconds=f"{seconds:.1f}")
    yield tell("cli.report_at", path=out / "report.html")
    if bundled:
        yield tell("cli.bundled_first")
