"""情報提供ネットワークシステム接続機能: sends to and receives from the network (seed §4-3).

Nothing here believes anything: it says whether bytes are a message, and what a reply to ours means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.claims import check_freshness, read_claims, read_subjects
from renkei_emulator.envelope import Jws, read_envelope, read_jwe, sha256_b64u, strict_json, unb64u
from renkei_emulator.messages import Framed, Sealed, Verified, compact
from renkei_emulator.refusals import WAYS, Refused
from renkei_emulator.world import Dice, HttpReply, HttpRequest

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

MESSAGES = "/renkei/1/messages"
MEDIA_TYPE = "application/vnd.renkei+json"
LARGEST = 10 * 1024 * 1024
LONGEST_PAUSE_S = 300.0
# The standard has 5 s at least and 30 s at most for the whole reply, from the first byte sent to the last byte read.
REPLY_WITHIN_S = 6.0
# PROTOCOL §2: messages without an end are remembered for 31 days after their issue.
REMEMBERED = timedelta(days=31)

_KNOWN = frozenset({"header", "subjects", "body", "permit", "receipt"})
LINK_CODE_CHANGE = "renkei-link-code-change"
_PAPER = {"renkei-inquiry": "permit", "renkei-answer": "receipt"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_BODY = re.compile(r"[0-9]{6}|[0-9]{13}", re.ASCII)

Envelope = dict[str, str]


# --- in -------------------------------------------------------------------------------------------------------------
def accept(request: HttpRequest) -> Sealed:
    """Raises Refused of stage *transport*: `path_unknown`, `too_large`, `media_type_not_allowed`."""
    if request.method != "POST" or request.path != MESSAGES:
        raise Refused("path_unknown")
    if len(request.body) > LARGEST:
        raise Refused("too_large", f"{len(request.body)} bytes")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise Refused("media_type_not_allowed", media_type)
    return Sealed(request.body)


def open_envelope(sealed: Sealed) -> Envelope:
    """The members, all strings: a message, or a receipt alone. Raises Refused of stage *form*."""
    envelope = read_envelope(sealed.data, frozenset(), _KNOWN)
    if "header" not in envelope and envelope.keys() != {"receipt"}:
        raise Refused("envelope_member_missing", "header")
    return envelope


def read_message(
    envelope: Envelope, standard: Standard, hosted: frozenset[str], read_jws: Callable[[str], Jws]
) -> Framed:
    """The message, built as the standard says, to one of the bodies in ``hosted``. Raises Refused of stage *form*.

    A permit or receipt may be missing here: that is a fault of the next stages but one, and has its own code.
    """
    jws = read_jws(envelope["header"])
    if jws.typ == LINK_CODE_CHANGE:
        return _read_change(envelope, jws, standard, hosted)
    paper = _PAPER.get(jws.typ)
    if paper is None:
        raise Refused("type_not_allowed", f"{jws.typ} is not for a body")
    claims = read_claims(jws.payload, jws.typ, standard)
    # The network takes an answer's subjects off: the asker has sent them, and the receipt names their hash.
    due = {"header", "body"}
    if jws.typ == "renkei-inquiry" and "subjects_sha256" in claims:
        due.add("subjects")
    if missing := due - envelope.keys():
        raise Refused("envelope_member_missing", ", ".join(sorted(missing)))
    if unknown := envelope.keys() - due - {paper}:
        raise Refused("envelope_member_unknown", ", ".join(sorted(unknown)))
    subjects = envelope.get("subjects")
    framed = Framed(
        jws.typ,
        claims,
        jws,
        envelope["header"],
        sha256_b64u(envelope["header"].encode("ascii")),
        subjects,
        () if subjects is None else read_subjects(subjects),
        envelope["body"],
        read_jwe(envelope["body"]),
        envelope.get(paper),
    )
    if claims["to"] not in hosted:
        raise Refused("not_for_us")
    return framed


def _read_change(envelope: Envelope, jws: Jws, standard: Standard, hosted: frozenset[str]) -> Framed:
    """A link-code change: a header of the network's, and the old and the new code as its subjects."""
    claims = read_claims(jws.payload, jws.typ, standard)
    due = {"header", "subjects"}
    if missing := due - envelope.keys():
        raise Refused("envelope_member_missing", ", ".join(sorted(missing)))
    if unknown := envelope.keys() - due:
        raise Refused("envelope_member_unknown", ", ".join(sorted(unknown)))
    codes = read_subjects(envelope["subjects"])
    if len(codes) != 2 or codes[0] == codes[1]:
        raise Refused("header_form_invalid", "subjects: the old and the new link code")
    if claims["to"] not in hosted:
        raise Refused("not_for_us")
    sha256 = sha256_b64u(envelope["header"].encode("ascii"))
    return Framed(jws.typ, claims, jws, envelope["header"], sha256, envelope["subjects"], codes, None, None, None)


