"""The product file `renkei.toml`: what a product claims, and how it is reached.

`format` is the form of the file: 2 has a kit (`renkei init`) and says which driver of interface B is used; 1, which is
what a file without the key has, took its keys from `--seed` alone, and is still read.

Every mistake in it is told at once and is the operator's (`SetupError`, exit 2 or 4): the key, what was expected there,
what stands there, and the way out. Nothing is guessed and no key is ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StrictInt, StrictStr, StringConstraints, ValidationError

from renkei_conformance.complaints import did_you_mean, expected_of
from renkei_conformance.oracles import authority
from renkei_fixtures.errors import SetupError
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import SUBJECT, load_bodies
from renkei_fixtures.standard import Standard

ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[!-~]*)?")
Line = Annotated[StrictStr, StringConstraints(min_length=1, max_length=200)]
CERTIFICATE = "income_tax_certificate"
"""The information by which all that is not about items is examined: without it nothing could be asked."""
Option = Literal[
    "manual", "log_chain", "records_export", "link_code_change", "disclosure", "correction", "asked_until", "renewed_keys"
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(_Part):
    """`[product]`: what is examined and what it claims to be."""

    name: Line
    vendor: Line
    version: Line
    body: StrictStr = SUBJECT
    roles: tuple[Literal["provider", "inquirer"], ...] = ("provider",)
    informations: tuple[StrictStr, ...] = (CERTIFICATE,)
    """What it provides; without `asks` also what it asks other bodies for."""
    asks: tuple[StrictStr, ...] | None = None
    use_cases: tuple[Annotated[StrictInt, Field(ge=1, le=8)], ...] = (1,)
    options: tuple[Option, ...] = ()
    population: Annotated[StrictInt, Field(ge=1)] = 100_000
    line_kbps: Annotated[StrictInt, Field(ge=1)] = 128

    @property
    def asked(self) -> tuple[str, ...]:
        """What it asks other bodies for as an inquirer: they may hold what it does not hold itself."""
        if "inquirer" not in self.roles:
            return ()
        return self.informations if self.asks is None else self.asks

    @property
    def provided(self) -> tuple[str, ...]:
        """What it is asked for as a provider."""
        return self.informations if "provider" in self.roles else ()


class NetworkSide(_Part):
    """`[network_side]`: `address` is the product's N, `listen` is where the product reaches the emulated network."""

    address: Annotated[StrictStr, StringConstraints(max_length=200)] = ""
    listen: Annotated[StrictStr, StringConstraints(pattern=r"^[A-Za-z0-9.\-]+:[0-9]{1,5}$")]
    delivery: Literal["push", "pull"] = "push"
    """How the product gets its messages; one that pulls needs no address, for nobody opens a connection to it."""

    @property
    def listen_on(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)


Driver = Literal["http", "file", "attended"]
KEYS_OF: Mapping[Driver, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "http": (("address", "token"), ()),
    "file": (("folder", "layout"), ("patience_s",)),
    "attended": (("operator", "folder"), ("layout",)),
}
"""Of each driver: the keys that it needs, and those that it may have."""
FORM: Literal[2] = 2


class BusinessSide(_Part):
    """`[business_side]`: how interface B is reached. Which keys stand there depends on the driver (`KEYS_OF`).

    `folder` and `layout` (a bundled one, or a file) are relative to the product file; `patience_s`: how long the file
    driver waits for a reply. `operator` is printed in the report.
    """

    driver: Driver = "http"
    address: Line | None = None
    token: Line | None = None
    folder: Line | None = None
    layout: Line | None = None
    patience_s: Annotated[StrictInt, Field(ge=1, le=3600)] = 30
    operator: Line | None = None

    @property
    def where(self) -> str:
        """Where the business side is met, for a person."""
        return self.address or self.folder or self.driver


class Profile(_Part):
    """The whole file. `kit` is relative to it; `beside` is the folder that it stands in."""

    format: Literal[1, 2] = 1
    kit: Line | None = None
    product: Product
    network_side: NetworkSide
    business_side: BusinessSide
    _beside: Path = PrivateAttr(default_factory=Path)

    @property
    def beside(self) -> Path:
        """The folder of the product file; the current one where a profile was made without a file."""
        return self._beside

    @property
    def kit_path(self) -> Path | None:
        """Where the kit should be; None where the file names none."""
        return None if self.kit is None else self._beside / self.kit

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
    profile = of(data, str(path), standard)
    profile._beside = path.parent
    return profile


def of(data: dict[str, Any], where: str, standard: Standard | None = None) -> Profile:
    """A profile from the parsed file. Raises `SetupError` as `load` does."""
    form = data.get("format")
    if type(form) is int and form > FORM:  # its other keys may be right in their own time
        raise SetupError("conformance.profile.newer", f"{where}: format", str(FORM), str(form))
    problems: list[SetupError] = []
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        problems += [_problem(where, dict(one)) for one in error.errors()]
    parts = {name: part for name, model in _PARTS.items() if (part := _read(model, data.get(name))) is not None}
    problems += _meaning(parts, where, standard)
    if form == FORM and "kit" not in data:
        problems.append(SetupError("conformance.profile.missing_key", f"{where}: kit", "kit", None))
    if problems:
        raise SetupError.of(problems)
    return profile


def _read(model: type[_Part], data: object) -> Any:
    """A part that holds by itself: so that what it means is looked at even where another part does not hold."""
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _problem(where: str, error: dict[str, Any]) -> SetupError:
    key = ".".join(str(part) for part in error["loc"])
    at = f"{where}: {key}"
    if error["type"] == "extra_forbidden":
        return SetupError(
            "conformance.profile.unknown_key", at, did_you_mean(*_place(error["loc"])), _shown(key, error["input"])
        )
    if error["type"] == "missing":
        return SetupError("conformance.profile.missing_key", at, key, None)
    return SetupError("conformance.profile.wrong_value", at, expected_of(error), _shown(key, error["input"]))


