"""The examiner's own figures: what a selfcheck of a release saw, with the hashes of the suite it was made from.

`data/selfcheck.json` is committed with a release (`renkei selfcheck --release DIR`). Where the suite or the standard of
a run has another hash, the report says that the figures are of another state; where there is no file, that there are
none. They are never computed or corrected here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class Blind(BaseModel):
    """Faults whose killers were held back from whoever wrote the cases."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    faults: int
    caught: int


class Row(BaseModel):
    """One fault of the matrix."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fault: str
    role: str
    kind: str
    blind: bool
    breaks: tuple[str, ...]
    failed: tuple[str, ...]
    cases: tuple[str, ...]
    caught: bool
    exact: bool


class Figures(BaseModel):
    """`faults`, `caught`, `exact` count vendor faults; `hashes` are of the suite and standard that were checked."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    faults: int
    caught: int
    exact: int
    false_alarms: int
    blind: Blind
    hashes: dict[str, str]
    matrix: tuple[Row, ...]

    def of_same_state(self, hashes: Mapping[str, str]) -> bool:
        """Whether a run with these hashes was made by the very suite and standard that these figures are of."""
        return all(self.hashes.get(name) == hashes.get(name) for name in ("suite", "standard"))

    def killers(self, clause: str) -> tuple[Row, ...]:
        """The vendor faults that break this clause, as they were seen."""
        return tuple(row for row in self.matrix if row.kind == "vendor" and clause in row.breaks)


@cache
def shipped() -> Figures | None:
    """The figures that came with this version, or None."""
    path = files("renkei_reports").joinpath("data", "selfcheck.json")
    return parsed(json.loads(path.read_text("utf-8"))) if path.is_file() else None


def parsed(members: Any) -> Figures | None:
    """Figures from what `selfcheck.json` holds; None for something else."""
    try:
        return Figures.model_validate(members)
    except ValidationError:
        return None


def released(selfcheck: Mapping[str, Any]) -> str:
    """`selfcheck.json` as it is committed: no times, so that an unchanged suite gives an unchanged file."""
    rows = [{name: value for name, value in row.items() if name != "seconds"} for row in selfcheck["matrix"]]
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    head = {name: value for name, value in selfcheck.items() if name != "matrix"}
    told = json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True).removesuffix("\n}")
    return f'{told},\n "matrix": [\n  {lines}\n ]\n}}\n'
