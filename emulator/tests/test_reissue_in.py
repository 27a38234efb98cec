"""A body whose link code of a person is replaced: told by the network alone, found by both codes, asking by the one that holds."""

import asyncio
import json

import pytest

from renkei_emulator.envelope import Signer, b64u, sha256_b64u, sign
from renkei_emulator.messages import compact
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.testing import ASKER, NOON, PROVIDER, SEED, Still, asker_number, link_code
from renkei_emulator.world import Dice, HttpRequest
from renkei_fixtures.instants import render
from renkei_fixtures.residents import resident

PERSON = 40
MEDIA_TYPE = {"content-type": "application/vnd.renkei+json"}
WHO = resident(SEED, PROVIDER, PERSON)
OLD, NEW = link_code(PROVIDER, WHO), LinkCodes(SEED).issue(PROVIDER, Person(WHO.serial, 1))


async def begun(**other):
    world = await Still.begin(**other)
    await world.load([PERSON])
    await world.introduce([PERSON])
    return world


async def ordered(world, body):
    await world.management("POST", "link-code-changes", {"body": body, "serial": WHO.serial, "after_s": 3600})
    await world.here.settle()


def change(world, label, *, signer=None, codes=(OLD, NEW), hashed=None, **other):
    """A change that the network could have sent, or one with something else in it."""
    pair, dice = world.here.authority.network().signing, Dice(SEED, label)
    salt = b64u(dice.bytes(32))
    subjects, signed = (b64u(compact({"salt": salt, "link_codes": list(each)})) for each in (codes, hashed or codes))
    claims = {"message_id": dice.uuid7(NOON), "from": "network", "to": PROVIDER, "issued_at": render(NOON)}
    claims |= {"effective_at": render(NOON), "subjects_sha256": sha256_b64u(signed.encode())} | other
    pair = signer or pair
    header = sign(compact(claims), "renkei-link-code-change", Signer.of_pem(pair.kid, pair.key_pem))
    return compact({"header": header, "subjects": subjects})


async def brought(world, data):
    reply = await world.here.handle("bodies", HttpRequest("POST", "/renkei/1/messages", MEDIA_TYPE, data))
    return reply.status, json.loads(reply.body)


@pytest.mark.parametrize("body", [ASKER, PROVIDER])
def test_a_person_is_asked_about_before_and_after_the_change_holds(body):
    async def story():
        world = await begun()
        await ordered(world, body)
        states = [(await world.answer(PERSON))["state"]]
        await world.management("POST", "clock", {"advance_s": 3600})
        return [*states, (await world.answer(PERSON))["state"]]

    assert asyncio.run(story()) == ["collected", "collected"]


def test_the_body_asks_by_the_new_code_only_once_it_holds():
    async def story():
        world = await begun()
        await ordered(world, ASKER)
        desk = world.here.nodes[ASKER].desk
        before = desk.link_code(asker_number(PERSON))
        world.clock.advance(3600)
        return before, desk.link_code(asker_number(PERSON))

    codes = LinkCodes(SEED)
    assert asyncio.run(story()) == tuple(codes.issue(ASKER, Person(WHO.serial, n)) for n in (0, 1))


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        ({"hashed": (OLD, "x")}, 400, "subjects_hash_mismatch"),
        ({"codes": (OLD,)}, 400, "header_form_invalid"),
        ({"codes": (OLD, OLD)}, 400, "header_form_invalid"),
        ({"issued_at": "2099-01-01T00:00:00.000Z"}, 403, "issued_in_future"),
        ({"signer": ASKER}, 403, "certificate_not_of_sender"),
    ],
)
def test_a_wrong_change_is_refused_and_binds_nothing(spoil, status, code):
    async def story():
        world = await begun()
        if "signer" in spoil:
            spoil["signer"] = world.here.authority.body(ASKER).signing
        said = await brought(world, change(world, "wrong", **spoil))
        return said, world.here.nodes[PROVIDER].desk.store.own_number(NEW)

    (got, problem), own = asyncio.run(story())
    assert (got, problem["code"], own) == (status, code, None)


def test_the_same_change_is_taken_again_and_another_under_its_id_is_not():
    async def story():
        world = await begun()
        data = change(world, "one")
        said = [await brought(world, data) for _ in range(2)]
        message_id = said[0][1]["exchange_number"]
        uuid = "-".join(message_id[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
        return said, await brought(world, change(world, "two", message_id=uuid))

    (first, second), other = asyncio.run(story())
    assert (first[0], second) == (202, first)
    assert (other[0], other[1]["code"]) == (409, "message_id_reused")


def test_nobodys_code_is_changed_with_the_same_reply():
    async def story():
        world = await begun()
        status, said = await brought(world, change(world, "stranger", codes=("nobody", "nobody2")))
        return status, sorted(said), world.here.nodes[PROVIDER].desk.store.own_number("nobody2")

    assert asyncio.run(story()) == (202, ["exchange_number", "state"], None)


def test_the_old_code_still_finds_the_person():
    async def story():
        world = await begun()
        await brought(world, change(world, "one"))
        store = world.here.nodes[PROVIDER].desk.store
        return store.own_number(OLD), store.own_number(NEW)

    assert asyncio.run(story()) == (WHO.own_number, WHO.own_number)
