"""The upper tester: the examiner as a business system, on interface B (load, ask, collect, decide, correct, disclose, records).

Drivers fill the protocol; cases never know which. `http.py` speaks the standard's own business side, `file.py` exchanges
files in a drop folder, `attended.py` asks an operator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from renkei_fixtures.standard import Text

JsonObject = dict[str, object]


@dataclass(frozen=True)
class Outcome:
    """What the business side replied: HTTP status, the JSON object (None when it is no JSON object), the bytes."""

    status: int
    body: JsonObject | None
    raw: bytes

    @property
    def done(self) -> bool:
        """True for a 2xx with a readable body."""
        return 200 <= self.status < 300 and self.body is not None

    def member(self, name: str) -> object:
        """A member of the body, None when it is absent or the body is unreadable."""
        return None if self.body is None else self.body.get(name)


@dataclass(frozen=True)
class Load:
    """One load. `records` are `record_row`, `handling` are `handling_row`; the id makes it idempotent (clause P-BUS-002)."""

    load_id: str
    records: Sequence[JsonObject] = ()
    link_codes: Sequence[tuple[str, str]] = ()
    handling: Sequence[JsonObject] = ()
    information: str | None = None
    version: str | None = None

    def as_json(self) -> JsonObject:
        """The body of `POST /load`."""
        body: JsonObject = {
            "load_id": self.load_id,
            "records": list(self.records),
            "link_codes": [{"own_number": own, "link_code": code} for own, code in self.link_codes],
            "handling": list(self.handling),
        }
        if self.information is not None:
            body["information"] = self.information
        if self.version is not None:
            body["version"] = self.version
        return body


@dataclass(frozen=True)
class Ask:
    """One question of a clerk. `subjects` are pairs of own number and inquiry keys."""

    ask_id: str
    to: str
    affair: str
    procedure: str
    information: str
    responsibility: str
    subjects: Sequence[tuple[str, Mapping[str, str]]]
    official: str | None = None
    section: str | None = None
    record_disclosure: str | None = None
    expires_at: str | None = None

    def as_json(self) -> JsonObject:
        """The body of `POST /ask`."""
        body: JsonObject = {
            "ask_id": self.ask_id,
            "to": self.to,
            "affair": self.affair,
            "procedure": self.procedure,
            "information": self.information,
            "responsibility": self.responsibility,
            "subjects": [{"own_number": own, "keys": dict(keys)} for own, keys in self.subjects],
        }
        if self.official is not None:
            body["official"] = self.official
        if self.section is not None:
            body["section"] = self.section
        if self.record_disclosure is not None:
            body["record_disclosure"] = self.record_disclosure
        if self.expires_at is not None:
            body["expires_at"] = self.expires_at
        return body


def record_row(
    own_number: str, keys: Mapping[str, str], status: str | None, as_of: str, record: JsonObject | None
) -> JsonObject:
    """One row of a load's `records`; an unassessed record has `record` None and then no such member, an information
    without a status table no `status`."""
    row: JsonObject = {"own_number": own_number, "keys": dict(keys), "as_of": as_of}
    if status is not None:
        row["status"] = status
    if record is not None:
        row["record"] = record
    return row


def handling_row(
    own_number: str, mode: Literal["automatic", "manual"], reason: str, information: str | None = None
) -> JsonObject:
    """One row of a load's `handling`; without an information it holds for all of them."""
    return {"own_number": own_number, "information": information, "mode": mode, "reason": reason}


class NotServed(Exception):  # noqa: N818 - a limit of the driver, nobody's mistake
    """This driver cannot bring this to the product; what hangs on it is *not tested*."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Unlimited:
    """An interface B over which JSON travels as it is: everything can be said."""

    def limit(self, said: Load | Ask) -> Text | None:
        """See `UpperTester.limit`."""
        return None

    def holds(self, text: str) -> bool:
        """See `UpperTester.holds`."""
        return True


class UpperTester(Protocol):
    """Interface B as the examiner uses it. A problem is an `Outcome`, a dead line is a `DoorTrouble`."""

    def limit(self, said: Load | Ask) -> Text | None:
        """Why this interface cannot bring this to the product, None where it can: asked before it is tried."""
        ...

    def holds(self, text: str) -> bool:
        """Whether a text of these characters comes through as it is."""
        ...

    def load(self, load: Load) -> Outcome:
        """Load records, link codes and handling marks: `{"load_id","loaded","set_aside":[…]}`."""
        ...

    def ask(self, ask: Ask) -> Outcome:
        """Ask: 202 `{"ask_id","exchange_number","state", …}`."""
        ...

    def collect(self, ask_id: str | None = None) -> Outcome:
        """Results and states of asks, and the exchanges that wait for a person: `{"asks":[…],"waiting":[…]}`."""
        ...

    def decide(
        self,
        exchange_number: str,
        decision: Literal["release", "withhold"],
        drafted_by: str,
        approved_by: str,
        ground: str | None = None,
    ) -> Outcome:
        """Decide a waiting exchange, with the ground where it is withheld: `{"exchange_number","state"}`."""
        ...

    def correct(self, exchange_number: str, drafted_by: str, approved_by: str) -> Outcome:
        """Have an answered exchange answered anew from the copies of now: `{"exchange_number","state"}`."""
        ...

    def disclose(self, exchange_number: str, word: str) -> Outcome:
        """Hide the record of an exchange from the person, or show it: `{"exchange_number","record_disclosure","state"}`."""
        ...

    def records(self, log: str, exchange_number: str | None = None) -> Outcome:
        """Export a log: `raw` is NDJSON, the seal line last."""
        ...


def outcome(status: int, raw: bytes) -> Outcome:
    """Read a reply's body as a JSON object, or leave it unread."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    return Outcome(status, body if isinstance(body, dict) else None, raw)
