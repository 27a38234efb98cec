"""A person's link code at a body takes another's place: what holds when, who is told, until when it is told again."""

import asyncio
from datetime import timedelta

import pytest

from renkei_emulator.claims import read_subjects
from renkei_emulator.network.faults_reissuing import FAULTS
from renkei_emulator.network.link_codes import Person
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.network.testing import ASKER, PROVIDER, TAKEN, TARO, Bench, FakeBody, claims_of, hash_of
from renkei_emulator.world import HttpReply
from renkei_fixtures.instants import render
from renkei_fixtures.municipalities import load_bodies

HOUR = timedelta(hours=1)
OLD, NEW = TARO, Person(TARO.serial, 1)


def run(coroutine):
    return asyncio.run(coroutine)


def reissued(bench, body):
    """The changes that were pushed to the body when Taro's code there is replaced in an hour."""
    side = {ASKER: bench.asker, PROVIDER: bench.provider}[body]
    before = len(side.heard)
    run(bench.node.reissue(body, TARO.serial, bench.clock.now() + HOUR))
    run(bench.node.settle())
    return side.heard[before:]


def asked_by(bench, person):
    return run(bench.post(bench.asker.inquiry(codes=[bench.asker.code_for(person)])))


def test_the_body_is_told_old_and_new_by_a_signed_message_and_nobody_else_is():
    bench = Bench()
    (change,) = reissued(bench, PROVIDER)

    claims = claims_of(change["header"])
    assert read_subjects(change["subjects"]) == (bench.provider.code_for(OLD), bench.provider.code_for(NEW))
    assert claims["subjects_sha256"] == hash_of(change["subjects"])
    assert (claims["from"], claims["to"]) == ("network", PROVIDER)
    assert claims["effective_at"] == render(bench.clock.now() + HOUR)
    assert bench.asker.heard == []


def test_the_asker_uses_either_code_until_the_change_holds_and_then_the_new_one_alone():
    bench = Bench()
    reissued(bench, ASKER)
    before = [asked_by(bench, each)[0] for each in (OLD, NEW)]
    bench.clock.advance(3600)
    after = [asked_by(bench, each) for each in (OLD, NEW)]

    assert before == [202, 202]
    assert [status for status, _ in after] == [403, 202]
    assert (after[0][1]["code"], after[0][1]["item_nos"]) == ("link_code_invalid", [1])


def test_a_code_of_a_generation_that_was_never_told_opens_to_nobody():
    assert asked_by(Bench(), NEW)[1]["code"] == "link_code_invalid"


def test_an_open_exchange_ends_with_the_old_code_and_a_later_inquiry_bears_the_new_one():
    bench = Bench()
    reissued(bench, PROVIDER)
    first = run(bench.delivered())
    bench.clock.advance(3600)
    second = run(bench.delivered())

    assert read_subjects(first["subjects"]) == (bench.provider.code_for(OLD),)
    assert read_subjects(second["subjects"]) == (bench.provider.code_for(NEW),)
    assert run(bench.post(bench.provider.answer(first, [bench.provider.code_for(NEW)])))[1]["code"] == (
        "answer_subject_mismatch"
    )
    assert run(bench.post(bench.provider.answer(first)))[0] == 202


def test_the_portal_still_finds_what_was_exchanged_under_the_old_code():
    bench = Bench()
    portal = FakeBody(bench, next(code for code, body in load_bodies().items() if body.kind == "portal"))
    run(bench.delivered())
    reissued(bench, PROVIDER)
    bench.clock.advance(3600)

    _, reply = run(bench.post(portal.query("records", link_code=portal.code_for(TARO))))
    assert len(reply["records"]) == 1


def test_a_change_is_pushed_again_until_it_is_taken():
    bench = Bench()
    bench.provider.says = [HttpReply(503, {}, b""), TAKEN]
    (first,) = reissued(bench, PROVIDER)
    for _ in range(2):
        bench.clock.advance(300)
        run(bench.node.settle())

    assert bench.provider.heard == [first, first]


def test_a_body_that_fetches_is_offered_a_change_until_it_says_taken():
    bench = Bench(pull=(PROVIDER,))
    run(bench.node.reissue(PROVIDER, TARO.serial, bench.clock.now() + HOUR))

    def fetched():
        bench.clock.advance(61)
        return run(bench.post(bench.provider.query("inbox", wait_s=0)))[1]["messages"]

    (change,) = fetched()
    assert fetched() == [change]
    number = claims_of(change["header"])["message_id"].replace("-", "")
    item = {"exchange_number": number, "acknowledged_sha256": hash_of(change["header"]), "outcome": "taken"}
    for _ in range(2):
        reply = run(bench.post(bench.provider.acknowledgement(item)))[1]
        assert reply["items"] == [{"exchange_number": number, "state": "delivered"}]
    assert fetched() == []


def test_somebody_else_or_another_word_takes_no_change():
    bench = Bench(pull=(PROVIDER,))
    run(bench.node.reissue(PROVIDER, TARO.serial, bench.clock.now() + HOUR))
    (change,) = run(bench.post(bench.provider.query("inbox", wait_s=0)))[1]["messages"]
    number = claims_of(change["header"])["message_id"].replace("-", "")
    item = {"exchange_number": number, "acknowledged_sha256": hash_of(change["header"]), "outcome": "taken"}

    for side, said in ((bench.asker, item), (bench.provider, item | {"outcome": "accepted"})):
        (told,) = run(bench.post(side.acknowledgement(said)))[1]["items"]
        assert told["code"] == "exchange_unknown"
    bench.clock.advance(61)
    assert run(bench.post(bench.provider.query("inbox", wait_s=0)))[1]["messages"] == [change]


def test_a_refused_change_stands_in_the_record_without_a_link_code():
    bench = Bench()
    bench.provider.says = [HttpReply(400, {}, b'{"code":"type_not_allowed"}')]
    reissued(bench, PROVIDER)

    line = bench.lines()[-1]
    assert (line["to"], line["code"]) == (PROVIDER, "type_not_allowed")
    assert bench.provider.code_for(NEW) not in str(bench.lines())


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=32), -HOUR])
def test_a_change_must_lie_ahead_and_within_a_month(ahead):
    bench = Bench()
    with pytest.raises(ValueError, match="effective_at"):
        run(bench.node.reissue(PROVIDER, TARO.serial, bench.clock.now() + ahead))


def test_one_change_at_a_time_and_the_next_one_starts_from_the_last():
    bench = Bench()
    reissued(bench, PROVIDER)
    with pytest.raises(ValueError, match="one change at a time"):
        run(bench.node.reissue(PROVIDER, TARO.serial, bench.clock.now() + HOUR))
    bench.clock.advance(3600)
    (second,) = reissued(bench, PROVIDER)

    assert read_subjects(second["subjects"]) == tuple(bench.provider.code_for(Person(TARO.serial, n)) for n in (1, 2))


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_of_re_issues_leaves_a_plain_exchange_alone(fault):
    bench = Bench(rooms=FAULTS[fault](NetworkRooms()))
    _, brought = run(bench.answered())

    assert claims_of(brought["receipt"])["answer_sha256"] == hash_of(brought["header"])
