"""The vendor's kit as the examiner meets it: is it whole, and is it of this body, this seed, this standard, this time?

The examiner looks at certificates and hashes; the private keys in it are the product's and are read only to see that
they belong to the certificates beside them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from renkei_conformance.forge.crypto import chain, chain_trouble, look, private_key, public_key
from renkei_fixtures.errors import SetupError

FORMAT = 1
MANIFEST = "kit.json"
_MEMBERS: dict[str, type] = {
    "body": str, "seed": int, "year": int, "edition": str, "signing_kid": str, "sealing_kid": str, "files": dict,
}  # fmt: skip
USES = {"signing": "digital_signature", "sealing": "key_agreement"}
RENEWED = "sealing-renewed"
"""The second sealing pair; kits of before its time do without."""


@dataclass(frozen=True)
class VendorKit:
    """What `kit.json` says. `year` is the year that the certificates were made in."""

    path: Path
    body: str
    seed: int
    year: int
    edition: str
    kids: dict[str, str]
    files: dict[str, str]

    def file(self, name: str) -> Path:
        """A file of the kit."""
        return self.path / name


def open_kit(path: Path) -> VendorKit:
    """Read `kit.json`. Raises SetupError: no kit there, not readable, another form, a member missing."""
    manifest = path / MANIFEST
    try:
        data: Any = json.loads(manifest.read_bytes())
    except FileNotFoundError:
        raise SetupError("conformance.vendor_kit.missing", str(manifest)) from None
    except (OSError, ValueError) as error:
        raise SetupError("conformance.vendor_kit.unreadable", str(manifest), None, str(error)) from None
    form = data.get("format") if isinstance(data, dict) else None
    if form != FORMAT:
        raise SetupError("conformance.vendor_kit.format", f"{manifest}: format", str(FORMAT), str(form))
    for name, kind in _MEMBERS.items():
        if type(data.get(name)) is not kind:
            got = type(data.get(name)).__name__
            raise SetupError("conformance.vendor_kit.unreadable", f"{manifest}: {name}", kind.__name__, got)
    kids = {use: str(data[f"{use}_kid"]) for use in USES}
    files = {str(name): str(value) for name, value in data["files"].items()}
    return VendorKit(path, data["body"], data["seed"], data["year"], data["edition"], kids, files)


def problems_of(
    kit: VendorKit,
    *,
    body: str,
    seed: int | None,
    edition: str,
    now: datetime,
    anchors_pem: str | None = None,
    options: Collection[str] = (),
) -> Iterator[SetupError]:
    """Everything wrong with the kit for this body, seed (None: the kit's own), edition, time and claimed options."""
    at = str(kit.path / MANIFEST)
    if kit.body != body:
        yield SetupError("conformance.vendor_kit.body", f"{at}: body", body, kit.body)
    if seed is not None and kit.seed != seed:
        yield SetupError("conformance.vendor_kit.seed", f"{at}: seed", str(seed), str(kit.seed))
    if kit.edition != edition:
        yield SetupError("conformance.vendor_kit.edition", f"{at}: edition", edition, kit.edition)
    yield from _changed(kit)
    for use, usage in USES.items():
        yield from _pair(kit, use, usage, now, anchors_pem)
    if f"keys/{RENEWED}.chain.pem" in kit.files:
        yield from _pair(kit, RENEWED, USES["sealing"], now, anchors_pem)
    elif "renewed_keys" in options:
        yield SetupError("conformance.vendor_kit.no_renewed", str(kit.path / "keys"), f"{RENEWED}.key.pem", None)


def address_of_load(body: str, name: str) -> str:
    """The line that loads one file of a kit over HTTP, as it stands in the kit's README."""
    headers = '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"'
    return f"    curl {headers} --data-binary @data/json/{name}.json http://127.0.0.1:9100/business/1/{body}/load"


def _changed(kit: VendorKit) -> Iterator[SetupError]:
    for name, sha256 in kit.files.items():
        try:
            content = kit.file(name).read_bytes()
        except OSError:
            yield SetupError("conformance.vendor_kit.file_missing", str(kit.file(name)))
            continue
        # READMEs and data are the vendor's to edit; keys, certificates and lists are not.
        if name.startswith(("keys/", "trust/")) and hashlib.sha256(content).hexdigest() != sha256:
            yield SetupError("conformance.vendor_kit.changed", str(kit.file(name)))


def _pair(kit: VendorKit, use: str, usage: str, now: datetime, anchors_pem: str | None) -> Iterator[SetupError]:
    key_file, chain_file = kit.file(f"keys/{use}.key.pem"), kit.file(f"keys/{use}.chain.pem")
    try:
        chain_pem, key_pem = chain_file.read_text("ascii"), key_file.read_text("ascii")
        own_anchors = kit.file("trust/anchors.pem").read_text("ascii")
        seen, leaf, key = look(chain_pem), chain(chain_pem)[0], private_key(key_pem)
        belongs = key.public_key() == public_key(chain_pem)
    except OSError:
        return  # told above
    except (ValueError, IndexError, TypeError) as error:
        yield SetupError("conformance.vendor_kit.unreadable", str(chain_file), "PEM", str(error)[:120])
        return
    if not belongs:
        yield SetupError("conformance.vendor_kit.key", str(key_file))
    if f"urn:renkei:body:{kit.body}" not in seen.uris:
        due = f"urn:renkei:body:{kit.body}"
        yield SetupError("conformance.vendor_kit.name", str(chain_file), due, ", ".join(seen.uris))
    if usage not in seen.usages:
        yield SetupError("conformance.vendor_kit.usage", str(chain_file), usage, ", ".join(seen.usages))
    if now > leaf.not_valid_after_utc:
        ended = f"{leaf.not_valid_after_utc:%Y-%m-%d}"
        yield SetupError("conformance.vendor_kit.expired", str(chain_file), f"{now:%Y-%m-%d}", ended)
    elif now < leaf.not_valid_before_utc:
        begins = f"{leaf.not_valid_before_utc:%Y-%m-%d}"
        yield SetupError("conformance.vendor_kit.not_yet", str(chain_file), f"{now:%Y-%m-%d}", begins)
    elif trouble := chain_trouble(chain_pem, anchors_pem or own_anchors, now):
        yield SetupError("conformance.vendor_kit.chain", str(chain_file), None, trouble)
