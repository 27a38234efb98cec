"""What a section draws from the tables, by the name under which it asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from renkei_fixtures.messages import text
from renkei_fixtures.municipalities import Body
from renkei_fixtures.standard import Standard, Text
from renkei_reports.standard.model import Part

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """Everything that a document is drawn from, and the language it is in."""

    standard: Standard
    bodies: Mapping[str, Body]
    lang: str
    vectors: Mapping[str, Json] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """A word of the document's own (`document.<key>`)."""
        return text(f"document.{key}", self.lang, **values)

    def of(self, words: Text | None) -> str:
        """A text of the tables, or nothing."""
        return "" if words is None else words.of(self.lang)

    def heads(self, *names: str) -> tuple[str, ...]:
        """The head of a table."""
        return tuple(self.say(f"head.{name}") for name in names)


Insert = Callable[[Sources], Iterator[Part]]
INSERTS: dict[str, Insert] = {}


def insert(name: str) -> Callable[[Insert], Insert]:
    """Register what stands under this name."""

    def put(function: Insert) -> Insert:
        assert name not in INSERTS, name
        INSERTS[name] = function
        return function

    return put


def code(value: object) -> str:
    """A value as it stands in a message; nothing for nothing."""
    return "" if value is None or value == "" else f"`{value}`"


def codes(values: Sequence[object]) -> str:
    """Several of them."""
    return " ".join(code(value) for value in values)


def dates(row: Any) -> str:
    """`from – to` of a row with validity."""
    return f"{row.valid_from} – {row.valid_to or ''}".rstrip()
