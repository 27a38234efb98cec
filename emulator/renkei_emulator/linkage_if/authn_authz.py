"""認証・認可機能: access control, counterpart check, job responsibility against the legal basis (seed §4-3).

The body decides by its own copy of the tables, although the network has permitted: a permit is no ground. Dates are
Japan's: an authority row must be in force on the permit's ``authority_date``, a responsibility at the message's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from renkei_emulator.claims import FUTURE_ALLOWED, Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.messages import Charged, Delivered, Framed, Permitted, Receipted, Verified
from renkei_emulator.refusals import Refused
from renkei_emulator.trust import Check, body_san
from renkei_fixtures.instants import japan_date, parse

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import AuthorityRow, Responsibility

Bodies = Mapping[str, "Body"]

# What permit and header share must be equal where either has it.
SHARED = (
    *("from", "to", "from_principal", "to_principal", "affair", "procedure", "information", "responsibility"),
    *("edition", "disaster_id", "consent_ref", "record_disclosure", "subject_count", "expires_at"),
)


# --- the network's permit -------------------------------------------------------------------------------------------
def check_permit_party(permit: Claims, us: str) -> None:
    """It permits an inquiry, to us. Raises Refused `permit_mismatch`."""
    if permit["kind"] != "inquiry" or permit["to"] != us:
        raise Refused("permit_mismatch", "not an inquiry to us")


def check_permit_time(permit: Claims, now: datetime) -> None:
    """Raises Refused `permit_expired`, `permit_invalid` (accepted in the future)."""
    if parse(permit["expires_at"]) <= now:
        raise Refused("permit_expired")
    if parse(permit["accepted_at"]) > now + FUTURE_ALLOWED:
        raise Refused("permit_invalid", "accepted in the future")


def check_permit_hashes(permit: Claims, framed: Framed) -> None:
    """It was made for these very strings. Raises Refused `permit_mismatch`."""
    due = {"header_sha256": framed.header, "body_sha256": framed.body, "subjects_sha256": framed.subjects}
    for name, text in due.items():
        if permit.get(name) != (None if text is None else sha256_b64u(text.encode("ascii"))):
            raise Refused("permit_mismatch", name)


def check_permit_fields(permit: Claims, framed: Framed) -> None:
    """Raises Refused `permit_mismatch` where permit and header differ."""
    for name in SHARED:
        if permit.get(name) != framed.claims.get(name):
            raise Refused("permit_mismatch", name)
    if framed.subjects is not None and len(framed.link_codes) != permit["subject_count"]:
        raise Refused("permit_mismatch", "subject_count")


def permitted(verified: Verified, permit: Claims) -> Permitted:
    """The inquiry with the permit that covers it."""
    return Permitted(verified, permit)


# --- the law --------------------------------------------------------------------------------------------------------
def _in_force(on: date, valid_from: date, valid_to: date | None) -> bool:
    return valid_from <= on and (valid_to is None or on <= valid_to)


def check_edition(claims: Claims, us: Body, standard: Standard) -> None:
    """We speak that edition, and that version of the information. Raises Refused `edition_not_supported`."""
    if claims["edition"] not in us.editions:
        raise Refused("edition_not_supported", claims["edition"])
    information = standard.informations.get(claims["information"])
    if information is None or information.version != claims["information_version"]:
        raise Refused("edition_not_supported", f"{claims['information']} {claims['information_version']}")


def find_row(claims: Claims, standard: Standard, bodies: Bodies, on: date) -> AuthorityRow:
    """The row of our own table that gives this inquiry.

    Raises Refused `authority_not_granted`, `consent_required`, `delegation_not_granted`, `disaster_not_declared`.
    """
    if "from_principal" in claims or "to_principal" in claims:
        raise Refused("delegation_not_granted", "this body knows no delegation")
    if "disaster_id" in claims:
        raise Refused("disaster_not_declared")
    asker, provider = bodies.get(claims["from"]), bodies.get(claims["to"])
    if asker is None or provider is None:
        raise Refused("authority_not_granted", "a party is not of the table")
    given = [row for row in standard.authority if _gives(row, claims, asker, provider, on)]
    if not given:
        raise Refused("authority_not_granted", "no row")
    fitting = [row for row in given if (row.ground == "table_consent") == ("consent_ref" in claims)]
    if not fitting:
        code = "authority_not_granted" if "consent_ref" in claims else "consent_required"
        raise Refused(code, given[0].id)
    return fitting[0]


def _gives(row: AuthorityRow, claims: Claims, asker: Body, provider: Body, on: date) -> bool:
    return (
        row.affair == claims["affair"]
        and row.procedure == claims["procedure"]
        and row.information == claims["information"]
        and (row.inquirer_kind, row.provider_kind) == (asker.kind, provider.kind)
        and row.inquirer_body in ("*", asker.code)
        and row.provider_body in ("*", provider.code)
        and _in_force(on, row.valid_from, row.valid_to)
        and row.edition_from <= claims["edition"]
        and (row.edition_to is None or claims["edition"] <= row.edition_to)
        and (row.initiator != "official" or "official" in claims)
    )


def check_responsibility(claims: Claims, standard: Standard, asker: Body, on: date) -> None:
    """職責: whoever asks may ask, for this affair, in such a body, on that date.

    Raises Refused `responsibility_not_granted`.
    """
    responsibility = standard.responsibilities.get(claims["responsibility"])
    if responsibility is None:
        raise Refused("responsibility_not_granted", "unknown")
    if not _in_force(on, responsibility.valid_from, responsibility.valid_to):
        raise Refused("responsibility_not_granted", "out of its dates")
    if "ask" not in responsibility.may or claims["affair"] not in responsibility.affairs:
        raise Refused("responsibility_not_granted", "not charged with the affair")
    if asker.kind not in responsibility.body_kinds:
        raise Refused("responsibility_not_granted", f"not in a {asker.kind}")


def check_not_own(claims: Claims) -> None:
    """Data of our own body are looked up here, never asked over the network. Raises Refused `same_body`."""
    if claims["from"] == claims["to"]:
        raise Refused("same_body")


def refused_is_kept_for(_refused: Refused) -> timedelta | None:
    """After how long a question that our own tables refuse is sent all the same: never."""
    return None


def date_of_asking(claims: Claims) -> date:
    """The date on which the asker's responsibility must hold: the message's own."""
    return japan_date(parse(claims["issued_at"]))


def check_reply_key(claims: Claims, check: Check, at: datetime) -> None:
    """The answer would be sealed to the asker itself. Raises Refused `reply_key_invalid`."""
    try:
        check(claims["reply_kid"], "agreement", body_san(claims["from"]), at)
    except Refused as refused:
        if refused.retry:
            raise
        raise Refused("reply_key_invalid", str(refused)) from None


def answering_section(information: str, standard: Standard, us: Body, on: date) -> str:
    """The responsibility that answers for the information: the same for automatic and released answers.

    Raises Refused `responsibility_not_granted` if this body has no such section on that date.
    """
    named = standard.informations[information].answering_responsibilities
    for responsibility in _of(named, standard):
        if _answers(responsibility, information, us, on):
            return responsibility.id
    raise Refused("responsibility_not_granted", f"nobody here answers for {information}")


def _of(ids: Iterable[str], standard: Standard) -> list[Responsibility]:
    return [standard.responsibilities[id_] for id_ in ids if id_ in standard.responsibilities]


def _answers(responsibility: Responsibility, information: str, body: Body, on: date) -> bool:
    return (
        information in responsibility.answers
        and body.kind in responsibility.body_kinds
        and _in_force(on, responsibility.valid_from, responsibility.valid_to)
    )


# --- answers to us --------------------------------------------------------------------------------------------------
def check_receipt(framed: Framed, receipt: Claims, ours: Claims) -> Receipted:
    """The receipt binds this answer to our question. ``ours``: what we asked, to whom, under which hashes.

    Raises Refused `receipt_mismatch`.
    """
    claims, body = framed.claims, framed.body or ""
    due = {
        "kind": "inquiry",
        "from": ours["from"],
        "to": ours["to"],
        "in_reply_to": ours["message_id"],
        "inquiry_sha256": ours["inquiry_sha256"],
        "subjects_sha256": ours.get("subjects_sha256"),
        "expires_at": ours["expires_at"],
        "exchange_number": claims["exchange_number"],
        "part": claims["part"],
        "last_part": claims["last_part"],
        "answer_sha256": framed.header_sha256,
        "body_sha256": sha256_b64u(body.encode("ascii")),
    }
    for name, value in due.items():
        if receipt.get(name) != value:
            raise Refused("receipt_mismatch", name)
    if receipt["state"] not in ("delivered", "answered", "collected"):
        raise Refused("receipt_mismatch", f"state {receipt['state']}")
    # The network holds an answer for us after the end as well; it takes none after the end.
    if parse(receipt["state_at"]) >= parse(ours["expires_at"]):
        raise Refused("receipt_mismatch", "answered after the end")
    said = {"from": ours["to"], "in_reply_to": ours["message_id"], "inquiry_sha256": ours["inquiry_sha256"]}
    for name, value in {**said, "information": ours["information"], "edition": ours["edition"]}.items():
        if claims[name] != value:
            raise Refused("receipt_mismatch", f"header: {name}")
    return Receipted(framed, receipt)


def check_answering(delivered: Delivered, standard: Standard, bodies: Bodies, on: date) -> Charged:
    """Seed §2-4: the receiver checks the sender's responsibility too. Raises Refused `responsibility_not_granted`."""
    claims = delivered.receipted.framed.claims
    information = standard.informations.get(claims["information"])
    responsibility = standard.responsibilities.get(claims["responsibility"])
    body = bodies.get(claims["from"])
    if information is None or responsibility is None or body is None:
        raise Refused("responsibility_not_granted", "unknown")
    if responsibility.id not in information.answering_responsibilities:
        raise Refused("responsibility_not_granted", f"does not answer for {information.id}")
    if not _answers(responsibility, information.id, body, on):
        raise Refused("responsibility_not_granted", "not such a section, or out of its dates")
    return Charged(delivered)


# States of a question in which a first answer may come; in the first two it has come.
_ANSWERED = frozenset({"collected", "handed_over"})
_OVER = frozenset({"rejected", "refused", "expired", "undeliverable", "withdrawn"})


def check_open(state: str, replaces_ours: bool) -> None:
    """One answer per question, but for a correction of it, and none once the network has closed the exchange.

    Raises Refused `receipt_mismatch`: a right receipt cannot say that such an answer belongs to the question.
    """
    if state in _OVER or (state in _ANSWERED and not replaces_ours):
        raise Refused("receipt_mismatch", f"the question is {state}")
