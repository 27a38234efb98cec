"""Text for a terminal of eighty columns: Japanese characters take two, and a line that is full is broken, not cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 80
# Japanese has no spaces to break at; these begin no line (禁則処理), and these end none.
_NOT_FIRST = frozenset("、。，．）」』】〕〉》・ー…！？：；%")
_NOT_LAST = frozenset("（「『【〔〈《")


def columns(text: str) -> int:
    """How many columns `text` takes; wide and full-width characters take two, combining ones none."""
    return sum(_columns(one) for one in text)


def padded(text: str, width: int) -> str:
    """`text` with blanks to `width` columns, or cut to it with an ellipsis."""
    if columns(text) > width:
        kept = ""
        for one in text:
            if columns(kept) + _columns(one) > width - 1:
                break
            kept += one
        text = f"{kept}…"
    return text + " " * (width - columns(text))


def wrapped(text: str, indent: str = "  ", width: int = WIDTH) -> Iterator[str]:
    """The lines of `text`, none wider than `width` columns unless a single word is; later ones are indented."""
    line = ""
    for word in _words(text, width - columns(indent)):
        if line.strip() and columns(line + word.rstrip()) > width:
            yield _plain(line)
            line = indent
        line += word.lstrip() if not line.strip() else word
    yield _plain(line)


def _plain(line: str) -> str:
    """No-break blanks have done their work; scripts look for ordinary ones."""
    return line.replace("\u00a0", " ").rstrip()


def _words(text: str, width: int) -> Iterator[str]:
    """Pieces between which a line may be broken: after a blank (a no-break one apart), and, in what is longer than
    a line, between wide characters."""
    for word in re.findall(r"[^ ]*(?: +|$)", text):
        if columns(word) <= width:
            yield word
            continue
        piece = ""
        for one in word:
            if piece and _may_break(piece[-1], one):
                yield piece
                piece = ""
            piece += one
        yield piece


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after == " ":
        return False
    return before == " " or _columns(before) == 2 or _columns(after) == 2


def _columns(one: str) -> int:
    if unicodedata.combining(one):
        return 0
    return 2 if unicodedata.east_asian_width(one) in "WF" else 1
