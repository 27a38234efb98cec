"""Before any library: base64url, JSON and hashes, read in one way only (PROTOCOL §2).

Two readers that understand the same bytes differently are how forgeries get around checks. So nothing lenient here:
one alphabet, no padding, no stray bits, no repeated member, no NaN, no lone surrogate, a stated depth.
"""

import binascii
import hashlib
import json
import re
from typing import Any, NoReturn

from renkei_emulator.refusals import Refused

__all__ = ["b64u", "sha256_b64u", "strict_json", "unb64u"]

# An envelope nests 2 deep, contents nest with their information's groups (5 in the deepest tree of the catalogue).
MAX_DEPTH = 16

_B64U = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_TO_STANDARD = str.maketrans("-_", "+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")


def b64u(data: bytes) -> str:
    """base64url without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """The bytes of canonical base64url: no padding, no stray character, unused bits zero.

    Raises Refused `encoding_not_canonical`.
    """
    rest = len(text) % 4
    if rest == 1 or not _B64U.fullmatch(text):
        raise Refused("encoding_not_canonical", "not base64url without padding")
    if (rest == 2 and text[-1] not in "AQgw") or (rest == 3 and text[-1] not in "AEIMQUYcgkosw048"):
        raise Refused("encoding_not_canonical", "unused bits are not zero")
    return binascii.a2b_base64(text.translate(_TO_STANDARD) + "=" * (-rest % 4))


def sha256_b64u(data: bytes) -> str:
    """SHA-256 as the standard writes a `hash`: 43 characters of base64url."""
    return b64u(hashlib.sha256(data).digest())


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("member_repeated")
    return members


def _no_constant(name: str) -> NoReturn:
    raise Refused("not_json", f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Refused("not_json", "number out of range")
    return value


_READER = json.JSONDecoder(object_pairs_hook=_no_repeats, parse_constant=_no_constant, parse_float=_finite)


def _deeper_than(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(_deeper_than(each, levels - 1) for each in value)


def strict_json(data: bytes) -> Any:
    """The value of a UTF-8 JSON text.

    Raises Refused `not_json` (also NaN, byte order mark, lone surrogates, endless numbers), `member_repeated`,
    `depth_exceeded` (more than 16 levels).
    """
    try:
        value = _READER.decode(data.decode("utf-8"))
        if b"\\u" in data:  # an escape can hide a lone surrogate, which no later encoding would survive
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise Refused("depth_exceeded") from None
    except ValueError as e:
        raise Refused("not_json", str(e)) from None
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise Refused("depth_exceeded")
    return value
