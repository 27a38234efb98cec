"""The examiner's own figures: what a selfcheck of a release saw, with the hashes of the suite it was made from.

`data/selfcheck.json` is what `renkei selfcheck` wrote, committed with a release (`tox -e release`). Where the suite or the standard of
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
