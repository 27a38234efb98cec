"""照会許可用の証: what the network vouches for, as claims to be signed: permit and receipt.

A permit goes beside an inquiry and says that it was checked and whom it is about; a receipt goes beside an answer, or
alone, and says where an exchange stands. Members: PROTOCOL §5.
"""

import json
from datetime import datetime
from typing import Any

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import b64u, sha256_b64u
from renkei_emulator.exchange import Life
from renkei_fixtures.instants import japan_date, render

# What a permit repeats of the header, where the header has it.
SHARED = (
    *("from", "to", "from_principal", "to_principal", "affair", "procedure", "information", "responsibility"),
    *("edition", "disaster_id", "consent_ref", "record_disclosure", "expires_at", "subject_count"),
)


def subjects_text(link_codes: tuple[str, ...], salt: bytes) -> str:
    """The `subjects` string of these link codes."""
    subjects = {"salt": b64u(salt), "link_codes": list(link_codes)}
    return b64u(json.dumps(subjects, separators=(",", ":")).encode())


def permit_claims(
    claims: Claims,
    exchange_number: str,
    authority_row: str,
    accepted_at: datetime,
    *,
    header: str,
    body: str,
    subjects: str | None,
) -> Claims:
    """The permit for an inquiry that was checked. `header`, `body`, `subjects` are the strings delivered beside it."""
    permit: Claims = {"exchange_number": exchange_number, "kind": "inquiry"}
    permit |= {name: claims[name] for name in SHARED if name in claims}
    permit |= {
        "authority_row": authority_row,
        "authority_date": japan_date(accepted_at).isoformat(),
        "accepted_at": render(accepted_at),
        "header_sha256": sha256_b64u(header.encode()),
        "body_sha256": sha256_b64u(body.encode()),
    }
    if subjects is not None:
        permit["subjects_sha256"] = sha256_b64u(subjects.encode())
    return permit


def receipt_claims(inquiry: Claims, life: Life, answer: dict[str, Any] | None = None) -> Claims:
    """The receipt of an exchange as it stands in `life`.

    `inquiry` has the exchange's own facts: exchange_number, kind, from, to, principals, in_reply_to, inquiry_sha256,
    subjects_sha256 (as the asker sent it), accepted_at, expires_at. `answer`: what binds it to the answer beside it.
    """
    receipt: Claims = inquiry | {"state": life.state, "state_at": life.at}
    if life.code is not None:
        receipt |= {"code": life.code, "stage": life.stage}
    return receipt | (answer or {})


def answer_binding(claims: Claims, header: str, body: str) -> dict[str, Any]:
    """What a receipt says of the answer that it lies beside."""
    return {
        "answer_sha256": sha256_b64u(header.encode()),
        "body_sha256": sha256_b64u(body.encode()),
        "part": claims["part"],
        "last_part": claims["last_part"],
    }
