"""What a document is made of, whatever it is written as. Texts are light markup of one line (see `markup`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Heading:
    """`level` 1 is a chapter; `anchor` is what links lead to."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Para:
    """A paragraph; `kind` is `""`, or `note` for what must not be read past."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Listing:
    """A list; a numbered one may go on from an earlier one."""

    items: tuple[str, ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under a head. `anchors`: one per row, empty where nothing leads to it. `kind` chooses the widths in HTML."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    anchors: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Code:
    """Text as it stands, to the byte."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A drawing, and what it shows in words."""

    svg: str
    caption: str


Part: TypeAlias = Heading | Para | Listing | Table | Code | Figure
