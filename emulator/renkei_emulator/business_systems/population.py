"""A world that somebody develops against is not empty: every local body's office has loaded its residents in the rare
situations, and knows the link codes of the subject body's, so that it can ask about them.

Loads are idempotent by their id, so a second start over kept data changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.messages import compact
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.world import HttpRequest
from renkei_fixtures.municipalities import SUBJECT
from renkei_fixtures.residents import SITUATIONS, Resident, resident

if TYPE_CHECKING:
    from renkei_emulator.installation import Installation


def number_elsewhere(n: int) -> str:
    """How every other local body numbers the subject body's resident ``n``."""
    return f"{SUBJECT}-{n:02}"


async def populate(here: Installation) -> None:
    """Load every local body of this installation over its own interface B."""
    codes = LinkCodes(here.seed)
    people = [resident(here.seed, SUBJECT, n) for n in SITUATIONS.values()]
    for body in (code for code in here.nodes if len(code) == 6):

        def own(person: Resident, body: str = body) -> str:
            return codes.issue(body, Person(person.serial, 0))

        await _load(here, body, tax_office_load(here.seed, body, SITUATIONS.values(), own, "world-residents"))
        if body != SUBJECT:
            rows = [{"own_number": number_elsewhere(one.n), "link_code": own(one)} for one in people]
            await _load(here, body, compact({"load_id": "world-others", "link_codes": rows}))


async def _load(here: Installation, body: str, load: bytes) -> None:
    headers = {"authorization": f"Bearer {here.tokens[body]}"}
    reply = await here.handle("business", HttpRequest("POST", f"/business/1/{body}/load", headers, load))
    said = json.loads(reply.body)
    assert reply.status == 200, said
    assert not said["set_aside"], said
