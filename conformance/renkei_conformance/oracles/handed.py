"""A result handed over interface B against the answer, each difference booked on the one clause that it breaks.

Number and order of rows are I-BUS-007's, characters I-BUS-008's, days of which a part is unknown I-BUS-009's, and all
else I-BUS-001's. A row is known by the item that orders its group, a zero lost in front of it or not; what else stands in
rows is looked at once the rows are those answered.
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
    rows = {place for path in wanted if (place := _row(path)) is not None}
    came_rows = {place for path in came if (place := _row(path)) is not None}
    yield ROWS, equal("asks.results[0].record", sorted(map(dotted, rows)), sorted(map(dotted, came_rows)), why)
    yield from _values(table, wanted, came, rows & came_rows)


def _values(
    table: Information, wanted: dict[Path, object], came: dict[Path, object], rows: set[Path]
) -> Iterator[tuple[str, Finding]]:
    why = both("conformance.rule.results_as_answered")
    places = {item.path: item for item in table.items}
    orders = {item.order_by for item in table.items if item.order_by}
    keys = [path for path in wanted if in_rows(path) and path[-1] in orders and _row(path) in rows]
    for path in keys:
        here = f"asks.results[0].record.{dotted(path)}"
        yield ROWS, Finding(_place(wanted[path]) == _place(came.get(path)), wanted[path], came.get(path), here, why)
    rows_stand = all(_place(wanted[path]) == _place(came.get(path)) for path in keys)
    # What stands in a row that is another, or not there, is compared with nothing.
    due, got = ({p for p in side if not in_rows(p) or (rows_stand and _row(p) in rows)} for side in (wanted, came))
    yield ALL, equal("asks.results[0].record", sorted(map(dotted, due)), sorted(map(dotted, got)), why)
    for path in (path for path in wanted if path in due & got):
        clause = _BY_TYPE.get(places[plain(path)].type or "", ALL)
        yield clause, equal(f"asks.results[0].record.{dotted(path)}", wanted[path], came[path], why)


def _place(value: object) -> str:
    text = str(value)
    return text.lstrip("0") if text.isdigit() else text


def _row(path: Path) -> Path | None:
    """The row in which it stands, None outside repeated groups."""
    last = max((place for place, part in enumerate(path) if isinstance(part, int)), default=None)
    return None if last is None else path[: last + 1]


def in_rows(path: Path) -> bool:
    """Whether it stands in a repeated group."""
    return any(isinstance(part, int) for part in path)


def _record(result: Json) -> dict[Path, object]:
    record = result.get("record")
    return dict(leaves(record)) if isinstance(record, dict) else {}
