"""A result handed over interface B against the answer, each difference booked on the one clause that it breaks.

Rows of repeated groups are I-BUS-007's, characters I-BUS-008's, days of which a part is unknown I-BUS-009's, and all else
I-BUS-001's. A row that is not there has no characters: texts in rows are looked at once the rows are those answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from renkei_conformance.finding import Finding, equal
from renkei_conformance.oracles.items import Path, dotted, leaves, plain
from renkei_conformance.wire import Json
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information

ALL, ROWS, TEXTS, DAYS = "I-BUS-001", "I-BUS-007", "I-BUS-008", "I-BUS-009"
_BY_TYPE = {"N": TEXTS, "date_partial": DAYS}


def handed(table: Information, row: Mapping[str, object], due: Json, own_number: str) -> Iterator[tuple[str, Finding]]:
    """Clause and finding for one provided result. `row`: the question as interface B shows it."""
    why = both("conformance.rule.results_as_answered")
    found = row.get("results")
    results = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    yield ALL, equal("asks.results", 1, len(results), why)
    got: Json = results[0] if results else {}
    for name, value in {**due, "own_number": own_number}.items():
        if name != "record":
            yield ALL, equal(f"asks.results[0].{name}", value, got.get(name), why)
    wanted, came = _record(due), _record(got)
    for clause, within in ((ALL, False), (ROWS, True)):
        due_names, got_names = (
            sorted(dotted(path) for path in side if in_rows(path) is within) for side in (wanted, came)
        )
        yield clause, equal("asks.results[0].record", due_names, got_names, why)
    yield from _values(table, wanted, came)


def _values(table: Information, wanted: dict[Path, object], came: dict[Path, object]) -> Iterator[tuple[str, Finding]]:
    why = both("conformance.rule.results_as_answered")
    places = {item.path: item for item in table.items}
    clause_of = {path: _BY_TYPE.get(places[plain(path)].type or "", ROWS if in_rows(path) else ALL) for path in wanted}
    rows_stand = {path for path in wanted if in_rows(path)} == {path for path in came if in_rows(path)} and all(
        wanted[path] == came[path] for path, clause in clause_of.items() if clause == ROWS
    )
    for path, value in wanted.items():
        clause = clause_of[path]
        if path in came and (rows_stand or clause == ROWS or not in_rows(path)):
            yield clause, equal(f"asks.results[0].record.{dotted(path)}", value, came[path], why)


def in_rows(path: Path) -> bool:
    """Whether it stands in a repeated group."""
    return any(isinstance(part, int) for part in path)


def _record(result: Json) -> dict[Path, object]:
    record = result.get("record")
    return dict(leaves(record)) if isinstance(record, dict) else {}
