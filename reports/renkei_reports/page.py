"""What the page shows, computed before the template writes it: the template holds no decisions.

Evidence is bounded: `Depth` says how much of it a page carries, and `as_html` takes a shallower one when a page would
grow too big. What is left out is counted on the page; nothing is left out in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from renkei_fixtures.run_record import Check, Message, Step, Verdict
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Clause
from renkei_fixtures.text import Text
from renkei_reports.discretion import Discretion, without_secrets
from renkei_reports.drawing import Arrow, Note, sequence
from renkei_reports.evidence import Shown, show
from renkei_reports.report import CaseReport, ClauseReport, Numbered, Report
from renkei_reports.routes import routes_of
from renkei_reports.visible import shortened, visible
from renkei_reports.words import as_json_text

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
    Depth(24, 3000, 4, 400),
    Depth(12, 1200, 0, 0),
    Depth(4, 400, 0, 0),
    Depth(0, 0, 0, 0),
)


@dataclass(frozen=True)
class ShownCheck:
    clause: str
    ok: bool
    text: Text | None
    remedy: Text | None
    path: str
    why: Text | None
    expected: str
    got: str
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class ShownCase:
    """One case on the page. Checks that passed many times over are told by their number in `repeated`."""

    case: CaseReport
    good: bool
    reason: Text | None
    steps: tuple[Text, ...]
    checks: tuple[ShownCheck, ...]
    checks_left: int
    undecided: tuple[tuple[str, Verdict], ...]
    drawing: Markup | None
    messages: tuple[Shown, ...]
    messages_left: int
    spoils: tuple[tuple[str, Text | None], ...]
    cited: frozenset[int]


@dataclass(frozen=True)
class FunctionGroup:
    """The clauses of one function of the seed, with its block's name in front."""

    id: str
    name: Text | None
    block: Text | None
    clauses: tuple[tuple[ClauseReport, Clause | None], ...]
    counts: tuple[tuple[Verdict, int], ...]


def groups_of(report: Report, standard: Standard) -> list[FunctionGroup]:
    """The clauses in the order of the standard's functions; what belongs to none of them comes last."""
    by_function: dict[str, list[tuple[ClauseReport, Clause | None]]] = {}
    for clause in report.clauses:
        row = standard.clauses.get(clause.id)
        by_function.setdefault(row.function if row else "", []).append((clause, row))
    order = [*standard.functions, *(id_ for id_ in by_function if id_ not in standard.functions)]
    return [_group(id_, by_function[id_], standard) for id_ in order if id_ in by_function]


def _group(id_: str, clauses: list[tuple[ClauseReport, Clause | None]], standard: Standard) -> FunctionGroup:
    function = standard.functions.get(id_)
    counts = Counter(clause.verdict for clause, _ in clauses if clause.applies == "applicable" and clause.verdict)
    order = [row.id for row in standard.verdicts if row.scope == "case"]
    return FunctionGroup(
        id=id_,
        name=function.text if function else standard.blocks[id_].text if id_ in standard.blocks else None,
        block=standard.blocks[function.block].text if function else None,
        clauses=tuple(clauses),
        counts=tuple(sorted(counts.items(), key=lambda pair: order.index(pair[0]))),
    )


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
    checks = _telling_checks(case, 3 if good else 20)
    spoils = (*((case.expected.spoil,) if case.expected.spoil else ()), *case.expected.also)
    checked = {check.clause for check in case.checks}
    return ShownCase(
        case=case,
        good=good,
        reason=discretion.words(case.reason),
        steps=tuple(entry.event.text for entry in case.trace if isinstance(entry.event, Step))[:40],
        checks=tuple(_check(check, standard, discretion, max(characters, 400)) for check in checks),
        checks_left=len(case.checks) - len(checks),
        undecided=tuple((clause, verdict) for clause, verdict in case.clauses.items() if clause not in checked),
        drawing=_drawing(case, shown, left, body) if shown else None,
        messages=shown,
        messages_left=left,
        spoils=tuple((id_, standard.spoils[id_].text if id_ in standard.spoils else None) for id_ in spoils),
        cited=_cited(case),
    )


def _telling(messages: list[Numbered], case: CaseReport, count: int) -> list[Numbered]:
    """At most `count` messages: those that failed checks point at, then the first and the last of the case."""
    if len(messages) <= count:
        return messages
    cited = _cited(case)
    ends = [entry for pair in zip(messages, reversed(messages), strict=True) for entry in pair]
    chosen: dict[int, Numbered] = {}
    for entry in [*(entry for entry in messages if entry.seq in cited), *ends]:
        if len(chosen) < count:
            chosen[entry.seq] = entry
    return [chosen[seq] for seq in sorted(chosen)]


def _cited(case: CaseReport) -> frozenset[int]:
    """The messages that failed checks point at."""
    return frozenset(seq for check in case.checks if not check.ok for seq in check.evidence)


def _telling_checks(case: CaseReport, count: int) -> list[Check]:
    """Failed checks first, then for every clause its first good one: a property repeats the same check many times."""
    failed = [check for check in case.checks if not check.ok][:count]
    first_good: dict[str, Check] = {}
    for check in case.checks:
        if check.ok:
            first_good.setdefault(check.clause, check)
    return failed + list(first_good.values())


def _check(check: Check, standard: Standard, discretion: Discretion, limit: int) -> ShownCheck:
    row = standard.clauses.get(check.clause)
    expected, got = (_value(value, discretion, limit) for value in (check.expected, check.got))
    return ShownCheck(
        clause=check.clause,
        ok=check.ok,
        text=row.text if row else None,
        remedy=row.remedy if row and not check.ok else None,
        path=visible(check.path or ""),
        why=discretion.words(check.why),
        expected=expected,
        got=got,
        evidence=check.evidence,
    )


def _value(value: Any, discretion: Discretion, limit: int) -> str:
    text = visible(as_json_text(discretion.value(value)))
    head, left = shortened(text, limit)
    return f"{head}…[{len(text)}]" if left else head


def _drawing(case: CaseReport, shown: Sequence[Shown], omitted: int, body: str) -> Markup:
    """Messages and, between them, the steps that were announced before them."""
    routes = routes_of(case.trace, body)
    by_seq = {message.seq: message for message in shown}
    rows: list[Arrow | Note] = []
    for entry in case.trace:
        if isinstance(entry.event, Step) and len(rows) < 60:
            rows.append(Note(entry.event.text))
        elif entry.seq in by_seq:
            message = by_seq[entry.seq]
            reply = isinstance(entry.event, Message) and entry.event.status is not None
            # A request is told by what it is; every message goes to the same path.
            label = f"{message.line} {message.gist}".strip() if reply else message.gist or message.line
            rows.append(Arrow(message.seq, *routes[message.seq], message.door, label, reply=reply))
    return sequence(rows, omitted)


def profile_rows(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The product file as printed: dotted keys and their values, tokens hidden."""
    rows: list[tuple[str, str]] = []

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                walk(f"{prefix}.{name}" if prefix else str(name), part)
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            rows.append((visible(prefix), visible(shown) or "–"))

    walk("", without_secrets(profile))
    return rows
