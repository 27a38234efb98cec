"""`renkei explain ID`: a clause, case, spoil or fault in full, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from renkei_conformance import coverage
from renkei_conformance.case import Case
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard, Text


def explanation(standard: Standard, cases: Sequence[Case], name: str) -> Text | None:
    """None for a name that is neither a clause, nor a case, nor a spoil, nor a fault."""
    rows = {row.id: row for row in cases}
    if name in rows:
        return _case(standard, rows[name])
    if name in standard.clauses:
        return _clause(standard, cases, name)
    if name in standard.spoils:
        spoil = standard.spoils[name]
        users = _list(row.id for row in cases if name in row.spoils)
        codes = ", ".join(spoil.codes)
        return both("conformance.explain.spoil", id=name, text=spoil.text, stage=spoil.stage, codes=codes, cases=users)
    if name in standard.faults:
        fault = standard.faults[name]
        killers = _list(row.id for row in coverage.killers(fault, cases))
        return both("conformance.explain.fault", id=name, text=fault.text, story=fault.story,
                    breaks=", ".join(fault.breaks), cases=killers)  # fmt: skip
    return None


def _case(standard: Standard, row: Case) -> Text:
    clauses = [f"{clause}" for clause in row.verifies]
    texts = _joined([standard.clauses[clause].text for clause in row.verifies if clause in standard.clauses])
    return both("conformance.explain.case", id=row.id, title=row.title, role=row.role, family=row.family,
                kind=row.kind_name, spoils=", ".join(row.spoils) or "-", clauses=", ".join(clauses), texts=texts,
                needs=", ".join(row.needs) or "-", module=row.module)  # fmt: skip


def _clause(standard: Standard, cases: Sequence[Case], name: str) -> Text:
    clause = standard.clauses[name]
    users = _list(row.id for row in cases if name in row.verifies)
    observable = both("conformance.explain.observable") if clause.observable else clause.excluded_because
    return both("conformance.explain.clause", id=name, text=clause.text, level=clause.level, role=clause.role,
                function=standard.functions[clause.function].text, source=clause.source, remedy=clause.remedy,
                observable=observable, cases=users)  # fmt: skip


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "-"


def _joined(texts: Sequence[Text]) -> Text:
    return Text(ja="\n  ".join(text.ja for text in texts) or "-", en="\n  ".join(text.en for text in texts) or "-")
