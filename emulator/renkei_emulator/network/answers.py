"""回答の確認: whether an answer, refusal or withdrawal belongs to the exchange that it names."""

import json
from datetime import datetime
from typing import Literal

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.exchange import Life
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network import StoredExchange
from renkei_fixtures.instants import parse

_SAME_AS_INQUIRY = ("edition", "information")
_PRINCIPALS = (("from_principal", "to_principal"), ("to_principal", "from_principal"))


def may_answer(exchange: StoredExchange, sender: str) -> None:
    """Only the body that was asked answers or refuses. To others the exchange does not exist: `exchange_unknown`."""
    if sender != exchange.receiver:
        raise Refused("exchange_unknown", f"{sender} was not asked")


def may_withdraw(exchange: StoredExchange, sender: str) -> None:
    """Only the body that asked withdraws. Raises Refused `exchange_unknown`."""
    if sender != exchange.sender:
        raise Refused("exchange_unknown", f"{sender} did not ask")


def may_see(exchange: StoredExchange, sender: str) -> None:
    """Both sides may ask how an exchange stands, nobody else. Raises Refused `exchange_unknown`."""
    if sender not in (exchange.sender, exchange.receiver):
        raise Refused("exchange_unknown", f"{sender} is no party")


def check_binding(exchange: StoredExchange, claims: Claims) -> None:
    """The message names the inquiry it belongs to. Raises Refused `answer_not_bound`."""
    inquiry = json.loads(exchange.claims)
    if claims["in_reply_to"] != exchange.message_id:
        raise Refused("answer_not_bound", "in_reply_to")
    if claims.get("inquiry_sha256", exchange.header_sha256) != exchange.header_sha256:
        raise Refused("answer_not_bound", "inquiry_sha256")
    if claims["to"] not in (exchange.sender, "network"):
        raise Refused("answer_not_bound", "to")
    for name in _SAME_AS_INQUIRY:
        if claims.get(name, inquiry[name]) != inquiry[name]:
            raise Refused("answer_not_bound", name)
    if "part" in claims and any(claims.get(mine) != inquiry.get(theirs) for mine, theirs in _PRINCIPALS):
        raise Refused("answer_not_bound", "principals")


def check_subjects(exchange: StoredExchange, claims: Claims, subjects: str | None, codes: tuple[str, ...]) -> None:
    """The answer is about whom the permit named, in the provider's codes. Raises Refused `answer_subject_mismatch`."""
    sha256 = claims.get("subjects_sha256")
    if (sha256 is None) != (exchange.receiver_codes is None):
        raise Refused("answer_subject_mismatch", "subjects where there are none, or none where there are")
    if subjects is None:
        return
    if sha256_b64u(subjects.encode()) != sha256:
        raise Refused("answer_subject_mismatch", "subjects_sha256")
    if list(codes) != json.loads(exchange.receiver_codes or "[]"):
        raise Refused("answer_subject_mismatch", "other link codes than the permit's")


def may_correct(expires_at: str, now: datetime) -> None:
    """An answer may be replaced until the exchange's end. Raises Refused `exchange_closed`."""
    if parse(expires_at) <= now:
        raise Refused("exchange_closed", "a correction after expires_at")


def was_delivered(what: str | None) -> str:
    """What the acknowledged message was. Raises Refused `answer_not_bound` for one that this body was never sent."""
    if what is None:
        raise Refused("answer_not_bound", "nothing of that hash was delivered")
    return what


def place_part(life: Life, claims: Claims) -> Literal["part", "answered", "replaced"]:
    """What the answer is to the exchange: one part of several, the last one missing, or a correction.

    The first answer per part is kept: a different one is `answer_part_conflict`, unless it names the one it replaces
    (`answer_not_bound` if there is no such answer).
    """
    part, last = claims["part"], claims["last_part"]
    known = life.parts.get(part)
    if "replaces" in claims:
        if known is None or known.message_id != claims["replaces"] or known.last != last:
            raise Refused("answer_not_bound", "replaces no answer of this part")
        return "replaced"
    if known is not None:
        raise Refused("answer_part_conflict", f"part {part} is there")
    if any(other.last for other in life.parts.values()) and (last or part > max(life.parts)):
        raise Refused("answer_part_conflict", "beyond the last part")
    return "answered" if life.complete_with(part, last) else "part"
