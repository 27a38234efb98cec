"""What a run must decide, known before it runs, and the lint that fails the build when the suite cannot see something.

The expected set is computed from the standard and the product file alone: a clause that turns out hard to decide stays
in the denominator. What does not apply says why, from the profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from renkei_conformance.case import Case
from renkei_conformance.errors import ExaminerFault
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import ExpectedClause
from renkei_fixtures.standard import Standard, Text
from renkei_fixtures.standard.rows import Clause, Fault

# The contents of logs are owed by every product, only their form is free (PROTOCOL §6): without an export these
# clauses are not tested, and so count against conformance, while an option that is not claimed is not applicable.
OWED_WITHOUT_CLAIM = frozenset({"records_export"})
MOST_IDLE = 0.25
NO_MORE: Mapping[str, Collection[str]] = {}


def clauses_due(
    standard: Standard,
    roles: Collection[str],
    claims: Collection[str],
    on: date,
    of_role: Mapping[str, Collection[str]] = NO_MORE,
) -> tuple[ExpectedClause, ...]:
    """Every clause of `roles`: applicable, not applicable (why) or excluded (why), in the order of the standard.

    `of_role`: what one role claims besides: a product may ask for what it does not provide.
    """
    claimed = {role: {*claims, *of_role.get(role, ())} for role in roles}
    return tuple(_due(clause, claimed[clause.role], on) for clause in standard.clauses.values() if clause.role in roles)


def _due(clause: Clause, claims: Collection[str], on: date) -> ExpectedClause:
    if not clause.observable:
        return ExpectedClause(id=clause.id, applies="excluded", why=clause.excluded_because)
    if on < clause.valid_from or (clause.valid_to is not None and on > clause.valid_to):
        why = both("conformance.why_not.out_of_dates", on=on.isoformat())
        return ExpectedClause(id=clause.id, applies="not_applicable", why=why)
    if clause.applies != "always" and clause.applies not in claims and clause.applies not in OWED_WITHOUT_CLAIM:
        return ExpectedClause(id=clause.id, applies="not_applicable", why=_why_not(clause.applies))
    return ExpectedClause(id=clause.id, applies="applicable")


def _why_not(needed: str) -> Text:
    """An option that the product file does not claim, or something that none of the claimed informations has."""
    if needed.startswith(("key_", "item_")):
        return both(f"conformance.why_not.{needed}")
    return both("conformance.why_not.not_claimed", option=needed)


def cases_due(
    cases: Sequence[Case], due: Iterable[ExpectedClause], roles: Collection[str], which: str, only: Collection[str]
) -> tuple[Case, ...]:
    """The cases of this run in order: of the roles, with at least one applicable clause, of the set, of the selection.

    `only` names cases, clauses or families; a case runs when it, one of its clauses, or its family is named.
    """
    applicable = {clause.id for clause in due if clause.applies == "applicable"}
    return tuple(
        row
        for row in cases
        if row.role in roles
        and applicable.intersection(row.verifies)
        and (which == "full" or row.smoke)
        and (not only or {row.id, row.family, *row.verifies}.intersection(only))
    )


Ailment = Literal[
    "case_without_clauses", "unknown_clause", "unknown_spoil", "unobservable_clause", "clause_without_case",
    "negative_clause_without_fault", "fault_without_killer", "foreign_role", "too_many_idle",
]  # fmt: skip


@dataclass(frozen=True)
class Lint:
    """One thing that the suite cannot see or does not say; any of them fails the build."""

    ailment: Ailment
    subject: str

    @property
    def text(self) -> Text:
        return both(f"conformance.lint.{self.ailment}", subject=self.subject)


def lint(standard: Standard, cases: Sequence[Case]) -> tuple[Lint, ...]:
    """Everything that is wrong with the suite as a whole. That texts have both languages is the type's own rule."""
    found: list[Lint] = []
    decided = {clause for row in cases for clause in row.verifies}
    broken = {clause for fault in standard.faults.values() for clause in fault.breaks}
    for row in cases:
        found += _lint_case(standard, row)
    for clause in standard.clauses.values():
        if clause.observable and clause.id not in decided:
            found.append(Lint("clause_without_case", clause.id))
        if clause.observable and clause.negative and clause.id not in broken:
            found.append(Lint("negative_clause_without_fault", clause.id))
    for fault in standard.faults.values():
        if not killers(fault, cases):
            found.append(Lint("fault_without_killer", fault.id))
    lazy = idle(standard, cases)
    if len(lazy) > MOST_IDLE * len(cases):
        found.append(Lint("too_many_idle", ", ".join(row.id for row in lazy)))
    return tuple(found)


def _lint_case(standard: Standard, row: Case) -> list[Lint]:
    found = [] if row.verifies else [Lint("case_without_clauses", row.id)]
    found += [Lint("unknown_spoil", f"{row.id}: {spoil}") for spoil in row.spoils if spoil not in standard.spoils]
    for clause_id in row.verifies:
        clause = standard.clauses.get(clause_id)
        if clause is None:
            found.append(Lint("unknown_clause", f"{row.id}: {clause_id}"))
        elif not clause.observable:
            found.append(Lint("unobservable_clause", f"{row.id}: {clause_id}"))
        elif clause.role != row.role:
            found.append(Lint("foreign_role", f"{row.id}: {clause_id}"))
    return found


def killers(fault: Fault, cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases that decide a clause which the fault breaks."""
    return tuple(row for row in cases if set(fault.breaks).intersection(row.verifies))


def idle(standard: Standard, cases: Sequence[Case]) -> tuple[Case, ...]:
    """Cases that are neither the only decider of a clause nor the only killer of a fault."""
    busy: set[str] = set()
    for clause in standard.clauses:
        deciders = [row.id for row in cases if clause in row.verifies]
        busy |= set(deciders) if len(deciders) == 1 else set()
    for fault in standard.faults.values():
        killing = [row.id for row in killers(fault, cases)]
        busy |= set(killing) if len(killing) == 1 else set()
    return tuple(row for row in cases if row.id not in busy)


def require_sound(standard: Standard, cases: Sequence[Case]) -> None:
    """Raise ExaminerFault when a case names what the standard does not have: such a run could decide nothing."""
    wrong = [one for row in cases for one in _lint_case(standard, row)]
    if wrong:
        raise ExaminerFault("; ".join(f"{one.ailment}: {one.subject}" for one in wrong))
