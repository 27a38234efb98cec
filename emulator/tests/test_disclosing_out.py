"""A body that hides the record of an exchange from the person, or shows it: what it sends, and what it tells its clerk."""

import asyncio
import json

import pytest

from renkei_emulator.envelope import read_jws
from renkei_emulator.testing import ASKER, PROVIDER, Still, claims_of, parsed, tap
from renkei_emulator.world import HttpReply

PERSON = 40


async def asked(**other):
    world = await Still.begin()
    await world.load([PERSON])
    await world.introduce([PERSON])
    return world, (await world.answer(PERSON, **other))["exchange_number"]


async def disclosed(world, body, number, word="hidden"):
    reply = await world.business(body, "disclose", {"exchange_number": number, "record_disclosure": word})
    return reply.status, parsed(reply)


def sent(tapped):
    """The disclosures that left, as they were signed."""
    headers = [json.loads(request.body).get("header") for _, request in tapped.sent if request.body]
    return [header for header in headers if header and read_jws(header).typ == "renkei-disclosure"]


def hidden(world, number):
    office = world.here.network.office
    case = office.look(number)
    return office.rooms.is_hidden(case.exchange, case.inquiry, case.life)


@pytest.mark.parametrize("body", [ASKER, PROVIDER])
def test_either_side_hides_the_record_after_the_end_and_shows_it_again(body):
    async def story():
        world, number = await asked()
        said = [await disclosed(world, body, number)]
        states = [hidden(world, number)]
        said.append(await disclosed(world, body, number, "normal"))
        return number, said, [*states, hidden(world, number)]

    number, said, states = asyncio.run(story())
    words = ("hidden", "normal")
    assert said == [
        (200, {"exchange_number": number, "record_disclosure": word, "state": "accepted"}) for word in words
    ]
    assert states == [True, False]


def test_what_is_sent_names_exchange_and_word_and_nothing_else():
    async def story():
        world, number = await asked()
        tapped = tap(world)
        await disclosed(world, PROVIDER, number)
        return number, [claims_of(header) for header in sent(tapped)]

    number, (claims,) = asyncio.run(story())
    assert claims.keys() == {"message_id", "from", "to", "issued_at", "exchange_number", "record_disclosure"}
    assert (claims["from"], claims["to"], claims["exchange_number"]) == (PROVIDER, "network", number)
    assert claims["record_disclosure"] == "hidden"


def test_of_an_exchange_that_is_none_of_ours_nothing_is_said():
    async def story():
        world, _ = await asked()
        tapped = tap(world)
        said = await disclosed(world, PROVIDER, "N-never")
        wrong = await disclosed(world, PROVIDER, "N-never", "secret")
        return said, wrong, sent(tapped)

    (status, said), (status_of_wrong, wrong), left = asyncio.run(story())
    assert (status, said["code"]) == (404, "exchange_unknown")
    assert (status_of_wrong, wrong["code"], wrong["item"]) == (422, "member_wrong", "record_disclosure")
    assert left == []


def test_what_the_network_refuses_is_told_as_refused_and_recorded():
    async def story():
        world, number = await asked()
        problem = {"type": "about:blank", "status": 404, "code": "exchange_unknown", "stage": "state"}
        tap(world).meddle = lambda _address, _request: HttpReply(404, {}, json.dumps(problem).encode())
        said = await disclosed(world, PROVIDER, number)
        return said, await world.log(PROVIDER, "audit", exchange_number=number)

    (status, said), lines = asyncio.run(story())
    assert (status, said["state"], said["code"], said["stage"]) == (200, "refused", "exchange_unknown", "state")
    assert lines[-1]["code"] == "exchange_unknown"


def test_without_a_reply_the_same_bytes_go_again_and_no_later_word_overtakes_them():
    async def story():
        world, number = await asked()
        tapped = tap(world)
        tapped.meddle = lambda _address, _request: None
        first = await disclosed(world, PROVIDER, number)
        second = await disclosed(world, PROVIDER, number, "normal")
        tapped.meddle = lambda _address, request: request
        await world.management("POST", "clock", {"advance_s": 5})
        await world.here.settle()
        left, is_hidden = sent(tapped), hidden(world, number)
        third = await disclosed(world, PROVIDER, number, "normal")
        return first, second, left, is_hidden, third

    first, second, left, is_hidden, third = asyncio.run(story())
    assert (first[0], first[1]["state"]) == (200, "sent")
    assert (second[0], second[1]["code"]) == (409, "disclosure_in_progress")
    assert len(left) == 2
    assert len(set(left)) == 1
    assert is_hidden
    assert third[1]["state"] == "accepted"


def test_who_asks_can_hide_from_the_start_and_it_is_in_the_own_record():
    async def story():
        world, number = await asked(record_disclosure="hidden")
        before = hidden(world, number)
        await disclosed(world, ASKER, number, "normal")
        return before, hidden(world, number), await world.log(ASKER, "personal_audit", exchange_number=number)

    before, after, lines = asyncio.run(story())
    assert (before, after) == (True, False)
    assert [line["record_disclosure"] for line in lines if line["event"] == "disclosed"] == ["normal"]
