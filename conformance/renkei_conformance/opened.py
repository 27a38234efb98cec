"""What a message says in clear inside its signatures: for the eyes of the report's reader, never for a verdict.

Signed parts are base64url that any holder can read; the strict readers are the forge's. Here a part that cannot be
read is left out.
"""

from __future__ import annotations

import base64
import json

from pydantic import JsonValue

SIGNED = ("header", "permit", "receipt")


def opened(body: bytes) -> JsonValue:
    """`{"header": claims, "permit": claims, …}` of an envelope, None if it is none."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(envelope, dict):
        return None
    parts: dict[str, JsonValue] = {
        name: claims for name in SIGNED if (claims := _claims(envelope.get(name))) is not None
    }
    return parts or None


def claims_of(body: bytes, part: str = "header") -> dict[str, JsonValue]:
    """The claims of one signed part, empty when it cannot be read."""
    found = opened(body)
    claims = found.get(part) if isinstance(found, dict) else None
    return claims if isinstance(claims, dict) else {}


def _claims(token: object) -> JsonValue:
    if not isinstance(token, str) or token.count(".") != 2:
        return None
    payload = token.split(".")[1]
    try:
        value: JsonValue = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return value
