"""The bundled reference as a product: what it claims, and when its world begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from renkei_fixtures.municipalities import SUBJECT, load_bodies
from renkei_fixtures.standard import load

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile

BEGINS = "2026-07-01T01:00:00.000Z"
"""The bundled reference's world has a clock of its own, so that one seed gives the same certificates in every year."""


FETCHING = "001023"
"""The city of the reference that is not pushed to."""


def provided_by(body: str) -> tuple[str, ...]:
    """Every information that a body of this kind is asked for about persons: what the reference claims."""
    kind = load_bodies()[body].kind
    return tuple(
        one.id
        for one in load().informations.values()
        if kind in one.provider_kinds and one.form == "inquiry" and one.subject_kind in ("person", "household")
    )


def bundled_profile(
    address: str = "tap:",
    listen: str = "127.0.0.1:0",
    business: str = "",
    token: str = "",
    delivery: Literal["push", "pull"] = "push",
) -> Profile:
    """The reference claims both roles, with every option that it has; `pull`: as the city that fetches."""
    from renkei.version import version  # noqa: PLC0415
    from renkei_conformance.profile import BusinessSide, NetworkSide, Product, Profile, askable_by  # noqa: PLC0415

    body = SUBJECT if delivery == "push" else FETCHING
    return Profile(
        product=Product(
            name="renkei reference municipality",
            vendor="Renkei",
            version=version(),
            body=body,
            roles=("provider", "inquirer"),
            asks=askable_by(body, load()) if delivery == "push" else None,
            informations=provided_by(body),
            options=(
                "manual",
                "log_chain",
                "records_export",
                "link_code_change",
                "disclosure",
                "correction",
                "asked_until",
                "renewed_keys",
            ),
        ),
        network_side=NetworkSide(address=address, listen=listen, delivery=delivery),
        business_side=BusinessSide(address=business or f"/business/1/{body}", token=token or "-"),
    )
