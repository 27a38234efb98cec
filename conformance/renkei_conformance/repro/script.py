"""What happened in a failed case, as steps that can be done again: the record's lines sorted, nothing decided anew.

A *step* is one message to the product's N or one request to its B, with what came: the reply, and the messages heard
until the next step. `look` says where in what came the examiner looked when the check failed; a repetition compares
that place alone. Where a check has no such place, everything that came in the case is compared.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from renkei_conformance.forge.reader import Trust, open_answer
from renkei_conformance.kit import KeyPair, Kit
from renkei_conformance.opened import claims_of
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.instants import parse
from renkei_fixtures.run_record import CaseFinished, Check, ExpectedCase, Forged, Line, Message
from renkei_fixtures.run_record import Step as StepTaken

MOST_STEPS, MOST_BEFORE_A_PLACE = 40, 10
"""A property may ask sixty times: the steps nearest to the failure are the ones that are kept, fewer where one place
was looked at."""
Look = list[str | int]


@dataclass
class Step:
    """One thing done, and what came of it. `sent` and `reply` are lines of the record."""

    sent: Message
    seq: int
    reply: Message | None = None
    heard: list[tuple[Message, Message | None]] = field(default_factory=list)
    """Messages of the exchange that this step began, and what was replied to each."""
    came: int = 0
    """How many messages, of whatever exchange, came before the next step, as far as the record tells."""

    @property
    def is_business(self) -> bool:
        return self.sent.door == "B"

    @property
    def raw(self) -> bytes:
        return raw_of(self.sent)

    @property
    def exchange_number(self) -> str | None:
        number = claims_of(self.raw, "permit").get("exchange_number")
        return number if isinstance(number, str) else None


@dataclass
class Failed:
    """One failed case: its first broken check and the steps up to it; `scene` is the step at which its scene began."""

    case: ExpectedCase
    check: Check
    steps: list[Step]
    scene: int
    recipes: Mapping[str, Mapping[str, Any]]
    beyond: bool
    """True when the examiner also spoke with the emulated network, which no single file can play."""
    look: Look
    """The place that a repetition compares; empty: everything that came."""

    @property
    def last(self) -> Step:
        """The step that the failing check is about: the last message where it looked at one, else the last of all."""
        messages = [step for step in self.steps if not step.is_business]
        return messages[-1] if messages and self.look else self.steps[-1]


def failed_cases(lines: Sequence[Line], cases: Mapping[str, ExpectedCase]) -> list[Failed]:
    """Every failed case of a record that did anything at all, in the order in which they ended."""
    ended = [line.event.case for line in lines
             if isinstance(line.event, CaseFinished) and line.event.verdict == "fail"]  # fmt: skip
    heard: dict[object, list[Message]] = {}
    for event in (line.event for line in lines):
        if isinstance(event, Message) and event.door == "N" and event.direction == "heard" and event.status is None:
            heard.setdefault(claims_of(raw_of(event)).get("exchange_number"), []).append(event)
    found = (_failed(cases[case], [line for line in lines if getattr(line.event, "case", None) == case])
             for case in ended if case in cases)  # fmt: skip
    return [_with_late(one, heard) for one in found if one is not None]


def _with_late(failed: Failed, heard: Mapping[object, Sequence[Message]]) -> Failed:
    """An answer that was judged may be written down only when the next case has begun: it is still this one's."""
    own = {step.exchange_number for step in failed.steps}
    for step in failed.steps:
        # The first answer to another case's exchange is that case's, however late it came.
        step.heard = [one for one in step.heard if not _late_of_another(one[0], own, heard)]
        late = heard.get(step.exchange_number, ()) if step.exchange_number and not step.heard else ()
        taken = [one.model_copy(update={"direction": "sent", "status": 202}) for one in late]
        step.heard += zip(late, taken, strict=True)
    return failed


def _late_of_another(one: Message, own: Collection[str | None], heard: Mapping[object, Sequence[Message]]) -> bool:
    number = claims_of(raw_of(one)).get("exchange_number")
    return number is not None and number not in own and heard.get(number, (None,))[0] is one


def _failed(case: ExpectedCase, lines: Sequence[Line]) -> Failed | None:
    broken = next((line for line in lines if isinstance(line.event, Check) and not line.event.ok), None)
    recipes = {one.event.sent_sha256: one.event.recipe for one in lines if isinstance(one.event, Forged)}
    if broken is None or any(_last_look(line) for line in lines):
        return None
    assert isinstance(broken.event, Check)
    steps, beyond = _steps(_up_to(lines, broken.seq))
    if not steps:
        return None
    first = min(broken.event.evidence, default=0)
    scene = next((n for n, step in enumerate(steps) if step.seq >= first), len(steps) - 1)
    return Failed(case, broken.event, steps, scene, recipes, beyond, look_of(broken.event))


