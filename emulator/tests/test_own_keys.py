"""A body whose own sealing key is being renewed: it holds both, and the faults that do not."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from renkei_emulator.envelope import Opener
from renkei_emulator.faults import own_keys
from renkei_emulator.installation import Installation
from renkei_emulator.messages import Framed
from renkei_emulator.network.certificates import Authority
from renkei_emulator.refusals import Refused
from renkei_emulator.rooms import BodyRooms
from renkei_emulator.world import StillClock
from renkei_fixtures.municipalities import SUBJECT

NOW = datetime(2026, 5, 1, tzinfo=UTC)
OLDER, NEWER = "older", "newer"


class Sealed:
    def __init__(self, kid: str) -> None:
        self.kid = kid


def framed(kid: str, sender: str = "132233") -> Framed:
    blank = Framed(*(None for _ in Framed._fields))
    return blank._replace(claims={"from": sender}, jwe=Sealed(kid))


def opened(fault, *messages):
    """What becomes of these messages, in their order, at a body that holds both keys and this fault."""

    def decrypt(message, openers):
        if message.jwe.kid not in openers:
            raise Refused("decryption_failed", "not ours")
        return b"content"

    rooms = fault(replace(BodyRooms(), decrypt=decrypt))
    keys = dict.fromkeys((OLDER, NEWER), None)

    def told(message):
        try:
            return rooms.decrypt(message, keys) == b"content"
        except Refused as refused:
            return refused.code

    return [told(message) for message in messages]


def test_a_body_holds_both_keys_and_names_the_older_for_its_answers():
    here = asyncio.run(Installation.build([SUBJECT], True, 1, StillClock(NOW)))
    desk, authority = here.nodes[SUBJECT].desk, Authority(1, NOW.year)
    due = [authority.body(SUBJECT).sealing.kid, authority.order("renewed", SUBJECT, "agreement").kid]
    asyncio.run(here.close())

    assert list(desk.openers) == due
    assert desk.opener.kid == due[0]
    assert all(isinstance(one, Opener) and one.kid == kid for kid, one in desk.openers.items())


def test_the_newer_certificate_stands_in_no_revocation_list_and_is_in_force_beside_the_older():
    from cryptography import x509

    authority = Authority(1, NOW.year, (SUBJECT,))
    newer = x509.load_pem_x509_certificates(authority.renewed(SUBJECT).chain_pem.encode())[0]
    older = x509.load_pem_x509_certificates(authority.body(SUBJECT).sealing.chain_pem.encode())[0]
    crl = x509.load_der_x509_crl(authority.crl(NOW))

    assert crl.get_revoked_certificate_by_serial_number(newer.serial_number) is None
    assert newer.not_valid_before_utc <= older.not_valid_after_utc
    assert newer.public_key() != older.public_key()


@pytest.mark.parametrize(
    ("fault", "kids", "due"),
    [
        (own_keys.newer_key_not_taken_up, (OLDER, NEWER, OLDER), [True, "decryption_failed", True]),
        (own_keys.older_key_taken_for_a_downgrade, (OLDER, NEWER, OLDER), [True, True, "decryption_failed"]),
        (own_keys.older_key_taken_for_a_downgrade, (NEWER, OLDER, OLDER), [True, "decryption_failed", True]),
    ],
)
def test_each_fault_fails_where_its_story_says_and_nowhere_else(fault, kids, due):
    assert opened(fault, *map(framed, kids)) == due


def test_what_another_body_was_sent_does_not_count():
    sent = (framed(NEWER), framed(OLDER, "270008"))

    assert opened(own_keys.older_key_taken_for_a_downgrade, *sent) == [True, True]
