"""Messages of the record as a person can read them: reformatted, persons shortened, long strings cut with their length.

The exact bytes stay in `run.ndjson` under the line's number; nothing here decides anything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from renkei_fixtures.run_record import Message
from renkei_fixtures.text import Text
from renkei_reports.discretion import Discretion, decoded
from renkei_reports.report import Numbered
from renkei_reports.visible import shortened, visible

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_LONG = 120  # characters of one string inside a message; certificates and sealed bodies are longer and say nothing


@dataclass(frozen=True)
class Shown:
    """One message ready to print. `left` counts the characters of the printed body that were left out."""

    seq: int
    at: str
    sent: bool
    door: str
    line: str
    """The request line, or the reply's status."""
    gist: str
    """What the message is: the `typ` of its header, or the code or state that a reply names."""
    headers: str
    body: str
    body_length: int
    left: int
    claims: str
    """The signed parts as they read, not verified here; empty where there are none."""
    opened: str
    note: Text | None


def show(entry: Numbered, discretion: Discretion, limit: int) -> Shown:
    """The message `entry.event`; `limit` is the number of characters printed of each part."""
    message = entry.event
    assert isinstance(message, Message)
    parsed = _strictly(message.body)
    whole = message.body if message.body is not None else message.body_b64 or ""
    text = discretion.text(whole) if parsed is None else _printed(parsed, discretion)
    body, left = shortened(visible(text), limit)
    claims = _claims(parsed)
    opened = _besides(message.opened, claims)
    return Shown(
        seq=entry.seq,
        at=entry.at,
        sent=message.direction == "sent",
        door=message.door,
        line=_line(message),
        gist=visible(_gist(parsed)),
        headers=visible("\n".join(f"{name}: {value}" for name, value in discretion.headers(message.headers).items())),
        body=body,
        body_length=len(whole),
        left=left,
        claims=shortened(visible(_printed(claims, discretion)), limit)[0] if claims else "",
        opened=shortened(visible(_printed(opened, discretion)), limit)[0] if opened else "",
        note=Text(ja=message.note, en=message.note)
        if isinstance(message.note, str) and message.note
        else _text(message),
    )


def _besides(opened: Any, claims: dict[str, dict[str, Any]]) -> Any:
    """What the examiner opened besides the signed parts, which are shown already."""
    if not isinstance(opened, dict):
        return opened
    return {name: part for name, part in opened.items() if name not in claims or claims[name]["claims"] != part}


def claims_of(body: str | None) -> list[dict[str, Any]]:
    """The payloads of the signed members of an envelope, the header's first; not verified."""
    payloads = [part["claims"] for part in _claims(_strictly(body)).values()]
    return [payload for payload in payloads if isinstance(payload, dict)]


def abbreviated(value: Any) -> Any:
    """A JSON value whose long strings are cut to their head and their full length: `eyJhbGciOi…[1234]`."""
    if isinstance(value, dict):
        return {name: abbreviated(part) for name, part in value.items()}
    if isinstance(value, list):
        return [abbreviated(part) for part in value]
    if isinstance(value, str) and len(value) > _LONG:
        return f"{value[:24]}…[{len(value)}]"
    return value


def _line(message: Message) -> str:
    if message.status is not None:
        return str(message.status)
    return visible(f"{message.method or ''} {message.path or ''}".strip())


def _gist(parsed: Any) -> str:
    if not isinstance(parsed, dict):
        return ""
    header = _claims(parsed).get("header")
    if header:
        return str(header["jose"].get("typ", ""))[:40]
    return next((str(parsed[name])[:40] for name in ("code", "state") if isinstance(parsed.get(name), str)), "")


def _claims(parsed: Any) -> dict[str, dict[str, Any]]:
    """The signed members of an envelope, decoded: their JOSE header and their payload."""
    if not isinstance(parsed, dict):
        return {}
    found = {}
    for name in ("header", "permit", "receipt"):
        token = parsed.get(name)
        if isinstance(token, str) and _COMPACT.fullmatch(token):
            jose, payload = (decoded(part) for part in token.split(".")[:2])
            if isinstance(jose, dict) and payload is not None:
                found[name] = {"jose": jose, "claims": payload}
    return found


def _strictly(body: str | None) -> Any:
    """The body as JSON, or None where reformatting would hide something: no JSON, repeated members, endless numbers."""
    if not body:
        return None
    try:
        return json.loads(body, object_pairs_hook=_members, parse_int=_short_integer)
    except (ValueError, RecursionError):
        return None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("repeated member")
    return members


def _short_integer(digits: str) -> int:
    if len(digits) > 300:
        raise ValueError("long integer")
    return int(digits)


def _printed(value: Any, discretion: Discretion) -> str:
    return json.dumps(abbreviated(discretion.value(value)), ensure_ascii=False, indent=1)


def _text(message: Message) -> Text | None:
    return message.note if isinstance(message.note, Text) else None
