"""Spoils of inquiry keys that are days and periods (照会キー): right in form but no day, or turned round."""

from __future__ import annotations

from collections.abc import Callable

from renkei_conformance.forge.build import Bench, NotForgeable
from renkei_conformance.forge.spoils import spoil
from renkei_conformance.wire import Json


def _dated(bench: Bench) -> str:
    """The first key that is a day."""
    name = str(bench.plan.claims["information"])
    table = bench.plan.known.standard.informations[name]
    for key in table.keys:
        if key.type == "date":
            return key.id
    raise NotForgeable(f"{name} has no key that is a day")


def _with(content: Json, change: Callable[[Json], Json]) -> Json:
    items = content["items"]
    assert isinstance(items, list)
    return {**content, "items": [{**items[0], "keys": change(dict(items[0]["keys"]))}, *items[1:]]}


def _day(name: str, value: str) -> None:
    def change(content: Json, bench: Bench) -> Json:
        return _with(content, lambda keys: {**keys, _dated(bench): value})

    spoil(name, at="content")(change)


_day("key.day_31_of_february", "2025-02-31")
_day("key.leap_day_of_a_common_year", "2025-02-29")
_day("key.month_13", "2025-13-01")
_day("key.day_unknown", "2025-04-00")
_day("key.day_without_separators", "2025401001")
_day("key.day_with_slashes", "2025/04/01")


@spoil("key.period_turned_round", at="content")
def _turned_round(content: Json, bench: Bench) -> Json:
    name = str(bench.plan.claims["information"])
    ends = {key.match: key.id for key in bench.plan.known.standard.informations[name].keys}
    if "period_from" not in ends:
        raise NotForgeable(f"{name} is not asked for by period")
    turned = {ends["period_from"]: "2025-04-02", ends["period_to"]: "2025-04-01"}
    return _with(content, lambda keys: {**keys, **turned})
