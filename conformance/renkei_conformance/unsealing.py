"""What a sealed body said, where the examiner holds the key: for the eyes of the report's reader, never for a verdict.

Answers are sealed to the inquirer's certificate; the forge plays inquirers, so their keys are in the kit. What is sealed
to the product stays sealed.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import JsonValue

from renkei_conformance.forge import crypto
from renkei_conformance.kit import Kit
from renkei_conformance.wire import Unreadable, read_jwe

PADDING = "padding"


def unsealer(kit: Kit) -> Callable[[bytes], JsonValue]:
    """Gives the content of an envelope's sealed part, None where there is none or the key is not in `kit`."""
    pairs = [body.sealing for body in kit.bodies.values()]
    keys = {pair.kid: pair.key_pem for pair in pairs if pair.key_pem is not None}

    def unsealed(message: bytes) -> JsonValue:
        try:
            envelope = json.loads(message)
            jwe = read_jwe(envelope["body"], "body")
            content = json.loads(crypto.unseal(jwe, crypto.private_key(keys[str(jwe.jose.get("kid"))])))
        except (ValueError, KeyError, TypeError, RecursionError, Unreadable, crypto.NotOpened):
            return None
        return _without_padding(content)

    return unsealed


def _without_padding(content: JsonValue) -> JsonValue:
    """Padding is zeros by the thousand: its length says all."""
    if isinstance(content, dict) and isinstance(content.get(PADDING), str):
        return {**content, PADDING: f"…[{len(str(content[PADDING]))}]"}
    return content
