"""The product file `renkei.toml`: what a product claims and how it is reached. Skeleton: the models are final."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Product(_Part):
    """`[product]`"""

    name: str
    vendor: str
    version: str
    body: str = "001015"
    roles: tuple[Literal["provider", "inquirer"], ...] = ("provider",)
    informations: tuple[str, ...] = ("income_tax_certificate",)
    use_cases: tuple[int, ...] = (1,)
    options: tuple[Literal["manual", "log_chain", "records_export"], ...] = ()
    population: int = 100_000
    line_kbps: int = 128


class NetworkSide(_Part):
    """`[network_side]`: `address` is the product's N, `listen` is where the emulated network listens for the product."""

    address: str
    listen: str
    delivery: Literal["push", "pull"] = "push"


class BusinessSide(_Part):
    """`[business_side]`: how interface B is reached."""

    driver: Literal["http"] = "http"
    address: str
    token: str


class Profile(_Part):
    """The whole file."""

    product: Product
    network_side: NetworkSide
    business_side: BusinessSide


def load(path: Path) -> Profile:
    """Read a product file. Raises one `SetupError` with every problem: key, expected, got, remedy."""
    raise NotImplementedError
