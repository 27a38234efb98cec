"""One failure again: what a run record says of a case, and whether a second run shows the same.

The record gives seed, set, profile and cap of examples; the same case then sends the same inputs (`inputs_sha256`), for
everything that is ours follows from the seed. *Reproduced* is a failure of the same case, whatever else is different;
what differs stands side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from renkei_conformance import verdict
from renkei_conformance.profile import KEYS_OF, Profile, of
from renkei_conformance.setup import EXAMPLES_CAP
from renkei_fixtures.errors import SetupError
from renkei_fixtures.run_record import (
    BUNDLED,
    CaseFinished,
    Check,
    Expected,
    ExpectedCase,
    Line,
    RunFinished,
    RunStarted,
)

Outcome = Literal["reproduced", "gone", "undecided"]


@dataclass
class Former:
    """A run as its record tells it."""

    run: RunStarted
    cases: dict[str, ExpectedCase] = field(default_factory=dict)
    ends: dict[str, CaseFinished] = field(default_factory=dict)
    broken: dict[str, list[Check]] = field(default_factory=dict)
    """Checks that did not hold, by case."""
    examples_cap: int = EXAMPLES_CAP

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Former:
        """From the lines of a record, of which the first is `run_started` (`run_record.read_lines` sees to it)."""
        events = (line.event for line in lines)
        first = next(events)
        assert isinstance(first, RunStarted)
        former = cls(first)
        for event in events:
            match event:
                case Expected():
                    former.cases = {case.id: case for case in event.cases}
                case Check() if not event.ok:
                    former.broken.setdefault(event.case, []).append(event)
                case CaseFinished():
                    former.ends[event.case] = event
                case RunFinished():
                    cap = event.totals.get("examples_cap")
                    former.examples_cap = cap if isinstance(cap, int) else EXAMPLES_CAP
        return former

    @property
    def is_reference(self) -> bool:
        """Whether the bundled reference was examined."""
        return self.run.product.kind == BUNDLED

    def chosen(self, name: str) -> tuple[str, ...]:
        """The cases meant by a case id or a clause id: of a clause those that found it broken, else all that were to
        decide it. Raises `SetupError` for a name that this run does not have."""
        if name in self.cases:
            return (name,)
        failed = [case for case, end in self.ends.items() if end.clauses.get(name) == "fail"]
        found = failed or [case.id for case in self.cases.values() if name in case.clauses]
        if not found:
            raise SetupError("cli.replay.not_in_run", name, got=", ".join(self._failed()) or "-")
        return tuple(found)

    def require_known(self, chosen: Collection[str], catalogue: Collection[str]) -> None:
        """Raises `SetupError` for a case that this version of the suite no longer has."""
        for case in chosen:
            if case not in catalogue:
                raise SetupError("cli.replay.case_gone", case, got=self.run.versions.get("renkei"))

    def profile(self, token: str | None) -> Profile:
        """The product file as it was, with the token, which no record holds."""
        # A key that the product file left out stands in the record as null, and one of another driver must not stand there.
        members = {name: _given(part) for name, part in self.run.profile.items() if part is not None}
        business = members.get("business_side")
        if isinstance(business, dict):
            driver = business.get("driver", "http")
            known = {"driver", *(key for keys in KEYS_OF.get(driver, ()) for key in keys)}
            business = members["business_side"] = {key: value for key, value in business.items() if key in known}
            if "token" in known:
                if not token:
                    raise SetupError("cli.replay.no_token", "business_side.token")
                business["token"] = token
        return of(members, "run.ndjson: profile")

    def _failed(self) -> list[str]:
        return [case for case, end in self.ends.items() if end.verdict == "fail"]


@dataclass(frozen=True)
class Comparison:
    """One case then and now; `then` is None where it had not ended."""

    case: ExpectedCase
    then: CaseFinished | None
    now: CaseFinished | None
    broken_then: tuple[Check, ...]
    broken_now: tuple[Check, ...]

    @property
    def outcome(self) -> Outcome:
        """*undecided* where the case could not be brought to an end this time."""
        if self.now is None or self.now.verdict not in ("fail", "pass", "warn"):
            return "undecided"
        return "reproduced" if self.now.verdict == "fail" else "gone"

    @property
    def same_inputs(self) -> bool | None:
        """None where one of the two chose nothing before it ended."""
        then = self.then.inputs_sha256 if self.then else None
        now = self.now.inputs_sha256 if self.now else None
        return None if then is None or now is None else then == now

    def pairs(self) -> tuple[tuple[Check | None, Check | None], ...]:
        """Broken checks then and now, joined by clause and place."""
        places = dict.fromkeys((check.clause, check.path) for check in (*self.broken_then, *self.broken_now))
        return tuple((_at(self.broken_then, place), _at(self.broken_now, place)) for place in places)


def compare(then: Former, now: Former, chosen: Iterable[str]) -> tuple[Comparison, ...]:
    """The chosen cases side by side."""
    return tuple(
        Comparison(
            then.cases[case],
            then.ends.get(case),
            now.ends.get(case),
            tuple(then.broken.get(case, ())),
            tuple(now.broken.get(case, ())),
        )
        for case in chosen
    )


def exit_code(comparisons: Iterable[Comparison]) -> int:
    """1 when a failure is there again, 0 when none is; 4 and 3 as for any run where one could not be decided."""
    found = list(comparisons)
    if any(one.outcome == "reproduced" for one in found):
        return verdict.EXIT_NOT_CONFORMANT
    if any(one.now is not None and one.now.verdict == "examiner_fault" for one in found):
        return verdict.EXIT_NO_VERDICT
    return verdict.EXIT_INCOMPLETE if any(one.outcome == "undecided" for one in found) else verdict.EXIT_CONFORMANT


def differences(then: RunStarted, now: RunStarted) -> tuple[tuple[str, str, str], ...]:
    """What the two runs were made with and is not equal: name, then, now. Environment is told by its versions."""
    pairs = [(name, then.versions.get(name, "-"), now.versions.get(name, "-"))
             for name in sorted({*then.versions, *now.versions})]  # fmt: skip
    pairs += [(name, then.hashes.get(name, "-")[:12], now.hashes.get(name, "-")[:12])
              for name in ("suite", "standard", "profile")]  # fmt: skip
    product = [(f"product.{name}", str(getattr(then.product, name)), str(getattr(now.product, name)))
               for name in ("kind", "name", "version", "body")]  # fmt: skip
    return tuple((name, one, other) for name, one, other in [*product, *pairs] if one != other)


def _given(part: Any) -> Any:
    return {key: value for key, value in part.items() if value is not None} if isinstance(part, Mapping) else part


def _at(checks: Iterable[Check], place: tuple[str, str | None]) -> Check | None:
    return next((check for check in checks if (check.clause, check.path) == place), None)
