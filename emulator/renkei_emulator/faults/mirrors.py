"""Mirror faults: the plain opposite of one refusing clause. What should be refused is told `202`, or not checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from renkei_emulator.faults.tolerance import Fault, tolerant
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import HttpReply

_BODY = {
    "P-TRN-003": "too_large",
    "P-TRN-004": "path_unknown",
    "P-FRM-001": "not_json",
    "P-FRM-002": "envelope_member_missing",
    "P-FRM-007": "algorithm_not_allowed",
    "P-FRM-008": "type_not_allowed",
    "P-FRM-009": "header_form_invalid",
    "P-FRM-010": "depth_exceeded",
    "P-FRM-011": "not_for_us",
    "P-SIG-001": "signature_invalid",
    "P-SIG-004": "certificate_not_yet_valid",
    "P-SIG-008": "certificate_unknown",
    "P-FRS-002": "message_expired",
    "P-PRM-001": "permit_missing",
}
_NETWORK = {
    "N-SIG-001": "signature_invalid",
    "N-SIG-002": "certificate_not_of_sender",
    "N-FRS-002": "message_expired",
    "N-AUT-003": "edition_not_in_force",
    "N-AUT-004": "same_body",
    "N-AUT-005": "reply_key_invalid",
    "N-SUB-001": "link_code_invalid",
    "N-SUB-003": "subject_count_mismatch",
    "N-SUB-004": "subject_repeated",
    "N-ANS-002": "answer_not_bound",
    "N-ANS-003": "answer_subject_mismatch",
}


_AT_THE_DOOR = {
    "N-TRN-002": "too_large",
    "N-TRN-003": "path_unknown",
    "N-FRM-001": "not_json",
    "N-FRM-002": "envelope_member_missing",
    "N-FRM-006": "jose_header_not_allowed",
    "N-FRM-007": "algorithm_not_allowed",
    "N-FRM-008": "type_not_allowed",
    "N-FRM-010": "depth_exceeded",
    "N-SIG-006": "certificate_not_yet_valid",
    "N-SIG-007": "certificate_usage_wrong",
    "N-SIG-008": "certificate_unknown",
}
_TAKEN = HttpReply(202, {"content-type": "application/json"}, b'{"exchange_number":"0","state":"accepted"}')


def _says_taken(code: str) -> Fault:
    def fault(rooms: BodyRooms) -> BodyRooms:
        def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> Any:
            if refused.code == code:
                return rooms.taken(exchange_number or "0", "delivered")
            return rooms.refuse(refused, message_id, exchange_number)

        return replace(rooms, refuse=refuse)

    return fault


def _network_says_taken(code: str) -> Callable[[NetworkRooms], NetworkRooms]:
    def fault(rooms: NetworkRooms) -> NetworkRooms:
        return replace(
            rooms, refuse=lambda refused, *ids: _TAKEN if refused.code == code else rooms.refuse(refused, *ids)
        )

    return fault


def _unchecked(code: str) -> Callable[[NetworkRooms], NetworkRooms]:
    def fault(rooms: NetworkRooms) -> NetworkRooms:
        # Every check returns nothing; the translation of link codes gives back what it was given.
        def instead(*args: Any) -> Any:
            return args[1] if code == "link_code_invalid" else None

        steps = {f.name: tolerant(getattr(rooms, f.name), code, instead) for f in fields(rooms)}
        return replace(rooms, **steps)

    return fault


BODY: dict[str, Fault] = {f"mirror_{clause}": _says_taken(code) for clause, code in _BODY.items()}
NETWORK = {
    **{f"mirror_{clause}": _unchecked(code) for clause, code in _NETWORK.items()},
    **{f"mirror_{clause}": _network_says_taken(code) for clause, code in _AT_THE_DOOR.items()},
}
