"""Logs, exported over interface B and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding
from renkei_conformance.oracles.records import Export, read_export
from renkei_conformance.product import Product
from renkei_fixtures.messages import both


def exported(product: Product, log: str) -> Export:
    """The whole log. `Inconclusive` when it cannot be had."""
    product.parties.settle()
    product.ev.step("records", log=log)
    outcome = product.business(lambda upper: upper.records(log))
    if outcome.status != 200:
        detail = f"{outcome.status} {outcome.raw[:120]!r}"
        raise Inconclusive(both("conformance.reason.no_export", log=log, detail=detail))
    return read_export(outcome.raw)


def exported_until(product: Product, log: str, exchange_number: str) -> Export:
    """The lines of one exchange; asked for again, within the wait for records, while there are none."""
    clock = product.parties.clock
    tries = 1 + (0 if clock.is_still else int(clock.seconds("record") / clock.seconds("poll")))
    found = Export((), (), None)
    for attempt in range(tries):
        if attempt:
            clock.wait("poll")
        product.parties.settle()
        outcome = product.business(lambda upper: upper.records(log, exchange_number))
        if outcome.status != 200:
            detail = f"{outcome.status} {outcome.raw[:120]!r}"
            raise Inconclusive(both("conformance.reason.no_export", log=log, detail=detail))
        found = read_export(outcome.raw)
        if found.of_exchange(exchange_number):
            break
    return found


def names(rows: Sequence[Mapping[str, object]], due: Mapping[str, object], path: str) -> Finding:
    """Somewhere in one of these lines all of `due` stands together, however deep: the form of a line is the product's."""
    ok = any(all(part.get(name) == value for name, value in due.items()) for row in rows for part in _parts(row, {}))
    got = f"{len(rows)} lines of the exchange" + ("" if ok else ", none of which says so")
    return Finding(ok, dict(due), got, path, both("conformance.rule.log_line"))


def _parts(value: object, above: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Every object of a line, with what the objects around it say."""
    if isinstance(value, Mapping):
        here = {**above, **{str(name): part for name, part in value.items()}}
        yield here
        for part in value.values():
            yield from _parts(part, here)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part, above)
