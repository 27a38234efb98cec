"""On the way: pushed until something definite comes back, fetched under lease, ended in time, alive after a crash."""

import asyncio
import json
from datetime import timedelta

import pytest

from renkei_emulator.claims import read_claims
from renkei_emulator.envelope import read_jws, verify
from renkei_emulator.network.relay import Again, NotTaken, Taken, next_try, outcome
from renkei_emulator.network.testing import ASKER, NOON, PROVIDER, Bench, claims_of, hash_of, number_of
from renkei_emulator.refusals import Refused
from renkei_emulator.storage.network_sqlite import NetworkSqlite
from renkei_emulator.trust import body_san
from renkei_emulator.world import Dice, HttpReply, HttpRequest
from renkei_fixtures.instants import render

DAY = 86400


def run(coroutine):
    return asyncio.run(coroutine)


def settle(bench):
    return run(bench.node.settle())


def ticked(bench, seconds):
    bench.clock.advance(seconds)

    async def go():
        await bench.node.tick()
        return await bench.node.settle()

    return run(go())


def accepted(bench, **other):
    inquiry = bench.asker.inquiry(**other)
    status, reply = run(bench.post(inquiry))
    assert status == 202
    return inquiry, reply["exchange_number"]


# --- what a reply means ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "means"),
    [
        (None, Again(None)),
        (HttpReply(202), Taken()),
        (HttpReply(200), Again(None)),
        (HttpReply(204), Again(None)),
        (HttpReply(301), Again(None)),
        (HttpReply(429, {"retry-after": "7"}), Again(7)),
        (HttpReply(500), Again(None)),
        (HttpReply(503, {"retry-after": "90000"}), Again(300)),
        (HttpReply(503, {"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}), Again(None)),
        (HttpReply(422, {}, b'{"code":"key_invalid"}'), NotTaken("key_invalid", "content")),
        (HttpReply(422, {}, b'{"code":"key_invalid","stage":"permit"}'), NotTaken("key_invalid", "content")),
        (HttpReply(400, {}, b'{"code":"no_mood"}'), NotTaken("internal_error", "service")),
        (HttpReply(404, {}, b"<html>"), NotTaken("internal_error", "service")),
        (HttpReply(403, {}, b"[]"), NotTaken("internal_error", "service")),
    ],
)
def test_a_reply_to_a_push_means_taken_refused_or_again(reply, means):
    assert outcome(reply) == means


def test_pauses_double_up_to_300_seconds_give_or_take_a_fifth():
    dice = Dice(1, "pauses")
    for attempts, pause in [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (5000, 300)]:
        for _ in range(50):
            waited = (next_try(NOON, attempts, Again(None), dice) - NOON).total_seconds()
            assert 0.8 * pause <= waited <= 1.2 * pause
    assert next_try(NOON, 3, Again(17), dice) == NOON + timedelta(seconds=17)


# --- push -----------------------------------------------------------------------------------------------------------
def test_the_same_bytes_go_out_again_until_they_are_taken():
    bench = Bench()
    bench.provider.says = [None, HttpReply(500), HttpReply(503)]
    _, number = accepted(bench)
    assert settle(bench) == 1
    assert settle(bench) == 0
    for seconds in (1.3, 2.5, 5):
        assert ticked(bench, seconds) == 1

    assert len({json.dumps(each) for each in bench.provider.heard}) == 1
    assert len(bench.provider.heard) == 4
    assert run(bench.state(number))["state"] == "delivered"


def test_a_receiver_that_names_a_time_is_left_alone_until_then():
    bench = Bench()
    bench.provider.says = [HttpReply(503, {"retry-after": "30"})]
    accepted(bench)
    settle(bench)

    assert ticked(bench, 29.9) == 0
    assert ticked(bench, 0.1) == 1


def test_an_inquiry_that_the_provider_refuses_at_once_is_refused_with_its_code():
    bench = Bench()
    bench.provider.says = [HttpReply(403, {}, b'{"code":"authority_not_granted","stage":"authority"}')]
    _, number = accepted(bench)
    settle(bench)

    receipt = run(bench.state(number))
    assert (receipt["state"], receipt["code"], receipt["stage"]) == ("refused", "authority_not_granted", "authority")
    assert [claims_of(each["receipt"])["state"] for each in bench.asker.heard] == ["refused"]
    assert ticked(bench, DAY) == 0


def test_a_permit_that_the_provider_does_not_take_is_trouble_to_the_asker():
    bench = Bench()
    bench.provider.says = [HttpReply(403, {}, b'{"code":"permit_mismatch","stage":"permit"}')]
    _, number = accepted(bench)
    settle(bench)

    assert run(bench.state(number))["code"] == "temporarily_unable"
    assert any(line.get("said") == "permit_mismatch" for line in bench.lines())


def test_a_body_without_a_known_address_is_tried_again_when_it_has_moved_in():
    bench = Bench()
    bench.node.office.directory.move(PROVIDER, "memory:elsewhere")
    accepted(bench)
    settle(bench)
    bench.node.office.directory.move(PROVIDER, f"memory:{PROVIDER}")
    ticked(bench, 2)

    assert len(bench.provider.heard) == 1


def test_an_answer_that_the_asker_refuses_is_not_brought_again_and_stays_answered():
    bench = Bench()
    bench.asker.says = [HttpReply(400, {}, b'{"code":"not_json","stage":"form"}')]
    delivery, _ = run(bench.answered())

    assert ticked(bench, 3600) == 0
    assert run(bench.state(number_of(delivery)))["state"] == "answered"
    assert any(line.get("code") == "not_json" for line in bench.lines())


def test_at_most_four_requests_are_open_to_a_body():
    bench = Bench()
    now_open, most = 0, 0

    async def slow(request):
        nonlocal now_open, most
        now_open, most = now_open + 1, max(most, now_open + 1)
        await asyncio.sleep(0)
        now_open -= 1
        return HttpReply(202)

    bench.wire.homes[f"memory:{PROVIDER}"] = slow
    for _ in range(10):
        accepted(bench)

    assert settle(bench) == 10
    assert most == 4


def test_in_the_background_everything_goes_out_by_itself():
    bench = Bench()
    bench.node.courier._background = True

    async def go():
        await bench.post(bench.asker.inquiry())
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(bench.provider.heard) == 1
        await bench.post(bench.asker.inquiry())
        for _ in range(100):
            await asyncio.sleep(0)
        await bench.node.close()

    run(go())
    assert len(bench.provider.heard) == 2


# --- the clock ------------------------------------------------------------------------------------------------------
def test_what_was_never_delivered_is_undeliverable_at_its_end():
    bench = Bench()
    bench.provider.says = [None] * 100
    _, number = accepted(bench, expires_at=render(NOON + timedelta(seconds=60)))
    settle(bench)
    ticked(bench, 59.999)
    assert run(bench.state(number))["state"] == "accepted"
    ticked(bench, 0.001)

    assert run(bench.state(number))["state"] == "undeliverable"
    assert [claims_of(each["receipt"])["state"] for each in bench.asker.heard] == ["undeliverable"]
    assert ticked(bench, 3600) == 0


def test_what_was_not_answered_expires_at_its_end_and_what_was_not_acknowledged_seven_days_later():
    bench = Bench()
    silent = number_of(run(bench.delivered()))
    answered = number_of(run(bench.answered())[0])
    ticked(bench, DAY)
    assert bench.store.events(silent)[-1].state == "expired"
    assert bench.store.events(answered)[-1].state == "answered"
    ticked(bench, 7 * DAY - 0.001)
    assert bench.store.events(answered)[-1].state == "answered"
    ticked(bench, 0.001)

    assert bench.store.events(answered)[-1].state == "expired"


def test_replay_memory_is_kept_until_300_seconds_after_the_end_and_then_forgotten():
    bench = Bench()
    inquiry, _ = accepted(bench, expires_at=render(NOON + timedelta(hours=2)))
    sender, message_id = ASKER, claims_of(inquiry["header"])["message_id"]
    ticked(bench, 7200 + 299)
    assert bench.store.repeat(sender, message_id, "x") is not None
    ticked(bench, 3600)

    assert bench.store.repeat(sender, message_id, "x") is None


# --- pull -----------------------------------------------------------------------------------------------------------
def fetched(bench, body, **more):
    status, reply = run(bench.post(body.query("inbox", **more)))
    assert status == 200
    return reply["messages"]


def taken(body, message, outcome_="taken"):
    name = "permit" if "permit" in message else "receipt"
    number = claims_of(message[name])["exchange_number"]
    acknowledged = hash_of(message.get("header", message[name]))
    return body.acknowledgement({"exchange_number": number, "acknowledged_sha256": acknowledged, "outcome": outcome_})


def test_a_pull_body_is_never_pushed_to_and_fetches_what_lies_ready():
    bench = Bench(pull=(PROVIDER,))
    inquiry, number = accepted(bench)
    assert settle(bench) == 0

    (message,) = fetched(bench, bench.provider)
    assert bench.provider.heard == []
    assert message["header"] == inquiry["header"]
    assert number_of(message) == number


def test_a_fetched_message_is_leased_for_60_seconds_and_a_lease_is_no_delivery():
    bench = Bench(pull=(PROVIDER,))
    _, number = accepted(bench)
    (first,) = fetched(bench, bench.provider)
    assert fetched(bench, bench.provider) == []
    bench.clock.advance(59.999)
    assert fetched(bench, bench.provider) == []
    bench.clock.advance(0.001)

    assert fetched(bench, bench.provider) == [first]
    assert run(bench.state(number))["state"] == "accepted"


def test_a_taken_message_is_delivered_and_not_offered_again():
    bench = Bench(pull=(PROVIDER,))
    _, number = accepted(bench)
    (message,) = fetched(bench, bench.provider)
    run(bench.post(taken(bench.provider, message)))
    bench.clock.advance(61)

    assert fetched(bench, bench.provider) == []
    assert run(bench.state(number))["state"] == "delivered"


def test_an_answered_message_is_not_offered_again():
    bench = Bench(pull=(PROVIDER,))
    _, number = accepted(bench)
    (message,) = fetched(bench, bench.provider)
    run(bench.post(bench.provider.answer(message)))
    bench.clock.advance(61)

    assert fetched(bench, bench.provider) == []
    assert run(bench.state(number))["state"] == "answered"


def test_what_is_for_a_pull_body_is_brought_where_somebody_else_keeps_its_box():
    bench = Bench(pull=(PROVIDER,))
    bench.node.office.directory.move(PROVIDER, f"memory:{PROVIDER}", brought=True)
    accepted(bench)
    settle(bench)

    assert len(bench.provider.heard) == 1


def test_a_pull_asker_fetches_its_answer_until_it_acknowledges():
    bench = Bench(pull=(ASKER,))
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.answer(delivery)))
    (message,) = fetched(bench, bench.asker)
    run(bench.post(taken(bench.asker, message, "accepted")))
    bench.clock.advance(61)

    assert fetched(bench, bench.asker) == []
    assert run(bench.state(number_of(delivery)))["state"] == "collected"


