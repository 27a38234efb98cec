"""A world that somebody develops against is not empty: whoever keeps something of the subject body's residents in the
rare situations, of whichever information, has all of it; every body knows their link codes, so that it can ask about
them; and every other local body's office has its own residents' certificates.

Loads are idempotent by their id, so a second start over kept data changes nothing.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from renkei_emulator.business_systems.pf_compliant import INFORMATION, tax_office_load
from renkei_emulator.messages import compact
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.world import HttpRequest
from renkei_fixtures.municipalities import SUBJECT
from renkei_fixtures.residents import SITUATIONS, Resident, resident
from renkei_fixtures.residents.copies import Copy, holder, own_number_at, records

if TYPE_CHECKING:
    from renkei_emulator.installation import Installation


def number_elsewhere(n: int) -> str:
    """How every other local body numbers the subject body's resident ``n``."""
    return f"{SUBJECT}-{n:02}"


async def populate(here: Installation) -> None:
    """Load all that can be asked about at once: the subject body's residents, at every body of this installation."""
    if SUBJECT in here.nodes:
        await _load(here, SUBJECT, _tax_office(here, SUBJECT))
    for body in (code for code in here.nodes if code != SUBJECT):
        await _load(here, body, _others(here, body))
    for (keeper, name), rows in _kept(here).items():
        await _load(here, keeper, compact({"load_id": f"world-{name}", "information": name, "records": rows}))


async def populate_the_rest(here: Installation, pause_s: float) -> None:
    """Load the other local bodies' own residents, a body at a time: nobody knows their link codes yet, so it may take
    its time while others ask."""
    for body in (code for code in here.nodes if len(code) == 6 and code != SUBJECT):
        await asyncio.sleep(pause_s)
        await _load(here, body, _tax_office(here, body))


def _tax_office(here: Installation, body: str) -> bytes:
    """A local body's own residents."""
    codes = LinkCodes(here.seed)

    def own(person: Resident) -> str:
        return codes.issue(body, Person(person.serial, 0))

    return tax_office_load(here.seed, body, SITUATIONS.values(), own, "world-residents")


def _others(here: Installation, body: str) -> bytes:
    """The subject body's residents, as every other body knows them; whoever is under protection is so everywhere."""
    codes, people = LinkCodes(here.seed), [resident(here.seed, SUBJECT, n) for n in SITUATIONS.values()]
    numbers = {one.n: _number_at(here.seed, body, one.n) for one in people}
    rows = [{"own_number": numbers[one.n], "link_code": codes.issue(body, Person(one.serial, 0))} for one in people]
    marks = [
        {"own_number": numbers[one.n], "information": None, "mode": "manual", "reason": "protected"}
        for one in people
        if one.protected
    ]
    return compact({"load_id": "world-others-marked", "link_codes": rows, "handling": marks})


def _kept(here: Installation) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(Keeper, information) → rows about the subject body's residents, of all but the tax office's certificates."""
    kept: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for name in (one for one in here.standard.informations if one != INFORMATION):
        keeper = holder(name, SUBJECT)
        if keeper is not None and keeper in here.nodes:
            kept[keeper, name] = [
                _row(_number_at(here.seed, keeper, n), copy)
                for n in SITUATIONS.values()
                for copy in records(here.seed, SUBJECT, n, name)
            ]
    return kept


def _row(own_number: str, copy: Copy) -> dict[str, Any]:
    row: dict[str, Any] = {"own_number": own_number, "keys": dict(copy.keys), "as_of": copy.as_of}
    row |= {} if copy.status is None else {"status": copy.status}
    return row | ({} if copy.record is None else {"record": copy.record})


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
