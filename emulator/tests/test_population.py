"""Who has what in a world that somebody develops against."""

import asyncio
from datetime import timedelta

from renkei_emulator.business_systems.population import populate, populate_the_rest
from renkei_emulator.installation import Installation
from renkei_emulator.messages import compact
from renkei_emulator.storage import MEMORY
from renkei_emulator.testing import parsed
from renkei_emulator.world import HttpRequest, LiveClock
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT
from renkei_fixtures.standard import load

CENTRE, PREFECTURE = "0140000000047", "000001"


async def is_loaded(here, body, load_id):
    """A load's id is taken: another content under it is refused."""
    path, headers = f"/business/1/{body}/load", {"authorization": f"Bearer {here.tokens[body]}"}
    reply = await here.handle("business", HttpRequest("POST", path, headers, compact({"load_id": load_id})))
    return parsed(reply).get("code") == "load_id_reused"


def test_what_each_keeps_is_loaded_at_once_and_other_cities_residents_after_it():
    async def world():
        bodies = [SUBJECT, COUNTERPART, CENTRE, PREFECTURE]
        here = await Installation.build(bodies, True, 1, LiveClock(timedelta(0)), MEMORY)
        await populate(here)
        early = await is_loaded(here, SUBJECT, "world-residents")
        await populate_the_rest(here, 0)
        found = {
            (body, name)
            for body in bodies
            for name in load().informations
            if await is_loaded(here, body, f"world-{name}")
        }
        late = await is_loaded(here, COUNTERPART, "world-residents")
        await here.close()
        return early, late, found

    early, late, found = asyncio.run(world())

    assert (early, late) == (True, True)
    assert {name for body, name in found if body == SUBJECT} == {
        "allowance_ledger_transfer",
        "child_rearing_allowance",
        "disability_handbook",
        "family_register_status",
        "household_composition",
        "public_assistance_status",
        "residence_history",
        "resident_record",
    }
    assert {one for one in found if one[0] != SUBJECT} == {
        (CENTRE, "child_welfare_placement"),
        (PREFECTURE, "special_child_allowance"),
    }
