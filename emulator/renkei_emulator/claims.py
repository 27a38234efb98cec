"""The claims of a message against the field table of its type (PROTOCOL §5).

The table says which members there are, of what type, required or not; what one field demands of another stands in
`_RULES`. Values stay as they travelled (strings, ints, lists): a claim is data of a stranger, not of ours.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from renkei_emulator.envelope import strict_json, unb64u
from renkei_emulator.refusals import Refused
from renkei_fixtures import instants

if TYPE_CHECKING:
    from renkei_fixtures.standard import Field, Standard

Claims = dict[str, Any]
Check = Callable[[Any], bool]

LONGEST_LIFE = timedelta(days=31)
FUTURE_ALLOWED = timedelta(seconds=300)

_PATTERNS = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "body": r"[0-9]{6}|[0-9]{13}",
    "body_or_network": r"[0-9]{6}|[0-9]{13}|network",
    "hash": r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",
    "code": r"[!-~]{1,32}",
}
_LENGTH = re.compile(r"X ?(\d+)(?:[-–](\d+))?")
_INT = re.compile(r"int(?: ?(\d+)[-–](\d+))?")


def _is_time(value: Any) -> bool:
    try:
        instants.parse(value)
    except (ValueError, TypeError):
        return False
    return True


def _is_date(value: Any) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except (ValueError, TypeError):
        return False


def _is_text(pattern: str) -> Check:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


def _is_whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _check_of(type_: str, values: Iterable[str] | None) -> Check:
    if values:
        allowed = frozenset(values)
        return lambda value: isinstance(value, str) and value in allowed
    if type_ in _PATTERNS:
        return _is_text(_PATTERNS[type_])
    if length := _LENGTH.fullmatch(type_):
        low, high = (length[1], length[2]) if length[2] else ("1", length[1])
        return _is_text(f"[ -~]{{{low},{high}}}")
    if whole := _INT.fullmatch(type_):
        return _is_whole(int(whole[1] or 0), int(whole[2] or 2**53 - 1))
    kinds: dict[str, Check] = {
        "time": _is_time,
        "date": _is_date,
        "bool": lambda value: isinstance(value, bool),
        "list": lambda value: isinstance(value, list) and bool(value),
        "object": lambda value: isinstance(value, dict),
    }
    return kinds[type_]


class Shape:
    """The fields of one type, compiled: which are required, and a check for each."""

    def __init__(self, fields: Iterable["Field"]) -> None:
        fields = tuple(fields)
        self.required = frozenset(f.name for f in fields if f.required == "R")
        self.checks = {f.name: _check_of(f.type, f.values) for f in fields}

    def findings(self, claims: Claims) -> str | None:
        """What is wrong first, or None."""
        if missing := self.required - claims.keys():
            return f"missing: {', '.join(sorted(missing))}"
        for name, value in claims.items():
            check = self.checks.get(name)
            if check is None:
                return f"unknown: {name}"
            if not check(value):
                return f"wrong form: {name}"
        return None


@lru_cache(maxsize=256)
def _shape(fields: tuple["Field", ...]) -> Shape:
    return Shape(fields)


# --- what one field demands of another ------------------------------------------------------------------------------
def _life(claims: Claims) -> str | None:
    issued, expires = instants.parse(claims["issued_at"]), instants.parse(claims["expires_at"])
    return None if issued < expires <= issued + LONGEST_LIFE else "expires_at: after issued_at, at most 31 days"


def _persons_have_link_codes(claims: Claims) -> str | None:
    if (claims["subject_kind"] == "person") == ("subjects_sha256" in claims):
        return None
    return "subjects_sha256 goes with subject_kind person, and with no other"


def _refusal_names_its_reason(claims: Claims) -> str | None:
    if claims["state"] in ("refused", "rejected") and not {"code", "stage"} <= claims.keys():
        return f"{claims['state']} without code and stage"
    return None


def _query_names_its_exchange(claims: Claims) -> str | None:
    allowed = {"status": {"exchange_number"}, "inbox": {"wait_s", "max"}, "records": {"link_code"}}[claims["ask"]]
    given = claims.keys() & {"exchange_number", "wait_s", "max", "link_code"}
    if not given <= allowed:
        return f"{claims['ask']} takes {', '.join(sorted(allowed))}"
    if claims["ask"] != "inbox" and given != allowed:
        return f"{claims['ask']} needs {', '.join(sorted(allowed))}"
    if not 0 <= claims.get("wait_s", 0) <= 30 or not 1 <= claims.get("max", 1) <= 100:
        return "wait_s 0-30, max 1-100"
    return None


def _counted(claims: Claims) -> str | None:
    return None if 1 <= claims["subject_count"] <= 10000 else "subject_count 1-10000"


_ITEM: dict[str, tuple[bool, Check]] = {
    "exchange_number": (True, _is_text("[!-~]{1,32}")),
    "acknowledged_sha256": (True, _is_text(_PATTERNS["hash"])),
    "part": (False, _is_whole(1, 2**31)),
    "outcome": (True, lambda value: value in ("taken", "accepted", "rejected")),
    "code": (False, _is_text(_PATTERNS["code"])),
    "stage": (False, _is_text(_PATTERNS["code"])),
}


def _acknowledged_items(claims: Claims) -> str | None:
    items = claims["items"]
    if not 1 <= len(items) <= 100:
        return "items 1-100"
    for item in items:
        if not isinstance(item, dict) or not item.keys() <= _ITEM.keys():
            return "items: unknown member"
        if any(must and name not in item for name, (must, _) in _ITEM.items()):
            return "items: missing member"
        if not all(_ITEM[name][1](value) for name, value in item.items()):
            return "items: wrong form"
        if (item["outcome"] == "rejected") != ("code" in item) or ("code" in item) != ("stage" in item):
            return "items: code and stage go with rejected"
    return None


def _first_part(claims: Claims) -> str | None:
    return None if claims["part"] >= 1 else "part from 1"


_RULES: dict[str, tuple[Callable[[Claims], str | None], ...]] = {
    "renkei-inquiry": (_life, _counted, _persons_have_link_codes),
    "renkei-notification": (_life, _counted, _persons_have_link_codes),
    "renkei-answer": (_first_part,),
    "renkei-receipt": (_refusal_names_its_reason,),
    "renkei-query": (_query_names_its_exchange,),
    "renkei-acknowledgement": (_acknowledged_items,),
}


def read_claims(payload: bytes, typ: str, standard: "Standard") -> Claims:
    """The claims of a signed message, known to have exactly the members and forms of its type.

    Raises Refused `type_not_allowed`, `header_form_invalid`, and what `strict_json` raises.
    """
    message_type = standard.message_types.get(typ)
    if message_type is None:
        raise Refused("type_not_allowed", typ)
    claims = strict_json(payload)
    if not isinstance(claims, dict):
        raise Refused("header_form_invalid", "claims are a JSON object")
    finding = _shape(message_type.fields).findings(claims)
    if finding is None:
        finding = next(filter(None, (rule(claims) for rule in _RULES.get(typ, ()))), None)
    if finding is not None:
        raise Refused("header_form_invalid", finding)
    return claims


def read_content(plaintext: bytes, typ: str, standard: "Standard") -> Claims:
    """The outer members of an opened content. Raises Refused `content_form_invalid`."""
    try:
        content = strict_json(plaintext)
    except Refused as e:
        raise Refused("content_form_invalid", str(e)) from None
    if not isinstance(content, dict):
        raise Refused("content_form_invalid", "content is a JSON object")
    if finding := _shape(standard.message_types[typ].content_fields).findings(content):
        raise Refused("content_form_invalid", finding)
    return content


def read_subjects(text: str) -> tuple[str, ...]:
    """The link codes of a `subjects` string.

    Raises Refused `encoding_not_canonical`, `header_form_invalid`, and what `strict_json` raises.
    """
    subjects = strict_json(unb64u(text))
    if not isinstance(subjects, dict) or subjects.keys() != {"salt", "link_codes"}:
        raise Refused("header_form_invalid", "subjects are salt and link_codes")
    codes, salt = subjects["link_codes"], subjects["salt"]
    if not isinstance(salt, str) or not _SALT(salt) or not isinstance(codes, list) or not codes:
        raise Refused("header_form_invalid", "subjects: wrong form")
    if not all(_LINK_CODE(code) for code in codes):
        raise Refused("header_form_invalid", "a link code is 1-64 characters of A-Z a-z 0-9 _ -")
    return tuple(codes)


_LINK_CODE = _is_text(r"[A-Za-z0-9_-]{1,64}")
_SALT = _is_text(r"[ -~]{22,64}")


def check_freshness(claims: Claims, now: datetime) -> None:
    """Raise Refused `issued_in_future` (more than 300 s) or `message_expired` where `now` is outside its life."""
    if instants.parse(claims["issued_at"]) > now + FUTURE_ALLOWED:
        raise Refused("issued_in_future")
    if "expires_at" in claims and instants.parse(claims["expires_at"]) <= now:
        raise Refused("message_expired")
