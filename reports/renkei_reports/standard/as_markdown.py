"""The document as Markdown (GitHub's kind): one file a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from renkei_reports.standard.inserts import Sources
from renkei_reports.standard.model import Code, Figure, Heading, Listing, Para, Part, Table

_CODE = re.compile(r"(`[^`]*`)")


def render(src: Sources, cover: Iterable[Part], body: Iterable[Part]) -> str:
    """The whole text; the drawing stands as a list of arrows in the table that follows it."""
    lines = [f"# {src.say('title')}", ""]
    for part in (*cover, *body):
        lines += [*_lines(src, part), ""]
    return "\n".join(lines)


def _lines(src: Sources, part: Part) -> Iterator[str]:
    match part:
        case Heading(level, anchor, text):
            yield f'<a id="{anchor}"></a>'
            yield ""
            yield f"{'#' * (level + 1)} {_safe(text)}"
            if level == 1:
                yield ""
                yield f"> {src.say('not_government')}"
        case Para(text, kind):
            yield ("> " if kind == "note" else "") + _safe(text)
        case Listing(items, ordered, start):
            for n, item in enumerate(items, start):
                yield f"{n}. {_safe(item)}" if ordered else f"- {_safe(item)}"
        case Table():
            yield from _table(part)
        case Code(text):
            yield from ("```", text, "```")
        case Figure(_, caption):
            yield f"*{caption}*"


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(_cell, table.head))} |"
    yield f"|{'---|' * len(table.head)}"
    anchors = table.anchors or ("",) * len(table.rows)
    for row, anchor in zip(table.rows, anchors, strict=True):
        first, *others = map(_cell, row)
        place = f'<a id="{anchor}"></a>' if anchor else ""
        yield f"| {' | '.join((place + first, *others))} |"


def _safe(text: str) -> str:
    """Nothing of a text is a tag; what stands in code stands as it is."""
    parts = _CODE.split(text)
    return "".join(p if p.startswith("`") else p.replace("<", "&lt;") for p in parts)


def _cell(text: str) -> str:
    return _safe(text).replace("|", "\\|").replace("\n", " ")
