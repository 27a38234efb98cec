"""What the parties say of an exchange that is there: answer, refusal, withdrawal, acknowledgement, status."""

import asyncio
import json
from datetime import timedelta

import pytest

from renkei_emulator.envelope import read_jws, verify
from renkei_emulator.network.link_codes import Person
from renkei_emulator.network.testing import NOON, Bench, FakeBody, claims_of, hash_of, number_of
from renkei_emulator.trust import TrustStore
from renkei_fixtures.instants import render


def run(coroutine):
    return asyncio.run(coroutine)


def told(bench, envelope):
    status, reply = run(bench.post(envelope))
    return status, reply.get("code", reply.get("state"))


# --- answer ---------------------------------------------------------------------------------------------------------
def test_an_answer_is_brought_to_the_asker_with_a_receipt_that_binds_it_to_its_inquiry():
    bench = Bench()
    delivery = run(bench.delivered())
    answer = bench.provider.answer(delivery)
    status, _ = run(bench.post(answer))
    run(bench.node.settle())

    (brought,) = bench.asker.heard
    receipt = claims_of(brought["receipt"])
    assert status == 202
    assert brought.keys() == {"header", "body", "receipt"}
    assert (brought["header"], brought["body"]) == (answer["header"], answer["body"])
    assert receipt["answer_sha256"] == hash_of(answer["header"])
    assert receipt["body_sha256"] == hash_of(answer["body"])
    assert receipt["inquiry_sha256"] == hash_of(delivery["header"])
    assert receipt["in_reply_to"] == claims_of(delivery["header"])["message_id"]
    assert (receipt["part"], receipt["last_part"], receipt["state"]) == (1, True, "answered")


def test_the_provider_gets_the_same_receipt_in_the_reply():
    bench = Bench()
    delivery = run(bench.delivered())
    _, reply = run(bench.post(bench.provider.answer(delivery)))
    run(bench.node.settle())

    assert reply == {
        "exchange_number": number_of(delivery),
        "state": "answered",
        "receipt": bench.asker.heard[0]["receipt"],
    }


def test_the_receipt_names_the_subjects_as_the_asker_sent_them_and_is_the_networks():
    bench = Bench()
    delivery, brought = run(bench.answered())
    jws = read_jws(brought["receipt"])
    trust = TrustStore(bench.authority.anchors_pem, bench.authority.certificate)
    trust.learn_crl(bench.authority.crl(NOON))

    assert json.loads(jws.payload)["subjects_sha256"] == claims_of(delivery["header"])["subjects_sha256"]
    assert jws.typ == "renkei-receipt"
    verify(jws, trust.check(jws.kid, "signature", "urn:renkei:network", NOON))


def test_the_asker_never_sees_the_providers_link_codes():
    bench = Bench()
    _, brought = run(bench.answered())

    assert "subjects" not in brought


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"in_reply_to": "0190a5c0-0000-7000-8000-000000000000"}, "answer_not_bound"),
        ({"inquiry_sha256": hash_of("other")}, "answer_not_bound"),
        ({"to": "001015"}, "answer_not_bound"),
        ({"edition": "2099Z"}, "answer_not_bound"),
        ({"information": "another"}, "answer_not_bound"),
        ({"from_principal": "482013"}, "answer_not_bound"),
        ({"replaces": "0190a5c0-0000-7000-8000-000000000000"}, "answer_not_bound"),
        ({"subjects_sha256": hash_of("other")}, "answer_subject_mismatch"),
        ({"exchange_number": "nothing"}, "exchange_unknown"),
    ],
)
def test_an_answer_that_does_not_belong_to_its_inquiry_is_refused(other, code):
    bench = Bench()
    delivery = run(bench.delivered())
    _, problem = run(bench.post(bench.provider.answer(delivery, **other)))
    run(bench.node.settle())

    assert (problem["code"], problem["stage"]) == (code, "state")
    assert bench.asker.heard == []


def test_an_answer_about_somebody_else_is_refused():
    bench = Bench()
    delivery = run(bench.delivered())
    codes = [bench.provider.code_for(Person(99, 0))]

    assert told(bench, bench.provider.answer(delivery, codes)) == (409, "answer_subject_mismatch")


def test_a_body_that_was_not_asked_does_not_answer():
    bench = Bench()
    delivery = run(bench.delivered())

    assert told(bench, bench.asker.answer(delivery)) == (404, "exchange_unknown")


def test_the_first_answer_is_kept_and_a_different_one_is_refused():
    bench = Bench()
    delivery, first = run(bench.answered())

    assert told(bench, bench.provider.answer(delivery)) == (409, "answer_part_conflict")
    run(bench.node.settle())
    assert [each["header"] for each in bench.asker.heard] == [first["header"]]


