"""Single tokens by a key of the kit: what the forge's network signs besides permits."""

from __future__ import annotations

import json
from collections.abc import Mapping

from renkei_conformance.forge import crypto
from renkei_conformance.forge.build import Signing
from renkei_conformance.kit import KeyPair, Kit
from renkei_conformance.lower.network import Sign
from renkei_conformance.wire import Json, b64u


def sign_token(pair: KeyPair, typ: str, claims: Json) -> str:
    """A right JWS. ValueError when the kit has no private key for the certificate."""
    signing = Signing.of(pair)
    jose = {"alg": "ES256", "kid": pair.kid, "typ": typ}
    signing_input = f"{_part(jose)}.{_part(claims)}"
    return f"{signing_input}.{b64u(crypto.signature(signing_input.encode('ascii'), signing.key))}"


def network_signer(kit: Kit) -> Sign:
    """The network's voice, for `ForgedNetwork`."""
    return lambda typ, claims: sign_token(kit.network, typ, claims)


def _part(value: Mapping[str, object]) -> str:
    return b64u(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
