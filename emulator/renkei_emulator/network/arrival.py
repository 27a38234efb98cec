"""受付: the bytes of a request become a message, or are refused at *transport* or *form*; nothing is believed yet."""

import re
from typing import TYPE_CHECKING, NamedTuple

from renkei_emulator.claims import Claims, read_claims, read_subjects
from renkei_emulator.envelope import Jws, read_envelope, read_jwe, read_jws, sha256_b64u, strict_json, unb64u
from renkei_emulator.refusals import Refused
from renkei_emulator.world import HttpRequest

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

MESSAGES = "/renkei/1/messages"
MEDIA_TYPE = "application/vnd.renkei+json"
LARGEST = 10 * 1024 * 1024

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_WITH_BODY = frozenset({"renkei-inquiry", "renkei-answer"})
# What this network serves; notification, disclosure and the rest are later parts of the standard.
SERVED = _WITH_BODY | {
    "renkei-refusal",
    "renkei-withdrawal",
    "renkei-acknowledgement",
    "renkei-query",
    "renkei-disclosure",
}


class Arrived(NamedTuple):
    """A message that is built as the standard says. `codes` are the link codes of its subjects."""

    typ: str
    claims: Claims
    jws: Jws
    header: str
    header_sha256: str
    body: str | None
    subjects: str | None
    codes: tuple[str, ...]


def peek(data: bytes) -> str | None:
    """The message_id that a message seems to have, so that its refusal can name it. Never raises, believes nothing."""
    try:
        message_id = strict_json(unb64u(strict_json(data)["header"].split(".")[1]))["message_id"]
    except (Refused, AttributeError, KeyError, IndexError, TypeError):
        return None
    return message_id if isinstance(message_id, str) and _UUID.fullmatch(message_id) else None


def check_transport(request: HttpRequest) -> None:
    """Raise Refused of stage *transport* unless it is a POST of our media type to the one path, of lawful size."""
    if request.method != "POST" or request.path != MESSAGES:
        raise Refused("path_unknown", f"{request.method} {request.path}")
    if len(request.body) > LARGEST:
        raise Refused("too_large", f"{len(request.body)} bytes")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise Refused("media_type_not_allowed", media_type)


def _members(typ: str, claims: Claims) -> frozenset[str]:
    """The members an envelope of this type has, all of them required."""
    members = {"header"}
    if typ in _WITH_BODY:
        members.add("body")
    # An answer's subjects string travels with part 1 only; later parts name its hash.
    if "subjects_sha256" in claims and claims.get("part", 1) == 1:
        members.add("subjects")
    return frozenset(members)


def read_message(data: bytes, standard: "Standard") -> Arrived:
    """The message in an envelope. Raises Refused of stage *form*."""
    envelope = read_envelope(data, frozenset({"header"}), frozenset({"header", "subjects", "body"}))
    jws = read_jws(envelope["header"])
    if jws.typ not in SERVED:
        raise Refused("type_not_allowed", f"{jws.typ} is not served")
    claims = read_claims(jws.payload, jws.typ, standard)
    members = _members(jws.typ, claims)
    if unknown := envelope.keys() - members:
        raise Refused("envelope_member_unknown", ", ".join(sorted(unknown)))
    if missing := members - envelope.keys():
        raise Refused("envelope_member_missing", ", ".join(sorted(missing)))
    body, subjects = envelope.get("body"), envelope.get("subjects")
    if body is not None:
        read_jwe(body)
    codes = read_subjects(subjects) if subjects is not None else ()
    sha256 = sha256_b64u(envelope["header"].encode())
    return Arrived(jws.typ, claims, jws, envelope["header"], sha256, body, subjects, codes)
