"""What pydantic complains of in a product file, in the words of the person who wrote it: both languages, no type names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from renkei_fixtures.messages import both
from renkei_fixtures.standard import Text

_KINDS = {
    "string_type": "text",
    "int_type": "number",
    "int_parsing": "number",
    "int_from_float": "number",
    "bool_type": "truth",
    "tuple_type": "list",
    "list_type": "list",
    "model_type": "table",
    "model_attributes_type": "table",
    "dict_type": "table",
    "string_pattern_mismatch": "pattern",
    "literal_error": "one_of",
    "string_too_short": "not_empty",
    "string_too_long": "shorter",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
}
_PATTERNS = {"listen": "host:port"}


def expected_of(error: Mapping[str, Any]) -> Text:
    """What should have stood there. `error`: one of `ValidationError.errors()`."""
    kind = _KINDS.get(str(error["type"]))
    if kind is None:
        return both("conformance.expected.other")
    context = error.get("ctx", {})
    said = {
        "choices": _choices(context.get("expected")),
        "bound": context.get("ge", context.get("le", context.get("max_length", ""))),
        "pattern": _PATTERNS.get(str(error["loc"][-1]), context.get("pattern", "")),
    }
    return both(f"conformance.expected.{kind}", **said)


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """The known key nearest to a misspelt one, or all that are known here."""
    known = list(known)
    if not known:
        return None
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return (
        both("conformance.expected.near", near=near[0])
        if near
        else both("conformance.expected.keys", keys=", ".join(known))
    )


def _choices(text: object) -> str:
    """pydantic's `'a', 'b' or 'c'` without its English."""
    return str(text or "").replace(" or ", ", ").replace("'", "")
