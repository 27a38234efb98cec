"""Verdicts by function of the seed, with every denominator, and the clauses of each role and function."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from renkei_fixtures.run_record import Verdict
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import Clause
from renkei_fixtures.text import Text
from renkei_reports.report import ClauseReport, Report

Pair = tuple[ClauseReport, Clause | None]


@dataclass(frozen=True)
class FunctionGroup:
    """The clauses of one role and one function of the seed, with its block's name in front."""

    role: str
    function: str
    name: Text | None
    block: Text | None
    clauses: tuple[Pair, ...]
    counts: tuple[tuple[Verdict, int], ...]
    applicable: int


@dataclass(frozen=True)
class FunctionRow:
    """One function in the table of figures; `applicable` is the sum of `counts`."""

    id: str
    name: Text
    block: Text | None
    applicable: int
    counts: dict[str, int]
    not_applicable: int
    excluded: int


def groups_of(report: Report, standard: Standard) -> list[FunctionGroup]:
    """The clauses by role, and within it in the order of the standard's functions; what belongs to none comes last."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for clause in report.clauses:
        row = standard.clauses.get(clause.id)
        found.setdefault((row.role, row.function) if row else ("", ""), []).append((clause, row))
    order = list(standard.functions)
    roles = list(dict.fromkeys(role for role, _ in found))

    def place(key: tuple[str, str]) -> tuple[int, int]:
        role, function = key
        return (roles.index(role) if role else len(roles), order.index(function) if function in order else len(order))

    return [_group(key, found[key], standard) for key in sorted(found, key=place)]


def not_passed(report: Report, standard: Standard) -> list[Pair]:
    """The applicable clauses that did not pass, strongest verdict first, else in the standard's order."""
    order = [row.id for row in standard.verdicts if row.scope == "case"]
    found = [clause for clause in report.clauses if clause.applies == "applicable" and clause.verdict != "pass"]
    found.sort(key=lambda clause: order.index(clause.verdict or "not_tested"))
    return [(clause, standard.clauses.get(clause.id)) for clause in found]


def function_rows(report: Report, standard: Standard) -> list[FunctionRow]:
    """All functions of the seed, also those that this run says nothing about."""
    found: dict[str, list[ClauseReport]] = {id_: [] for id_ in standard.functions}
    for clause in report.clauses:
        row = standard.clauses.get(clause.id)
        if row is not None:
            found.setdefault(row.function, []).append(clause)
    return [_row(id_, clauses, standard) for id_, clauses in found.items()]


def _group(key: tuple[str, str], clauses: list[Pair], standard: Standard) -> FunctionGroup:
    role, id_ = key
    counts = Counter(clause.verdict for clause, _ in clauses if clause.applies == "applicable" and clause.verdict)
    order = [row.id for row in standard.verdicts if row.scope == "case"]
    name, block = _names(id_, standard)
    return FunctionGroup(
        role=role,
        function=id_,
        name=name,
        block=block,
        clauses=tuple(clauses),
        counts=tuple(sorted(counts.items(), key=lambda pair: order.index(pair[0]))),
        applicable=sum(counts.values()),
    )


def _row(id_: str, clauses: list[ClauseReport], standard: Standard) -> FunctionRow:
    counts = Counter(clause.verdict for clause in clauses if clause.applies == "applicable" and clause.verdict)
    applies = Counter(clause.applies for clause in clauses)
    name, block = _names(id_, standard)
    return FunctionRow(
        id=id_,
        name=name or Text(ja=id_, en=id_),
        block=block,
        applicable=applies["applicable"],
        counts={str(verdict): count for verdict, count in counts.items()},
        not_applicable=applies["not_applicable"],
        excluded=applies["excluded"],
    )


def _names(id_: str, standard: Standard) -> tuple[Text | None, Text | None]:
    """The function's and its block's name; a clause may also belong to a block as a whole."""
    function = standard.functions.get(id_)
    if function is not None:
        return function.text, standard.blocks[function.block].text
    return (standard.blocks[id_].text if id_ in standard.blocks else None), None
