"""Interface B by a person (立会い): the examiner says what to do, an operator does it at the product and says what came of it.

Enter   done, as far as a step can be done without telling a result
r       the product refused
FILE    the product's result, as a JSON file of interface B (a log: NDJSON)
n       cannot be done with this product: what hangs on it is *not tested*
?       help · q: end the examination here

What the operator says is taken as said; driver and operator's name stand in the report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal, Protocol

from renkei_conformance.upper import Ask, JsonObject, Load, NotServed, Outcome, Unlimited
from renkei_conformance.upper.written import Written
from renkei_fixtures.errors import SetupError
from renkei_fixtures.messages import both
from renkei_fixtures.sheets.drop import put
from renkei_fixtures.standard import Text

ENDED = "q"


class Desk(Protocol):
    """Where the operator sits. `renkei/` gives a terminal, tests a script."""

    def say(self, text: Text) -> None:
        """Show a step."""
        ...

    def hear(self) -> str:
        """One line of the operator's."""
        ...


@dataclass
class AttendedUpperTester(Unlimited):
    """See the module. `folder`: where files to load are put, as JSON always and as sheets where those can say it."""

    folder: Path
    written: Written
    desk: Desk
    _steps: count[int] = field(default_factory=lambda: count(1))

    def load(self, load: Load) -> Outcome:
        tables = self.written.limit(load) is None
        files = self.written.load(load) if tables else {}
        files["load.json"] = json.dumps(load.as_json(), ensure_ascii=False, indent=2).encode()
        where = self._place("load", files)
        rows = len(load.records) + len(load.link_codes) + len(load.handling)
        done: JsonObject = {"load_id": load.load_id, "loaded": rows, "set_aside": []}
        text = both("attended.load" if tables else "attended.load_json", folder=where, rows=rows)
        return self._step(text, done)

    def ask(self, ask: Ask) -> Outcome:
        said = ask.as_json()
        sheets = {} if self.written.limit(ask) is not None else self.written.ask(ask)
        where = self._place("ask", {**sheets, "ask.json": _json(said)})
        return self._step(both("attended.ask", folder=where, to=ask.to, information=ask.information), None, 202)

    def collect(self, ask_id: str | None = None) -> Outcome:
        form = {"asks": [], "waiting": [{"exchange_number": ""}]}
        where = self._place("collect", {"form.json": _json(form)})
        return self._step(both("attended.collect", folder=where, ask_id=ask_id or "-"), None)

    def decide(
        self,
        exchange_number: str,
        decision: Literal["release", "withhold"],
        drafted_by: str,
        approved_by: str,
        ground: str | None = None,
    ) -> Outcome:
        same = drafted_by == approved_by
        words = both(f"attended.decision_{decision}")
        text = both("attended.decide", number=exchange_number, decision=words, drafted=drafted_by, approved=approved_by)
        given = (ground or "").strip()
        groundless = decision == "withhold" and not given
        # The step itself says which reason the operator testifies to.
        for word, holds in (("same", same), ("no_ground", groundless), ("ground", bool(given))):
            if holds:
                more = both(f"attended.{word}", ground=given) if word == "ground" else both(f"attended.{word}")
                text = Text(ja=f"{text.ja}\n{more.ja}", en=f"{text.en}\n{more.en}")
        state = "released" if decision == "release" else "withheld"
        done: JsonObject = {"exchange_number": exchange_number, "state": state}
        reason = "approval_not_separate" if same else "ground_missing" if groundless else "refused_by_product"
        return self._step(text, done, refused=reason)

    def correct(self, exchange_number: str, drafted_by: str, approved_by: str) -> Outcome:
        text, reason = (
            both("attended.correct", number=exchange_number, drafted=drafted_by, approved=approved_by),
            "exchange_closed",
        )
        if drafted_by == approved_by:  # the step itself says which reason the operator testifies to
            more, reason = both("attended.same"), "approval_not_separate"
            text = Text(ja=f"{text.ja}\n{more.ja}", en=f"{text.en}\n{more.en}")
        done: JsonObject = {"exchange_number": exchange_number, "state": "corrected"}
        return self._step(text, done, refused=reason)

    def disclose(self, exchange_number: str, word: str) -> Outcome:
        known = word in ("normal", "hidden")
        form: JsonObject = {"exchange_number": exchange_number, "record_disclosure": word, "state": ""}
        where = self._place("disclose", {"form.json": _json(form)})
        words = both(f"attended.disclosure_{word}") if known else Text(ja=word, en=word)
        text = both("attended.disclose", number=exchange_number, word=words, folder=where)
        # The step says which reason the operator testifies to.
        return self._step(text, None, refused="exchange_unknown" if known else "member_wrong")

    def records(self, log: str, exchange_number: str | None = None) -> Outcome:
        return self._step(both("attended.records", log=log, number=exchange_number or "-"), None, lines=True)

    # --- one step ----------------------------------------------------------------------------------------------------
    def _place(self, name: str, files: Mapping[str, bytes]) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            taken = [int(one.name[:6]) for one in self.folder.iterdir() if one.name[:6].isdigit()]
            place = f"{max(taken, default=0) + 1:06}-{name}"
            put(self.folder, place, files)
        except OSError as error:
            raise SetupError("conformance.driver.folder", str(self.folder), None, error.strerror) from None
        return self.folder / place

    def _step(
        self,
        text: Text,
        done: JsonObject | None,
        status: int = 200,
        *,
        refused: str = "refused_by_product",
        lines: bool = False,
    ) -> Outcome:
        number = next(self._steps)
        self.desk.say(both("attended.step", number=number, text=text))
        self.desk.say(both("attended.keys_done" if done is not None else "attended.keys_file"))
        while True:
            word = self.desk.hear().strip()
            if word == ENDED:
                raise KeyboardInterrupt
            if word == "n":
                raise NotServed(both("attended.not_done", number=number))
            if word == "r":
                return _outcome(422, {"code": refused})
            if word == "" and done is not None:
                return _outcome(status, done)
            if word in ("", "?"):
                self.desk.say(both("attended.help"))
                continue
            if (outcome := self._file(word, status, lines=lines)) is not None:
                return outcome

    def _file(self, word: str, status: int, *, lines: bool) -> Outcome | None:
        try:
            raw = Path(word.strip("'\"")).expanduser().read_bytes()
            if lines:
                return Outcome(200, None, raw)
            body: Any = json.loads(raw)
        except (OSError, ValueError) as error:
            self.desk.say(both("attended.unreadable", file=word, detail=str(error)))
            return None
        if not isinstance(body, dict):
            self.desk.say(both("attended.unreadable", file=word, detail="{…}"))
            return None
        return _outcome(status, body)


def _outcome(status: int, body: JsonObject) -> Outcome:
    return Outcome(status, body, _json(body))


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
