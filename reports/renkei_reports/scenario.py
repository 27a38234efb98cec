"""The use case as a clerk goes through it: its steps and branches, and which cases of the run stand behind each.

The steps are facts (`standard/data/scenarios/*.toml`); nothing is decided here. A row is shown by what it has: every
member in two languages is a column of words, `cases` are looked up in the run. Shape of a file:

    use_case = 1
    title = { ja, en }
    [[step]]    id, who = { ja, en }, text = { ja, en }, cases = ["SCN-UC1", …]
    [[branch]]  id, text = { ja, en }, due = { ja, en }, cases = […] or excluded_because = { ja, en }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkei_fixtures.run_record import Verdict
from renkei_fixtures.standard import DATA, Standard
from renkei_fixtures.text import Text
from renkei_reports.report import CaseReport, Report
from renkei_reports.verdicts import roll_up

FOLDER = DATA / "scenarios"


@dataclass(frozen=True)
class Row:
    """One step or branch. `verdict` is the strongest among its cases, None where no case of this run stands behind it."""

    id: str
    words: tuple[Text, ...]
    cases: tuple[str, ...]
    verdict: Verdict | None
    excluded: Text | None


@dataclass(frozen=True)
class Scenario:
    """One use case. `covered` counts rows with a case in this run, of all `rows`."""

    title: Text
    steps: tuple[Row, ...]
    branches: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.steps, *self.branches)

    @property
    def covered(self) -> int:
        return sum(row.verdict is not None for row in self.rows)


def scenarios_of(report: Report, standard: Standard, folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario that the standard ships, in the order of their files; none where it ships none."""
    cases = {case.id: case for case in report.cases}
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return [_scenario(tomllib.loads(path.read_text("utf-8")), cases, standard) for path in files]


def _scenario(data: Mapping[str, Any], cases: Mapping[str, CaseReport], standard: Standard) -> Scenario:
    steps, branches = (tuple(_row(row, cases, standard) for row in data.get(kind) or ()) for kind in ("step", "branch"))
    title = _text(data.get("title")) or Text(ja="–", en="–")
    return Scenario(title, steps, branches)


def _row(data: Mapping[str, Any], cases: Mapping[str, CaseReport], standard: Standard) -> Row:
    ids = tuple(str(id_) for id_ in data.get("cases") or ())
    ran = [cases[id_].verdict for id_ in ids if id_ in cases]
    words = [_text(value) for name, value in data.items() if name != "excluded_because"]
    return Row(
        id=str(data.get("id", data.get("no", ""))),
        words=tuple(text for text in words if text is not None),
        cases=ids,
        verdict=roll_up(standard, ran, if_none="not_tested") if ran else None,
        excluded=_text(data.get("excluded_because")),
    )


def _text(value: Any) -> Text | None:
    return Text(ja=value["ja"], en=value["en"]) if isinstance(value, dict) and set(value) == {"ja", "en"} else None
