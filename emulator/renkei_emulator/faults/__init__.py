"""Defects for the selfcheck (欠陥): functions that put one step of the rooms in another's place. Off unless armed.

`vendor` faults are such as developers write; `mirror` ones are the plain opposite of one refusing clause, for lint.
Names, texts and what they break are data (`standard.faults`); a test holds both lists equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from renkei_emulator.faults import (
    answers,
    asked_items,
    authority,
    blind_inquirer,
    blind_provider,
    correcting,
    disclosing,
    fetching,
    held_back,
    inquirer,
    late,
    link_codes,
    linkage,
    mirrors,
    own_keys,
    revoking,
    rows,
    store,
    texts,
    wire,
    withholding,
)
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.network.faults import NETWORK_FAULTS as NETWORK_VENDOR
from renkei_emulator.network.faults_blind import FAULTS as NETWORK_BLIND
from renkei_emulator.network.faults_disclosing import FAULTS as NETWORK_DISCLOSING
from renkei_emulator.network.faults_reissuing import FAULTS as NETWORK_REISSUING
from renkei_emulator.network.faults_states import FAULTS as NETWORK_STATES
from renkei_emulator.network.faults_wire import FAULTS as NETWORK_WIRE
from renkei_fixtures.errors import SetupError

if TYPE_CHECKING:
    from renkei_emulator.network.rooms import NetworkRooms
    from renkei_emulator.rooms import BodyRooms

BODY: dict[str, Fault] = {
    **linkage.FAULTS,
    **authority.FAULTS,
    **store.FAULTS,
    **answers.FAULTS,
    **rows.FAULTS,
    **texts.FAULTS,
    **mirrors.BODY,
    **held_back.BODY,
    **wire.FAULTS,
    **late.FAULTS,
    **fetching.FAULTS,
    **link_codes.FAULTS,
    **disclosing.FAULTS,
    **withholding.FAULTS,
    **own_keys.FAULTS,
    **revoking.FAULTS,
    **correcting.FAULTS,
    **inquirer.FAULTS,
    **asked_items.FAULTS,
    **inquirer.MIRRORS,
    **blind_provider.FAULTS,
    **blind_inquirer.FAULTS,
}
NETWORK = {
    **NETWORK_VENDOR,
    **NETWORK_WIRE,
    **NETWORK_STATES,
    **NETWORK_DISCLOSING,
    **NETWORK_REISSUING,
    **mirrors.NETWORK,
    **NETWORK_BLIND,
}


def check_names(armed: Iterable[str]) -> None:
    """Raise SetupError for a name that no fault has."""
    for name in armed:
        if name not in BODY and name not in NETWORK:
            raise SetupError("emulator.unknown_fault", where=name, expected="renkei standard faults", got=name)


def arm_body(rooms: BodyRooms, armed: Iterable[str]) -> BodyRooms:
    """The body's rooms with the named faults in them; names of network faults are passed over."""
    for name in armed:
        if name in BODY:
            rooms = BODY[name](rooms)
    return rooms


def arm_network(rooms: NetworkRooms, armed: Iterable[str]) -> NetworkRooms:
    """The network's rooms with the named faults in them; names of body faults are passed over."""
    for name in armed:
        if name in NETWORK:
            rooms = NETWORK[name](rooms)
    return rooms
