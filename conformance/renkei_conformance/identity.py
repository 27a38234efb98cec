"""What a run was made with: hashes of suite, standard, profile and environment, and the versions beneath."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import JsonValue

from renkei_conformance.profile import Profile
from renkei_conformance.setup import RunSetup
from renkei_fixtures.standard import DATA

PACKAGE_SUFFIXES = (".py", ".ini")
BENEATH = ("renkei", "pytest", "hypothesis", "cryptography", "pydantic", "httpx2", "allure-pytest", "uvicorn")


def hashes(setup: RunSetup) -> dict[str, str]:
    """SHA-256 in hex of each; `authority` is the table of who may ask what, the profile's is without its token."""
    profile = json.dumps(profile_members(setup.parties.profile), sort_keys=True, ensure_ascii=False)
    environment = json.dumps([versions(), platform.platform(), sys.version], sort_keys=True)
    return {
        "suite": of_tree(Path(__file__).parent, PACKAGE_SUFFIXES),
        "standard": of_tree(DATA, (".toml", ".csv")),
        "authority": _authority(),
        "profile": hashlib.sha256(profile.encode()).hexdigest(),
        "environment": hashlib.sha256(environment.encode()).hexdigest(),
    }


def _authority() -> str:
    """Of the one file what `sha256sum` says of it, so that anybody can compare; of several, as of a tree."""
    table = DATA / "authority.csv"
    if table.is_file():
        return hashlib.sha256(table.read_bytes()).hexdigest()
    return of_tree(DATA / "authority", (".toml", ".csv"))


@lru_cache(maxsize=4)
def of_tree(root: Path, suffixes: tuple[str, ...]) -> str:
    """One hash over names and bytes of every such file below `root`, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in suffixes):
        total.update(f"{path.relative_to(root).as_posix()}\n".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def profile_members(profile: Profile) -> dict[str, JsonValue]:
    """The product file as the record shows it; the token stays out."""
    members: dict[str, JsonValue] = profile.model_dump(mode="json")
    business = members.get("business_side")
    if isinstance(business, dict):
        business.pop("token", None)
    return members


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Python's and every library's that can change what is sent or generated."""
    found = {"python": platform.python_version()}
    for name in BENEATH:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
