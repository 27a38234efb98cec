"""Spoils: each does exactly one named thing to a message that is right in everything else.

`@spoil("form.alg_none", at="header_jose")` hangs a function on one stage of the bench (see `build.py`): it takes what
stands there and the bench, and gives back the spoiled value. `at="plan"` changes the plan before the bench starts, for
spoils that concern two places which must go on agreeing. `@before(...)` makes a message that has to be delivered first.

Their names, stages, the codes that are right and the texts are data: `standard/data/spoils/` of the fixtures.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from renkei_conformance.forge.build import Bench, Plan, Tweak

PLAN = "plan"


@dataclass(frozen=True)
class Spoiler:
    """How a spoil is done: at a stage, on the plan, or by a message sent before."""

    id: str
    tweak: Tweak | None = None
    replan: Callable[[Plan], Plan] | None = None
    former: Callable[[Plan], Plan] | None = None


F = TypeVar("F", bound=Callable[..., Any])

_spoilers: dict[str, Spoiler] = {}


def spoil(name: str, at: str) -> Callable[[Callable[[Any, Bench], Any]], Callable[[Any, Bench], Any]]:
    """Register a change of what stands at this stage."""

    def register(change: Callable[[Any, Bench], Any]) -> Callable[[Any, Bench], Any]:
        return _register(Spoiler(name, tweak=Tweak(at, change)), change)

    return register


def replan(name: str) -> Callable[[Callable[[Plan], Plan]], Callable[[Plan], Plan]]:
    """Register a change of the plan."""

    def register(change: Callable[[Plan], Plan]) -> Callable[[Plan], Plan]:
        return _register(Spoiler(name, replan=change), change)

    return register


def before(name: str) -> Callable[[Callable[[Plan], Plan]], Callable[[Plan], Plan]]:
    """Register the plan of a message whose earlier delivery makes this one wrong."""

    def register(change: Callable[[Plan], Plan]) -> Callable[[Plan], Plan]:
        return _register(Spoiler(name, former=change), change)

    return register


def spoilers() -> dict[str, Spoiler]:
    """All spoils by name."""
    for module in (
        "transport",
        "form",
        "jose",
        "sender",
        "freshness",
        "permit",
        "authority",
        "sealing",
        "content",
        "keys",
        "network",
        "receipt",
        "results",
        "leaves",
    ):
        importlib.import_module(f"{__name__}.{module}")
    return _spoilers


def _register(spoiler: Spoiler, function: F) -> F:
    assert spoiler.id not in _spoilers, f"{spoiler.id} is there already"
    _spoilers[spoiler.id] = spoiler
    return function