def test_a_receipt_alone_is_fetched_and_taken():
    bench = Bench(pull=(ASKER,))
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.refusal(delivery, "key_invalid", "content")))
    (message,) = fetched(bench, bench.asker)
    assert message.keys() == {"receipt"}
    run(bench.post(taken(bench.asker, message)))
    bench.clock.advance(61)

    assert fetched(bench, bench.asker) == []


def test_a_body_fetches_its_own_messages_only_and_no_more_than_it_asks_for():
    bench = Bench(pull=(PROVIDER, ASKER))
    for _ in range(3):
        accepted(bench)

    assert fetched(bench, bench.asker) == []
    assert len(fetched(bench, bench.provider, max=2)) == 2
    assert len(fetched(bench, bench.provider)) == 1


def test_a_waiting_query_is_answered_as_soon_as_something_comes():
    bench = Bench(pull=(PROVIDER,))
    bench.node._inbox._may_wait = True

    async def go():
        query = asyncio.create_task(bench.post(bench.provider.query("inbox", wait_s=30)))
        while not bench.node._inbox._waiting:
            await asyncio.sleep(0)
        await bench.post(bench.asker.inquiry())
        return await asyncio.wait_for(query, 5)

    assert len(run(go())[1]["messages"]) == 1


# --- after a crash --------------------------------------------------------------------------------------------------
def test_what_was_accepted_before_a_crash_is_brought_after_it(tmp_path):
    before = Bench(path=str(tmp_path / "network.sqlite"))
    _, number = accepted(before)
    before.file.close()  # nothing was sent yet

    after = Bench(path=str(tmp_path / "network.sqlite"))
    settle(after)
    (delivery,) = after.provider.heard
    assert number_of(delivery) == number
    assert run(after.post(after.provider.answer(delivery)))[0] == 202
    assert after.store.verify_chains() == []
    after.file.close()


