"""What the journeys of one body share: its world, rooms, keys, disk, and what it knows of others."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from renkei_emulator.counterparts import Counterparts
from renkei_emulator.envelope import Opener, PublicKey, Signer, b64u
from renkei_emulator.quirks import NONE, Quirks
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.storage.body import BodyStore
from renkei_emulator.tasks import Tasks
from renkei_emulator.trust import Check, Usage
from renkei_emulator.world import Dice, World
from renkei_fixtures.instants import render

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body
    from renkei_fixtures.standard import Standard


@dataclass
class Desk:
    """One body. ``rooms`` and ``store`` may be put in another's place while it runs (see ``faults``)."""

    body: Body
    bodies: Mapping[str, Body]
    world: World
    rooms: BodyRooms
    store: BodyStore
    signer: Signer
    opener: Opener
    openers: Mapping[str, Opener]
    """By `kid` every sealing key of ours in force: ``opener`` and, while it is being renewed, the newer one."""
    counterparts: Counterparts
    quirks: Quirks = NONE
    tasks: Tasks = field(default_factory=Tasks)

    @property
    def code(self) -> str:
        return self.body.code

    @property
    def standard(self) -> Standard:
        return self.world.standard

    def now(self) -> datetime:
        return self.world.clock.now()

    def link_code(self, own_number: str) -> str | None:
        """Our own link code of a person that holds now."""
        return self.store.link_code(own_number, render(self.now()))

    def dice(self, label: str) -> Dice:
        """Dice for one deed: what runs beside it does not move it. ``label`` names the deed once and for all."""
        return self.world.dice.child(label)

    def salt(self, label: str) -> str:
        """256 bit, as a salt is written: 43 characters."""
        return b64u(self.dice(f"salt {label}").bytes(32))

    def check(self, now: datetime) -> Check:
        """Certificates as this body judges them now."""

        def check(kid: str, usage: Usage, san: str, at: datetime) -> PublicKey:
            return self.rooms.check_certificate(self.counterparts.trust, kid, usage, san, at, now)

        return check

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with something after the reply."""
        self.tasks.start(work)
