"""Characters (文字) of an N item: those of JIS X 0213, counted as JIS counts them, never normalised.

The repertoire is what `shift_jis_2004` writes in two bytes: the 11,233 characters of JIS X 0213, of which 25 are two code
points in Unicode (か゚). ASCII, half-width kana, private use and variation selectors are none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

CODEC = "shift_jis_2004"
NONE, REDUCED, REPLACED = "0", "1", "2"
"""What a `_reduced` flag says: as it was, another form of the character, 代替文字 because there is no form."""

_FULL_WIDTH = ("＼", "～")
"""The codec gives these two cells the ASCII character; JIS X 0213 has the full-width one there."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0x10FFFE))


def jis_length(text: str) -> int | None:
    """How many characters of JIS X 0213 `text` has; None if one of its code points is none."""
    cells = list(_cells(text))
    return len(cells) if all(stands for _, stands in cells) else None


def foreign(text: str) -> list[str]:
    """The code points of `text` that are no characters of JIS X 0213, in order."""
    return [cell for cell, stands in _cells(text) if not stands]


def _cells(text: str) -> Iterator[tuple[str, bool]]:
    """Every character with whether it stands in JIS X 0213. A pair goes before its halves: か before か゚ would leave ゚."""
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        cell = pair if len(pair) == 2 and _written(pair) == 2 == _written(pair[0]) else pair[0]
        yield cell, _written(cell) == 2
        place += len(cell)


def _written(cell: str) -> int:
    """Bytes of the cell; 0 where it has none. One byte: ASCII, half-width kana, the yen sign for a backslash."""
    if cell in _FULL_WIDTH:
        return 2
    if cell.isascii():
        return 1  # also where the codec puts \\ and ~ into the cells of the full-width ones
    try:
        return len(cell.encode(CODEC))
    except UnicodeEncodeError:
        return 0


def reduce_text(text: str, forms: Mapping[str, str], substitute: str) -> tuple[str, str]:
    """`text` without 外字, and its flag. ``forms``: code point → form in JIS X 0213; what no form is known for and lies
    in the private use area becomes ``substitute``. What is neither stays, to be set aside by whoever checks it.
    """
    parts, flag = [], NONE
    for char, part in _steps(text, forms, substitute):
        parts.append(part)
        if part != char:
            flag = max(flag, REPLACED if part == substitute and char not in forms else REDUCED)
    return "".join(parts), flag


def _steps(text: str, forms: Mapping[str, str], substitute: str) -> Iterator[tuple[str, str]]:
    for char in text:
        if char in forms:
            yield char, forms[char]
        elif any(ord(char) in block for block in _PRIVATE):
            yield char, substitute
        elif any(ord(char) in block for block in _SELECTORS):
            yield char, ""  # the base character is the form of all its variants
        else:
            yield char, char
