"""`ev`: what a case says, sees and decides, written down as it happens.

    ev.check(clause, finding)   decides a clause; a bare assert cannot
    ev.step(key, …)             one step in the words of the person who reads the report
    ev.inputs(value)            what the case chose (persons, spoil, generated records): hashed, equal for equal seeds
    ev.negative(draft)          the whole witnessed negative (`trial.py`)

Messages are kept without the case's help: every door and the tap tell `RunEvidence.passed`. A case may decide the
clauses that it declares, and *standing clauses*: those that any message can break whatever the case is about
(a right inquiry is accepted, the product lives on after a refusal, …). They are booked where they belong, so that one
defect shows as one red clause and not as sixty.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import JsonValue

from renkei_conformance.case import Case
from renkei_conformance.drivers import Passed, Reply, Request
from renkei_conformance.errors import ExaminerFault
from renkei_conformance.finding import Finding
from renkei_conformance.opened import opened
from renkei_conformance.record import Record
from renkei_fixtures import run_record
from renkei_fixtures.messages import both, catalogue
from renkei_fixtures.standard import Standard, Text

STANDING = {
    "provider": frozenset({"P-TRN-001", "P-PUL-001", "P-TRN-005", "P-ANS-003", "P-ANS-011", "P-ANS-012"}),
    "inquirer": frozenset({"I-TRN-001", "I-TRN-005", "I-ASK-006", "I-ACK-001", "I-ACK-004", "I-BUS-003"}),
    "network": frozenset({"N-REL-001"}),
}


@dataclass
class RunEvidence:
    """What all cases of a run share: the record, and whose messages the doors are carrying just now."""

    record: Record
    standard: Standard
    case: str | None = None
    recent: list[int] = field(default_factory=list)
    heard: list[tuple[str | None, Request]] = field(default_factory=list)
    failed: set[tuple[str, str]] = field(default_factory=set)
    """Case and clause of every finding that did not hold."""
    unseal: Callable[[bytes], JsonValue] = lambda body: None
    """The content of a sealed part, where the examiner holds the key; the stage sets it when a record is kept."""
    forged: Callable[[str], Iterable[run_record.Forged]] = lambda _: ()
    """How the messages of a case were made, for its record if it failed; the stage knows."""

    def passed(self, passed: Passed) -> None:
        """Sink of every door and of the tap. Called from the thread that carried the message."""
        theirs = passed.direction == "heard"
        if theirs:
            self.heard.append((self.case, passed.request))
        note = _in_words([part for part in (passed.note, passed.trouble) if part])
        request = self._message(passed, "heard" if theirs else "sent", passed.request, note)
        self.recent.append(self.record.add(request))
        if passed.reply is not None:
            reply = self._message(passed, "sent" if theirs else "heard", passed.reply, None)
            self.recent.append(self.record.add(reply))

    def _message(self, passed: Passed, direction: str, what: Request | Reply, note: Text | None) -> run_record.Message:
        text, encoded = _text_or_base64(what.body)
        return run_record.Message(
            case=self.case,
            direction="heard" if direction == "heard" else "sent",
            door=passed.door,
            method=passed.request.method,
            path=passed.request.path,
            status=what.status if isinstance(what, Reply) else None,
            headers={name: _unsaid(name, value) for name, value in what.headers.items()},
            body=text,
            body_b64=encoded,
            opened=self._opened(what.body),
            note=note,
        )

    def _opened(self, body: bytes) -> JsonValue:
        parts, content = opened(body), self.unseal(body)
        return {**parts, "content": content} if isinstance(parts, dict) and content is not None else parts


@dataclass(frozen=True)
class Booked:
    """One decided check of the case."""

    clause: str
    finding: Finding


class Evidence:
    """One case's evidence; the fixture `ev`."""

    def __init__(self, run: RunEvidence, case: Case) -> None:
        self.run = run
        self.case = case
        self.booked: list[Booked] = []
        self.steps: list[Text] = []
        self.limits = 0
        self._inputs: list[str] = []
        self._may = frozenset(case.verifies) | STANDING[case.role]

    def check(self, clause: str, finding: Finding) -> bool:
        """Decide `clause` once. Raises ExaminerFault for a clause that this case does not declare."""
        if clause not in self._may:
            raise ExaminerFault(f"case {self.case.id} decides {clause}, which it does not declare")
        self.booked.append(Booked(clause, finding))
        if not finding.ok:
            self.run.failed.add((self.case.id, clause))
        self.run.record.add(
            run_record.Check(
                case=self.case.id,
                clause=clause,
                ok=finding.ok,
                expected=json_value(finding.expected),
                got=json_value(finding.got),
                path=finding.path or None,
                why=finding.why,
                evidence=tuple(self.run.recent[-EVIDENCE_PER_CHECK:]),
            )
        )
        return finding.ok

    def may_decide(self, clause: str) -> bool:
        """Whether the case declares the clause, or the clause is a standing one."""
        return clause in self._may

    def check_all(self, clause: str, findings: Iterable[Finding]) -> bool:
        """Decide `clause` by several findings; no finding at all decides nothing."""
        checked = [self.check(clause, finding) for finding in findings]
        return all(checked)

    def step(self, key: str, **values: object) -> None:
        """Write down a step; `key` is an entry `conformance.step.<key>` of the catalogue."""
        text = both(f"conformance.step.{key}", **values)
        self.steps.append(text)
        self.run.record.add(run_record.Step(case=self.case.id, text=text, key=key))

    def limited(self, first: Text, left_out: int, of: int) -> None:
        """Write down that so many of the case's examples could not be brought; `first` says why of the first of them."""
        text = both("conformance.limit", left_out=left_out, of=of, first=first)
        self.limits += left_out
        self.run.record.add(run_record.Limit(case=self.case.id, text=text, left_out=left_out, of=of))

    def scene(self) -> None:
        """A new message begins: evidence of the next checks starts here."""
        self.run.recent.clear()

    def inputs(self, value: object) -> None:
        """Note what the case chose. Only things that the seed alone decides: no times, ids or ports."""
        self._inputs.append(json.dumps(value, ensure_ascii=True, sort_keys=True, default=str))

    @property
    def inputs_sha256(self) -> str | None:
        """Hash over all inputs in order, None if there were none."""
        return hashlib.sha256("\n".join(self._inputs).encode()).hexdigest() if self._inputs else None

    def failed(self) -> list[Booked]:
        """The checks that did not hold."""
        return [booked for booked in self.booked if not booked.finding.ok]


EVIDENCE_PER_CHECK = 8


def json_value(value: object) -> JsonValue:
    """`value` as the record can hold it; what JSON has no form for is written as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(name): json_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [json_value(part) for part in parts]
    return str(value)


@cache
def _notes() -> Mapping[str, Text]:
    """What the doors and the tap note, by its English wording."""
    return {text.en: text for key, text in catalogue().items() if key.startswith("conformance.note.")}


def _in_words(notes: list[str]) -> Text | None:
    """The notes in both languages; a trouble's own words stay as they are."""
    told = [_notes().get(note, Text(ja=note, en=note)) for note in notes]
    if not told:
        return None
    return Text(ja="。".join(one.ja for one in told), en="; ".join(one.en for one in told))


def _text_or_base64(body: bytes) -> tuple[str | None, str | None]:
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        return None, base64.b64encode(body).decode("ascii")


def _unsaid(name: str, value: str) -> str:
    """Bearer tokens are the operator's secrets and stay out of a record that is handed on."""
    return "(not recorded)" if name.lower() == "authorization" else value
