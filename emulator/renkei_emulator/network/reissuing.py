"""リンクコードの付替え: a person gets another link code at one body, which is told so beforehand, until it has taken it.

Until `effective_at` the old code holds (the new one, too: the body's clock may be ahead of ours); from then on the new
one alone. Exchanges keep the codes with which they were delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.network.link_codes import Force, LinkCodes, Person
from renkei_emulator.network.permits import subjects_text
from renkei_emulator.storage.network import Change, Reissue
from renkei_fixtures.instants import parse, render

if TYPE_CHECKING:
    from renkei_emulator.network.office import Office
    from renkei_fixtures.municipalities import Body

WHAT = "link_code_change"
TYP = "renkei-link-code-change"
LIFE = timedelta(days=31)


def in_force(reissues: Sequence[Reissue], now: datetime) -> Force:
    """Which of a person's codes at a body hold now."""
    given = max((one.generation for one in reissues if parse(one.effective_at) <= now), default=0)
    return Force(given, given, max((one.generation for one in reissues), default=0))


def goes_to(body: str, bodies: Mapping[str, Body]) -> Iterable[str]:
    """Which bodies are told: the one whose code it is. Link codes are nobody else's business."""
    del bodies
    return [body]


def change_subjects(old: str, new: str) -> tuple[str, str]:
    """The link codes of the change's `subjects`, in order."""
    return old, new


def change_until(issued_at: datetime) -> datetime:
    """Until when the change is sent again and offered."""
    return issued_at + LIFE


def is_about(codes: LinkCodes, body: str, about: Iterable[str], person: Person) -> bool:
    """Whether one of these codes of `body` means, or once meant, the person."""
    return any((one := codes.open(body, code)) is not None and one.serial == person.serial for code in about)


def reissue(office: Office, body: str, serial: int, effective_at: datetime, now: datetime) -> tuple[str, list[Change]]:
    """Give a person another code at `body` from `effective_at` on: the new code, and what is to be written.

    ValueError unless `effective_at` lies within the 31 days to come and the person's former change is in force.
    """
    force = office.force(body, serial, now)
    if not now < effective_at <= now + LIFE or force.newest != force.given:
        raise ValueError("effective_at: within 31 days, and one change at a time")
    old, new = (office.link_codes.issue(body, Person(serial, force.given + n)) for n in (0, 1))
    changes: list[Change] = [
        ("reissue", Reissue(body, serial, force.given + 1, render(effective_at))._asdict()),
        *(
            _delivery(office, to, office.rooms.change_subjects(old, new), effective_at, now)
            for to in office.rooms.change_goes_to(body, office.directory.bodies)
        ),
    ]
    return new, changes


def _delivery(office: Office, to: str, codes: tuple[str, ...], effective_at: datetime, now: datetime) -> Change:
    from renkei_emulator.network.office import compact  # noqa: PLC0415 - the office knows this module

    subjects = subjects_text(codes, office.world.dice.bytes(24))
    message_id = office.world.dice.uuid7(now)
    claims: Claims = {
        "message_id": message_id,
        "from": "network",
        "to": to,
        "issued_at": render(now),
        "effective_at": render(effective_at),
        "subjects_sha256": sha256_b64u(subjects.encode()),
    }
    header = office.sign(claims, TYP)
    return "delivery", {
        "exchange_number": message_id.replace("-", ""),
        "body": to,
        "what": WHAT,
        "sha256": sha256_b64u(header.encode()),
        "envelope": compact({"header": header, "subjects": subjects}).encode(),
        "next_at": render(now),
        "until": render(office.rooms.change_until(now)),
    }
