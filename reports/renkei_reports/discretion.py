"""What a report may show of people and secrets: little.

The run record keeps test persons whole, because a failure must be repeatable; reports are passed on, so every number
that names a person is shortened in them, wherever it turns up, and tokens are not shown at all. The persons of a test
are invented, but a vendor may have loaded other data than we gave.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from renkei_fixtures.run_record import Check, Message
from renkei_fixtures.text import Text
from renkei_reports.report import CaseReport

HIDDEN = "•••"
_PERSONAL = {"own_number", "individual_number", "link_code", "link_codes", "kana", "address", "birth_date", "full_name"}
_SECRET = re.compile(r"token|password|secret|key_pem|authorization|cookie", re.IGNORECASE)
# Numbers and link codes are of this alphabet. Shorter words than six characters would hit ordinary text.
_WORD = re.compile(r"[A-Za-z0-9_-]{6,64}")


class Discretion:
    """Knows the persons of one record, and shortens them in whatever is about to be shown."""

    def __init__(self, cases: Iterable[CaseReport]) -> None:
        self._known: set[str] = set()
        for case in cases:
            for entry in case.trace:
                self._learn_from(entry.event)

    def text(self, text: str) -> str:
        """`text` with every known person's number shortened."""
        return _WORD.sub(lambda word: _short(word[0]) if word[0] in self._known else word[0], text)

    def words(self, text: Text | None) -> Text | None:
        """The same for a text in both languages."""
        return None if text is None else Text(ja=self.text(text.ja), en=self.text(text.en))

    def value(self, value: Any) -> Any:
        """A JSON value with persons shortened and secrets hidden, by member name and by known number."""
        if isinstance(value, Mapping):
            return {name: self._member(str(name), part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        return self.text(value) if isinstance(value, str) else value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: HIDDEN if _SECRET.search(name) else self.text(value) for name, value in headers.items()}

    def _member(self, name: str, value: Any) -> Any:
        if _SECRET.search(name) and isinstance(value, str):
            return HIDDEN
        if name == "subjects" and isinstance(value, str):
            return f"{value[:8]}…[{len(value)}]"
        if name in _PERSONAL:
            return [_short(str(part)) for part in value] if isinstance(value, list | tuple) else _short(str(value))
        return self.value(value)

    def _learn_from(self, event: object) -> None:
        if isinstance(event, Message):
            self._learn(event.opened)
            if event.body and any(name in event.body for name in (*_PERSONAL, "subjects")):
                self._learn(_parsed(event.body))
        elif isinstance(event, Check):
            self._learn(event.expected)
            self._learn(event.got)

    def _learn(self, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                if name == "subjects" and isinstance(part, str):
                    self._learn(decoded(part))
                elif name in _PERSONAL:
                    self._known.update(str(one) for one in (part if isinstance(part, list | tuple) else [part]))
                else:
                    self._learn(part)
        elif isinstance(value, list | tuple):
            for part in value:
                self._learn(part)


def without_secrets(value: Any) -> Any:
    """A product file's content as a report shows it: everything but tokens and keys."""
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _SECRET.search(str(name)) and isinstance(part, str) else without_secrets(part)
            for name, part in value.items()
        }
    return [without_secrets(part) for part in value] if isinstance(value, list | tuple) else value


def decoded(part: str) -> Any:
    """A base64url part as JSON, or None where it is none; lenient, for looking only."""
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None


def _short(text: str) -> str:
    return text if len(text) <= 3 else f"{text[:3]}…"


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        # One message, or NDJSON as record exports are; anything else has no members to learn from.
        try:
            return [json.loads(line) for line in body.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None
