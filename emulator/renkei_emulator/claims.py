"""The claims of a message against the field table of its type (PROTOCOL §5).

The table says which members there are, of what form, required or not, and when a conditional one stands; what it cannot
say is in `_RULES`. Values stay as they travelled (strings, ints, lists): a claim is data of a stranger, not of ours.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.envelope import strict_json, unb64u
from renkei_emulator.refusals import Refused
from renkei_fixtures import instants

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard
    from renkei_fixtures.standard.rows import Field

Claims = dict[str, Any]
Finding = str | None  # what is wrong, for our log; None where nothing is
Check = Callable[[Any], Finding]

LONGEST_LIFE = timedelta(days=31)
FUTURE_ALLOWED = timedelta(seconds=300)
QUERY_LIFE = timedelta(seconds=300)

_TEXTS = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "body": r"[0-9]{6}|[0-9]{13}",
    "network": "network",
    "body_or_network": r"[0-9]{6}|[0-9]{13}|network",
    "hash": r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",
    "code": r"[!-~]{1,32}",
    "zeros": "0*",
}


# --- one value ------------------------------------------------------------------------------------------------------
def _text(pattern: str) -> Check:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: None if isinstance(value, str) and match(value) else "form"


def _one_of(values: Iterable[str]) -> Check:
    allowed = frozenset(values)
    return lambda value: None if isinstance(value, str) and value in allowed else "value"


def _whole(low: int | None, high: int | None) -> Check:
    least, most = low or 0, 2**53 - 1 if high is None else high
    return lambda value: None if type(value) is int and least <= value <= most else "number"


def _truth(value: object) -> Finding:
    return None if isinstance(value, bool) else "not true or false"


def _time(value: Any) -> Finding:
    try:
        instants.parse(value)
    except (ValueError, TypeError):
        return "not an instant"
    return None


def _date(value: Any) -> Finding:
    try:
        return None if date.fromisoformat(value).isoformat() == value else "not a date"
    except (ValueError, TypeError):
        return "not a date"


def _characters(most: int) -> Check:
    # A JIS character is one or two code points.
    return lambda value: (
        None if isinstance(value, str) and 0 < len(value) <= 2 * most and value.isprintable() else "characters"
    )


def _list_of(field: "Field") -> Check:
    each = Shape(field.members).findings if field.members else _check_of_type(field.element or "object", field)
    least, most = field.minimum if field.minimum is not None else 1, field.maximum

    def check(value: object) -> Finding:
        if not isinstance(value, list) or len(value) < least or (most is not None and len(value) > most):
            return "not a list of the right length"
        return next(filter(None, map(each, value)), None)

    return check


def _object_of(field: "Field") -> Check:
    if field.members:
        return Shape(field.members).findings
    return lambda value: None if isinstance(value, dict) else "not an object"


def _check_of_type(type_: str, field: "Field") -> Check:
    if type_ in _TEXTS:
        return _text(_TEXTS[type_])
    if type_[0] == "X":
        return _text(f"[ -~]{{{field.minimum or 1},{field.maximum or type_[1:]}}}")
    if type_[0] == "N":
        return _characters(int(type_[1:]))
    plain: dict[str, Check] = {"bool": _truth, "time": _time, "date": _date}
    return plain.get(type_) or _object_of(field)


def _check_of(field: "Field") -> Check:
    if field.values:
        return _one_of(field.values)
    if field.type == "int":
        return _whole(field.minimum, field.maximum)
    if field.type == "list":
        return _list_of(field)
    return _check_of_type(field.type, field)


# --- one message ----------------------------------------------------------------------------------------------------
class Shape:
    """The fields of one type, compiled: a check for each, which are required, which stand only with another's value."""

    def __init__(self, fields: Iterable["Field"]) -> None:
        fields = tuple(fields)
        self._required = frozenset(f.name for f in fields if f.required == "R")
        self._checks = {f.name: _check_of(f) for f in fields}
        self._when = [(f.name, *_condition(f.when)) for f in fields if f.required == "C" and f.when]

    def findings(self, claims: object) -> Finding:
        """What is wrong first, or None."""
        if not isinstance(claims, dict):
            return "not an object"
        if not self._required <= claims.keys():
            return f"missing: {', '.join(sorted(self._required - claims.keys()))}"
        for name, value in claims.items():
            check = self._checks.get(name)
            if check is None:
                return f"unknown: {name}"
            if (finding := check(value)) is not None:
                return f"{name}: {finding}"
        for name, other, values in self._when:
            if (name in claims) != (str(claims.get(other)) in values):
                return f"{name} stands with {other} {'|'.join(sorted(values))}, and only then"
        return None


