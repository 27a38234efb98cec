"""連携状態: the life of one exchange as a table of transitions (PROTOCOL §7).

Rule 1: the only stored state is the list of events; where an exchange stands is read off them, each time.
Rule 2: what is not in the table cannot happen: `exchange_closed`.

The table is the standard's (`standard.states`); the state diagram of the documents is drawn from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from renkei_emulator.refusals import Refused
from renkei_fixtures.standard.rows import Transition

# Nothing more happens to these (collected only until the exchange's end, since an answer may be corrected).
FINAL = frozenset({"undeliverable", "refused", "withdrawn", "expired", "rejected"})


DISCLOSURE = "disclosure"
"""An event of the record, not of the exchange: `stage` names the body that said so, `code` what it said."""


class Event(NamedTuple):
    """Something that happened to an exchange. `at` as on the wire; the rest where it belongs to what happened."""

    at: str
    on: str
    state: str
    part: int | None = None
    message_id: str | None = None
    header_sha256: str | None = None
    last_part: bool | None = None
    code: str | None = None
    stage: str | None = None


class Part(NamedTuple):
    """The answer that stands for a part."""

    message_id: str
    header_sha256: str
    last: bool


@dataclass(frozen=True)
class Life:
    """Where an exchange stands."""

    state: str
    at: str
    code: str | None = None
    stage: str | None = None
    parts: Mapping[int, Part] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    length: int = 0
    disclosed: Mapping[str, str] = field(default_factory=dict)
    """What either side last said of the record's disclosure: body → `normal` or `hidden`."""

    @property
    def final(self) -> bool:
        """Whether nothing more can happen."""
        return self.state in FINAL

    def complete_with(self, part: int, last: bool) -> bool:
        """Whether all parts are there once this one is."""
        lasts = {number for number, known in self.parts.items() if known.last} | ({part} if last else set())
        return bool(lasts) and {*self.parts, part} >= set(range(1, max(lasts) + 1))


def read_life(events: Iterable[Event]) -> Life:
    """What the events of one exchange, oldest first, come to."""
    parts: dict[int, Part] = {}
    accepted: set[str] = set()
    disclosed: dict[str, str] = {}
    last, at, length = None, "", 0
    for event in events:
        if event.on == DISCLOSURE:  # nothing happens to the exchange itself
            disclosed[event.stage or ""], length = event.code or "", length + 1
            continue
        last, length = event, length + 1
        at = at if event.on == "part_accepted" else event.at
        if event.part is not None and event.message_id is not None and event.header_sha256 is not None:
            parts[event.part] = Part(event.message_id, event.header_sha256, bool(event.last_part))
        elif event.on in ("part_accepted", "collected") and event.header_sha256 is not None:
            accepted.add(event.header_sha256)
    if last is None:
        raise ValueError("an exchange without events")
    code, stage = (last.code, last.stage) if last.state in ("refused", "rejected") else (None, None)
    return Life(last.state, at, code, stage, parts, frozenset(accepted), length, disclosed)


class Transitions:
    """The table, by (state, what happens, kind)."""

    def __init__(self, rows: Iterable[Transition]) -> None:
        self._to: dict[tuple[str | None, str, str], str] = {}
        for row in rows:
            kinds = ("inquiry", "notification") if row.kind == "both" else (row.kind,)
            for kind in kinds:
                self._to[row.from_, row.on, kind] = row.to

    def after(self, state: str | None, on: str, kind: str = "inquiry") -> str:
        """The state after `on`. Raises Refused `exchange_closed` where the table has no such step."""
        to = self._to.get((state, on, kind))
        if to is None:
            raise Refused("exchange_closed", f"{on} in state {state}")
        return to
