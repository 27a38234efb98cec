"""A world that somebody develops against is not empty: every local body's office has loaded its residents in the rare
situations with their certificates, and knows the link codes of the subject body's, so that it can ask about them; and
whoever keeps something of the persons of use case 1 (claimant, child, mother) has all of it.

Loads are idempotent by their id, so a second start over kept data changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from renkei_emulator.business_systems.pf_compliant import INFORMATION, tax_office_load
from renkei_emulator.messages import compact
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.world import HttpRequest
from renkei_fixtures.municipalities import SUBJECT
from renkei_fixtures.residents import SITUATIONS, Resident, resident
from renkei_fixtures.residents.copies import holder, own_number_at, records

if TYPE_CHECKING:
    from renkei_emulator.installation import Installation

USE_CASE_1 = ("claimant", "claimant_child", "claimant_mother")


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
    for keeper, by_information in _kept_of_use_case(here).items():
        if len(keeper) != 6:  # local bodies know the persons already
            claimants = [resident(here.seed, SUBJECT, SITUATIONS[name]) for name in USE_CASE_1]
            rows = [
                {
                    "own_number": _number_at(here.seed, keeper, one.n),
                    "link_code": codes.issue(keeper, Person(one.serial, 0)),
                }
                for one in claimants
            ]
            await _load(here, keeper, compact({"load_id": "world-use-case-1", "link_codes": rows}))
        for name, copies in by_information.items():
            load = {"load_id": f"world-use-case-1-{name}", "information": name, "records": copies}
            await _load(here, keeper, compact(load))


def _kept_of_use_case(here: Installation) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Keeper → information → rows, of the subject body's persons of use case 1."""
    kept: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for n in (SITUATIONS[name] for name in USE_CASE_1):
        for name in (one for one in here.standard.informations if one != INFORMATION):
            keeper = holder(name, SUBJECT)
            if keeper is None or keeper not in here.nodes:
                continue
            for copy in records(here.seed, SUBJECT, n, name):
                row: dict[str, Any] = {
                    "own_number": _number_at(here.seed, keeper, n),
                    "keys": dict(copy.keys),
                    "as_of": copy.as_of,
                }
                row |= {} if copy.status is None else {"status": copy.status}
                row |= {} if copy.record is None else {"record": copy.record}
                kept.setdefault(keeper, {}).setdefault(name, []).append(row)
    return kept


def _number_at(seed: int, keeper: str, n: int) -> str:
    if keeper == SUBJECT:
        return resident(seed, SUBJECT, n).own_number
    return number_elsewhere(n) if len(keeper) == 6 else own_number_at(seed, keeper, SUBJECT, n)


async def _load(here: Installation, body: str, load: bytes) -> None:
    headers = {"authorization": f"Bearer {here.tokens[body]}"}
    reply = await here.handle("business", HttpRequest("POST", f"/business/1/{body}/load", headers, load))
    said = json.loads(reply.body)
    assert reply.status == 200, said
    assert not said["set_aside"], said
