"""The examiner as a pytest plugin *object*: nothing is discovered, nothing of a vendor's directory can join.

pytest collects the case files and calls the functions; what comes of a case is decided inside the call hook, so that
pytest, Allure and the record say the same: a case that returns without having decided a clause is inconclusive there,
a failed check raises `CaseFailed`, an exception of ours stays an exception (Allure: broken) and is *examiner fault*.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Generator, Sequence
from typing import Any, Protocol

import pytest

from renkei_conformance.case import ATTRIBUTE, Case
from renkei_conformance.ending import decide, fallen, raise_as, where
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.verdict import Verdict
from renkei_fixtures import run_record
from renkei_fixtures.messages import both


class Stage(Protocol):
    """What the run puts on the stage for a case: the values of its fixtures, made for this case alone."""

    def fixture(self, name: str, ev: Evidence) -> object:
        """The fixture's value. May raise `CaseStopped`."""
        ...

    def before(self, case: Case) -> None:
        """Raises `NotTested` when the case cannot be tried (the product is gone, an option is not claimed)."""
        ...


class Diary(Protocol):
    """Who else wants to know: Allure, where it is asked for."""

    def began(self, case: Case) -> None: ...

    def ended(self, ev: Evidence, finished: run_record.CaseFinished) -> None: ...


class Examiner:
    """The plugin. Holds the run's evidence and, afterwards, every case's end."""

    def __init__(
        self, cases: Sequence[Case], evidence: RunEvidence, stage: Stage, diaries: Sequence[Diary] = ()
    ) -> None:
        self._cases = {row.id: row for row in cases}
        self._order = {row.id: place for place, row in enumerate(cases)}
        self._evidence = evidence
        self._stage = stage
        self._diaries = diaries
        self._current: Evidence | None = None
        self.finished: dict[str, run_record.CaseFinished] = {}
        self.faults: list[str] = []
        self.internal: list[str] = []

    # --- collection ------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the cases of this run, in the order of the catalogue, whatever order files were found in."""
        chosen = [item for item in items if (row := case_of(item)) is not None and row.id in self._cases]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = sorted(chosen, key=lambda item: self._order[_required(item).id])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.internal.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        self.internal.append(str(excrepr))

    # --- one case --------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        row = _required(item)
        self._evidence.case = row.id
        self._evidence.recent.clear()
        self._current = Evidence(self._evidence, row)
        self._evidence.record.add(run_record.CaseStarted(case=row.id))
        try:
            return (yield)
        finally:
            self._evidence.case = None

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Run the case and decide it here, inside the call, so that every reporter after us sees the same."""
        assert self._current is not None
        ev, began = self._current, time.monotonic()
        for diary in self._diaries:
            diary.began(ev.case)
        ended: BaseException | None = None
        try:
            self._stage.before(ev.case)
            yield
        except Exception as end:
            ended = end
        finished = decide(ev, ended, self._evidence.standard.clauses, time.monotonic() - began)
        self._keep(ev, finished, ended)
        raise_as(finished, ev, ended)
        return True

    @pytest.fixture
    def ev(self) -> Evidence:
        assert self._current is not None
        return self._current

    @pytest.fixture
    def forge(self, ev: Evidence) -> object:
        return self._stage.fixture("forge", ev)

    @pytest.fixture
    def product(self, ev: Evidence) -> object:
        return self._stage.fixture("product", ev)

    @pytest.fixture
    def asker(self, ev: Evidence) -> object:
        return self._stage.fixture("asker", ev)

    @pytest.fixture
    def people(self, ev: Evidence) -> object:
        return self._stage.fixture("people", ev)

    @pytest.fixture
    def network(self, ev: Evidence) -> object:
        return self._stage.fixture("network", ev)

    @pytest.fixture
    def generation(self, ev: Evidence) -> object:
        return self._stage.fixture("generation", ev)

    @pytest.fixture
    def standard(self) -> object:
        return self._evidence.standard

    @pytest.fixture
    def parties(self, ev: Evidence) -> object:
        return self._stage.fixture("parties", ev)

    def _keep(self, ev: Evidence, finished: run_record.CaseFinished, ended: BaseException | None) -> None:
        if Verdict(finished.verdict) is Verdict.EXAMINER_FAULT and ended is not None:
            self.faults.append("".join(traceback.format_exception(ended)))
            words = both("conformance.problem.examiner", case=ev.case.id, detail=repr(ended))
            self._evidence.record.add(run_record.Problem(label="examiner", text=words, where=where(ended)))
        if Verdict(finished.verdict) is Verdict.FAIL:
            for made in self._evidence.forged(ev.case.id):
                self._evidence.record.add(made)
        self._evidence.record.add(finished)
        self.finished[ev.case.id] = finished
        for diary in self._diaries:
            diary.ended(ev, finished)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A case that fell outside its call (a fixture of ours) has no end yet: it is an examiner fault."""
        if self._current is None or report.when != "teardown":
            return
        row = self._current.case
        if row.id not in self.finished:
            self._keep(self._current, fallen(row), None)


def case_of(item: pytest.Item) -> Case | None:
    """The catalogue's row of a collected function, None for anything that is no case."""
    row = getattr(getattr(item, "function", None), ATTRIBUTE, None)
    return row if isinstance(row, Case) else None


def _required(item: pytest.Item) -> Case:
    row = case_of(item)
    assert row is not None, item
    return row
