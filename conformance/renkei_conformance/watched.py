"""Interface B, watched: every operation is kept as the message it is, whichever driver carries it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

from renkei_conformance.drivers import DoorTrouble, Passed, Reply, Request, Sink
from renkei_conformance.upper import Ask, JsonObject, Load, Outcome, UpperTester
from renkei_fixtures.standard import Text


class WatchedUpper:
    """An upper tester that tells a sink of everything asked and replied."""

    def __init__(self, upper: UpperTester, sink: Sink) -> None:
        self._upper = upper
        self._sink = sink

    def limit(self, said: Load | Ask) -> Text | None:
        return self._upper.limit(said)

    def holds(self, text: str) -> bool:
        return self._upper.holds(text)

    def load(self, load: Load) -> Outcome:
        return self._kept("load", load.as_json(), lambda: self._upper.load(load))

    def ask(self, ask: Ask) -> Outcome:
        return self._kept("ask", ask.as_json(), lambda: self._upper.ask(ask))

    def collect(self, ask_id: str | None = None) -> Outcome:
        return self._kept("collect", {"ask_id": ask_id}, lambda: self._upper.collect(ask_id))

    def decide(
        self,
        exchange_number: str,
        decision: Literal["release", "withhold"],
        drafted_by: str,
        approved_by: str,
        ground: str | None = None,
    ) -> Outcome:
        body: JsonObject = {
            "exchange_number": exchange_number,
            "decision": decision,
            "drafted_by": drafted_by,
            "approved_by": approved_by,
        }
        body |= {} if ground is None else {"ground": ground}
        upper = self._upper
        return self._kept(
            "decide", body, lambda: upper.decide(exchange_number, decision, drafted_by, approved_by, ground)
        )

    def correct(self, exchange_number: str, drafted_by: str, approved_by: str) -> Outcome:
        body: JsonObject = {"exchange_number": exchange_number, "drafted_by": drafted_by, "approved_by": approved_by}
        return self._kept("correct", body, lambda: self._upper.correct(exchange_number, drafted_by, approved_by))

    def disclose(self, exchange_number: str, word: str) -> Outcome:
        body: JsonObject = {"exchange_number": exchange_number, "record_disclosure": word}
        return self._kept("disclose", body, lambda: self._upper.disclose(exchange_number, word))

    def records(self, log: str, exchange_number: str | None = None) -> Outcome:
        body: JsonObject = {"log": log, "exchange_number": exchange_number}
        return self._kept("records", body, lambda: self._upper.records(log, exchange_number))

    def _kept(self, operation: str, body: JsonObject, call: Callable[[], Outcome]) -> Outcome:
        request = Request("POST", f"/{operation}", {}, json.dumps(body, ensure_ascii=False).encode())
        try:
            outcome = call()
        except DoorTrouble as trouble:
            self._sink(Passed("B", "sent", request, None, str(trouble)))
            raise
        self._sink(Passed("B", "sent", request, Reply(outcome.status, {}, outcome.raw)))
        return outcome
