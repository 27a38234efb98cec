"""A person's own records for the portal: whose they are, what either side keeps from them, what that does to the exchange."""

import asyncio

from renkei_emulator.exchange import DISCLOSURE, Event, read_life
from renkei_emulator.network.testing import PROVIDER, TARO, Bench, FakeBody, number_of
from renkei_fixtures.municipalities import load_bodies

PORTAL = next(code for code, body in load_bodies().items() if body.kind == "portal")


def run(coroutine):
    return asyncio.run(coroutine)


def hide(bench, side, number, word="hidden"):
    claims = side.base() | {"exchange_number": number, "record_disclosure": word}
    return run(bench.post({"header": side.header("disclosure", claims)}))


def told(bench, asker=None):
    asker = asker or FakeBody(bench, PORTAL)
    return run(bench.post(asker.query("records", link_code=asker.code_for(TARO))))


def test_the_portal_is_told_of_a_persons_exchange_without_its_number_or_content():
    bench = Bench()
    number = number_of(run(bench.delivered()))

    status, reply = told(bench)

    assert status == 200
    (row,) = reply["records"]
    assert (row["to"], row["state"]) == (PROVIDER, "delivered")
    assert number not in str(row)


def test_no_other_body_is_told_though_it_has_a_link_code_of_the_person():
    bench = Bench()
    run(bench.delivered())

    status, reply = told(bench, bench.asker)

    assert (status, reply["code"]) == (403, "authority_not_granted")


def test_either_side_hides_and_shows_it_again_and_the_others_word_stands():
    bench = Bench()
    number = number_of(run(bench.delivered()))
    seen = []
    for side, word in (
        (bench.asker, "hidden"), (bench.provider, "hidden"), (bench.asker, "normal"), (bench.provider, "normal")
    ):  # fmt: skip
        assert hide(bench, side, number, word)[0] == 202
        seen.append(len(told(bench)[1]["records"]))

    assert seen == [0, 0, 0, 1]


def test_a_hidden_inquiry_is_as_if_it_were_not():
    bench = Bench()
    run(bench.delivered(record_disclosure="hidden"))

    assert told(bench) == (200, {"records": []})


def test_who_has_no_part_in_it_hides_nothing():
    bench = Bench()
    number = number_of(run(bench.delivered()))

    assert hide(bench, FakeBody(bench, "480002"), number)[1]["code"] == "exchange_unknown"
    assert len(told(bench)[1]["records"]) == 1


def test_hiding_reaches_nobody_and_does_nothing_to_the_exchange():
    bench = Bench()
    delivery = run(bench.delivered())
    number = number_of(delivery)
    heard = len(bench.provider.heard)
    hide(bench, bench.asker, number)
    run(bench.node.settle())

    assert len(bench.provider.heard) == heard
    assert run(bench.state(number))["state"] == "delivered"
    assert run(bench.post(bench.provider.answer(delivery)))[0] == 202


def test_hidden_after_a_refusal_the_exchange_still_says_why_it_was_refused():
    events = [
        Event("t1", "accepted", "accepted"),
        Event("t2", "refused", "refused", code="key_invalid", stage="content"),
        Event("t3", DISCLOSURE, "refused", code="hidden", stage="482013"),
    ]

    life = read_life(events)

    assert (life.state, life.at, life.code, life.stage) == ("refused", "t2", "key_invalid", "content")
    assert (life.length, dict(life.disclosed)) == (3, {"482013": "hidden"})


def test_while_provision_is_barred_the_inquiry_is_refused_and_then_taken_again():
    bench = Bench()
    bench.node.office.bars.add(("*", PROVIDER))
    barred = run(bench.post(bench.asker.inquiry()))
    bench.node.office.bars.clear()

    assert (barred[0], barred[1]["code"]) == (403, "provision_barred")
    assert run(bench.post(bench.asker.inquiry()))[0] == 202