def _place(loc: tuple[str | int, ...]) -> tuple[str, list[str]]:
    """A key, and the keys that are known where it stands."""
    model = _PARTS.get(str(loc[0])) if len(loc) > 1 else Profile
    return str(loc[-1]), list(model.model_fields) if model is not None else []


def _shown(key: str, value: object) -> str:
    # A token does not come back on a screen or into a record, not even a wrong one.
    return "…" if key.endswith("token") else repr(value)[:120]


def _meaning(parts: Mapping[str, Any], where: str, standard: Standard | None) -> Iterator[SetupError]:
    if (product := parts.get("product")) is not None:
        yield from _meaning_of_product(product, where, standard)
    if (side := parts.get("network_side")) is not None:
        if side.address or side.delivery == "push":  # nobody opens a connection to a body that fetches
            yield from _address(where, "network_side", side.address)
        port = side.listen_on[1]
        if not 0 < port < 65536:
            yield SetupError(
                "conformance.profile.wrong_value", f"{where}: network_side.listen", "host:1–65535", str(port)
            )
    if (side := parts.get("business_side")) is not None:
        yield from _meaning_of_business(side, where)


def _address(where: str, key: str, address: str) -> Iterator[SetupError]:
    # Looked at here and not in the models: in process there are no addresses, and a profile is made without a file.
    if not ADDRESS.fullmatch(address):
        yield SetupError("conformance.profile.wrong_value", f"{where}: {key}.address", "http://host:port", address)


def _meaning_of_business(side: BusinessSide, where: str) -> Iterator[SetupError]:
    needed, optional = KEYS_OF[side.driver]
    given = side.model_fields_set - {"driver"}
    for key in needed:
        if key not in given:
            yield SetupError("conformance.profile.missing_key", f"{where}: business_side.{key}", key, None)
    for key in sorted(given - {*needed, *optional}):
        expected = both("conformance.expected.keys_of_driver", driver=side.driver, keys=", ".join((*needed, *optional)))
        yield SetupError("conformance.profile.other_driver", f"{where}: business_side.{key}", expected, key)
    if side.driver == "http" and side.address is not None:
        yield from _address(where, "business_side", side.address)


def _meaning_of_product(product: Product, where: str, standard: Standard | None) -> Iterator[SetupError]:
    local = [code for code in load_bodies() if len(code) == 6]
    if product.body not in local:
        yield SetupError("conformance.profile.wrong_value", f"{where}: product.body", ", ".join(local), product.body)
    only_asks = product.asks is not None and "provider" not in product.roles
    for key in ("roles", "use_cases", *(() if only_asks else ("informations",))):
        if not getattr(product, key):
            yield SetupError("conformance.profile.wrong_value", f"{where}: product.{key}", "1 …", "[]")
    if product.asks is not None and "inquirer" not in product.roles:
        roles = ", ".join(product.roles)
        yield SetupError("conformance.profile.asks_without_role", f"{where}: product.roles", "inquirer", roles)
    named = {"informations": product.informations, "asks": product.asks or ()}
    for key, name in [(key, name) for key, names in named.items() for name in names if standard is not None]:
        if standard is not None and name not in standard.informations:
            known = ", ".join(standard.informations)
            yield SetupError("conformance.profile.wrong_value", f"{where}: product.{key}", known, name)
    if standard is not None and product.body in local:
        yield from _examinable(product, where, standard) if "provider" in product.roles else ()
        yield from _may_ask(product, where, standard) if product.asks is not None else ()


def _may_ask(product: Product, where: str, standard: Standard) -> Iterator[SetupError]:
    """What is asked for must be something that the table lets this body ask, else it would only be called examined."""
    at, asks = f"{where}: product.asks", product.asks or ()
    may = askable_by(product.body, standard)
    if CERTIFICATE not in asks:
        yield SetupError("conformance.profile.certificate_asked", at, CERTIFICATE, ", ".join(asks) or "[]")
    for name in asks:
        if name in standard.informations and name not in may:
            yield SetupError("conformance.profile.not_asked", at, ", ".join(may), name)


def askable_by(body: str, standard: Standard) -> tuple[str, ...]:
    """Every information that a row of the authority table lets this body ask another one for, without consent."""
    others = [code for code in load_bodies() if code != body]
    rows = [row for row in standard.authority if row.ground == "table"]
    granted = {row.information for row in rows if any(authority.between(row, body, other) for other in others)}
    return tuple(
        one.id
        for one in standard.informations.values()
        if one.id in granted and one.form == "inquiry" and one.subject_kind in ("person", "household")
    )


def _examinable(product: Product, where: str, standard: Standard) -> Iterator[SetupError]:
    """What a provider claims must be something that it can be asked for: what nobody asks for would be called examined."""
    at, kind = f"{where}: product.informations", load_bodies()[product.body].kind
    tables = standard.informations
    asked = [one.id for one in tables.values() if kind in one.provider_kinds and one.form == "inquiry"]
    if CERTIFICATE not in product.informations and not set(product.informations) - set(tables):
        yield SetupError("conformance.profile.certificate", at, CERTIFICATE, ", ".join(product.informations) or "[]")
    for name in product.informations:
        if name in tables and name not in asked:
            yield SetupError("conformance.profile.not_provided", at, ", ".join(asked), name)
        elif name in tables and tables[name].answer == "manual" and "manual" not in product.options:
            yield SetupError("conformance.profile.by_hand", f"{where}: product.options", "manual", name)


_PARTS: Mapping[str, type[_Part]] = {"product": Product, "network_side": NetworkSide, "business_side": BusinessSide}
