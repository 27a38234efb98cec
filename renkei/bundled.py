"""The bundled reference as a product: what it claims, and when its world begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renkei_fixtures.municipalities import SUBJECT

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile

BEGINS = "2026-07-01T01:00:00.000Z"
"""The bundled reference's world has a clock of its own, so that one seed gives the same certificates in every year."""


def bundled_profile(address: str = "tap:", listen: str = "127.0.0.1:0", business: str = "", token: str = "") -> Profile:
    """The reference claims the provider role with every option that it has."""
    from renkei.version import version  # noqa: PLC0415
    from renkei_conformance.profile import BusinessSide, NetworkSide, Product, Profile  # noqa: PLC0415

    return Profile(
        product=Product(
            name="renkei reference municipality",
            vendor="Renkei",
            version=version(),
            body=SUBJECT,
            options=("manual", "log_chain", "records_export"),
        ),
        network_side=NetworkSide(address=address, listen=listen),
        business_side=BusinessSide(address=business or f"/business/1/{SUBJECT}", token=token or "-"),
    )
