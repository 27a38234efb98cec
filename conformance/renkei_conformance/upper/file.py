"""Interface B as files in a drop folder, in the code page and form of a layout (`renkei_fixtures.sheets`).

What a table of that layout cannot say raises `NotServed`; the case that wanted it is then *not tested*, never wrong.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from renkei_conformance.drivers import Rubbish, TimedOut, Unreachable
from renkei_conformance.upper import Ask, JsonObject, Load, Outcome
from renkei_conformance.upper.written import Written
from renkei_fixtures.sheets import Column, Layout, nested, read_sheet
from renkei_fixtures.sheets.drop import (
    ASKS,
    IN,
    NDJSON,
    OUT,
    REPLY,
    SET_ASIDE,
    WAITING,
    Operation,
    asked_columns,
    folders,
    put,
)
from renkei_fixtures.standard import Standard, Text

POLL_S = 0.02


@dataclass(frozen=True)
class FileUpperTester:
    """See the module. `folder` is the drop folder, `patience` how long a reply may take (s)."""

    folder: Path
    layout: Layout
    standard: Standard
    patience: float

    def limit(self, said: Load | Ask) -> Text | None:
        return self._written.limit(said)

    def holds(self, text: str) -> bool:
        return self._written.holds(text)

    def load(self, load: Load) -> Outcome:
        return self._operate("load", self._written.load(load))

    def ask(self, ask: Ask) -> Outcome:
        return self._operate("ask", self._written.ask(ask))

    def collect(self, ask_id: str | None = None) -> Outcome:
        # A sheet of one column has no row for an empty cell: without a header everything is collected.
        header = {} if ask_id is None else self._written.header("collect", {"ask_id": ask_id})
        return self._operate("collect", header)

    def decide(
        self,
        exchange_number: str,
        decision: Literal["release", "withhold"],
        drafted_by: str,
        approved_by: str,
        ground: str | None = None,
    ) -> Outcome:
        by = {"drafted_by": drafted_by, "approved_by": approved_by, "ground": ground}
        said = {"exchange_number": exchange_number, "decision": decision, **by}
        return self._operate("decide", self._written.header("decide", said))

    def correct(self, exchange_number: str, drafted_by: str, approved_by: str) -> Outcome:
        by = {"drafted_by": drafted_by, "approved_by": approved_by}
        return self._operate("correct", self._written.header("correct", {"exchange_number": exchange_number, **by}))

    def disclose(self, exchange_number: str, word: str) -> Outcome:
        said = {"exchange_number": exchange_number, "record_disclosure": word}
        return self._operate("disclose", self._written.header("disclose", said))

    def records(self, log: str, exchange_number: str | None = None) -> Outcome:
        said = {"log": log, "exchange_number": exchange_number}
        return self._operate("records", self._written.header("records", said))

    # --- files -------------------------------------------------------------------------------------------------------
    @property
    def _written(self) -> Written:
        return Written(self.layout, self.standard)

    def _operate(self, operation: Operation, files: Mapping[str, bytes]) -> Outcome:
        try:
            name = self._send(operation, files)
        except OSError as error:
            raise Unreachable(str(self.folder), str(error)) from error
        return self._reply(operation, name)

    def _send(self, operation: Operation, files: Mapping[str, bytes]) -> str:
        inbox, outbox = folders(self.folder)
        before = [int(one.name[:6]) for box in (inbox, outbox) for one in box.iterdir() if one.name[:6].isdigit()]
        name = f"{max(before, default=0) + 1:06}-{operation}"
        put(inbox, name, files)
        return name

    def _reply(self, operation: Operation, name: str) -> Outcome:
        there, end = self.folder / OUT / name, time.monotonic() + self.patience
        while not there.is_dir():
            if time.monotonic() > end:
                raise TimedOut(str(self.folder), f"no {OUT}/{name} within {self.patience:g} s after {IN}/{name}")
            time.sleep(POLL_S)
        try:
            (row,) = self._rows(there, "reply", REPLY)
        except ValueError:
            raise Rubbish(str(there), f"{self._written.named('reply')} is no sheet of one row") from None
        status = row.pop("status", 0)
        if operation == "records" and status == 200:
            raw = (there / NDJSON).read_bytes() if (there / NDJSON).exists() else b""
            return Outcome(status, None, raw)
        body: JsonObject = {**row, **self._lists(operation, there, status)}
        return Outcome(status, body, json.dumps(body, ensure_ascii=False).encode())

    def _lists(self, operation: Operation, there: Path, status: int) -> JsonObject:
        if operation == "load" and status == 200:
            return {"set_aside": self._rows(there, "set_aside", SET_ASIDE)}
        if operation != "collect" or status != 200:
            return {}
        asks = [{**one, "results": []} for one in self._rows(there, "asks", ASKS)]
        by_id = {one["ask_id"]: one for one in asks}
        for information in self.standard.informations.values():
            for result in self._rows(there, f"results-{information.id}", asked_columns(information)):
                owner = by_id.get(result.pop("ask_id", None))
                if owner is not None:
                    owner["results"].append(result)
        return {"asks": asks, "waiting": self._rows(there, "waiting", WAITING)}

    def _rows(self, there: Path, name: str, columns: Sequence[Column]) -> list[dict[str, Any]]:
        try:
            raw = (there / self._written.named(name)).read_bytes()
        except FileNotFoundError:
            return []
        sheet = read_sheet(self.layout, columns, raw)
        if sheet.troubles:
            raise Rubbish(str(there / self._written.named(name)), sheet.troubles[0].text.en)
        return [nested(columns, cells) for _, cells in sheet.rows]
