"""What the terminal shows while a run goes on, and its last lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renkei.language import current, tell
from renkei.terminal import WIDTH, padded, wrapped

if TYPE_CHECKING:
    from renkei_fixtures.run_record import Event
    from renkei_fixtures.standard import Standard, Text
    from renkei_reports.report import Report

MOST = 12
"""Clauses listed at the end; the rest is counted."""


class Progress:
    """One line a case; on a terminal what passed is overwritten by the next, so that what did not stays to be seen."""

    def __init__(self, standard: Standard) -> None:
        """Take the words of verdicts from the standard."""
        self._words = {v.id: v.text for v in standard.verdicts if v.scope == "case"}
        self._titles: dict[str, Text] = {}
        self._due = 0
        self._done = 0
        self._rewrite = sys.stdout.isatty()

    def __call__(self, event: Event) -> None:
        """Show what the event means to somebody who waits."""
        match event.event:
            case "expected":
                self._due = len(event.cases)
                self._titles = {case.id: case.title for case in event.cases}
            case "case_finished":
                self._done += 1
                self._show(event.case, event.verdict)
            case "problem":
                label = tell(f"cli.problem.{event.label}")
                self._say(f"[{label}] {event.text.of(current())}")

    def _show(self, case: str, verdict: str) -> None:
        """Number, id, verdict, and as much of the title as one line holds."""
        title = self._titles[case].of(current()) if case in self._titles else ""
        line = (
            f"[{self._done:>3}/{self._due}] {padded(case, 10)} {padded(self._words[verdict].of(current()), 14)} {title}"
        )
        line = padded(line, WIDTH - 1)
        if self._rewrite and verdict == "pass":
            click.echo(f"\r{line}", nl=self._done == self._due)
        else:
            click.echo(f"\r{line}" if self._rewrite else line.rstrip())

    def _say(self, text: str) -> None:
        if self._rewrite:
            click.echo("\r" + " " * (WIDTH - 1) + "\r", nl=False)
        for line in wrapped(text):
            click.echo(line)


def closing_lines(report: Report, out: Path, *, bundled: bool) -> Iterator[str]:
    """Verdict with counts, and where the report lies; the bundled reference is named again at the end."""
    seconds = sum(case.seconds or 0 for case in report.cases)
    yield ""
    yield tell("cli.verdict_line", words=report.words.of(current()))
    if not report.complete:
        yield tell("cli.record_cut", line=report.lines)
    for found in report.contradictions:
        yield tell(
            "cli.record_contradicts", what=found.what.of(current()), recorded=found.recorded, folded=found.folded
        )
    yield from wrapped(tell("cli.clauses_line", **report.clause_totals.model_dump()))
    yield tell("cli.cases_line", total=report.case_totals.total, seconds=f"{seconds:.1f}")
    yield from _not_passed(report, out)
    if report.limited:
        yield from wrapped(tell("cli.limits", n=len(report.limited), cases=", ".join(one.id for one in report.limited)))
    yield tell("cli.report_at", path=out / "report.html")
    if bundled:
        yield tell("cli.bundled_first")


def _not_passed(report: Report, out: Path) -> Iterator[str]:
    """Clauses that failed or were not decided though they were tried, each with a case, and how to repeat one."""
    from renkei_fixtures.standard import load  # noqa: PLC0415 - there was a run, so it is read already

    standard = load()
    order = ("fail", "examiner_fault", "inconclusive", "warn")
    found = sorted(
        (one for one in report.clauses if one.verdict in order), key=lambda one: order.index(str(one.verdict))
    )
    if not found:
        return
    yield tell("cli.not_passed", n=len(found), of=report.clause_totals.applicable)
    words = {row.id: row.text for row in standard.verdicts if row.scope == "case"}
    bad = {clause: case.id for case in reversed(report.cases) for clause, one in case.clauses.items() if one in order}
    for clause in found[:MOST]:
        text = standard.clauses[clause.id].text.of(current()) if clause.id in standard.clauses else ""
        verdict = padded(words[str(clause.verdict)].of(current()), 14)
        yield padded(f"  {verdict} {clause.id} {padded(bad.get(clause.id, ''), 8)} {text}", WIDTH).rstrip()
    if len(found) > MOST:
        yield f"  {tell('cli.more', n=len(found) - MOST)}"
    first = bad.get(found[0].id)
    if first is not None:
        yield tell("cli.repeat_one", out=out, case=first)
