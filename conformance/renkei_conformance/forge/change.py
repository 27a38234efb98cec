"""A link-code change as the network would send it to the product, right or wrong in one place."""

from __future__ import annotations

import json
from datetime import datetime

from renkei_conformance.forge.dice import Dice
from renkei_conformance.forge.tokens import sign_token
from renkei_conformance.kit import KeyPair
from renkei_conformance.wire import Json, b64u, sha256_b64u
from renkei_fixtures import instants

TYP = "renkei-link-code-change"


def link_code_change(
    to: str,
    old: str,
    new: str,
    *,
    signer: KeyPair,
    now: datetime,
    effective_at: datetime,
    dice: Dice,
    hashed: str | None = None,
) -> tuple[bytes, str]:
    """The envelope's bytes, and the message_id. `hashed`: another code than `new` goes into the signed hash."""
    salt = dice.salt("change")

    def subjects(code: str) -> str:
        return b64u(json.dumps({"salt": salt, "link_codes": [old, code]}, separators=(",", ":")).encode())

    claims: Json = {
        "message_id": dice.uuid7("change", now),
        "from": "network",
        "to": to,
        "issued_at": instants.render(now),
        "effective_at": instants.render(effective_at),
        "subjects_sha256": sha256_b64u(subjects(hashed or new).encode()),
    }
    envelope = {"header": sign_token(signer, TYP, claims), "subjects": subjects(new)}
    return json.dumps(envelope).encode(), str(claims["message_id"])
