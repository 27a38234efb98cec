"""Legal but awkward: what the standard allows and careless readers trip over. Seeded, off by default.

The one quirk of this edition: members of headers, contents and envelopes in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renkei_emulator.world import Dice


@dataclass(frozen=True)
class Quirks:
    """Which quirks a body has."""

    member_order: bool = False

    def arranged(self, members: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
        """The members as they will be written."""
        if not self.member_order:
            return dict(members)
        rest, order = list(members), []
        while rest:
            order.append(rest.pop(dice.below(len(rest))))
        return {name: members[name] for name in order}


NONE = Quirks()
