"""Small touches that several spoils make."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.forge.build import Plan
from renkei_conformance.wire import Json, b64u, unb64u

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def other_last_character(token: str) -> str:
    """The same bytes under another last character: one bit that carries nothing is set. ValueError when every bit counts."""
    last_segment = token.rpartition(".")[2]
    if len(last_segment) % 4 not in (2, 3):
        raise ValueError("every bit of the last character carries something")
    return token[:-1] + _ALPHABET[_ALPHABET.index(token[-1]) ^ 1]


def flipped(token: str, segment: int, byte: int = -1) -> str:
    """One bit of one byte of one segment turned over; the encoding stays canonical."""
    parts = token.split(".")
    data = bytearray(unb64u(parts[segment]))
    data[byte] ^= 1
    parts[segment] = b64u(bytes(data))
    return ".".join(parts)


def with_claims(plan: Plan, **claims: object) -> Plan:
    """The plan with these claims: header, permit and content go on agreeing, since all take them from here."""
    return replace(plan, claims={**plan.claims, **claims})


def with_permit(plan: Plan, **claims: object) -> Plan:
    """The plan with these claims in the permit, where it has one."""
    return plan if plan.permit is None else replace(plan, permit={**plan.permit, **claims})


def without(claims: Json, *names: str) -> Json:
    """The object without these members."""
    return {name: value for name, value in claims.items() if name not in names}
