"""Strict reading of what parties send, after PROTOCOL §2: own JSON, base64url, JWS and JWE reading.

A twin of the emulator's envelope by design: nothing is shared, so that the two cannot be wrong together. Nothing here
decides; what cannot be read is `Unreadable` with the code that the standard has for it. No cryptography in this module.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

# PROTOCOL bounds the depth, the clause P-FRM-010 fixes it: a reader that follows every bracket can be felled.
DEPTH = 16

_JWS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_JWE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LONE = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(rb"[\[\]{}]")

Json = dict[str, object]


class Unreadable(Exception):  # noqa: N818 - a finding about a message, not an error of ours
    """A place that strict reading does not take. `code` is the refusal code of the standard for it."""

    def __init__(self, path: str, code: str, expected: object, got: object) -> None:
        super().__init__(f"{path}: {code}: expected {expected!r}, got {got!r}")
        self.path = path
        self.code = code
        self.expected = expected
        self.got = got


class _Repeated(ValueError):  # noqa: N818 - caught where it is raised  # noqa: N818 - caught at once
    pass


def b64u(data: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str, path: str = "") -> bytes:
    """The bytes of base64url text; padding, foreign characters and unused bits that are not zero are `Unreadable`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise Unreadable(path, "encoding_not_canonical", "base64url without padding", _short(text))
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Unreadable(path, "encoding_not_canonical", "base64url", str(error)) from error
    if b64u(data) != text:
        raise Unreadable(path, "encoding_not_canonical", b64u(data)[-4:], text[-4:])
    return data


def sha256_b64u(text: str | bytes) -> str:
    """`hash` of the standard: base64url of SHA-256 over the bytes (of a string: its ASCII bytes, as it travelled)."""
    return b64u(hashlib.sha256(text.encode("ascii") if isinstance(text, str) else text).digest())


def read_json(data: bytes, path: str = "") -> object:
    """One JSON value: UTF-8, no repeated member, no NaN, no lone surrogate, no number with a fraction, not too deep."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(path, "not_json", "UTF-8", str(error)) from error
    if (depth := _depth(data)) > DEPTH:
        raise Unreadable(path, "depth_exceeded", DEPTH, depth)
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant, parse_float=_no_float)
    except _Repeated as error:
        raise Unreadable(path, "member_repeated", "each member once", str(error)) from error
    except ValueError as error:
        raise Unreadable(path, "not_json", "JSON", str(error)) from error
    # UTF-8 cannot carry a lone surrogate, so only an escape can hide one.
    if b"\\u" in data and _LONE.search(json.dumps(value, ensure_ascii=False)):
        raise Unreadable(path, "not_json", "Unicode characters", "a lone surrogate")
    return value


def read_object(data: bytes, path: str = "") -> Json:
    """A JSON object, read as `read_json` does."""
    value = read_json(data, path)
    if not isinstance(value, dict):
        raise Unreadable(path, "not_json", "an object", type(value).__name__)
    return value


def nulls(value: object, path: str = "") -> tuple[str, ...]:
    """Paths of every `null`: in this standard it is never a value."""
    if value is None:
        return (path,)
    if isinstance(value, dict):
        return tuple(found for name, part in value.items() for found in nulls(part, f"{path}.{name}"))
    if isinstance(value, list):
        return tuple(found for n, part in enumerate(value) for found in nulls(part, f"{path}[{n}]"))
    return ()


@dataclass(frozen=True)
class Jws:
    """A compact JWS taken apart, not verified."""

    token: str
    jose: Mapping[str, object]
    payload: bytes
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True)
class Jwe:
    """A compact JWE taken apart, not opened. `protected` is the first segment as it travelled (the additional data)."""

    token: str
    jose: Mapping[str, object]
    protected: bytes
    encrypted_key: bytes
    iv: bytes
    ciphertext: bytes
    tag: bytes


def read_jws(token: object, path: str) -> Jws:
    """Take a compact JWS apart; its JOSE header must be an object, its segments canonical."""
    match = _JWS.fullmatch(token) if isinstance(token, str) else None
    if match is None:
        raise Unreadable(path, "encoding_not_canonical", "three segments of base64url", _short(token))
    first, second, third = match.groups()
    return Jws(
        match.string,
        read_object(unb64u(first, path), f"{path}.jose"),
        unb64u(second, path),
        f"{first}.{second}".encode("ascii"),
        unb64u(third, path),
    )


def read_jwe(token: object, path: str) -> Jwe:
    """Take a compact JWE apart."""
    match = _JWE.fullmatch(token) if isinstance(token, str) else None
    if match is None:
        raise Unreadable(path, "encoding_not_canonical", "five segments of base64url", _short(token))
    first, *rest = match.groups()
    key, iv, ciphertext, tag = (unb64u(part, path) for part in rest)
    return Jwe(
        match.string, read_object(unb64u(first, path), f"{path}.jose"), first.encode("ascii"), key, iv, ciphertext, tag
    )


def peek(token: object) -> tuple[str | None, Json]:
    """`typ` and claims of a JWS as far as they can be had, without any strictness: only to sort messages, never to judge."""
    try:
        first, second = str(token).split(".")[:2]
        jose = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
        claims = json.loads(urlsafe_b64decode(second + "=" * (-len(second) % 4)))
    except (ValueError, RecursionError):
        return None, {}
    typ = jose.get("typ") if isinstance(jose, dict) else None
    return (typ if isinstance(typ, str) else None), (claims if isinstance(claims, dict) else {})


def _members(pairs: list[tuple[str, object]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(next(name for name in names if names.count(name) > 1))
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text}: the standard has integers only")


def _depth(data: bytes) -> int:
    # Counted before parsing, outside strings: the parser itself would be what falls. Most have too few brackets for it.
    depth = deepest = 0
    if (opened := data.count(b"[") + data.count(b"{")) <= DEPTH:
        return opened
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _short(value: object) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return text if len(text) <= 40 else f"{text[:40]}… ({len(text)} characters)"
