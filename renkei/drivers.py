"""How interface B of the examined product is reached, by the driver that its product file names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from renkei_conformance.drivers.http import HttpDoor
from renkei_conformance.upper import UpperTester
from renkei_conformance.upper.http import HttpUpperTester

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile
    from renkei_fixtures.standard import Standard

PATIENCE_S = 10.0


def http_upper(address: str, token: str, patience: float = PATIENCE_S) -> HttpUpperTester:
    """The standard's own business side at this address."""
    parts = urlsplit(address)
    return HttpUpperTester(HttpDoor(f"{parts.scheme}://{parts.netloc}"), parts.path, token, patience)


def upper_of(profile: Profile, standard: Standard, patience: float = PATIENCE_S) -> UpperTester:
    """The upper tester for this product. Raises SetupError where a driver's folder or layout cannot be used."""
    side = profile.business_side
    return http_upper(str(side.address), str(side.token), patience)