def test_the_same_answer_sent_again_gets_the_same_receipt_and_is_brought_once():
    bench = Bench()
    delivery = run(bench.delivered())
    answer = bench.provider.answer(delivery)
    replies = [run(bench.post(answer)) for _ in range(3)]
    run(bench.node.settle())

    assert replies[0] == replies[1] == replies[2]
    assert len(bench.asker.heard) == 1


def test_two_different_answers_at_once_leave_one():
    bench = Bench()
    delivery = run(bench.delivered())

    async def both():
        return await asyncio.gather(*(bench.post(bench.provider.answer(delivery)) for _ in range(2)))

    assert sorted(status for status, _ in run(both())) == [202, 409]


def test_a_correction_names_the_answer_it_replaces_and_is_brought_as_well():
    bench = Bench()
    delivery, first = run(bench.answered())
    old = claims_of(first["header"])["message_id"]

    assert told(bench, bench.provider.answer(delivery, replaces=old)) == (202, "answered")
    run(bench.node.settle())
    assert len(bench.asker.heard) == 2
    assert told(bench, bench.provider.answer(delivery, replaces=old)) == (409, "answer_not_bound")


def test_a_collected_exchange_is_answered_again_by_a_correction_until_its_end():
    bench = Bench()
    delivery, first = run(bench.answered())
    old = claims_of(first["header"])["message_id"]
    run(bench.post(bench.asker.acknowledgement(item(first))))
    later = bench.provider.answer(delivery, replaces=old)
    bench.clock.advance(86400)

    assert told(bench, bench.provider.answer(delivery, replaces=old)) == (409, "exchange_closed")
    bench.clock.advance(-1)
    assert told(bench, later) == (202, "answered")


def test_an_answer_in_parts_is_complete_when_none_is_missing():
    bench = Bench()
    delivery = run(bench.delivered())
    whole = {"subjects_sha256": hash_of(delivery["subjects"])}

    assert told(bench, bench.provider.answer(delivery, part=2, last_part=False, **whole)) == (202, "delivered")
    assert told(bench, bench.provider.answer(delivery, part=3, **whole)) == (202, "delivered")
    assert told(bench, bench.provider.answer(delivery, part=4, **whole)) == (409, "answer_part_conflict")
    assert told(bench, bench.provider.answer(delivery, last_part=False)) == (202, "answered")


def test_of_a_part_the_first_is_kept_while_others_are_still_to_come():
    bench = Bench()
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.answer(delivery, last_part=False)))

    assert told(bench, bench.provider.answer(delivery, last_part=False)) == (409, "answer_part_conflict")


def test_an_answer_that_overtakes_the_reply_to_the_push_counts():
    bench = Bench()
    bench.provider.says = [None]
    delivery = run(bench.delivered())
    assert run(bench.state(number_of(delivery)))["state"] == "accepted"

    assert told(bench, bench.provider.answer(delivery)) == (202, "answered")
    bench.clock.advance(10)
    run(bench.node.settle())
    assert len(bench.provider.heard) == 1


# --- refusal --------------------------------------------------------------------------------------------------------
def test_a_provider_that_checked_later_refuses_and_the_asker_hears_code_and_stage():
    bench = Bench()
    delivery = run(bench.delivered())

    assert told(bench, bench.provider.refusal(delivery, "key_invalid", "content")) == (202, "refused")
    run(bench.node.settle())
    receipt = claims_of(bench.asker.heard[0]["receipt"])
    assert bench.asker.heard[0].keys() == {"receipt"}
    assert (receipt["state"], receipt["code"], receipt["stage"]) == ("refused", "key_invalid", "content")


def test_a_fault_of_the_permit_is_shown_to_the_asker_as_trouble_and_kept_in_the_record():
    bench = Bench()
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.refusal(delivery, "permit_expired", "permit")))
    run(bench.node.settle())

    receipt = claims_of(bench.asker.heard[0]["receipt"])
    assert (receipt["code"], receipt["stage"]) == ("temporarily_unable", "service")
    assert any(line.get("said") == "permit_expired" for line in bench.lines())


def test_a_refusal_with_a_code_of_nobody_is_refused_itself():
    bench = Bench()
    delivery = run(bench.delivered())

    assert told(bench, bench.provider.refusal(delivery, "no_mood", "content")) == (400, "header_form_invalid")
    assert told(bench, bench.provider.refusal(delivery, "key_invalid", "permit")) == (400, "header_form_invalid")
    assert told(bench, bench.asker.refusal(delivery, "key_invalid", "content")) == (404, "exchange_unknown")


def test_an_answered_exchange_is_not_refused_any_more():
    bench = Bench()
    delivery, _ = run(bench.answered())

    assert told(bench, bench.provider.refusal(delivery, "key_invalid", "content")) == (409, "exchange_closed")


