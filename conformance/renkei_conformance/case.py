"""What a case is: `@case` above a function says which clauses it decides, for which role, and how it goes about it.

    # P-SIG-001 …the clause's sentence in Japanese…
    @case("ENV-SIG-01", verifies=["P-SIG-001"], role=PROVIDER, family="envelope",
          kind=Negative(spoil="signature.bit_flipped"), ja="…", en="…")
    def test_one_bit_of_the_signature_flipped(forge, ev): ...

The kinds are a closed union: there is no default expectation. Parameters and generated examples do not make more
cases; the catalogue is keyed by case id, never by where pytest found the function.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from renkei_conformance.errors import ExaminerFault
from renkei_fixtures.standard.rows import Text

Role = Literal["provider", "inquirer", "network"]
Family = Literal["envelope", "authority", "identity", "items", "records"]
Turn = Literal["first", "usual", "last", "end"]
"""When a case is run. `end`: after all others, to look once more at what they left."""
Function = TypeVar("Function", bound=Callable[..., Any])

PROVIDER: Role = "provider"
INQUIRER: Role = "inquirer"
NETWORK: Role = "network"


@dataclass(frozen=True)
class Positive:
    """A right message, and what must come of it."""


@dataclass(frozen=True)
class Negative:
    """A right message with one thing spoiled (`spoil`: a row of the standard's spoils), and its refusal.

    `also` are further spoils of the same clause: each is put on its own right message, one after the other.
    """

    spoil: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """One rule over many rows: boundary examples fixed, a surplus generated from the run's seed."""


@dataclass(frozen=True)
class Scenario:
    """Several steps of several parties, as they happen in an office."""


@dataclass(frozen=True)
class Stateful:
    """A sequence of messages against a model of the exchange."""


Kind = Positive | Negative | Property | Scenario | Stateful


@dataclass(frozen=True)
class Case:
    """One row of the catalogue; `needs` are options of the product file without which it cannot be tried."""

    id: str
    title: Text
    verifies: tuple[str, ...]
    role: Role
    family: Family
    kind: Kind
    needs: tuple[str, ...]
    smoke: bool
    turn: Turn
    module: str
    name: str

    @property
    def spoil(self) -> str | None:
        return self.kind.spoil if isinstance(self.kind, Negative) else None

    @property
    def spoils(self) -> tuple[str, ...]:
        return (self.kind.spoil, *self.kind.also) if isinstance(self.kind, Negative) else ()

    @property
    def kind_name(self) -> str:
        return type(self.kind).__name__.lower()


ATTRIBUTE = "renkei_case"
_registry: dict[str, Case] = {}


def case(
    case_id: str,
    *,
    verifies: Iterable[str],
    role: Role,
    family: Family,
    kind: Kind,
    ja: str,
    en: str,
    needs: Iterable[str] = (),
    smoke: bool = False,
    turn: Turn = "usual",
) -> Callable[[Function], Function]:
    """Enter the function below in the catalogue. Raises ExaminerFault when the id is taken by another function."""

    def enter(function: Function) -> Function:
        row = Case(case_id, Text(ja=ja, en=en), tuple(verifies), role, family, kind, tuple(needs), smoke, turn,
                   function.__module__, function.__name__)  # fmt: skip
        before = _registry.setdefault(case_id, row)
        if (before.module, before.name) != (row.module, row.name):
            raise ExaminerFault(f"case id {case_id} is taken by {before.module}.{before.name}")
        _registry[case_id] = row
        setattr(function, ATTRIBUTE, row)
        return function

    return enter


def catalogue() -> tuple[Case, ...]:
    """Every case of the suite in the order of a run: first turn, smoke, the rest as written, last turn, end.

    Imports the modules under `renkei_conformance.cases` and `.scenarios`, so that what is in the catalogue does not
    depend on what a run selected.
    """
    for package_name in ("renkei_conformance.cases", "renkei_conformance.scenarios"):
        package = importlib.import_module(package_name)
        for module in pkgutil.walk_packages(package.__path__, package_name + "."):
            importlib.import_module(module.name)
    ours = [row for row in _registry.values() if row.module.startswith("renkei_conformance.")]
    return tuple(sorted(ours, key=place_in_run))


def place_in_run(row: Case) -> tuple[int, bool]:
    """Sort key; Python's sort is stable, so cases of one place keep the order in which they are written."""
    return ({"first": 0, "usual": 1, "last": 2, "end": 3}[row.turn], not row.smoke)
