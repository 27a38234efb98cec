"""May this body ask that body for this, and if not, why not (PROTOCOL §4 *authority*, §6; seed §4-3 認証・認可機能).

By filtering the whole table and collecting every fault that is present: within a stage any code whose fault is there is
right, so an oracle that stopped at the first one would be too strict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import AuthorityRow

Verifier = Literal["N", "B"]


@dataclass(frozen=True)
class Due:
    """What is due on an inquiry at the stage *authority*: granted by `row`, or refused with any of `codes`."""

    codes: frozenset[str]
    row: AuthorityRow | None

    @property
    def granted(self) -> bool:
        return not self.codes


def due(standard: Standard, header: Mapping[str, object], on: date, verifier: Verifier = "B") -> Due:
    """What `verifier` (N network, B provider) owes this inquiry. `on`: the date in Japan of `accepted_at`.

    `header` needs from, to, affair, procedure, information, responsibility, edition; official and consent_ref where it
    has them.
    """
    codes = set()
    if not _edition_in_force(standard, header, on):
        codes.add("edition_not_in_force" if verifier == "N" else "edition_not_supported")
    about = [row for row in standard.authority if row.information == header.get("information")]
    rows = [row for row in about if _grants(standard, row, header, on)]
    if not rows:
        codes.add("authority_not_granted")
    elif rows[0].initiator == "official" and "official" not in header:
        # A row for officials does not let a machine ask; the consent may be missing besides.
        codes.add("authority_not_granted")
    if rows and rows[0].ground == "table_consent" and "consent_ref" not in header:
        codes.add("consent_required")
    if not _charged(standard, header, on):
        codes.add("responsibility_not_granted")
    if verifier == "N" and header.get("from") == header.get("to"):
        codes.add("same_body")
    return Due(frozenset(codes), rows[0] if rows else None)


def may_answer(standard: Standard, responsibility: object, provider: str, information: str, on: date) -> bool:
    """Whether a section of `provider` with this responsibility answers for the information (seed §2-4: the receiver checks)."""
    row = standard.responsibilities.get(str(responsibility))
    charged = {responsibility} & set(standard.informations[information].answering_responsibilities)
    return (
        row is not None
        and bool(charged)
        and information in row.answers
        and _kind(provider) in row.body_kinds
        and _within(on, row.valid_from, row.valid_to)
    )


def grantable(
    standard: Standard, inquirer: str, provider: str, on: date, information: str | None = None
) -> tuple[AuthorityRow, ...]:
    """Every row in force that lets `inquirer` ask `provider` (for this information), in the table's order."""
    return tuple(
        row
        for row in standard.authority
        if information in (None, row.information)
        and between(row, inquirer, provider)
        and _within(on, row.valid_from, row.valid_to)
    )


def charged_with(standard: Standard, affair: str, inquirer: str, on: date) -> tuple[str, ...]:
    """Responsibilities of `inquirer` that may ask for this affair on that date."""
    probe = {"affair": affair, "from": inquirer}
    return tuple(
        name for name in standard.responsibilities if _charged(standard, {**probe, "responsibility": name}, on)
    )


def between(row: AuthorityRow, inquirer: str, provider: str) -> bool:
    """Whether the row is for these two bodies, leaving dates aside."""
    return (
        row.inquirer_kind == _kind(inquirer)
        and row.provider_kind == _kind(provider)
        and row.inquirer_body in ("*", inquirer)
        and row.provider_body in ("*", provider)
    )


def _grants(standard: Standard, row: AuthorityRow, header: Mapping[str, object], on: date) -> bool:
    wanted = (header.get("affair"), header.get("procedure"), header.get("information"))
    return (
        (row.affair, row.procedure, row.information) == wanted
        and between(row, str(header.get("from")), str(header.get("to")))
        and _within(on, row.valid_from, row.valid_to)
        and _of_edition(standard, row, header.get("edition"))
    )


def _of_edition(standard: Standard, row: AuthorityRow, edition: object) -> bool:
    # An edition nobody knows is the edition's own fault; it does not take the row away besides.
    order = list(standard.editions)
    if edition not in order:
        return True
    last = order.index(row.edition_to) if row.edition_to else len(order)
    return order.index(row.edition_from) <= order.index(str(edition)) <= last


def _charged(standard: Standard, header: Mapping[str, object], on: date) -> bool:
    row = standard.responsibilities.get(str(header.get("responsibility")))
    return (
        row is not None
        and header.get("affair") in row.affairs
        and "ask" in row.may
        and _kind(str(header.get("from"))) in row.body_kinds
        and _within(on, row.valid_from, row.valid_to)
    )


def _edition_in_force(standard: Standard, header: Mapping[str, object], on: date) -> bool:
    row = standard.editions.get(str(header.get("edition")))
    return row is not None and _within(on, row.valid_from, row.valid_to)


def _within(on: date, first: date, last: date | None) -> bool:
    return first <= on and (last is None or on <= last)


def _kind(code: str) -> str | None:
    body = load_bodies().get(code)
    return body.kind if body else None
