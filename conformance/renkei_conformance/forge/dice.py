"""Dice by name: the same seed and name always fall the same way, whatever was thrown before.

So a spoiled draft and its clean build differ only where the spoil is, byte for byte, and a test can hold them to it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from renkei_conformance.wire import b64u


class Dice:
    """HMAC-SHA-256 under a key made of the seed and the labels on the way here."""

    def __init__(self, seed: int | bytes, *labels: str) -> None:
        self._key = seed if isinstance(seed, bytes) else hashlib.sha256(f"renkei forge {seed}".encode()).digest()
        for label in labels:
            self._key = hmac.digest(self._key, label.encode(), "sha256")

    def child(self, label: str) -> Dice:
        """Dice of their own for one draft, one case."""
        return Dice(self._key, label)

    def bytes(self, name: str, length: int) -> bytes:
        """`length` bytes for this name."""
        found = b""
        while len(found) < length:
            found += hmac.digest(self._key, f"{name} {len(found)}".encode(), "sha256")
        return found[:length]

    def salt(self, name: str) -> str:
        """A salt: 128 bit, 22 characters."""
        return b64u(self.bytes(f"salt {name}", 16))

    def uuid7(self, name: str, now: datetime) -> str:
        """A version 7 UUID in lower case. The time is in it, so that a run repeated with one seed against a product
        that remembers the former run does not use an id twice."""
        value = bytearray(int(now.timestamp() * 1000).to_bytes(6, "big") + self.bytes(f"uuid {name}", 10))
        value[6] = value[6] & 0x0F | 0x70
        value[8] = value[8] & 0x3F | 0x80
        return str(UUID(bytes=bytes(value)))
