"""What the page shows, computed before the template writes it: the template holds no decisions.

Evidence is bounded: `Depth` says how much of it a page carries, and `as_html` takes a shallower one when a page would
grow too big. What is left out is counted on the page; nothing is left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from renkei_fixtures.run_record import Check, Message, Step, Verdict
from renkei_fixtures.standard import Standard
from renkei_fixtures.text import Text
from renkei_reports.differing import marked
from renkei_reports.discretion import Discretion
from renkei_reports.evidence import Shown, show
from renkei_reports.exchanges import cited_messages, exchange_drawing, spoiled_messages
from renkei_reports.likely import likely_causes
from renkei_reports.report import CaseReport, Numbered, Report
from renkei_reports.visible import shortened, visible
from renkei_reports.words import as_json_text

MOST_FAILED, MOST_FINDINGS = 20, 6
_GOOD: tuple[Verdict, ...] = ("pass", "not_applicable")


@dataclass(frozen=True)
class Depth:
    """How many messages of a case are printed and drawn, and how many characters of each part of them."""

    bad_messages: int
    bad_characters: int
    good_messages: int
    good_characters: int


DEPTHS = (
    Depth(40, 4000, 6, 700),
    Depth(40, 4000, 4, 300),
    Depth(24, 3000, 0, 0),
    Depth(12, 1200, 0, 0),
    Depth(4, 400, 0, 0),
    Depth(0, 0, 0, 0),
)


@dataclass(frozen=True)
class ShownCheck:
    """One check. `times` counts failed checks that differ in nothing but their values; the first of them is shown."""

    clause: str
    text: Text | None
    remedy: Text | None
    likely: tuple[Text, ...]
    path: str
    why: Text | None
    expected: Markup
    got: Markup
    evidence: tuple[int, ...]
    times: int


@dataclass(frozen=True)
class GoodChecks:
    """The checks of a clause that were as expected: how many, and what they looked at."""

    clause: str
    text: Text | None
    count: int
    findings: tuple[Text, ...]


@dataclass(frozen=True)
class ShownCase:
    """One case on the page."""

    case: CaseReport
    good: bool
    reason: Text | None
    steps: tuple[Text, ...]
    function: str
    failed: tuple[ShownCheck, ...]
    failed_left: int
    held: tuple[GoodChecks, ...]
    undecided: tuple[tuple[str, Verdict], ...]
    drawing: Markup | None
    messages: tuple[Shown, ...]
    messages_left: int
    spoils: tuple[tuple[str, Text | None], ...]
    cited: frozenset[int]


def cases_of(report: Report, standard: Standard, depth: Depth) -> list[ShownCase]:
    """Every case: those that did not pass first, strongest verdict first, else in the order in which they ran."""
    strength = {row.id: rank for rank, row in enumerate(standard.verdicts) if row.scope == "case"}
    discretion = Discretion(report.cases)
    ordered = sorted(
        report.cases, key=lambda case: strength[case.verdict] if case.verdict not in _GOOD else len(strength)
    )
    body = report.run.product.body
    return [_case(case, standard, depth, discretion, body) for case in ordered]


def _case(case: CaseReport, standard: Standard, depth: Depth, discretion: Discretion, body: str) -> ShownCase:
    good = case.verdict in _GOOD
    count, characters = (
        (depth.good_messages, depth.good_characters) if good else (depth.bad_messages, depth.bad_characters)
    )
    messages = [entry for entry in case.trace if isinstance(entry.event, Message)]
    kept = _telling(messages, case, count)
    shown = tuple(show(entry, discretion, characters) for entry in kept)
    left = len(messages) - len(kept)
    failed, failed_left = _failed(case, standard, discretion, max(characters, 400))
    spoils = (*((case.expected.spoil,) if case.expected.spoil else ()), *case.expected.also)
    checked = {check.clause for check in case.checks}
    return ShownCase(
        case=case,
        good=good,
        reason=discretion.words(case.reason),
        steps=tuple(entry.event.text for entry in case.trace if isinstance(entry.event, Step))[:40],
        function=case.expected.function or "",
        failed=failed,
        failed_left=failed_left,
        held=_held(case, standard, discretion),
        undecided=tuple((clause, verdict) for clause, verdict in case.clauses.items() if clause not in checked),
        drawing=exchange_drawing(case, shown, left, body) if shown else None,
        messages=shown,
        messages_left=left,
        spoils=tuple((id_, standard.spoils[id_].text if id_ in standard.spoils else None) for id_ in spoils),
        cited=cited_messages(case),
    )


def _telling(messages: list[Numbered], case: CaseReport, count: int) -> list[Numbered]:
    """At most `count` messages: those that failed checks point at, what was spoiled, then the first and the last."""
    if len(messages) <= count:
        return messages
    cited, spoiled = cited_messages(case), spoiled_messages(case)
    ends = [entry for pair in zip(messages, reversed(messages), strict=True) for entry in pair]
    first = [entry for wanted in (cited, spoiled) for entry in messages if entry.seq in wanted]
    chosen: dict[int, Numbered] = {}
    for entry in [*first, *ends]:
        if len(chosen) < count:
            chosen[entry.seq] = entry
    return [chosen[seq] for seq in sorted(chosen)]


def _failed(
    case: CaseReport, standard: Standard, discretion: Discretion, limit: int
) -> tuple[tuple[ShownCheck, ...], int]:
    """Failed checks, those alike told once, and how many kinds were left out."""
    alike: dict[tuple[str, str, str], list[Check]] = {}
    for check in case.checks:
        if not check.ok:
            alike.setdefault((check.clause, check.path or "", check.why.en if check.why else ""), []).append(check)
    shown = [_check(group[0], len(group), standard, discretion, limit) for group in list(alike.values())[:MOST_FAILED]]
    return tuple(shown), len(alike) - len(shown)


def _held(case: CaseReport, standard: Standard, discretion: Discretion) -> tuple[GoodChecks, ...]:
    """What was as expected, a line for every clause: a property repeats the same check many times."""
    by_clause: dict[str, list[Check]] = {}
    for check in case.checks:
        if check.ok:
            by_clause.setdefault(check.clause, []).append(check)
    return tuple(_good(clause, checks, standard, discretion) for clause, checks in by_clause.items())


def _good(clause: str, checks: list[Check], standard: Standard, discretion: Discretion) -> GoodChecks:
    row = standard.clauses.get(clause)
    findings = {check.why.en: discretion.words(check.why) for check in checks if check.why is not None}
    told = tuple(words for words in findings.values() if words is not None)[:MOST_FINDINGS]
    return GoodChecks(clause, row.text if row else None, len(checks), told)


def _check(check: Check, times: int, standard: Standard, discretion: Discretion, limit: int) -> ShownCheck:
    row = standard.clauses.get(check.clause)
    expected, got = marked(*(_value(value, discretion, limit) for value in (check.expected, check.got)))
    return ShownCheck(
        clause=check.clause,
        text=row.text if row else None,
        remedy=row.remedy if row else None,
        likely=likely_causes(standard, check.clause),
        path=visible(check.path or ""),
        why=discretion.words(check.why),
        expected=expected,
        got=got,
        evidence=check.evidence,
        times=times,
    )


def _value(value: Any, discretion: Discretion, limit: int) -> str:
    text = visible(as_json_text(discretion.value(value)))
    head, left = shortened(text, limit)
    return f"{head}…[{len(text)}]" if left else head
