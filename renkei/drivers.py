"""How interface B of the examined product is reached, by the driver that its product file names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from renkei.language import current
from renkei_conformance.drivers.http import HttpDoor
from renkei_conformance.upper import UpperTester
from renkei_conformance.upper.attended import AttendedUpperTester
from renkei_conformance.upper.file import FileUpperTester
from renkei_conformance.upper.http import HttpUpperTester
from renkei_conformance.upper.written import Written
from renkei_fixtures.errors import SetupError
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.sheets.drop import folders

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile
    from renkei_fixtures.standard import Standard, Text

PATIENCE_S = 10.0
DEFAULT_LAYOUT = "utf8-csv"


def http_upper(address: str, token: str, patience: float = PATIENCE_S) -> HttpUpperTester:
    """The standard's own business side at this address."""
    parts = urlsplit(address)
    return HttpUpperTester(HttpDoor(f"{parts.scheme}://{parts.netloc}"), parts.path, token, patience)


def upper_of(profile: Profile, standard: Standard, patience: float = PATIENCE_S) -> UpperTester:
    """The upper tester for this product. Raises SetupError where a driver's folder or layout cannot be used."""
    side = profile.business_side
    if side.driver == "http":
        return http_upper(str(side.address), str(side.token), patience)
    folder, layout = profile.beside / str(side.folder), load_layout(side.layout or DEFAULT_LAYOUT, profile.beside)
    if side.driver == "file":
        try:
            folders(folder)
        except OSError as error:
            raise SetupError("conformance.driver.folder", str(folder), None, error.strerror) from None
        return FileUpperTester(
            folder, layout, standard, min(patience, side.patience_s) if patience < PATIENCE_S else side.patience_s
        )
    return AttendedUpperTester(folder, Written(layout, standard), Terminal())


class Terminal:
    """The operator at this terminal, in the language of this process."""

    def say(self, text: Text) -> None:
        """Show a step."""
        click.echo(text.of(current()))

    def hear(self) -> str:
        """One line; the end of the input ends the examination."""
        try:
            return input("> ")
        except EOFError:
            raise KeyboardInterrupt from None
