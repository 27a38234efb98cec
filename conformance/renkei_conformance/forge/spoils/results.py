"""Spoils of an answer's results: what is told of whom, in items of the information's own table (inquirer role).

Each finds its place in the item table of whatever information is answered; `NotForgeable` where the table has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from renkei_conformance.forge.build import Bench, NotForgeable, Plan
from renkei_conformance.forge.spoils import replan, spoil
from renkei_conformance.forge.touch import without
from renkei_conformance.wire import Json
from renkei_fixtures.standard.rows import Information, Item

Path = tuple[str, ...]
Change = Callable[[object], object]


def _information(plan: Plan) -> Information:
    return plan.known.standard.informations[str(plan.claims["information"])]


def _results(plan: Plan) -> list[Json]:
    rows = (plan.content or {}).get("results")
    if not isinstance(rows, list):
        raise NotForgeable("this message has no results")
    return [dict(row) for row in rows]


def _with_results(plan: Plan, rows: list[Json]) -> Plan:
    return replace(plan, content={**(plan.content or {}), "results": rows})


def _record(plan: Plan) -> Json:
    record = _results(plan)[0].get("record")
    if not isinstance(record, dict):
        raise NotForgeable("nothing is provided in this answer")
    return record


def _leaves(value: object, at: Path = ()) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, (*at, name))
    elif not isinstance(value, list):
        yield at, value


def _place(plan: Plan, fits: Callable[[Item, object], bool]) -> Path:
    """A leaf that stands in the first record and fits."""
    items = {item.path: item for item in _information(plan).items if item.kind == "leaf"}
    for path, value in _leaves(_record(plan)):
        if path in items and fits(items[path], value):
            return path
    raise NotForgeable("the answer has no such item")


def _put(record: Json, path: Path, change: Change) -> Json:
    name, *rest = path
    inner = record.get(name, {})
    if rest:
        assert isinstance(inner, dict)
        return {**record, name: _put(inner, tuple(rest), change)}
    return {**record, name: change(record.get(name))}


def _taken_out(record: Json, path: Path) -> Json:
    name, *rest = path
    inner = record[name]
    if not rest:
        return without(record, name)
    assert isinstance(inner, dict)
    left = _taken_out(inner, tuple(rest))
    return {**record, name: left} if left else without(record, name)


def _first(plan: Plan, **members: object) -> Plan:
    first, *rest = _results(plan)
    return _with_results(plan, [{**first, **members}, *rest])


def _changed(name: str, fits: Callable[[Item, object], bool], change: Callable[[Item, object], object]) -> None:
    """Register a spoil that changes one leaf that fits."""

    @replan(name)
    def _(plan: Plan) -> Plan:
        path = _place(plan, fits)
        item = next(one for one in _information(plan).items if one.path == path)
        return _first(plan, record=_put(_record(plan), path, lambda value: change(item, value)))


def _amount(item: Item, _value: object) -> bool:
    return item.type == "S9"


def _bound_to_a_key(plan: Plan) -> set[str | None]:
    return {rule.total for rule in _information(plan).rules if rule.kind == "equals_key"}


_changed("item.number_as_text", _amount, lambda _item, value: str(value))
_changed("item.too_many_digits", _amount, lambda item, _value: 10 ** (item.digits or 1))
_changed("item.null", lambda _item, value: value is not None, lambda _item, _value: None)
_changed(
    "item.code_as_number", lambda item, value: item.code is not None and str(value).isdigit(), lambda _i, v: int(str(v))
)


def _unlisted(plan: Plan, table: str, value: object) -> str:
    """A code of the form of `value` that the table does not have: only who looks it up can tell."""
    listed = {row.code for row in plan.known.standard.codes[table].codes}
    length = len(str(value))
    return next(code for code in (*(digit * length for digit in "9876543210"), "~" * length) if code not in listed)


@replan("item.code_unknown")
def _code_unknown(plan: Plan) -> Plan:
    path = _place(plan, lambda item, _value: item.code is not None)
    table = next(one.code for one in _information(plan).items if one.path == path)
    return _first(plan, record=_put(_record(plan), path, lambda value: _unlisted(plan, str(table), value)))


@replan("item.one_more")
def _one_more(plan: Plan) -> Plan:
    """An item of the information that the affair's minimum set does not hold."""
    present = {path for path, _ in _leaves(_record(plan))}
    answered = {path[-1] for path in present}
    for item in _information(plan).items:
        beneath_one = all("[]" not in name for name in item.path)
        if (
            item.kind == "leaf"
            and item.id not in answered
            and item.type == "S9"
            and item.occurs_max == 1
            and beneath_one
        ):
            return _first(plan, record=_put(_record(plan), item.path, lambda _value: 0))
    raise NotForgeable("the minimum set holds every amount")


@replan("item.unknown")
def _unknown(plan: Plan) -> Plan:
    path = _place(plan, lambda _item, _value: True)
    return _first(plan, record=_put(_record(plan), (*path[:-1], "nickname"), lambda _value: "X"))


@replan("item.one_less")
def _one_less(plan: Plan) -> Plan:
    bound = _bound_to_a_key(plan)
    path = _place(plan, lambda item, _value: item.occurs_min > 0 and item.id not in bound)
    return _first(plan, record=_taken_out(_record(plan), path))


@replan("item.of_another_key")
def _of_another_key(plan: Plan) -> Plan:
    """Another year than was asked: a right record of the year before."""
    bound = _bound_to_a_key(plan)
    path = _place(plan, lambda item, value: item.id in bound and str(value).isdigit())
    return _first(plan, record=_put(_record(plan), path, lambda value: str(int(str(value)) - 1).zfill(len(str(value)))))


# The result itself


@replan("result.status_unknown")
def _status_unknown(plan: Plan) -> Plan:
    table = _information(plan).status_table
    if table is None:
        raise NotForgeable("no table of states")
    return _first(plan, status=_unlisted(plan, table, _results(plan)[0].get("status", "1")))


@replan("result.status_missing")
def _status_missing(plan: Plan) -> Plan:
    if _information(plan).status_table is None:
        raise NotForgeable("no table of states")
    first, *rest = _results(plan)
    return _with_results(plan, [without(first, "status"), *rest])


@replan("result.as_of_missing")
def _as_of_missing(plan: Plan) -> Plan:
    first, *rest = _results(plan)
    return _with_results(plan, [without(first, "as_of"), *rest])


@replan("result.record_missing")
def _record_missing(plan: Plan) -> Plan:
    first, *rest = _results(plan)
    return _with_results(plan, [without(first, "record"), *rest])


@replan("result.unknown")
def _result_unknown(plan: Plan) -> Plan:
    return _first(plan, result="partial")


@replan("result.record_though_none")
def _record_though_none(plan: Plan) -> Plan:
    return _first(plan, result="no_record")


# Whom it is about


@replan("result.of_a_stranger")
def _of_a_stranger(plan: Plan) -> Plan:
    rows = _results(plan)
    return _with_results(plan, [*rows, {"item_no": len(rows) + 1, "result": "no_record"}])


@replan("result.of_nobody_asked")
def _of_nobody_asked(plan: Plan) -> Plan:
    return _first(plan, item_no=2)


@replan("result.twice")
def _twice(plan: Plan) -> Plan:
    rows = _results(plan)
    return _with_results(plan, [*rows, rows[0]])


@replan("result.none")
def _none(plan: Plan) -> Plan:
    return _with_results(plan, [])


@spoil("form.cut_short", at="envelope_bytes")
def _cut_short(payload: bytes, bench: Bench) -> bytes:
    return payload[: len(payload) * 2 // 3]
