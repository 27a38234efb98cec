"""The steps of a case as Allure shows them: what was announced, and beneath it each message and each check.

Attachments are for looking, the record is for proving: messages are bounded, persons shortened (`discretion`), and what
was left out is counted in a step of its own.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import allure_commons
from allure_commons.model2 import Attachment, Status, StatusDetails, TestStepResult

from renkei_fixtures.discretion import Discretion
from renkei_fixtures.instants import parse
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import Check, Line, Message, Step
from renkei_fixtures.standard import Standard

MOST_MESSAGES, MOST_OF_A_PASS, MOST_LINES = 40, 8, 60


class Steps:
    """Builds the steps of one case from its lines of the record. `start` and `stop` are Allure's, in ms."""

    def __init__(
        self,
        lines: Sequence[Line],
        standard: Standard,
        lang: str,
        discretion: Discretion,
        start: int,
        stop: int,
    ) -> None:
        self._lines, self._standard, self._lang, self._discretion = lines, standard, lang, discretion
        self._start, self._stop = start, stop
        self._zero: datetime | None = parse(lines[0].at) if lines else None
        self._left = 0

    def tree(self, *, whole: bool) -> list[TestStepResult]:
        """One step for each announced one; what came before any stands under none."""
        most = MOST_MESSAGES if whole else MOST_OF_A_PASS
        cited = {seq for line in self._lines if isinstance(line.event, Check) and not line.event.ok
                 for seq in line.event.evidence}  # fmt: skip
        messages = [line for line in self._lines if isinstance(line.event, Message)]
        kept = {line.seq for line in sorted(messages, key=lambda line: line.seq not in cited)[:most]}
        roots: list[TestStepResult] = []
        here = roots
        for line in self._lines:
            match line.event:
                case Step():
                    roots.append(self._step(line, line.event.text.of(self._lang)))
                    here = roots[-1].steps
                case Message() if line.seq in kept:
                    here.append(self._message(line, line.event))
                case Check():
                    self._add_check(here, line, line.event)
                case _:
                    pass
        for root in roots:
            _judge_by(root)
        if len(messages) > len(kept):
            left = both("conformance.allure.left", n=len(messages) - len(kept)).of(self._lang)
            roots.append(TestStepResult(name=left, status=Status.PASSED, start=self._stop, stop=self._stop))
        return roots

    def excerpt(self) -> list[Attachment]:
        """The case's own lines of the record, without the text of messages."""
        shown = [self._excerpt_line(line) for line in self._lines[:MOST_LINES]]
        if not shown:
            return []
        name = f"run.ndjson #{self._lines[0].seq}–#{self._lines[-1].seq}"
        return [_attach(name, "\n".join(shown) + "\n", "application/x-ndjson", "ndjson")]

    def failures(self) -> list[str]:
        """Every failed check in one line, and beneath it both sides."""
        expected, got = (both(f"conformance.allure.{side}").of(self._lang) for side in ("expected", "got"))
        found = []
        for check in (line.event for line in self._lines):
            if isinstance(check, Check) and not check.ok:
                sides = (self._short(check.expected), self._short(check.got))
                found.append(f"{self._title(check)}\n  {expected}: {sides[0]}\n  {got}: {sides[1]}")
        return list(dict.fromkeys(found))

    def _step(self, line: Line, name: str, status: str = Status.PASSED) -> TestStepResult:
        at = self._at(line)
        return TestStepResult(name=self._discretion.text(name), status=status, start=at, stop=at)

    def _at(self, line: Line) -> int:
        """The record's clock laid on Allure's: the examiner may stand at another time than the machine."""
        passed = (parse(line.at) - self._zero) / timedelta(milliseconds=1) if self._zero else 0
        return min(self._start + int(passed), self._stop)

    def _message(self, line: Line, message: Message) -> TestStepResult:
        sent = both(f"conformance.allure.{message.direction}").of(self._lang)
        what = f"{message.method or ''} {message.path or ''}" if message.status is None else str(message.status)
        step = self._step(line, f"#{line.seq} {sent} {message.door} {what.strip()}")
        step.attachments = [_attach(step.name, json.dumps(self._shown(message), ensure_ascii=False, indent=1))]
        return step

    def _shown(self, message: Message) -> dict[str, Any]:
        """The message with its JSON body opened up, so that it can be read."""
        members = message.model_dump(mode="json", exclude_none=True, exclude={"event", "case"})
        with contextlib.suppress(KeyError, ValueError, RecursionError):
            members["body"] = json.loads(members["body"])
        shown: dict[str, Any] = self._discretion.value(members)
        shown["headers"] = self._discretion.headers(message.headers)
        return shown

    def _add_check(self, here: list[TestStepResult], line: Line, check: Check) -> None:
        """A good check under the name of its clause once for a step, a bad one always, with both sides."""
        if check.ok:
            name = both("conformance.allure.held", clause=check.clause).of(self._lang)
            if not any(step.name == name for step in here):
                here.append(self._step(line, name))
            return
        row = self._standard.clauses.get(check.clause)
        # A recommendation that was not followed is a warning, and Allure knows none: the step says it in words.
        must = row is None or row.level == "MUST"
        step = self._step(line, self._title(check), Status.FAILED if must else Status.PASSED)
        step.statusDetails = StatusDetails(message=self._discretion.text(check.why.of(self._lang)) if check.why else "")
        step.attachments = [
            _attach(both(f"conformance.allure.{side}").of(self._lang), self._long(value))
            for side, value in (("expected", check.expected), ("got", check.got))
        ]
        here.append(step)

    def _title(self, check: Check) -> str:
        why = check.why.of(self._lang) if check.why else ""
        return self._discretion.text(" ".join(part for part in (check.clause, check.path or "", why) if part))

    def _long(self, value: Any) -> str:
        return json.dumps(self._discretion.value(value), ensure_ascii=False, indent=1)

    def _short(self, value: Any) -> str:
        text = json.dumps(self._discretion.value(value), ensure_ascii=False)
        return text if len(text) <= 300 else f"{text[:300]}…[{len(text)}]"

    def _excerpt_line(self, line: Line) -> str:
        members = line.event.model_dump(mode="json", exclude_none=True, exclude={"body", "body_b64", "opened"})
        return json.dumps({"seq": line.seq, "at": line.at, **self._discretion.value(members)}, ensure_ascii=False)


def _judge_by(step: TestStepResult) -> None:
    """A step with a failed one beneath it is failed."""
    for inner in step.steps:
        _judge_by(inner)
    if any(inner.status == Status.FAILED for inner in step.steps):
        step.status = Status.FAILED
    if step.steps:
        step.stop = max(inner.stop for inner in step.steps)


def _attach(name: str, text: str, media: str = "application/json", ending: str = "json") -> Attachment:
    source = f"{uuid.uuid4()}-attachment.{ending}"
    # Evidence can hold half of a surrogate pair, which UTF-8 cannot.
    body = text.encode("utf-8", "backslashreplace")
    allure_commons.plugin_manager.hook.report_attached_data(body=body, file_name=source)
    return Attachment(name=name, source=source, type=media)
