"""A question of a business system as it stands: what the disk says of it, in the words of interface B."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from renkei_emulator.storage.body import Change, StoredAsk
from renkei_fixtures.instants import render

FINAL = frozenset({"collected", "handed_over", "rejected", "refused", "expired", "undeliverable", "withdrawn"})


def asked_state(ask_id: str, at: datetime, state: str, code: str | None = None, stage: str | None = None) -> Change:
    return ("ask_state", {"ask_id": ask_id, "at": render(at), "state": state, "code": code, "stage": stage})


def said_of(asked: StoredAsk) -> dict[str, Any]:
    """What a business system is told of its question."""
    said: dict[str, Any] = {"ask_id": asked.ask_id, "exchange_number": asked.exchange_number}
    # Whether the results were fetched before is our own record.
    said["state"] = "collected" if asked.state == "handed_over" else asked.state
    if asked.code is not None:
        said |= {"code": asked.code, "stage": asked.stage}
    return said


def results_of(asked: StoredAsk) -> list[dict[str, Any]]:
    """The results of an answered question, each with the own number it was asked under."""
    if asked.results is None:
        return []
    subjects = json.loads(asked.request)["subjects"]
    return [
        {"item_no": r["item_no"], "own_number": subjects[r["item_no"] - 1]["own_number"], **r}
        for r in json.loads(asked.results)
    ]