def check_fresh(verified: Verified, now: datetime) -> Verified:
    """Raises Refused `issued_in_future`, `message_expired`."""
    check_freshness(verified.framed.claims, now)
    return verified


def is_repeat(verified: Verified, known_sha256: str | None) -> bool:
    """Whether this very header was taken before (``known_sha256``: what was taken under its message_id).

    Raises Refused `message_id_reused` for another header under a used id.
    """
    if known_sha256 is None:
        return False
    if known_sha256 != verified.framed.header_sha256:
        raise Refused("message_id_reused")
    return True


class Peek(NamedTuple):
    """What a message that was refused early seems to say of itself: for our log, and for naming it in the refusal."""

    message_id: str | None = None
    sender: str | None = None
    to: str | None = None


def peek(data: bytes) -> Peek:
    """Never raises; believes nothing, and gives only values of the right form."""
    try:
        claims = strict_json(unb64u(strict_json(data)["header"].split(".")[1]))
        found = [claims.get(name) for name in ("message_id", "from", "to")]
    except (Refused, AttributeError, KeyError, IndexError, TypeError):
        return Peek()
    forms = (_UUID, _BODY, _BODY)
    pairs = zip(found, forms, strict=True)
    return Peek(*(value if isinstance(value, str) and form.fullmatch(value) else None for value, form in pairs))


def refuse(refused: Refused, message_id: str | None, exchange_number: str | None) -> HttpReply:
    """The problem that goes to the peer: code, stage and the message's own ids, never a value from the message."""
    return refused.reply(message_id, exchange_number)


def taken(exchange_number: str, state: str) -> HttpReply:
    """The ``202`` for a message whose record is durable."""
    return HttpReply(
        202, {"content-type": "application/json"}, compact({"exchange_number": exchange_number, "state": state})
    )


def ends_with(state: str) -> bool:
    """Whether a receipt alone of this state ends an inquiry here: whatever the network tells us unasked, it is over."""
    del state
    return True


# --- what lies in the inbox ------------------------------------------------------------------------------------------
AT_A_TIME = 20


def inbox_query(base: dict[str, Any], wait_s: int) -> dict[str, Any]:
    """The claims of an inbox query: it waits at the network rather than coming back for nothing (0-30 s, 1-100 messages)."""
    return base | {"ask": "inbox", "wait_s": wait_s, "max": AT_A_TIME}


def from_inbox(messages: list[Any]) -> list[Any]:
    """What is looked at of one reply: all of it, in the order given, which means nothing."""
    return messages


def goes_on_after(reply: HttpReply) -> bool:
    """Whether the next message of the same reply is looked at after this one: one message is no reason to leave another."""
    del reply
    return True


def to_acknowledge(exchange_number: str, token: str) -> dict[str, str] | None:
    """The item that says that a message (``token``: its header, or a receipt alone) is here, also if it was before."""
    sha256 = sha256_b64u(token.encode())
    return {"exchange_number": exchange_number, "acknowledged_sha256": sha256, "outcome": "taken"}


def refusal_of(inquiry: dict[str, Any], header: str, exchange_number: str, code: str) -> dict[str, Any]:
    """The members by which a message says what a pushed body would have replied."""
    bound = {"in_reply_to": inquiry["message_id"], "inquiry_sha256": sha256_b64u(header.encode())}
    return {"exchange_number": exchange_number, **bound, "code": code, "stage": WAYS[code].stage}


