"""縮退: what a sender does with 外字, item by item, before a record is kept.

Each N item that may need it has a sibling ``<id>_reduced``; what stands in the table of forms is written in that form, a
private use character without one becomes 代替文字, and the flag says which. An item without such a sibling is left as it
is: whoever checks it sets the row aside.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renkei_emulator.characters import foreign, reduce_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from renkei_fixtures.standard.rows import Information

SUBSTITUTE = "〓"
FLAG = "_reduced"


@lru_cache(maxsize=1)
def forms() -> Mapping[str, str]:
    """Character → its form in JIS X 0213 (`reduction.csv`)."""
    lines = (Path(__file__).parent / "reduction.csv").read_text("utf-8").splitlines()[1:]
    return {chr(int(point[2:], 16)): form for point, form, _ in (line.split(",", 2) for line in lines)}


def reduced(information: Information, record: Any) -> Any:
    """The record with its 外字 reduced; the very same one where there is none."""
    flags = {item.id: item.id + FLAG for item in information.items if item.type == "N"}
    flags = {name: flag for name, flag in flags.items() if any(item.id == flag for item in information.items)}
    return _reduced(record, flags) if flags else record


def _reduced(value: Any, flags: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_reduced(each, flags) for each in value]
    if not isinstance(value, dict):
        return value
    members = {name: _reduced(inner, flags) for name, inner in value.items()}
    for name, flag in flags.items():
        text = members.get(name)
        if isinstance(text, str) and foreign(text):
            members[name], said = reduce_text(text, forms(), SUBSTITUTE)
            # A system that reduced a part of the name itself has said so, and that stands.
            members[flag] = max(said, members[flag]) if isinstance(members.get(flag), str) else said
    return {name: members[name] for name in value} | {name: members[name] for name in members if name not in value}