# --- withdrawal -----------------------------------------------------------------------------------------------------
def test_after_a_withdrawal_an_answer_finds_the_exchange_closed_and_gets_a_receipt_that_says_so():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    number = run(bench.post(inquiry))[1]["exchange_number"]
    run(bench.node.settle())
    (delivery,) = bench.provider.heard

    assert told(bench, bench.asker.withdrawal(number, inquiry)) == (202, "withdrawn")
    status, problem = run(bench.post(bench.provider.answer(delivery)))
    assert (status, problem["code"], problem["exchange_number"]) == (409, "exchange_closed", number)
    assert claims_of(problem["receipt"])["state"] == "withdrawn"
    run(bench.node.settle())
    assert bench.asker.heard == []


def test_a_withdrawn_inquiry_is_not_brought_any_more_and_the_provider_hears_of_it():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    number = run(bench.post(inquiry))[1]["exchange_number"]
    run(bench.post(bench.asker.withdrawal(number, inquiry)))
    run(bench.node.settle())

    assert [each.keys() for each in bench.provider.heard] == [{"receipt"}]
    assert claims_of(bench.provider.heard[0]["receipt"])["state"] == "withdrawn"


def test_only_the_asker_withdraws_and_only_its_own_inquiry_and_in_time():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    number = run(bench.post(inquiry))[1]["exchange_number"]
    other = "0190a5c0-0000-7000-8000-000000000000"

    assert told(bench, bench.provider.withdrawal(number, inquiry)) == (404, "exchange_unknown")
    assert told(bench, bench.asker.withdrawal(number, inquiry, in_reply_to=other)) == (409, "answer_not_bound")
    run(bench.node.settle())
    run(bench.post(bench.provider.answer(bench.provider.heard[0])))
    assert told(bench, bench.asker.withdrawal(number, inquiry)) == (409, "exchange_closed")


# --- acknowledgement ------------------------------------------------------------------------------------------------
def item(brought, outcome="accepted", **more):
    receipt = claims_of(brought["receipt"])
    acknowledged = hash_of(brought.get("header", brought["receipt"]))
    number = receipt["exchange_number"]
    return {"exchange_number": number, "acknowledged_sha256": acknowledged, "outcome": outcome} | more


def items_of(bench, envelope):
    status, reply = run(bench.post(envelope))
    assert status == 202, reply
    return [each.get("code", each.get("state")) for each in reply["items"]]


REASON = {"code": "content_hash_mismatch", "stage": "content"}


def test_an_accepted_answer_is_collected_and_said_twice_stays_so():
    bench = Bench()
    _, brought = run(bench.answered())

    assert items_of(bench, bench.asker.acknowledgement(item(brought))) == ["collected"]
    assert items_of(bench, bench.asker.acknowledgement(item(brought))) == ["collected"]
    run(bench.node.settle())
    assert len(bench.provider.heard) == 1


def test_a_rejected_answer_ends_the_exchange_and_the_provider_is_told_why():
    bench = Bench()
    delivery, brought = run(bench.answered())

    assert items_of(bench, bench.asker.acknowledgement(item(brought, "rejected", **REASON))) == ["rejected"]
    run(bench.node.settle())
    receipt = claims_of(bench.provider.heard[-1]["receipt"])
    assert (receipt["state"], receipt["code"]) == ("rejected", "content_hash_mismatch")
    assert items_of(bench, bench.asker.acknowledgement(item(brought))) == ["exchange_closed"]
    assert told(bench, bench.provider.answer(delivery, part=2)) == (409, "answer_part_conflict")


def test_taken_judges_nothing():
    bench = Bench()
    _, brought = run(bench.answered())

    assert items_of(bench, bench.asker.acknowledgement(item(brought, "taken"))) == ["answered"]


def test_what_was_never_delivered_is_not_acknowledged():
    bench = Bench()
    _, brought = run(bench.answered())
    wrong = item(brought) | {"acknowledged_sha256": hash_of("other")}
    unknown = item(brought) | {"exchange_number": "nothing"}

    assert items_of(bench, bench.asker.acknowledgement(wrong, unknown)) == ["answer_not_bound", "exchange_unknown"]
    assert run(bench.state(item(brought)["exchange_number"]))["state"] == "answered"


def test_the_provider_does_not_acknowledge_its_own_answer():
    bench = Bench()
    _, brought = run(bench.answered())

    assert items_of(bench, bench.provider.acknowledgement(item(brought))) == ["answer_not_bound"]


def test_many_answers_are_acknowledged_at_once_and_a_bad_item_spoils_no_other():
    bench = Bench()
    brought = [run(bench.answered())[1] for _ in range(3)]
    items = [item(brought[0]), item(brought[1], "rejected", **REASON), item(brought[2])]
    items[2] |= {"exchange_number": "nothing"}

    assert items_of(bench, bench.asker.acknowledgement(*items)) == ["collected", "rejected", "exchange_unknown"]


