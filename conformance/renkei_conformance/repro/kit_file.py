"""`kit.json`: everything that somebody needs to speak as the emulated parties do, in one file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from renkei_conformance.drivers import Door, DoorTrouble, Request
from renkei_conformance.kit import KeyPair, Kit
from renkei_conformance.repro.script import pairs

CERTIFICATES, CRL, BODIES = "/renkei/1/certificates/", "/renkei/1/crl", "/renkei/1/bodies"
NOTE = "Test keys that follow from a printed seed. 種から決まる試験用の鍵です。 Never use them for anything else."


def of(kit: Kit, odd: Mapping[str, KeyPair], product: str, network: Door | None, patience: float) -> dict[str, Any]:
    """The file's members. A private key of the product's own never stands in it, whoever gave it to us."""
    own = {pair.kid for pair in (kit.body(product).signing, kit.body(product).sealing)}
    keys = {pair.kid: _pair(pair, with_key=pair.kid not in own) for pair in (*pairs(kit), *odd.values())}
    paths = [CRL, BODIES, *(f"{CERTIFICATES}{kid}" for kid in keys)]
    return {
        "note": NOTE,
        "seed": kit.seed,
        "network": kit.network.kid,
        "bodies": {
            code: {"signing": body.signing.kid, "sealing": body.sealing.kid} for code, body in kit.bodies.items()
        },
        "anchors_pem": kit.anchors_pem,
        "keys": keys,
        "served": dict(_served(network, paths, patience)) if network is not None else {},
    }


def rendered(members: Mapping[str, Any]) -> bytes:
    """As it stands in the file."""
    return (json.dumps(members, ensure_ascii=False, indent=1) + "\n").encode()


def _pair(pair: KeyPair, *, with_key: bool) -> dict[str, str]:
    found = {"chain_pem": pair.chain_pem}
    return found | ({"key_pem": pair.key_pem} if with_key and pair.key_pem is not None else {})


def _served(network: Door, paths: Iterable[str], patience: float) -> Iterable[tuple[str, dict[str, str]]]:
    for path in paths:
        try:
            reply = network.send(Request("GET", path), patience)
        except DoorTrouble:
            continue
        if reply.status == 200:
            yield path, {"content_type": reply.media_type, "body_b64": base64.b64encode(reply.body).decode()}