def _last_look(line: Line) -> bool:
    """A last look at the end of a run is at what other cases sent: no message of its own repeats it."""
    return isinstance(line.event, StepTaken) and (line.event.key or "").startswith("sweep")


def _up_to(lines: Iterable[Line], seq: int) -> Iterable[Line]:
    """What happened before the check, and what was still heard of it: an answer may be written down after it was judged."""
    for line in lines:
        sent = isinstance(line.event, Message) and line.event.direction == "sent" and line.event.status is None
        if line.seq > seq and (sent or isinstance(line.event, CaseFinished)):
            return
        yield line


def _steps(lines: Iterable[Line]) -> tuple[list[Step], bool]:
    events = [(line.seq, line.event) for line in lines if isinstance(line.event, Message)]
    steps: list[Step] = []
    for seq, event in events:
        if event.door == "W" or event.method != "POST" or event.direction == ("sent" if event.status else "heard"):
            continue
        if event.status is None:
            if steps and event.door == "B" and (steps[-1].sent.path, steps[-1].raw) == (event.path, raw_of(event)):
                steps.pop()  # asked again until it was there: the last time counts
            steps.append(Step(event, seq))
        elif steps:
            steps[-1].reply = event
    for place, (seq, event) in enumerate(events):
        if event.door != "W" and event.direction == "heard" and event.status is None and steps:
            step = _whose(steps, seq, event)
            steps[step].heard.append((event, _reply_to(events[place + 1 :])))
            steps[max(step, sum(1 for one in steps if one.seq < seq) - 1)].came += 1
    beyond = any(one.door == "W" and one.direction == "sent" and one.method == "POST" for _, one in events)
    return steps, beyond


def _reply_to(events: Iterable[tuple[int, Message]]) -> Message | None:
    """What we replied to a message that was heard: it is written down at once, if it was not lost on purpose."""
    for _, event in events:
        if event.direction == "sent" and event.status is not None:
            return event
        if event.direction == "heard" and event.status is None:
            return None
    return None


def _whose(steps: Sequence[Step], seq: int, heard: Message) -> int:
    """The step that began the exchange of a message; for a stray one the step after which it came.

    The order of lines alone does not tell: what is sent is written down once its reply is there, and an answer may be
    quicker than that."""
    number = claims_of(raw_of(heard)).get("exchange_number")
    before = max(0, sum(1 for step in steps if step.seq < seq) - 1)
    return next((n for n, step in enumerate(steps) if number is not None and step.exchange_number == number), before)


def look_of(check: Check) -> Look:
    """Where the check looked, in what `Opened` shows; empty: at everything."""
    path = check.path or ""
    told = check.expected.get("told") if isinstance(check.expected, dict) else None
    if told == "refused" or path == "refusal":
        return ["told"]
    if told is not None or path in ("reply", ""):
        return ["told", "answers"]
    if path.startswith("problem"):
        return ["reply"]
    for start, below in (("answer.header", ["header"]), ("answer.subjects", ["subjects"]),
                         ("record", ["results", 0, "record"]), ("results[0]", ["results", 0])):  # fmt: skip
        if path == start or path.startswith(f"{start}."):
            return ["answer", *below, *_names(path[len(start) :])]
    return ["answer"] if re.fullmatch(r"answer(\..*|\[.*)?", path) else []


def _names(path: str) -> Look:
    found = re.findall(r"([A-Za-z0-9_]+)|\[(\d+)\]", path)
    return [int(number) if number else name for name, number in found]


# What came, opened: the twin of `opened` in the file


def trimmed(failed: Failed, opener: Opener, at: str) -> Failed:
    """The steps up to the one that showed the failure, and as many before it as one reads.

    A property goes on asking after it found a failure, to make it smaller: the answer that was booked is the last one
    that says what the check got.
    """
    ends = [n for n, step in enumerate(failed.steps) if _shows(step, failed, opener, at)]
    if not ends:  # the place is none that came by itself: then the whole case counts
        steps = failed.steps[-MOST_STEPS:]
        return replace(failed, steps=steps, scene=0, look=[])
    shown = end = ends[-1]
    while end + 1 < len(failed.steps) and failed.steps[end + 1].sent.path == "/decide":
        end += 1  # what a person decided brought the answer
    first = max(0, end + 1 - MOST_BEFORE_A_PLACE)
    return replace(failed, steps=failed.steps[first : end + 1], scene=max(0, min(failed.scene, shown) - first))


def _shows(step: Step, failed: Failed, opener: Opener, at: str) -> bool:
    """Whether what came at this step has, at the place looked at, just what the check got."""
    got = failed.check.got
    if failed.look[:1] == ["told"]:
        replied = None if step.reply is None else step.reply.status
        status = got.get("status") if isinstance(got, dict) else None
        return not step.is_business and step is failed.last and status in (None, replied)
    if failed.look == ["reply"]:
        return step is failed.last
    if not failed.look or not step.heard:
        return False
    value = _at(opener.of(step.heard[-1][0], at), failed.look[1:])
    return type(value) is type(got) and bool(value == got) and _was_due(step, failed)