def test_parts_are_collected_when_the_last_of_them_is_accepted():
    bench = Bench()
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.answer(delivery, last_part=False)))
    run(bench.post(bench.provider.answer(delivery, part=2, subjects_sha256=hash_of(delivery["subjects"]))))
    run(bench.node.settle())
    one, two = bench.asker.heard

    assert items_of(bench, bench.asker.acknowledgement(item(two, part=2))) == ["answered"]
    assert items_of(bench, bench.asker.acknowledgement(item(one, part=1))) == ["collected"]


def test_two_parts_in_one_acknowledgement_collect_the_exchange():
    bench = Bench()
    delivery = run(bench.delivered())
    run(bench.post(bench.provider.answer(delivery, last_part=False)))
    run(bench.post(bench.provider.answer(delivery, part=2, subjects_sha256=hash_of(delivery["subjects"]))))
    run(bench.node.settle())

    items = [item(each) for each in bench.asker.heard]
    assert items_of(bench, bench.asker.acknowledgement(*items)) == ["answered", "collected"]


@pytest.mark.parametrize(
    "bad",
    [
        {"outcome": "perhaps"},
        {"outcome": "rejected"},
        {"code": "key_invalid", "stage": "content"},
        {"colour": "red"},
        {"part": 0},
    ],
)
def test_an_item_that_is_not_of_the_table_spoils_the_form(bad):
    bench = Bench()
    _, brought = run(bench.answered())

    assert told(bench, bench.asker.acknowledgement(item(brought) | bad)) == (400, "header_form_invalid")


def test_an_acknowledgement_has_1_to_100_items():
    bench = Bench()
    one = {"exchange_number": "x", "acknowledged_sha256": hash_of("x"), "outcome": "taken"}

    assert told(bench, bench.asker.acknowledgement()) == (400, "header_form_invalid")
    assert told(bench, bench.asker.acknowledgement(*[one] * 101)) == (400, "header_form_invalid")
    assert items_of(bench, bench.asker.acknowledgement(*[one] * 100)) == ["exchange_unknown"] * 100


# --- status ---------------------------------------------------------------------------------------------------------
def test_both_sides_are_told_how_an_exchange_stands():
    bench = Bench()
    delivery, _ = run(bench.answered())
    for body in (bench.asker, bench.provider):
        _, reply = run(bench.post(body.query("status", exchange_number=number_of(delivery))))
        receipt = claims_of(reply["receipt"])
        assert (receipt["state"], receipt["state_at"]) == ("answered", render(NOON))


def test_others_exchanges_and_unknown_ones_look_the_same():
    bench = Bench()
    number = number_of(run(bench.delivered()))
    stranger = FakeBody(bench, next(code for code in bench.node.office.directory.bodies if code not in "482013 001015"))
    replies = []
    for asked in (number, "0" * 32):
        status, problem = run(bench.post(stranger.query("status", exchange_number=asked)))
        replies.append((status, {name: problem[name] for name in problem.keys() - {"message_id", "exchange_number"}}))

    assert replies[0] == replies[1]
    assert replies[0][0] == 404


def test_a_query_is_never_resent_and_grows_old_in_300_seconds():
    bench = Bench()
    number = number_of(run(bench.delivered()))
    query = bench.asker.query("status", exchange_number=number)
    old = bench.asker.query("status", exchange_number=number)
    assert run(bench.post(query))[0] == 200

    assert told(bench, query) == (409, "message_id_reused")
    bench.clock.advance(300)
    assert run(bench.post(bench.asker.query("status", exchange_number=number)))[0] == 200
    bench.clock.advance(0.001)
    assert told(bench, old) == (403, "query_too_old")


@pytest.mark.parametrize("members", [{"wait_s": 31}, {"max": 0}, {"max": 101}, {"exchange_number": "x"}])
def test_a_query_asks_within_bounds(members):
    bench = Bench()

    assert told(bench, bench.asker.query("inbox", **members)) == (400, "header_form_invalid")


def test_records_are_told_to_no_body_that_asks_for_itself():
    bench = Bench()

    assert told(bench, bench.asker.query("records", link_code="x")) == (403, "authority_not_granted")


# --- the clock ------------------------------------------------------------------------------------------------------
def test_an_answer_after_the_end_finds_the_exchange_expired_even_before_the_clock_ticks():
    bench = Bench()
    delivery = run(bench.delivered())
    bench.clock.advance(timedelta(days=1).total_seconds())

    status, problem = run(bench.post(bench.provider.answer(delivery)))
    assert (status, problem["code"], claims_of(problem["receipt"])["state"]) == (409, "exchange_closed", "expired")
