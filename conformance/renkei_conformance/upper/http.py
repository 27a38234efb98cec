"""The standard's own business side over HTTP: JSON, bearer token, one path per operation."""

from __future__ import annotations

import json
from typing import Literal

from renkei_conformance.drivers import Door, Request
from renkei_conformance.upper import Ask, JsonObject, Load, Outcome, Unlimited, outcome


class HttpUpperTester(Unlimited):
    """Interface B through a door. `base` is the path before the operation (`/business/1/001015`)."""

    def __init__(self, door: Door, base: str, token: str, patience: float = 10.0) -> None:
        self._door = door
        self._base = base.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._patience = patience

    def load(self, load: Load) -> Outcome:
        return self._post("load", load.as_json())

    def ask(self, ask: Ask) -> Outcome:
        return self._post("ask", ask.as_json())

    def collect(self, ask_id: str | None = None) -> Outcome:
        return self._post("collect", {} if ask_id is None else {"ask_id": ask_id})

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
        return self._post("decide", body | ({} if ground is None else {"ground": ground}))

    def correct(self, exchange_number: str, drafted_by: str, approved_by: str) -> Outcome:
        by: JsonObject = {"drafted_by": drafted_by, "approved_by": approved_by}
        return self._post("correct", {"exchange_number": exchange_number, **by})

    def disclose(self, exchange_number: str, word: str) -> Outcome:
        return self._post("disclose", {"exchange_number": exchange_number, "record_disclosure": word})

    def records(self, log: str, exchange_number: str | None = None) -> Outcome:
        body: JsonObject = {"log": log}
        if exchange_number is not None:
            body["exchange_number"] = exchange_number
        return self._post("records", body)

    def _post(self, operation: str, body: JsonObject) -> Outcome:
        payload = json.dumps(body, ensure_ascii=False).encode()
        reply = self._door.send(Request("POST", f"{self._base}/{operation}", self._headers, payload), self._patience)
        return outcome(reply.status, reply.body)
