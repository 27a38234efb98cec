"""Strict reading and writing of what travels (standard: "Strict reading", "Types of values", "The suite").

Everything is read here before a library sees it. What does not fit is `Refused` with the code that the standard gives.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

Json = dict[str, Any]
B64 = re.compile(r"[A-Za-z0-9_-]*\Z")
JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")
JWE = re.compile(r"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}\Z")
HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")
LINK_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)
DEPTH = 16
MEMBERS = {"header", "subjects", "body", "permit", "receipt"}


class Refused(Exception):  # noqa: N818 - the peer's fault, not ours
    """A refusal of the standard: its code; stage and status stand in the table of codes."""

    def __init__(self, code: str, item_nos: list[int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.item_nos = item_nos


# --- base64url, hashes, time ----------------------------------------------------------------------------------------


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    if not B64.match(text) or len(text) % 4 == 1:
        raise Refused("encoding_not_canonical")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:  # spare bits that are not zero
        raise Refused("encoding_not_canonical")
    return data


def sha256(data: str | bytes) -> str:
    return b64u(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def write_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def japan_day(at: datetime) -> str:
    return (at.astimezone(UTC) + timedelta(hours=9)).date().isoformat()


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


# --- JSON -----------------------------------------------------------------------------------------------------------


class _Repeated(Exception):  # noqa: N818
    pass


def read_json(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
        if _depth(text) > DEPTH:
            raise Refused("depth_exceeded")
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_bad, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate falls here
    except _Repeated:
        raise Refused("member_repeated") from None
    except ValueError:
        raise Refused("not_json") from None
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> Json:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Repeated
    return dict(pairs)


def _bad(_: str) -> NoReturn:
    raise ValueError("no JSON")


def _finite(text: str) -> float:
    value = float(text)
    return value if abs(value) != float("inf") else _bad(text)


def _depth(text: str) -> int:
    # Counted before parsing: a parser that recurses would be the first to fall. Strings are skipped.
    depth = deepest = 0
    for char in re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL):
        depth += (char in "[{") - (char in "]}")
        deepest = max(deepest, depth)
    return deepest


# --- fields, by the table of message types --------------------------------------------------------------------------


def fits(fields: list[Json], value: object) -> bool:
    """Whether an object has the members of the table, each in its form, and no others."""
    if not isinstance(value, dict) or set(value) - {field["name"] for field in fields}:
        return False
    return all(_stands(field, value) and _fits(field, value.get(field["name"], _ABSENT)) for field in fields)


_ABSENT = object()


def _stands(field: Json, beside: Json) -> bool:
    present = field["name"] in beside
    if field["required"] == "R":
        return present
    if field["required"] == "C" and field["when"]:
        name, _, values = field["when"].partition("=")
        return present == (beside.get(name) in values.split("|"))
    return True


def _fits(field: Json, value: object) -> bool:
    if value is _ABSENT:
        return True
    low, high = field["minimum"], field["maximum"]
    if isinstance(value, bool) or field["type"] == "bool":
        return isinstance(value, bool) and field["type"] == "bool"
    if field["type"] == "int":
        return isinstance(value, int) and (low is None or value >= low) and (high is None or value <= high)
    if field["type"] == "list":
        if not isinstance(value, list) or not (low or 0) <= len(value) <= (high or len(value)):
            return False
        if field["members"]:
            return all(fits(field["members"], one) for one in value)
        return all(_text(field["element"], one, None) for one in value)
    if field["type"] == "object":
        return isinstance(value, dict) and (not field["members"] or fits(field["members"], value))
    if field["type"] == "enum":
        return value in field["values"]
    return _text(field["type"], value, low)


def _text(kind: str, value: object, low: int | None) -> bool:
    if not isinstance(value, str):
        return False
    if kind.startswith("X"):
        return (low or 1) <= len(value) <= int(kind[1:]) and all(" " <= char <= "~" for char in value)
    if kind == "time":
        return bool(TIME.match(value)) and _exists(read_time, value)
    if kind == "date":
        return bool(re.match(r"\d{4}-\d\d-\d\d\Z", value, re.ASCII)) and _exists(date.fromisoformat, value)
    patterns = {
        "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z",
        "body": r"([0-9]{6}|[0-9]{13})\Z",
        "network": r"network\Z",
        "body_or_network": r"([0-9]{6}|[0-9]{13}|network)\Z",
        "hash": HASH.pattern,
        "code": r"[!-~]{1,32}\Z",
        "zeros": r"0*\Z",
    }
    return bool(re.match(patterns[kind], value))


def _exists(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


# --- JOSE, opened but not believed ----------------------------------------------------------------------------------


class Signed:
    """A compact JWS that was read strictly; nothing of it is verified yet."""

    def __init__(self, token: str, typs: set[str], all_typs: set[str]) -> None:
        if not JWS.match(token):
            raise Refused("encoding_not_canonical")
        head, payload, signature = token.split(".")
        jose = _object(unb64u(head), "jose_header_not_allowed")
        if set(jose) != {"alg", "kid", "typ"} or not (isinstance(jose["kid"], str) and HASH.match(jose["kid"])):
            raise Refused("jose_header_not_allowed")
        if jose["alg"] != "ES256":
            raise Refused("algorithm_not_allowed")
        if jose["typ"] not in all_typs & typs:
            raise Refused("type_not_allowed")
        self.token, self.kid, self.typ = token, jose["kid"], jose["typ"]
        self.claims = _object(unb64u(payload), "header_form_invalid")
        self.signature = unb64u(signature)
        self.signing_input = f"{head}.{payload}".encode("ascii")


class SealedBody:
    """A compact JWE that was read strictly; opening is a later stage."""

    def __init__(self, token: str) -> None:
        if not JWE.match(token):
            raise Refused("encoding_not_canonical")
        self.head, _, iv, data, tag = token.split(".")
        jose = _object(unb64u(self.head), "jose_header_not_allowed")
        if set(jose) != {"alg", "enc", "kid", "epk", "typ"} or not isinstance(jose["epk"], dict):
            raise Refused("jose_header_not_allowed")
        if not (isinstance(jose["kid"], str) and HASH.match(jose["kid"])):
            raise Refused("jose_header_not_allowed")
        if jose["alg"] != "ECDH-ES" or jose["enc"] != "A256GCM":
            raise Refused("algorithm_not_allowed")
        if jose["typ"] != "renkei-body":
            raise Refused("type_not_allowed")
        epk = jose["epk"]
        if set(epk) != {"kty", "crv", "x", "y"}:
            raise Refused("jose_header_not_allowed")
        if epk["kty"] != "EC" or epk["crv"] != "P-256":
            raise Refused("algorithm_not_allowed")
        if not all(isinstance(epk[axis], str) and len(unb64u(epk[axis])) == 32 for axis in "xy"):
            raise Refused("jose_header_not_allowed")
        self.kid = jose["kid"]
        self.point = b"\x04" + unb64u(epk["x"]) + unb64u(epk["y"])
        self.iv, self.ciphertext = unb64u(iv), unb64u(data) + unb64u(tag)


def _object(data: bytes, otherwise: str) -> Json:
    value = read_json(data)
    if not isinstance(value, dict):
        raise Refused(otherwise)
    return value


class Envelope:
    """An inquiry's envelope, read in the order of the standard. `permit` is only known to be a string, or absent."""

    def __init__(self, raw: bytes, inquiry_fields: list[Json], all_typs: set[str]) -> None:
        members = read_json(raw)
        if not isinstance(members, dict):
            raise Refused("not_json")
        if set(members) - MEMBERS:
            raise Refused("envelope_member_unknown")
        if not all(isinstance(value, str) for value in members.values()):
            raise Refused("envelope_member_missing")
        self.members: Mapping[str, str] = members
        if "header" not in members:
            raise Refused("envelope_member_missing")
        self.header = Signed(members["header"], {"renkei-inquiry"}, all_typs)
        self.claims = self.header.claims
        if not fits(inquiry_fields, self.claims) or not _lives_right(self.claims):
            raise Refused("header_form_invalid")
        person = self.claims["subject_kind"] == "person"
        if "body" not in members or (person and "subjects" not in members):
            raise Refused("envelope_member_missing")
        if "receipt" in members or (not person and "subjects" in members):
            raise Refused("envelope_member_unknown")
        self.link_codes = _subjects(members["subjects"]) if person else []
        self.body = SealedBody(members["body"])


def _lives_right(claims: Json) -> bool:
    issued, expires = read_time(claims["issued_at"]), read_time(claims["expires_at"])
    return issued < expires <= issued + timedelta(days=31)


def _subjects(text: str) -> list[str]:
    value = read_json(unb64u(text))
    if not isinstance(value, dict) or set(value) != {"salt", "link_codes"}:
        raise Refused("header_form_invalid")
    salt, codes = value["salt"], value["link_codes"]
    good = isinstance(salt, str) and 22 <= len(salt) <= 64 and isinstance(codes, list) and codes
    if not good or not all(isinstance(code, str) and LINK_CODE.match(code) for code in codes):
        raise Refused("header_form_invalid")
    return codes


def new_id() -> str:
    return str(uuid.uuid4())