def disclosure_of(base: dict[str, Any], exchange_number: str, word: str) -> dict[str, Any]:
    """The claims by which the record of an exchange is hidden from the person, or shown."""
    return base | {"exchange_number": exchange_number, "record_disclosure": word}


def disclosure_kept_until(now: datetime) -> datetime:
    """Until when a disclosure without a reply is sent again: as long as the network remembers its id."""
    return now + REMEMBERED


# --- out ------------------------------------------------------------------------------------------------------------
def request_of(envelope: bytes) -> HttpRequest:
    """A message of ours as an HTTP request."""
    return HttpRequest("POST", MESSAGES, {"content-type": MEDIA_TYPE}, envelope)


class Accepted(NamedTuple):
    """The network has it; ``reply`` is what it said, parsed."""

    reply: dict[str, object]


class NotTaken(NamedTuple):
    """Refused for good."""

    code: str
    stage: str


class Again(NamedTuple):
    """Nothing definite; the same bytes once more, not before ``after_s`` where the network named a time."""

    after_s: float | None


Outcome = Accepted | NotTaken | Again


def outcome(reply: HttpReply | None) -> Outcome:
    """What a reply of the network means; None: there was none. That, 429 and 5xx are tried again, other 4xx never."""
    if reply is None:
        return Again(None)
    if reply.status in (200, 202):
        return _accepted(reply)
    if 400 <= reply.status < 500 and reply.status != 429:
        return _reason(reply)
    return Again(_retry_after(reply))


def came_in_drips(reply: HttpReply, seconds: float | None) -> HttpReply | None:
    """A slow reply counts when its last byte is there in time (``seconds``; None: never), and not before."""
    return reply if seconds is not None and seconds <= REPLY_WITHIN_S else None


def disclosure_state(said: Accepted | NotTaken | None) -> dict[str, str]:
    """How a disclosure stands, for the business side; None: the network has said nothing yet."""
    if isinstance(said, NotTaken):
        return {"state": "refused", "code": said.code, "stage": said.stage}
    return {"state": "sent" if said is None else "accepted"}


def _accepted(reply: HttpReply) -> Outcome:
    try:
        members = strict_json(reply.body)
    except Refused:
        return Again(None)
    return Accepted(members) if isinstance(members, dict) else Again(None)


def _reason(reply: HttpReply) -> NotTaken:
    try:
        code = strict_json(reply.body)["code"]
        return NotTaken(code, WAYS[code].stage)
    except (Refused, KeyError, TypeError):
        return NotTaken("internal_error", "service")


def _retry_after(reply: HttpReply) -> float | None:
    value = reply.headers.get("retry-after", "")
    return min(float(value), LONGEST_PAUSE_S) if value.isascii() and value.isdigit() else None


def enters_accepted(state: str) -> bool:
    """Whether the network's ``202`` makes the question *accepted*: the answer can be quicker than that."""
    return state in ("drafted", "sent")


def known_answer(known_sha256: str | None) -> bool:
    """Whether this very answer was judged before (``known_sha256``: it was, under that hash): then it is not judged anew."""
    return known_sha256 is not None


def question_of(claims: dict[str, Any], by_message: Callable[[str], Any], _by_number: Callable[[str], Any]) -> Any:
    """Our question that an answer is to: by the id that we gave it, since its number is known from the ``202`` only."""
    return by_message(claims["in_reply_to"])


def next_try(now: datetime, attempts: int, again: Again, dice: Dice) -> datetime:
    """When the same bytes go out again after ``attempts`` tries: 1, 2, 4 … ≤ 300 s, ±20 %, or as the network said."""
    if again.after_s is not None:
        return now + timedelta(seconds=again.after_s)
    pause = min(2.0 ** min(attempts - 1, 9), LONGEST_PAUSE_S)
    return now + timedelta(seconds=pause * (0.8 + dice.below(4001) / 10000))


def sends_until(expires_at: datetime) -> datetime:
    """Until when a message is sent again: its own end."""
    return expires_at


def bytes_to_send(kept: bytes, attempts: int, _seal_anew: Callable[[], bytes]) -> bytes:
    """A resend is byte-identical. (``_seal_anew`` is what a product must not do, and stands here for the fault.)"""
    del attempts
    return kept