def test_an_identical_resend_after_a_crash_gets_the_identical_reply(tmp_path):
    before = Bench(path=str(tmp_path / "network.sqlite"))
    inquiry = before.asker.inquiry()
    first = run(before.post(inquiry))
    before.file.close()
    after = Bench(path=str(tmp_path / "network.sqlite"))

    assert run(after.post(inquiry)) == first
    after.file.close()


def test_what_was_open_before_a_crash_still_ends_in_time(tmp_path):
    before = Bench(path=str(tmp_path / "network.sqlite"))
    number = number_of(run(before.delivered()))
    before.file.close()
    after = Bench(path=str(tmp_path / "network.sqlite"))
    ticked(after, DAY)

    assert [event.on for event in NetworkSqlite(after.file).events(number)] == ["accepted", "delivered", "expired"]
    after.file.close()


# --- what anybody may fetch -----------------------------------------------------------------------------------------
def get(bench, path):
    return run(bench.node.receive(HttpRequest("GET", path)))


def test_certificates_revocation_list_and_signed_entries_are_served():
    bench = Bench()
    kid = bench.authority.body(PROVIDER).sealing.kid
    chain = get(bench, f"/renkei/1/certificates/{kid}")
    crl = get(bench, "/renkei/1/crl")
    entries = json.loads(get(bench, "/renkei/1/bodies").body)["entries"]

    assert chain.headers["content-type"] == "application/pem-certificate-chain"
    assert chain.body.count(b"BEGIN CERTIFICATE") == 2
    assert (crl.headers["content-type"], crl.body) == ("application/pkix-crl", bench.authority.crl(NOON))
    assert {claims_of(entry)["body"] for entry in entries} == set(bench.node.office.directory.bodies)
    provider = next(claims_of(entry) for entry in entries if claims_of(entry)["body"] == PROVIDER)
    assert provider["sealing_kids"] == [kid]
    assert (provider["address"], provider["delivery"], provider["bindings"]) == (f"memory:{PROVIDER}", "push", ["jose"])


def test_an_entry_is_signed_by_its_body_and_has_the_form_of_the_standard():
    bench = Bench()
    trust = bench.node.office.trust
    trust.learn_crl(get(bench, "/renkei/1/crl").body)
    for entry in json.loads(get(bench, "/renkei/1/bodies").body)["entries"]:
        jws = read_jws(entry)
        claims = read_claims(jws.payload, "renkei-directory", bench.standard)
        verify(jws, trust.check(jws.kid, "signature", body_san(claims["body"]), NOON))


def test_an_ordered_certificate_is_served_as_well():
    bench = Bench()
    pair = bench.authority.order("expired", ASKER)

    assert get(bench, f"/renkei/1/certificates/{pair.kid}").body == pair.chain_pem.encode()


@pytest.mark.parametrize("path", ["/", "/renkei/1/certificates/", "/renkei/1/certificates/x", "/renkei/1/messages"])
def test_nothing_else_is_served(path):
    reply = get(Bench(), path)

    assert (reply.status, json.loads(reply.body)["code"]) == (404, Refused("path_unknown").code)
