"""An answer that is given anew: what it names, what it holds, who decided it, and when it is too late."""

import asyncio
import json

import pytest

from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.envelope import read_jws
from renkei_emulator.testing import ASKER, PROVIDER, SEED, Still, claims_of, link_code, parsed, tap

PERSON = 40


async def answered():
    world = await Still.begin()
    await world.load([PERSON])
    await world.introduce([PERSON])
    tapped = tap(world)
    row = await world.answer(PERSON)
    return world, tapped, row


async def reloaded(world, as_of):
    """The tax office loads the same person's copy once more, with another date."""
    load = tax_office_load(SEED, PROVIDER, [PERSON], lambda person: link_code(PROVIDER, person), "load-2")
    members = json.loads(load) if isinstance(load, bytes) else dict(load)
    for row in members["records"]:
        row["as_of"] = as_of
    assert parsed(await world.business(PROVIDER, "load", members))["set_aside"] == []


async def corrected(world, number, approved_by="o-2"):
    order = {"exchange_number": number, "drafted_by": "o-1", "approved_by": approved_by}
    reply = await world.business(PROVIDER, "correct", order)
    await world.here.settle()
    return reply.status, parsed(reply)


def answers(tapped):
    """The claims of every answer that left, in order."""
    headers = [json.loads(request.body).get("header") for _, request in tapped.sent if request.body]
    return [claims_of(header) for header in headers if header and read_jws(header).typ == "renkei-answer"]


def test_a_correction_names_what_it_replaces_and_the_asker_holds_the_copy_of_now():
    async def story():
        world, tapped, row = await answered()
        await reloaded(world, "2026-05-31T00:00:00.000Z")
        said = [await corrected(world, row["exchange_number"]) for _ in range(2)]
        return said, answers(tapped), await world.collect(row["ask_id"]), await world.log(PROVIDER, "personal_audit")

    said, sent, row, lines = asyncio.run(story())
    ids = [claims["message_id"] for claims in sent]
    assert [status for status, _ in said] == [200, 200]
    assert [claims.get("replaces") for claims in sent] == [None, *ids[:2]]
    assert len(set(ids)) == 3
    assert row["results"][0]["as_of"] == "2026-05-31T00:00:00.000Z"
    assert [line["replaces"] for line in lines if line["event"] == "corrected"] == ids[:2]


def test_one_official_alone_corrects_nothing():
    async def story():
        world, tapped, row = await answered()
        return await corrected(world, row["exchange_number"], "o-1"), answers(tapped)

    (status, said), sent = asyncio.run(story())
    assert (status, said["code"]) == (422, "approval_not_separate")
    assert len(sent) == 1


@pytest.mark.parametrize(("seconds", "code"), [(0, "exchange_unknown"), (31 * 24 * 3600, "exchange_closed")])
def test_what_is_over_or_never_was_is_not_corrected(seconds, code):
    async def story():
        world, tapped, row = await answered()
        await world.management("POST", "clock", {"advance_s": seconds})
        number = row["exchange_number"] if seconds else "N-never"
        return await corrected(world, number), answers(tapped)

    (_, said), sent = asyncio.run(story())
    assert said["code"] == code
    assert len(sent) == 1


def test_an_answer_that_was_not_taken_yet_is_not_replaced():
    async def story():
        world = await Still.begin()
        await world.load([PERSON])
        await world.introduce([PERSON])
        tapped = tap(world)
        tapped.meddle = lambda _address, request: None if b'"body"' in request.body and world.asked_once else request
        world.asked_once = False
        asked = await world.ask(PERSON)
        world.asked_once = True
        await world.here.settle()
        return await corrected(world, (await world.collect(asked["ask_id"]))["exchange_number"])

    status, said = asyncio.run(story())
    assert (status, said["code"]) == (409, "answer_in_progress")


def test_the_body_that_asked_corrects_nothing():
    async def story():
        world, _, row = await answered()
        order = {"exchange_number": row["exchange_number"], "drafted_by": "o-1", "approved_by": "o-2"}
        return parsed(await world.business(ASKER, "correct", order))

    assert asyncio.run(story())["code"] == "exchange_unknown"
