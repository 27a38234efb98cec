"""The kit of one body: what a product needs to take part in the emulated world, written into a new directory.

Keys are made by the emulator's certificate room from the seed, at run time; `kit.json` says what the kit was made from
and holds the hash of every file, so that a kit of another body, seed or year is told before it wastes an examination.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from renkei.version import version
from renkei_conformance.vendor_kit import FORMAT, MANIFEST, RENEWED, address_of_load
from renkei_emulator.network.certificates import Authority
from renkei_emulator.network.keystore import crl_pem, pkcs12
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.world import Dice
from renkei_fixtures.instants import render
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.residents import SITUATIONS, Resident, resident
from renkei_fixtures.residents.copies import records
from renkei_fixtures.sheets import NotCarried, bundled_layouts, flat, load_layout, plain, record_columns, write_sheet
from renkei_fixtures.standard import Standard

TEMPLATES = Path(__file__).parent / "templates"
LINK_CODES = plain(("own_number", "宛名番号", 15), ("link_code", "連携符号", 64))
MARKS = plain(
    ("own_number", "宛名番号", 15), ("information", "連携情報", 64), ("mode", "応答の方法", 16), ("reason", "理由", 64)
)
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Order:
    """What a kit is made for. `at` fixes the year of the certificates and the day of the revocation list."""

    body: str
    seed: int
    at: datetime
    informations: Sequence[str]


def files_of(order: Order, standard: Standard) -> Files:
    """Every file of the kit by its path within it, `kit.json` last."""
    authority = Authority(order.seed, order.at.year, load_bodies())
    password = f"renkei-{Dice(order.seed, f'kit password of {order.body}').bytes(4).hex()}"
    files: dict[str, bytes] = {}
    files |= _keys(authority, order.body, password)
    crl = authority.crl(order.at)
    files |= {"trust/anchors.pem": authority.anchors_pem.encode(), "trust/crl.der": crl}
    files["trust/crl.pem"] = crl_pem(crl).encode()
    files |= _directory(authority)
    loads = list(_loads(order, standard))
    for load in loads:
        files[f"data/json/{load['load_id'].rpartition('/')[2]}.json"] = _json(load)
    for name in bundled_layouts():
        files |= _tables(name, loads, standard)
    files |= _readmes(order, authority, password, loads)
    files[".gitignore"] = b"# Keys are made from the seed; they have no place in a repository.\n*\n"
    files[MANIFEST] = _manifest(order, authority, standard, files)
    return files


def _keys(authority: Authority, body: str, password: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    keys = authority.body(body)
    for use, pair in (("signing", keys.signing), ("sealing", keys.sealing), (RENEWED, authority.renewed(body))):
        files[f"keys/{use}.key.pem"] = pair.key_pem.encode()
        files[f"keys/{use}.chain.pem"] = pair.chain_pem.encode()
        files[f"keys/{use}.p12"] = pkcs12(pair, f"{body} {use}", password)
    return files


def _directory(authority: Authority) -> dict[str, bytes]:
    """Everybody's public side; the running network's own directory is what counts."""
    entries = []
    for code, body in load_bodies().items():
        keys = authority.body(code)
        entry: dict[str, Any] = {"body": code, "name": {"ja": body.text.ja, "en": body.text.en}, "kind": body.kind}
        entry |= {"delivery": body.delivery, "signing_kid": keys.signing.kid, "sealing_kid": keys.sealing.kid}
        entries.append(
            entry | {"signing_chain_pem": keys.signing.chain_pem, "sealing_chain_pem": keys.sealing.chain_pem}
        )
    network = authority.network().signing
    return {
        "directory/bodies.json": _json({"bodies": entries, "network": {"signing_kid": network.kid}}),
        "directory/network.chain.pem": network.chain_pem.encode(),
    }


# --- data -----------------------------------------------------------------------------------------------------------
def _loads(order: Order, standard: Standard) -> Iterator[dict[str, Any]]:
    """The bodies of `POST /load`: link codes and marks first, then one for each information that has records."""
    people = [resident(order.seed, order.body, n) for n in SITUATIONS.values()]
    codes = LinkCodes(order.seed)
    rows = [{"own_number": one.own_number, "link_code": _code(codes, order.body, one)} for one in people]
    marks = [
        {"own_number": one.own_number, "information": None, "mode": "manual", "reason": "protected"}
        for one in people
        if one.protected and order.informations  # who only asks has nothing that a person could be kept back from
    ]
    name = f"renkei-kit/{order.body}/{order.seed}"
    yield {"load_id": f"{name}/link_codes", "link_codes": rows, "handling": marks}
    for information in order.informations:
        records_ = [row for one in people for row in _copies(order, one, information)]
        if records_:
            version_ = standard.informations[information].version
            yield {
                "load_id": f"{name}/{information}",
                "information": information,
                "version": version_,
                "records": records_,
            }


def _code(codes: LinkCodes, body: str, person: Resident) -> str:
    return codes.issue(body, Person(person.serial, 0))


def _copies(order: Order, person: Resident, information: str) -> Iterator[dict[str, Any]]:
    for copy in records(order.seed, order.body, person.n, information):
        row: dict[str, Any] = {"own_number": person.own_number, "keys": dict(copy.keys), "as_of": copy.as_of}
        row |= {} if copy.status is None else {"status": copy.status}
        yield row | ({} if copy.record is None else {"record": copy.record})


def _tables(name: str, loads: Sequence[Mapping[str, Any]], standard: Standard) -> dict[str, bytes]:
    """The same loads as tables. A row that the layout's code page cannot hold is left out and named in `not-carried.txt`."""
    layout = load_layout(name)
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    for load in loads:
        if "information" in load:
            sheets = [
                (load["information"], record_columns(standard.informations[load["information"]]), load["records"])
            ]
        else:
            sheets = [("link_codes", LINK_CODES, load["link_codes"]), ("handling", MARKS, load["handling"])]
        for title, columns, rows in sheets:
            good = []
            for place, row in enumerate(rows):
                try:
                    cells = flat(columns, {key: value for key, value in row.items() if value is not None})
                    write_sheet(layout, columns, [cells])
                except NotCarried as limit:
                    left_out.append(f"{title} row {place}: {limit.item}")
                else:
                    good.append(cells)
            files[f"data/{name}/{title}{layout.suffix}"] = write_sheet(layout, columns, good)
    if left_out:
        files[f"data/{name}/not-carried.txt"] = ("\n".join(left_out) + "\n").encode()
    return files


