"""Bodies that fetch instead of being pushed to; bodies that go on where the last start left off; certificates kept."""

import asyncio
import json

from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.testing import ASKER, NOON, PROVIDER, SEED, Still, link_code, parsed, question, tap
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.residents import resident, situation

FETCHER = next(c for c, body in load_bodies().items() if body.delivery == "pull" and body.kind == "city")
ORDINARY = 40


def run(story):
    return asyncio.run(story())


async def fetching_world():
    world = await Still.begin(bodies=(ASKER, FETCHER))
    load = tax_office_load(SEED, FETCHER, range(60), lambda p: link_code(FETCHER, p), "load-1")
    await world.business(FETCHER, "load", load)
    codes = [{"own_number": f"A{n}", "link_code": link_code(ASKER, resident(SEED, FETCHER, n))} for n in range(60)]
    await world.business(ASKER, "load", {"load_id": "codes", "link_codes": codes})
    return world


async def ask_fetcher(world, n=ORDINARY, **other):
    subjects = [{"own_number": f"A{n}", "keys": {"tax_year": "2025"}}]
    return parsed(await world.business(ASKER, "ask", question("q", n, to=FETCHER, subjects=subjects, **other)))


async def beat(world):
    await world.here.tick()
    await world.here.settle()


def test_a_body_that_fetches_answers_what_it_finds():
    async def story():
        world = await fetching_world()
        await ask_fetcher(world)
        await world.here.settle()
        before = await world.collect("q")
        await beat(world)
        after = await world.collect("q")
        await world.here.close()
        return before["state"], after["state"], after["results"][0]["result"]

    assert run(story) == ("accepted", "collected", "provided")


def test_what_waits_for_a_person_is_taken_and_not_offered_again():
    async def story():
        world = await fetching_world()
        await ask_fetcher(world, situation("protected"))
        await beat(world)
        world.clock.advance(300)
        heard = tap(world)
        for node in world.here.nodes.values():
            node.fetching._wire = heard
        await beat(world)
        receipt_state = await world.collect("q")
        await world.here.close()
        return receipt_state["state"], [json.loads(r.body).keys() for _, r in heard.sent]

    state, sent = run(story)

    assert state == "accepted"
    assert len(sent) == 1  # one query, which found nothing


def test_a_refusal_by_a_body_that_fetches_reaches_the_asker_with_code_and_stage():
    async def story():
        world = await fetching_world()
        fetcher = world.here.nodes[FETCHER].desk
        fetcher.body = fetcher.body.model_copy(update={"editions": ("2031Z",)})
        await ask_fetcher(world)
        await beat(world)
        await world.here.settle()
        found = await world.collect("q")
        await world.here.close()
        return found["state"], found["code"], found["stage"]

    assert run(story) == ("refused", "edition_not_supported", "authority")


# --- restart ----------------------------------------------------------------------------------------------------------
def test_an_inquiry_waits_for_a_person_over_a_restart(tmp_path):
    async def first():
        world = await Still.begin(tmp_path)
        await world.load(range(60))
        await world.introduce(range(60))
        asked = await world.answer(situation("protected"))
        await world.here.close()
        return asked

    async def second():
        world = await Still.begin(tmp_path, at=NOON.replace(hour=5))
        (waiting,) = parsed(await world.business(PROVIDER, "collect", {}))["waiting"]
        order = {"exchange_number": waiting["exchange_number"], "decision": "release"}
        await world.business(PROVIDER, "decide", order | {"drafted_by": "o-1", "approved_by": "o-2"})
        await world.here.settle()
        found = await world.collect(asked["ask_id"])
        chains = world.here.verify()
        await world.here.close()
        return found, chains

    asked = run(first)
    found, chains = run(second)

    assert asked["state"] == "accepted"
    assert (found["state"], found["results"][0]["result"]) == ("collected", "provided")
    assert chains == []


