"""ID変換機能: link code ↔ the body's own number, both ways (seed §4-3).

``lookup`` is the body's table of loaded codes. A code that is not in it is nobody here; that it is nobody is never said
otherwise than by a sealed `no_record`.
"""

from __future__ import annotations

from collections.abc import Callable

from renkei_emulator.messages import LinkCode, Local, OwnNumber

CodeLookup = Callable[[str], str | None]


def own_number_of(link_code: LinkCode, lookup: CodeLookup) -> OwnNumber | None:
    """Whose code it is here, byte for byte."""
    own = lookup(link_code)
    return None if own is None else OwnNumber(own)


def link_code_of(own_number: OwnNumber, lookup: CodeLookup) -> LinkCode | None:
    """Our own link code of a person, or None where none was loaded."""
    code = lookup(own_number)
    return None if code is None else LinkCode(code)


def rebind(link_codes: tuple[str, ...], lookup: CodeLookup) -> tuple[LinkCode, OwnNumber] | None:
    """付替え: the new code, bound to whom the old one means here; None where it means nobody."""
    old, new = link_codes
    own = lookup(old)
    return None if own is None else (LinkCode(new), OwnNumber(own))


def answer_codes(local: Local, lookup: CodeLookup) -> tuple[LinkCode, ...]:
    """③ own number → link code, in the order asked.

    An exchange finishes with the codes it was accepted with, although a person's code was issued anew meanwhile; and a
    code that is nobody's here goes back as it came.
    """
    del lookup
    return tuple(item.link_code for item in local.items)
