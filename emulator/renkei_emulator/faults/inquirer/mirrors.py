"""Mirror faults of a body that asks: what should be refused is told `202`, or acknowledged as accepted."""

from __future__ import annotations

from dataclasses import replace

from renkei_emulator.claims import Claims
from renkei_emulator.faults.inquirer.acknowledging import of_each_item
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

_TAKEN = {
    "I-TRN-003": "too_large",
    "I-TRN-004": "path_unknown",
    "I-FRM-001": "not_json",
    "I-FRM-006": "algorithm_not_allowed",
    "I-FRM-007": "type_not_allowed",
    "I-FRM-008": "header_form_invalid",
    "I-FRM-009": "not_for_us",
    "I-FRM-010": "depth_exceeded",
}
_ACKNOWLEDGED = {"I-SIG-004": "certificate_not_yet_valid", "I-SIG-008": "certificate_unknown"}


def _says_taken(code: str) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> HttpReply:
            if refused.code == code:
                return rooms.taken(exchange_number or "0", "answered")
            return rooms.refuse(refused, message_id, exchange_number)

        return replace(rooms, refuse=refuse)

    return fault


def _acknowledges(code: str) -> Fault:
    def accepted(item: Claims) -> Claims:
        if item.get("code") != code:
            return item
        return {name: value for name, value in item.items() if name not in ("code", "stage")} | {"outcome": "accepted"}

    return of_each_item(accepted)


MIRRORS: dict[str, Fault] = {
    **{f"mirror_{clause}": _says_taken(code) for clause, code in _TAKEN.items()},
    **{f"mirror_{clause}": _acknowledges(code) for clause, code in _ACKNOWLEDGED.items()},
}
