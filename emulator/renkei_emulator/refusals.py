"""Every way to say no, as one tree.

A refusal has a *stage* (how far the message came), a *code* (what is wrong) and, where it is said in a reply, an HTTP
status. The peer learns these three and the message's own identifiers, never a value, a name, or which half of a secret
did not fit; what is for the operator's eyes goes to the log through `for_log`. PROTOCOL §8 is the source; the rows of
`renkei_fixtures.standard` carry the texts, and a test holds both equal.

    Refused
    ├ transport   the bytes never became a message
    ├ form        the message is not built as the standard says          (clauses …-FRM)
    ├ sender      whoever signed it is not who it says, or not any more  (…-SIG)
    ├ freshness   too old, from the future, or seen before               (…-FRS)
    ├ permit      the network's permit or receipt does not cover it      (…-PRM)
    ├ authority   the law does not give it to this asker                 (…-AUT)
    ├ subject     link codes that N cannot vouch for                     (N-SUB)
    ├ content     sealed part cannot be opened, or says otherwise        (…-CNT)
    ├ state       does not fit the life of the exchange                  (N-ANS, N-STA)
    └ service     our own trouble, the same for every person
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from renkei_emulator.world import HttpReply

PROBLEM = "application/problem+json"


class Way(NamedTuple):
    """One way to say no. `http` is None where it is never said in a reply; `retry`: send the same bytes again."""

    stage: str
    http: int | None
    retry: bool = False


def _stage(stage: str, **by_status: str) -> dict[str, Way]:
    ways = {}
    for status, codes in by_status.items():
        http = int(status.removesuffix("_retry").removeprefix("_")) if status != "unsaid" else None
        ways.update({code: Way(stage, http, status.endswith("_retry")) for code in codes.split()})
    return ways


WAYS: dict[str, Way] = {
    **_stage(
        "transport",
        _415="media_type_not_allowed",
        _413="too_large",
        _404="path_unknown",
        _429_retry="too_many_requests",
        _503_retry="busy",
    ),
    **_stage(
        "form",
        _400="not_json envelope_member_missing envelope_member_unknown member_repeated encoding_not_canonical "
        "depth_exceeded jose_header_not_allowed algorithm_not_allowed type_not_allowed header_form_invalid",
        _403="not_for_us",
    ),
    **_stage(
        "sender",
        _403="certificate_unknown certificate_chain_invalid certificate_expired certificate_not_yet_valid "
        "certificate_revoked certificate_usage_wrong certificate_not_of_sender signature_invalid",
        _503_retry="revocation_unknown",
    ),
    **_stage("freshness", _403="issued_in_future message_expired query_too_old", _409="message_id_reused"),
    **_stage(
        "permit",
        _403="permit_missing permit_invalid permit_expired permit_mismatch",
        unsaid="receipt_missing receipt_invalid receipt_mismatch",
    ),
    **_stage(
        "authority",
        _403="edition_not_in_force edition_not_supported authority_not_granted responsibility_not_granted "
        "delegation_not_granted disaster_not_declared consent_required reply_key_invalid same_body provision_barred",
    ),
    **_stage(
        "subject", _403="link_code_invalid", _400="subjects_hash_mismatch subject_count_mismatch subject_repeated"
    ),
    **_stage(
        "content",
        _422="decryption_failed content_hash_mismatch body_not_bound content_form_invalid key_invalid "
        "item_missing item_not_permitted item_invalid code_not_in_force",
        unsaid="subject_not_asked answer_incomplete",
    ),
    **_stage(
        "state",
        _409="answer_not_bound answer_subject_mismatch answer_part_conflict exchange_closed",
        _404="exchange_unknown",
    ),
    **_stage("service", _503_retry="temporarily_unable", _500_retry="internal_error"),
}
STAGES: tuple[str, ...] = tuple(dict.fromkeys(way.stage for way in WAYS.values()))


class Refused(Exception):  # noqa: N818 - the peer's fault has its own word
    """The peer's fault: this message is refused with `code`, at `stage`.

    `for_log` is for our records only and never reaches the peer. `item_nos`: the items of a batch that are meant.
    """

    def __init__(
        self, code: str, for_log: str = "", *, item_nos: Sequence[int] = (), clause: str | None = None
    ) -> None:
        super().__init__(f"{code}: {for_log}" if for_log else code)
        way = WAYS[code]
        self.code = code
        self.stage = way.stage
        self.http = way.http
        self.retry = way.retry
        self.for_log = for_log
        self.item_nos = tuple(item_nos)
        self.clause = clause

    def problem(self, message_id: str | None = None, exchange_number: str | None = None) -> dict[str, object]:
        """The members of the problem (RFC 9457) that the peer is told."""
        status = self.http or 422  # a code that is for messages only
        problem: dict[str, object] = {"type": "about:blank", "status": status, "code": self.code, "stage": self.stage}
        if message_id is not None:
            problem["message_id"] = message_id
        if exchange_number is not None:
            problem["exchange_number"] = exchange_number
        if self.item_nos:
            problem["item_nos"] = list(self.item_nos)
        return problem

    def reply(self, message_id: str | None = None, exchange_number: str | None = None) -> HttpReply:
        """The problem as an HTTP reply; where the peer should come back, it is told when."""
        status = self.http or 422
        headers = {"content-type": PROBLEM}
        if self.retry and status in (429, 503):
            headers["retry-after"] = "1"
        problem = self.problem(message_id, exchange_number)
        return HttpReply(status, headers, json.dumps(problem, separators=(",", ":")).encode())
