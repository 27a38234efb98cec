"""Allure's view of a run, written by allure-pytest while it happens; its statuses are those that pytest is told.

    passed  pass, warn        failed  fail        broken  inconclusive, examiner fault        skipped  not tested

epic = role, feature = function of the standard, story = clause, title = the case's own, one attachment with every
message of the case as the record has it.
"""

from __future__ import annotations

import json

import allure

from renkei_conformance.case import Case
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.setup import RunSetup
from renkei_fixtures import run_record

# Attachments are for looking, the record is for proving: a run of hundreds of megabytes helps nobody.
MOST_MESSAGES = 60


class AllureDiary:
    """A diary of the plugin; see there when it is called."""

    def __init__(self, setup: RunSetup, evidence: RunEvidence) -> None:
        self._standard = setup.standard
        self._lang = setup.lang
        self._evidence = evidence
        self._from = 0

    def began(self, case: Case) -> None:
        """Labels, from the catalogue's row and the standard."""
        self._from = len(self._evidence.record.lines)
        allure.dynamic.title(f"{case.id} {case.title.of(self._lang)}")
        allure.dynamic.epic(case.role)
        allure.dynamic.suite(case.family)
        allure.dynamic.label("kind", case.kind_name)
        allure.dynamic.label("case", case.id)
        for clause_id in case.verifies:
            clause = self._standard.clauses[clause_id]
            allure.dynamic.feature(self._standard.functions[clause.function].text.of(self._lang))
            allure.dynamic.story(f"{clause_id} {clause.text.of(self._lang)}")
        allure.dynamic.severity("critical" if case.smoke else "normal")

    def ended(self, ev: Evidence, finished: run_record.CaseFinished) -> None:
        """Steps and the messages, while the test is still open in Allure."""
        for text in ev.steps:
            with allure.step(text.of(self._lang)):
                pass
        allure.dynamic.label("verdict", finished.verdict)
        messages = [
            {"seq": line.seq, "at": line.at, **line.event.model_dump(mode="json", exclude_none=True)}
            for line in self._evidence.record.lines[self._from :]
            if isinstance(line.event, run_record.Message | run_record.Check)
        ]
        if messages:
            told = json.dumps(messages[:MOST_MESSAGES], ensure_ascii=False, indent=1)
            allure.attach(told, name="messages", attachment_type=allure.attachment_type.JSON)
