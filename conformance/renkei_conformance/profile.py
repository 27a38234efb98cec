"""The product file `renkei.toml`: what a product claims, and how it is reached.

Every mistake in it is told at once and is the operator's (`SetupError`, exit 2 or 4): the key, what was expected there,
what stands there, and the way out. Nothing is guessed and no key is ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, StringConstraints, ValidationError

from renkei_fixtures.errors import SetupError
from renkei_fixtures.municipalities import SUBJECT, load_bodies
from renkei_fixtures.standard import Standard

ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[!-~]*)?")
Line = Annotated[StrictStr, StringConstraints(min_length=1, max_length=200)]
Option = Literal["manual", "log_chain", "records_export"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(_Part):
    """`[product]`: what is examined and what it claims to be."""

    name: Line
    vendor: Line
    version: Line
    body: StrictStr = SUBJECT
    roles: tuple[Literal["provider"], ...] = ("provider",)
    informations: tuple[StrictStr, ...] = ("income_tax_certificate",)
    use_cases: tuple[Annotated[StrictInt, Field(ge=1, le=8)], ...] = (1,)
    options: tuple[Option, ...] = ()
    population: Annotated[StrictInt, Field(ge=1)] = 100_000
    line_kbps: Annotated[StrictInt, Field(ge=1)] = 128


class NetworkSide(_Part):
    """`[network_side]`: `address` is the product's N, `listen` is where the product reaches the emulated network."""

    address: Line
    listen: Annotated[StrictStr, StringConstraints(pattern=r"^[A-Za-z0-9.\-]+:[0-9]{1,5}$")]
    delivery: Literal["push"] = "push"
    """A body that pulls is not examined yet: the forge would have to keep an inbox for it."""

    @property
    def listen_on(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)


class BusinessSide(_Part):
    """`[business_side]`: how interface B is reached."""

    driver: Literal["http"] = "http"
    address: Line
    token: Line


class Profile(_Part):
    """The whole file."""

    product: Product
    network_side: NetworkSide
    business_side: BusinessSide

    def claims(self, option: str) -> bool:
        """Whether the product claims this option."""
        return option in self.product.options


def load(path: Path, standard: Standard | None = None) -> Profile:
    """Read a product file. Raises one `SetupError` with every problem: key, expected, got, remedy.

    With the standard given, informations are looked up in it too.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError("conformance.profile.unreadable", str(path), None, str(error)) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SetupError("conformance.profile.not_toml", str(path), "TOML", str(error)) from error
    return of(data, str(path), standard)


def of(data: dict[str, Any], where: str, standard: Standard | None = None) -> Profile:
    """A profile from the parsed file. Raises `SetupError` as `load` does."""
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        raise SetupError.of([_problem(where, dict(one)) for one in error.errors()]) from error
    problems = list(_meaning(profile, where, standard))
    if problems:
        raise SetupError.of(problems)
    return profile


def _problem(where: str, error: dict[str, Any]) -> SetupError:
    key = ".".join(str(part) for part in error["loc"])
    at = f"{where}: {key}"
    if error["type"] == "extra_forbidden":
        return SetupError("conformance.profile.unknown_key", at, None, repr(error["input"]))
    if error["type"] == "missing":
        return SetupError("conformance.profile.missing_key", at, key, None)
    return SetupError("conformance.profile.wrong_value", at, error["msg"], _shown(key, error["input"]))


def _shown(key: str, value: object) -> str:
    # A token does not come back on a screen or into a record, not even a wrong one.
    return "…" if key.endswith("token") else repr(value)[:120]


def _meaning(profile: Profile, where: str, standard: Standard | None) -> Iterator[SetupError]:
    bodies = load_bodies()
    local = [code for code in bodies if len(code) == 6]
    product = profile.product
    if product.body not in local:
        yield SetupError("conformance.profile.wrong_value", f"{where}: product.body", ", ".join(local), product.body)
    # Looked at here and not in the models: in process there are no addresses, and a profile is made without a file.
    for key, address in (
        ("network_side", profile.network_side.address),
        ("business_side", profile.business_side.address),
    ):
        if not ADDRESS.fullmatch(address):
            yield SetupError("conformance.profile.wrong_value", f"{where}: {key}.address", "http://host:port", address)
    port = profile.network_side.listen_on[1]
    if not 0 < port < 65536:
        yield SetupError("conformance.profile.wrong_value", f"{where}: network_side.listen", "host:1–65535", str(port))
    for key in ("roles", "informations", "use_cases"):
        if not getattr(product, key):
            yield SetupError("conformance.profile.wrong_value", f"{where}: product.{key}", "1 …", "[]")
    for name in product.informations if standard is not None else ():
        if standard is not None and name not in standard.informations:
            known = ", ".join(standard.informations)
            yield SetupError("conformance.profile.wrong_value", f"{where}: product.informations", known, name)