def _was_due(step: Step, failed: Failed) -> bool:
    """Whether what the check expected was really loaded of this step's person: a property asks about many persons, and
    one of whom a wrong value is the right one is not meant. True where the case loaded nothing of the person."""
    place = failed.look[1:]
    if place[:3] != ["results", 0, "record"]:
        return True
    codes = set((failed.recipes.get(sha256_b64u(step.raw), {}).get("received_subjects") or {}).get("link_codes") or ())
    loads = [json.loads(one.raw) for one in failed.steps if one.sent.path == "/load" and one.seq < step.seq]
    numbers = {row["own_number"] for load in loads for row in load["link_codes"] if row["link_code"] in codes}
    rows = [row for load in loads for row in load["records"] if row["own_number"] in numbers and row.get("record")]
    loaded = [_at(row["record"], place[3:]) for row in rows]
    numeric = isinstance(failed.check.expected, int)  # a type's name is expected too: then any value may be meant
    return not rows or not numeric or failed.check.expected in loaded


def _at(value: Any, place: Look) -> Any:
    for name in place:
        if isinstance(name, int):
            value = value[name] if isinstance(value, list) and name < len(value) else "absent"
        else:
            value = value.get(name, "absent") if isinstance(value, dict) else "absent"
    return value


@dataclass(frozen=True)
class Opener:
    """Opens what was heard with the keys of the kit."""

    kit: Kit

    def of(self, message: Message, at: str) -> dict[str, Any]:
        """A heard message as the file shows it."""
        raw = raw_of(message)
        opened = open_answer(raw, Trust(self.kit.anchors_pem, self.kit.crl_der, self._chain), self._key(raw), parse(at))
        envelope = opened.envelope or {}
        seen: dict[str, Any] = {
            "typ": (opened.header_jose or {}).get("typ"),
            "header": opened.header or {},
            "members": sorted(envelope),
            "jose": opened.header_jose,
            "signed": bool(opened.signature_valid),
        }
        if opened.subjects_string is not None:
            fits = (opened.header or {}).get("subjects_sha256") == sha256_b64u(opened.subjects_string)
            seen |= {"subjects": opened.subjects, "subjects_fit": fits}
        if "body" in envelope:
            seen |= {"body_jose": opened.body_jose, "content": opened.content}
        if opened.content_bytes is not None:
            seen["content_length"] = len(opened.content_bytes)
            seen["content_fits"] = (opened.header or {}).get("content_sha256") == sha256_b64u(opened.content_bytes)
            seen["results"] = (opened.content or {}).get("results")
        return json.loads(json.dumps(seen))  # type: ignore[no-any-return]

    def _chain(self, kid: str) -> str | None:
        return next((pair.chain_pem for pair in pairs(self.kit) if pair.kid == kid), None)

    def _key(self, raw: bytes) -> KeyPair:
        try:
            kid = json.loads(_first(json.loads(raw)["body"])).get("kid")
        except (ValueError, KeyError, TypeError, AttributeError):
            kid = None
        return next((pair for pair in pairs(self.kit) if pair.kid == kid and pair.key_pem), self.kit.network)


def _first(token: str) -> bytes:
    part = token.split(".", maxsplit=1)[0]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def pairs(kit: Kit) -> Iterable[KeyPair]:
    """Every certificate of the kit."""
    yield kit.network
    for body in kit.bodies.values():
        yield from (body.signing, body.sealing)


def raw_of(message: Message) -> bytes:
    """The bytes that travelled."""
    if message.body is not None:
        return message.body.encode("utf-8", "surrogatepass")
    return base64.b64decode(message.body_b64 or "")


# What the product must have been loaded with


def loads_for(lines: Iterable[Line], before: int, link_codes: Iterable[str]) -> list[dict[str, Any]]:
    """The loads of the run up to this line, with the rows of the persons of these link codes alone."""
    wanted = set(link_codes)
    events = [line.event for line in lines if line.seq < before]
    bodies = [json.loads(raw_of(event)) for event in events if isinstance(event, Message) and _is_load(event)]
    numbers = {row["own_number"] for body in bodies for row in body.get("link_codes", ()) if row["link_code"] in wanted}
    found = [of_persons(body, numbers) for body in bodies]
    return [body for body in found if any(body[name] for name in ROWS)]


ROWS = ("records", "link_codes", "handling")


def of_persons(load: Mapping[str, Any], numbers: Iterable[str]) -> dict[str, Any]:
    """A load with the rows of these own numbers alone."""
    wanted = set(numbers)
    rows = {name: [row for row in load.get(name, ()) if row.get("own_number") in wanted] for name in ROWS}
    return {**load, **rows}


def _is_load(event: Message) -> bool:
    return event.door == "B" and event.path == "/load" and event.status is None