def _condition(when: str) -> tuple[str, frozenset[str]]:
    name, _, values = when.partition("=")
    return name, frozenset(values.split("|"))


_SHAPES: dict[int, tuple[tuple["Field", ...], Shape]] = {}


def _shape(fields: tuple["Field", ...]) -> Shape:
    """Compiled once. Kept by identity: to hash a table of fields costs more than to check a message against it."""
    known = _SHAPES.get(id(fields))
    if known is None:  # kept with its table, whose id so stays its own
        known = _SHAPES[id(fields)] = (fields, Shape(fields))
    return known[1]


# --- what the table cannot say --------------------------------------------------------------------------------------
def _life(claims: Claims) -> Finding:
    issued, expires = instants.parse(claims["issued_at"]), instants.parse(claims["expires_at"])
    return None if issued < expires <= issued + LONGEST_LIFE else "expires_at: after issued_at, at most 31 days"


def _query(claims: Claims) -> Finding:
    if claims["ask"] != "inbox" and claims.keys() & {"wait_s", "max"}:
        return "wait_s and max stand with inbox, and only then"
    return None


_RULES: dict[str, tuple[Callable[[Claims], Finding], ...]] = {
    "renkei-inquiry": (_life,),
    "renkei-notification": (_life,),
    "renkei-query": (_query,),
}


def read_claims(payload: bytes, typ: str, standard: "Standard") -> Claims:
    """The claims of a signed message, known to have exactly the members and forms of its type.

    Raises Refused `type_not_allowed`, `header_form_invalid`, and what `strict_json` raises.
    """
    message_type = standard.message_types.get(typ)
    if message_type is None:
        raise Refused("type_not_allowed", typ)
    claims = strict_json(payload)
    finding = _shape(message_type.fields).findings(claims)
    for rule in _RULES.get(typ, ()):
        finding = finding or rule(claims)
    if finding is not None:
        raise Refused("header_form_invalid", finding)
    return dict(claims)


def read_content(plaintext: bytes, typ: str, standard: "Standard") -> Claims:
    """The members of an opened content, but for the keys and records inside. Raises Refused `content_form_invalid`."""
    try:
        content = strict_json(plaintext)
    except Refused as e:
        raise Refused("content_form_invalid", str(e)) from None
    return check_content(content, typ, standard)


def check_content(content: object, typ: str, standard: "Standard") -> Claims:
    """The same for a content that is parsed already. Raises Refused `content_form_invalid`."""
    if finding := _shape(standard.message_types[typ].content_fields).findings(content):
        raise Refused("content_form_invalid", finding)
    return dict(content)  # type: ignore[call-overload,no-any-return]  # an object, or there had been a finding


_LINK_CODE = _text(r"[A-Za-z0-9_-]{1,64}")
_SALT = _text(r"[ -~]{22,64}")


def read_subjects(text: str) -> tuple[str, ...]:
    """The link codes of a `subjects` string.

    Raises Refused `encoding_not_canonical`, `header_form_invalid`, and what `strict_json` raises.
    """
    subjects = strict_json(unb64u(text))
    if not isinstance(subjects, dict) or subjects.keys() != {"salt", "link_codes"}:
        raise Refused("header_form_invalid", "subjects are salt and link_codes")
    codes = subjects["link_codes"]
    if _SALT(subjects["salt"]) or not isinstance(codes, list) or not codes:
        raise Refused("header_form_invalid", "subjects: a salt of 22-64 characters and at least one link code")
    if any(map(_LINK_CODE, codes)):
        raise Refused("header_form_invalid", "a link code is 1-64 characters of A-Z a-z 0-9 _ -")
    return tuple(codes)


def check_freshness(claims: Claims, now: datetime) -> None:
    """Raise Refused `issued_in_future` (more than 300 s) or `message_expired` where `now` is outside its life."""
    if instants.parse(claims["issued_at"]) > now + FUTURE_ALLOWED:
        raise Refused("issued_in_future")
    if "expires_at" in claims and instants.parse(claims["expires_at"]) <= now:
        raise Refused("message_expired")
