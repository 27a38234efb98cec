"""Foreign text made safe to look at: nothing invisible, nothing that turns the line around, nothing XML cannot hold.

What a product sent is evidence and may be hostile. Escaping `<` and `&` is the writers' affair (Jinja2, ElementTree);
here only characters are dealt with that no escaping makes harmless.
"""

from __future__ import annotations

import unicodedata

_KEPT = {"\n", "\t"}
# Cc control, Cf format (bidi overrides, zero width, tags), Cs lone surrogates, Cn not assigned, Zl and Zp separators.
_SHOWN_AS_CODE = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """`text` with every invisible or disturbing character as `⟨U+202E⟩`; line feeds and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text.replace("\r\n", "\n"))


def shortened(text: str, limit: int) -> tuple[str, int]:
    """The head of `text`, at most `limit` characters, and how many characters were left out."""
    return (text, 0) if len(text) <= limit else (text[:limit], len(text) - limit)


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _SHOWN_AS_CODE:
        return character
    return f"⟨U+{ord(character):04X}⟩"
