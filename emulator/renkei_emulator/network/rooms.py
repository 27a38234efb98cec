"""The rooms of the network as one frozen set of steps, so that one step can be put in another's place (see faults).

Each step is a plain function of values; the journey calls them in order and does everything else: disk, line, clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.claims import QUERY_LIFE, Claims, check_freshness
from renkei_emulator.envelope import Jws, verify
from renkei_emulator.exchange import Life, Transitions
from renkei_emulator.network import answers, arrival, authority, disclosing, link_codes, permits, reissuing, relay
from renkei_emulator.network.link_codes import Force, LinkCodes
from renkei_emulator.network.record import line, refusal_line
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.chain import LogLine
from renkei_emulator.storage.network import Reissue, Repeat, StoredExchange
from renkei_emulator.trust import TrustStore, body_san
from renkei_emulator.world import Dice, HttpReply, HttpRequest
from renkei_fixtures.instants import parse

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import AuthorityRow

Bodies = Mapping[str, "Body"]
Codes = tuple[str, ...]


def check_sender(trust: TrustStore, jws: Jws, party: str, now: datetime) -> None:
    """The header is signed by `party` with a certificate that is good now. Raises Refused of stage *sender*."""
    verify(jws, trust.check(jws.kid, "signature", body_san(party), now))


def check_reply_key(trust: TrustStore, claims: Claims, now: datetime) -> None:
    """The certificate to seal the answer to is the asker's own and good now. Raises Refused `reply_key_invalid`."""
    try:
        trust.check(claims["reply_kid"], "agreement", body_san(claims["from"]), now)
    except Refused as refused:
        raise Refused("reply_key_invalid", str(refused)) from None


def check_age(typ: str, claims: Claims, now: datetime) -> None:
    """Raise Refused of stage *freshness* unless `now` is in the message's life; a query lives for 300 s."""
    check_freshness(claims, now)
    if typ == "renkei-query" and parse(claims["issued_at"]) < now - QUERY_LIFE:
        raise Refused("query_too_old")


def is_repeat(repeat: Repeat | None, header_sha256: str, typ: str) -> bool:
    """Whether the message is one that was taken before, to be told the same again.

    Raises Refused `message_id_reused` for other bytes under a used id, and for any repeated query.
    """
    if repeat is None:
        return False
    if repeat.header_sha256 != header_sha256 or typ == "renkei-query":
        raise Refused("message_id_reused")
    return True


def translate(codes: LinkCodes, subjects: Codes, giver: str, receiver: str) -> Codes:
    """The receiver's link codes for the persons whom the giver named. Raises Refused `link_code_invalid`."""
    return codes.translate(subjects, giver, receiver)


def step(transitions: Transitions, state: str | None, on: str, kind: str) -> str:
    """The state that follows. Raises Refused `exchange_closed`."""
    return transitions.after(state, on, kind)


def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> HttpReply:
    """The problem that goes to the peer: code, stage and the message's own ids."""
    return refused.reply(message_id, exchange_number)


@dataclass(frozen=True)
class NetworkRooms:
    """Every step of the network."""

    check_transport: Callable[[HttpRequest], None] = arrival.check_transport
    read_message: Callable[[bytes, "Standard"], arrival.Arrived] = arrival.read_message
    refuse: Callable[[Refused, str | None, str | None], HttpReply] = refuse
    check_sender: Callable[[TrustStore, Jws, str, datetime], None] = check_sender
    check_freshness: Callable[[str, Claims, datetime], None] = check_age
    is_repeat: Callable[[Repeat | None, str, str], bool] = is_repeat
    check_edition: Callable[[Claims, "Standard", date], None] = authority.check_edition
    check_bodies: Callable[[Claims], None] = authority.check_bodies
    check_bars: Callable[[Claims, authority.Bars], None] = authority.check_bars
    find_row: Callable[[Claims, "Standard", Bodies, date], "AuthorityRow"] = authority.find_row
    check_responsibility: Callable[[Claims, "AuthorityRow", "Standard", Bodies, date], None] = (
        authority.check_responsibility
    )
    check_reply_key: Callable[[TrustStore, Claims, datetime], None] = check_reply_key
    check_inquiry_subjects: Callable[[Claims, str | None, Codes], None] = link_codes.check_subjects
    translate: Callable[[LinkCodes, Codes, str, str], Codes] = translate
    permit: Callable[..., Claims] = permits.permit_claims
    may_answer: Callable[[StoredExchange, str], None] = answers.may_answer
    may_withdraw: Callable[[StoredExchange, str], None] = answers.may_withdraw
    may_see: Callable[[StoredExchange, str], None] = answers.may_see
    check_binding: Callable[[StoredExchange, Claims], None] = answers.check_binding
    check_answer_subjects: Callable[[StoredExchange, Claims, str | None, Codes], None] = answers.check_subjects
    may_correct: Callable[[str, datetime], None] = answers.may_correct
    was_delivered: Callable[[str | None], str] = answers.was_delivered
    place_part: Callable[[Life, Claims], str] = answers.place_part
    step: Callable[[Transitions, str | None, str, str], str] = step
    answer_binding: Callable[[Claims, str, str], dict[str, Any]] = permits.answer_binding
    receipt: Callable[[Claims, Life, dict[str, Any] | None], Claims] = permits.receipt_claims
    record: Callable[..., list[LogLine]] = line
    record_refusal: Callable[..., list[LogLine]] = refusal_line
    outcome: Callable[[HttpReply | None], relay.Outcome] = relay.outcome
    may_disclose: Callable[[StoredExchange, str], None] = answers.may_see
    may_read: Callable[..., None] = disclosing.may_read
    is_hidden: Callable[[StoredExchange, Claims, Life], bool] = disclosing.is_hidden
    row_of: Callable[..., disclosing.Row] = disclosing.row_of
    rows_told: Callable[[list[tuple[disclosing.Row, bool]]], list[disclosing.Row]] = disclosing.rows_told
    told_too: Callable[[StoredExchange, str], str | None] = disclosing.told_too
    in_force: Callable[[Sequence[Reissue], datetime], Force] = reissuing.in_force
    change_goes_to: Callable[[str, Bodies], Iterable[str]] = reissuing.goes_to
    change_subjects: Callable[[str, str], tuple[str, ...]] = reissuing.change_subjects
    change_until: Callable[[datetime], datetime] = reissuing.change_until
    told_of: Callable[[str], str | None] = relay.told_of
    end_of: Callable[[str], tuple[timedelta, str] | None] = relay.end_of
    lease_until: Callable[[datetime], datetime] = relay.lease_until
    most_at_once: Callable[[int | None], int] = relay.most_at_once
    shown: Callable[[str], str] = relay.shown
    next_try: Callable[[datetime, int, relay.Again, Dice], datetime] = relay.next_try
