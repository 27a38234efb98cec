"""Arming: rooms with named defects put in their place, for the selfcheck and for an operator who wants to see one.

A fault is a function rooms → rooms (``faults``); its name, text and the clause it breaks are data of the standard. A
room never asks whether a fault is armed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.errors import SetupError

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard


def armed(ids: Iterable[str], standard: Standard) -> tuple[BodyRooms, NetworkRooms]:
    """Rooms of bodies and of the network with these faults, in the order named. SetupError for one that is not there."""
    bodies, network = BodyRooms(), NetworkRooms()
    for id_ in ids:
        row, fault = standard.faults.get(id_), _faults().get(id_)
        if row is None or fault is None:
            raise SetupError("emulator.fault.unknown", where="--arm", expected="renkei selfcheck", got=id_)
        if row.role == "network":
            network = fault(network)
        else:
            bodies = fault(bodies)
    return bodies, network


def _faults() -> dict[str, Any]:
    from renkei_emulator.faults import FAULTS  # noqa: PLC0415 - nobody pays for defects who does not want one

    return dict(FAULTS)
