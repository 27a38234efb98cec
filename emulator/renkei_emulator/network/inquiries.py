"""照会の受付: an inquiry's way through the network: authority, subjects, permit, and what is to be written."""

from datetime import datetime, timedelta

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.exchange import Event
from renkei_emulator.network.arrival import Arrived
from renkei_emulator.network.office import Office, Said, compact, delivery, event_change
from renkei_emulator.network.permits import subjects_text
from renkei_emulator.storage.network import StoredExchange
from renkei_fixtures.instants import japan_date, parse, render

REPLAY_MARGIN = timedelta(seconds=300)


def accept(office: Office, arrived: Arrived, now: datetime) -> Said:
    """The rest of the checks, the permit, and what is to be written. Raises Refused of stage *authority*, *subject*."""
    claims = arrived.claims
    row_id = _authority(office, claims, now)
    receiver_codes = _subjects(office, arrived, now)
    number = office.world.dice.uuid7(now).replace("-", "")
    subjects = subjects_text(receiver_codes, office.world.dice.bytes(24)) if receiver_codes else None
    body = arrived.body or ""
    permit = office.rooms.permit(
        claims, number, row_id, now, header=arrived.header, body=body, subjects=subjects
    )  # fmt: skip
    exchange = StoredExchange(
        exchange_number=number,
        kind="inquiry",
        sender=claims["from"],
        receiver=claims["to"],
        message_id=claims["message_id"],
        header_sha256=arrived.header_sha256,
        subjects_sha256=sha256_b64u(arrived.subjects.encode()) if arrived.subjects is not None else None,
        claims=compact(claims),
        receiver_codes=compact(receiver_codes) if receiver_codes else None,
        authority_row=row_id,
        accepted_at=render(now),
        expires_at=claims["expires_at"],
    )
    state = office.rooms.step(office.transitions, None, "accepted", "inquiry")
    envelope = {"header": arrived.header, "body": body, "permit": office.sign(permit, "renkei-permit")}
    if subjects is not None:
        envelope["subjects"] = subjects
    return Said(
        202,
        {"exchange_number": number, "state": state},
        changes=[
            ("exchange", exchange._asdict()),
            event_change(number, 1, Event(render(now), "accepted", state)),
            delivery(exchange, exchange.receiver, "inquiry", envelope, acknowledged=arrived.header, now=now),
        ],
        lines=office.rooms.record("accepted", claims, now, number, authority_row=row_id, state=state),
        keep_until=render(parse(claims["expires_at"]) + REPLAY_MARGIN),
        rings=[exchange.receiver],
    )


def _authority(office: Office, claims: Claims, now: datetime) -> str:
    """The id of the authority row that gives the inquiry."""
    standard, bodies, on = office.world.standard, office.directory.bodies, japan_date(now)
    office.rooms.check_bodies(claims)
    office.rooms.check_bars(claims, office.bars)
    office.rooms.check_edition(claims, standard, on)
    row = office.rooms.find_row(claims, standard, bodies, on)
    office.rooms.check_responsibility(claims, row, standard, bodies, on)
    office.rooms.check_reply_key(office.trust, claims, now)
    return row.id


def _subjects(office: Office, arrived: Arrived, now: datetime) -> tuple[str, ...]:
    """The provider's link codes for the persons asked about; none where the subject is no person."""
    claims = arrived.claims
    office.rooms.check_inquiry_subjects(claims, arrived.subjects, arrived.codes)
    if arrived.subjects is None:
        return ()
    return office.rooms.translate(office.codes_at(now), arrived.codes, claims["from"], claims["to"])