def test_what_was_acknowledged_and_not_yet_answered_is_answered_after_a_restart(tmp_path):
    async def first():
        world = await Still.begin(tmp_path)
        await world.load(range(60))
        await world.introduce(range(60))
        asked = await world.ask(ORDINARY)
        # Delivered and durable; then the process ends before the answer could be made.
        world.here.nodes[PROVIDER].providing._go_on = nothing
        await world.here.network.settle()
        await world.here.close()
        return asked

    async def nothing(_case):
        return None

    async def second():
        world = await Still.begin(tmp_path)
        await world.here.settle()
        found = await world.collect(asked["ask_id"])
        await world.here.close()
        return found

    asked = run(first)

    assert run(second)["state"] == "collected"


def test_two_starts_throw_different_dice(tmp_path):
    async def ids():
        world = await Still.begin(tmp_path)
        heard = tap(world)
        await world.load(range(60), "l")
        await world.introduce(range(60), "c")
        await world.business(ASKER, "ask", question("same" if not list(tmp_path.glob("x")) else "other", ORDINARY))
        (tmp_path / "x").touch()
        await world.here.settle()
        await world.here.close()
        return {r.body for _, r in heard.sent if r.body}

    assert run(ids).isdisjoint(run(ids))


# --- what is learnt of others -----------------------------------------------------------------------------------------
def test_certificates_and_revocation_list_are_fetched_once():
    async def story():
        world = await Still.begin()
        await world.load(range(60))
        await world.introduce(range(60))
        heard = tap(world)
        await world.answer(ORDINARY)
        first = [request.path for _, request in heard.sent if request.method == "GET"]
        await world.answer(ORDINARY + 1)
        second = [request.path for _, request in heard.sent if request.method == "GET"][len(first) :]
        await world.here.close()
        return first, second

    first, second = run(story)

    assert len(first) == len(set(first))
    assert "/renkei/1/crl" in first
    assert second == []


def test_a_revocation_list_past_its_time_is_fetched_anew():
    async def story():
        world = await Still.begin()
        await world.load(range(60))
        await world.introduce(range(60))
        await world.answer(ORDINARY)
        world.clock.advance(8 * 86400)
        heard = tap(world)
        found = await world.answer(ORDINARY)
        await world.here.close()
        return found["state"], [r.path for _, r in heard.sent if r.path == "/renkei/1/crl"]

    state, fetched = run(story)

    assert state == "collected"
    assert len(fetched) == 1


def test_without_the_directory_an_inquiry_is_put_off_and_not_refused():
    async def story():
        world = await Still.begin()
        await world.load(range(60))
        await world.introduce(range(60))
        asked = await world.ask(ORDINARY)
        heard = tap(world)
        heard.meddle = lambda _address, request: None if request.method == "GET" else request
        trust = world.here.nodes[PROVIDER].desk.counterparts.trust
        for memory in (trust._chains, trust._checked, trust._crls, trust._new_crls):
            memory.clear()
        await world.here.settle()
        before = await world.collect(asked["ask_id"])
        heard.meddle = lambda _address, request: request
        world.clock.advance(5)
        await world.here.tick()
        await world.here.settle()
        after = await world.collect(asked["ask_id"])
        await world.here.close()
        return before["state"], after["state"]

    assert run(story) == ("accepted", "collected")


def test_a_release_while_the_directory_is_silent_goes_on_when_it_speaks_again():
    async def story():
        world = await Still.begin()
        await world.load(range(60))
        await world.introduce(range(60))
        asked = await world.answer(situation("protected"))
        heard = tap(world)
        heard.meddle = lambda _address, request: None if request.method == "GET" else request
        trust = world.here.nodes[PROVIDER].desk.counterparts.trust
        for memory in (trust._chains, trust._checked, trust._crls, trust._new_crls):
            memory.clear()
        order = {"exchange_number": asked["exchange_number"], "decision": "release"}
        await world.business(PROVIDER, "decide", order | {"drafted_by": "o-1", "approved_by": "o-2"})
        await world.here.settle()
        before = await world.collect(asked["ask_id"])
        heard.meddle = lambda _address, request: request
        await beat(world)
        after = await world.collect(asked["ask_id"])
        await world.here.close()
        return before["state"], after["state"]

    assert run(story) == ("accepted", "collected")