# --- papers ---------------------------------------------------------------------------------------------------------
def _readmes(order: Order, authority: Authority, password: str, loads: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    body, (begins, ends) = load_bodies()[order.body], authority.valid
    names = [load["load_id"].rpartition("/")[2] for load in loads]
    curls = "".join(f"{address_of_load(order.body, name)}\n" for name in names[1:])
    blanks = {
        "BODY": order.body, "NAME_JA": body.text.ja, "NAME_EN": body.text.en, "SEED": str(order.seed), "PASSWORD": password,
        "VALID_FROM": f"{begins:%Y-%m-%d}", "VALID_TO": f"{ends:%Y-%m-%d}", "CURLS": curls,
    }  # fmt: skip
    return {name: filled(name, blanks).encode() for name in ("README.md", "README.ja.md")}


def filled(template: str, blanks: Mapping[str, str]) -> str:
    """A template with its blanks filled."""
    text = (TEMPLATES / template).read_text("utf-8")
    for name, value in blanks.items():
        text = text.replace(f"@{name}@", value)
    return text


def _manifest(order: Order, authority: Authority, standard: Standard, files: Files) -> bytes:
    keys = authority.body(order.body)
    return _json(
        {
            "format": FORMAT,
            "body": order.body,
            "seed": order.seed,
            "year": order.at.year,
            "edition": standard.edition,
            "renkei": version(),
            "informations": list(order.informations),
            "signing_kid": keys.signing.kid,
            "sealing_kid": keys.sealing.kid,
            "valid_to": render(authority.valid[1]),
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
