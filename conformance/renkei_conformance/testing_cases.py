"""For our own tests: named fakes, and a suite in a folder run by the real plugin through the real pytest.main."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from renkei_conformance import case
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.finding import Finding
from renkei_conformance.hermetic import run_pytest
from renkei_conformance.plugin import Diary, Examiner
from renkei_conformance.record import Record
from renkei_fixtures.run_record import Event
from renkei_fixtures.standard import Text, load

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WHY = Text(ja="試験のため", en="for the test")
HELD = Finding(True, 1, 1, "here", WHY)
BROKEN = Finding(False, 1, 2, "here", WHY)


@dataclass
class BareStage:
    """A stage without parties: fixtures are whatever a test puts here, `before` whatever it wants to happen."""

    fixtures: dict[str, object] = field(default_factory=dict)
    tried: Callable[[case.Case], None] = lambda row: None

    def fixture(self, name: str, ev: Evidence) -> object:
        return self.fixtures[name]

    def before(self, case: case.Case) -> None:
        self.tried(case)


@dataclass
class SmallRun:
    """What came of a small suite."""

    code: int
    examiner: Examiner
    events: list[Event]

    def verdict(self, case_id: str) -> str:
        return self.examiner.finished[case_id].verdict

    def clauses(self, case_id: str) -> dict[str, str]:
        return dict(self.examiner.finished[case_id].clauses)


def run_small(
    folder: Path,
    source: str,
    *,
    stage: BareStage | None = None,
    out: Path | None = None,
    diaries: Callable[[RunEvidence], Sequence[Diary]] = lambda evidence: (),
    only: Sequence[str] = (),
) -> SmallRun:
    """Write `source` as a case file into `folder` and run all its cases (or `only`) by the plugin, hermetically."""
    path = folder / "test_small_suite.py"
    path.write_text(source, "utf-8")
    with forgetful_catalogue():
        return _run_small(path, stage, out, diaries, only)


@contextmanager
def forgetful_catalogue() -> Iterator[None]:
    """The catalogue must not remember suites of tests."""
    before = dict(case._registry)
    try:
        yield
    finally:
        case._registry.clear()
        case._registry.update(before)


def _run_small(
    path: Path,
    stage: BareStage | None,
    out: Path | None,
    diaries: Callable[[RunEvidence], Sequence[Diary]],
    only: Sequence[str],
) -> SmallRun:
    with forgetful_catalogue():
        rows = [row for row in cases_in(path) if not only or row.id in only]
    events: list[Event] = []
    record = Record(out / "run.ndjson" if out else None, lambda: NOON, events.append)
    evidence = RunEvidence(record, load())
    examiner = Examiner(rows, evidence, stage or BareStage(), diaries(evidence))
    code = run_pytest(examiner, out=out, allure=bool(out), folders=[path])
    record.close()
    return SmallRun(code, examiner, events)


def cases_in(path: Path) -> list[case.Case]:
    """The cases that a file declares, in the order of a run."""
    found = [getattr(one, case.ATTRIBUTE, None) for one in vars(_imported(path)).values()]
    return sorted((one for one in found if isinstance(one, case.Case)), key=case.place_in_run)


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
