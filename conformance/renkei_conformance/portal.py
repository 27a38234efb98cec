"""The residents' portal as the forge plays it towards the emulated network: what a person is told of their records."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.drivers import DoorTrouble
from renkei_conformance.errors import Inconclusive
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.people import Person
from renkei_conformance.wire import Unreadable, read_object
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import load_bodies


def told_to_the_person(asker: Asker, person: Person) -> int:
    """How many records the portal is told of this person. `Inconclusive` when that cannot be had."""
    code = next(code for code, body in load_bodies().items() if body.kind == "portal")
    try:
        portal = asker.forge.as_body(code)
        (link_code,) = asker.forge.link_codes(code, [person.resident.serial])
        reply = portal.send(portal.query(None, "records", link_code=link_code))
        rows = read_object(reply.body).get("records")
    except (NotForgeable, DoorTrouble, Unreadable) as trouble:
        raise Inconclusive(both("conformance.reason.no_records", told=str(trouble))) from trouble
    if not isinstance(rows, list):
        raise Inconclusive(both("conformance.reason.no_records", told=str(reply.status)))
    return len(rows)
