"""Faults of a body that asks (欠陥) and fetches its answers from an inbox. Texts: `standard.faults`."""

from __future__ import annotations

from dataclasses import replace

from renkei_emulator.faults import fetching
from renkei_emulator.faults.tolerance import Fault

FAULTS: dict[str, Fault] = {
    "first_answer_of_the_box": fetching.pull_first_of_batch_only,
    "bad_answer_stops_the_box": fetching.pull_bad_message_stops_batch,
    "same_answer_judged_again": lambda rooms: replace(rooms, known_answer=lambda _sha256: False),
    "answer_query_signed_once": fetching.pull_reuses_query,
    "box_asked_without_pause": fetching.FAULTS["pull_hammers"],
    "receipt_acknowledged_by_its_claims": fetching.pull_acknowledges_other_hash,
}
