"""PF通信機能: sends to and receives from the intermediate interface (seed §4-3).

Interface P: the opened message as plain JSON values, ``{"header", "permit" | "receipt", "subjects", "content"}``
(PROTOCOL §5). In one process it is a function boundary; nothing but such values goes through it, so that a product
which makes only one of the two blocks can stand on either side.
"""

from __future__ import annotations

from collections.abc import Mapping

from renkei_emulator.claims import Claims
from renkei_emulator.messages import Answer, Opened, OpenedAnswer, Plain


def hand_over(opened: Opened) -> Plain:
    """An inquiry to the intermediate IF."""
    permitted = opened.authorised.permitted
    framed = permitted.verified.framed
    return {
        "header": dict(framed.claims),
        "permit": dict(permitted.permit),
        "subjects": list(framed.link_codes),
        "content": dict(opened.content),
    }


def hand_over_answer(opened: OpenedAnswer) -> Plain:
    """An answer to the intermediate IF; its persons are told by item number alone."""
    receipted = opened.charged.delivered.receipted
    return {
        "header": dict(receipted.framed.claims),
        "receipt": dict(receipted.receipt),
        "content": dict(opened.content),
    }


def message(header: Mapping[str, object], link_codes: tuple[str, ...], content: Mapping[str, object]) -> Plain:
    """An inquiry or answer of the intermediate IF, ready to cross."""
    return {"header": dict(header), "subjects": list(link_codes), "content": dict(content)}


def take_over(plain: Plain) -> Answer:
    """A message from the intermediate IF, to be signed and sealed."""
    header: Claims = dict(plain["header"])
    return Answer(header, tuple(plain["subjects"]), dict(plain["content"]))
