"""Light markup of the document's prose → parts. A small closed subset of Markdown, so that both outputs say the same.

A block ends with an empty line. `- ` and `1. ` begin list items (a following indented line goes on with the item),
`| a | b |` is a table with its second row dashes, three backticks fence code, `> ` begins a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renkei_reports.standard.model import Code, Listing, Para, Part, Table

_ITEM = re.compile(r"(- |[0-9]+\. )")


def parts(body: str) -> Iterator[Part]:
    """The parts of a section's body."""
    for block in _blocks(body.strip("\n").split("\n")):
        yield _part(block)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    fenced = False
    for line in lines:
        if line.startswith("```"):
            fenced = not fenced
            block.append(line)
        elif fenced or line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _part(block: list[str]) -> Part:
    first = block[0]
    if first.startswith("```"):
        return Code("\n".join(block[1:-1]))
    if first.startswith("| "):
        head, _, *rows = [_cells(line) for line in block]
        return Table(head, tuple(rows))
    if first.startswith("> "):
        return Para(_joined(line.removeprefix("> ") for line in block), "note")
    if mark := _ITEM.match(first):
        ordered = mark[0] != "- "
        return Listing(tuple(_items(block)), ordered, int(mark[0][:-2]) if ordered else 1)
    return Para(_joined(block))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))


def _items(block: list[str]) -> Iterator[str]:
    item: list[str] = []
    for line in block:
        if (mark := _ITEM.match(line)) and item:
            yield _joined(item)
            item = []
        item.append(line[mark.end() :] if mark else line)
    yield _joined(item)


def _joined(lines: Iterator[str] | list[str]) -> str:
    """One line; between two Japanese characters a line break is no space."""
    text = ""
    for line in (line.strip() for line in lines):
        joint = "" if not text or (not text[-1].isascii() and not line[:1].isascii()) else " "
        text += joint + line
    return text
