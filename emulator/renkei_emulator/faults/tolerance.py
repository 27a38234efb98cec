"""What careless products have in common: they go on where they should stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms

Fault = Callable[[BodyRooms], BodyRooms]


def tolerant(step: Callable[..., Any], code: str, instead: Callable[..., Any]) -> Callable[..., Any]:
    """The step, but where it would refuse with `code`, what a careless product does `instead`."""

    def careless(*args: Any, **named: Any) -> Any:
        try:
            return step(*args, **named)
        except Refused as refused:
            if refused.code != code:
                raise
            return instead(*args)

    return careless


def nothing(*_args: Any) -> None:
    """Check nothing."""
