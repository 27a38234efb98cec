"""照会の根拠の確認: what the law gives to whom, by the network's copy of the table.

An inquiry is covered by a row that names the asker (kind and body), affair, procedure, provider (kind and body) and
information, and that is in force on the date and in the edition of the exchange. The date is Japan's, of `accepted_at`.
Each check raises Refused with a code of stage *authority* and knows nothing of persons.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from renkei_emulator.claims import Claims
from renkei_emulator.refusals import Refused

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import AuthorityRow

NEEDS_CONSENT = ("table_consent",)
Bars = Collection[tuple[str, str]]
"""差止め: pairs (asker or `*`, provider) between whom nothing may be provided for now."""


def in_force(on: date, valid_from: date, valid_to: date | None) -> bool:
    """Both ends inclusive, as all dates of the standard."""
    return valid_from <= on and (valid_to is None or on <= valid_to)


def check_edition(claims: Claims, standard: "Standard", on: date) -> None:
    """The edition, and the version of the information, that the inquiry names are in force on the date."""
    edition = standard.editions.get(claims["edition"])
    if edition is None or not in_force(on, edition.valid_from, edition.valid_to):
        raise Refused("edition_not_in_force", f"edition {claims['edition']} on {on}")
    information = standard.informations.get(claims["information"])
    if information is not None and information.version != claims["information_version"]:
        raise Refused("edition_not_in_force", f"{information.id} is of version {information.version}")


def check_bodies(claims: Claims) -> None:
    """A body does not ask itself over the network, and this network knows no delegation and no disaster yet."""
    if claims["from"] == claims["to"]:
        raise Refused("same_body")
    if "from_principal" in claims or "to_principal" in claims:
        raise Refused("delegation_not_granted", "delegation is not served")
    if "disaster_id" in claims:
        raise Refused("disaster_not_declared", "no declaration is in force")


def check_bars(claims: Claims, bars: Bars) -> None:
    """Nobody has stopped provision from this provider to this asker. Raises Refused `provision_barred`."""
    if (claims["from"], claims["to"]) in bars or ("*", claims["to"]) in bars:
        raise Refused("provision_barred")


def _covers(row: "AuthorityRow", claims: Claims, asker: "Body", provider: "Body", on: date) -> bool:
    return (
        (row.affair, row.procedure, row.information) == (claims["affair"], claims["procedure"], claims["information"])
        and row.inquirer_kind == asker.kind
        and row.inquirer_body in ("*", asker.code)
        and row.provider_kind == provider.kind
        and row.provider_body in ("*", provider.code)
        and in_force(on, row.valid_from, row.valid_to)
        and row.edition_from <= claims["edition"] <= (row.edition_to or claims["edition"])
    )


def find_row(claims: Claims, standard: "Standard", bodies: Mapping[str, "Body"], on: date) -> "AuthorityRow":
    """The first row that gives the inquiry. Raises Refused `authority_not_granted`, `consent_required`."""
    asker, provider = bodies.get(claims["from"]), bodies.get(claims["to"])
    if asker is None or provider is None:
        raise Refused("authority_not_granted", "a party is not of the network")
    rows = [row for row in standard.authority if _covers(row, claims, asker, provider, on)]
    rows = [row for row in rows if row.initiator != "official" or "official" in claims]
    if not rows:
        raise Refused("authority_not_granted", "no row gives this")
    consented = [row for row in rows if (row.ground in NEEDS_CONSENT) == ("consent_ref" in claims)]
    if not consented:
        code = "authority_not_granted" if "consent_ref" in claims else "consent_required"
        raise Refused(code, f"{rows[0].id}: consent_ref stands where the row asks for consent, and only there")
    return consented[0]


def check_responsibility(
    claims: Claims, row: "AuthorityRow", standard: "Standard", bodies: Mapping[str, "Body"], on: date
) -> None:
    """職責: the responsibility asks for this affair, in such a body, on that date."""
    responsibility = standard.responsibilities.get(claims["responsibility"])
    if responsibility is None:
        raise Refused("responsibility_not_granted", "unknown responsibility")
    if not in_force(on, responsibility.valid_from, responsibility.valid_to):
        raise Refused("responsibility_not_granted", "not in force on the date")
    if row.affair not in responsibility.affairs or "ask" not in responsibility.may:
        raise Refused("responsibility_not_granted", "does not ask for this affair")
    if bodies[claims["from"]].kind not in responsibility.body_kinds:
        raise Refused("responsibility_not_granted", "not of such a body")
