"""Vendor faults of the network: each is of the catalogue, does what it says, and leaves a plain exchange alone."""

import asyncio
from datetime import timedelta

import pytest

from renkei_emulator.claims import read_subjects
from renkei_emulator.envelope import Signer
from renkei_emulator.network.faults import NETWORK_FAULTS
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.network.testing import ASKER, Bench, FakeBody, claims_of, hash_of, number_of
from renkei_fixtures.instants import render
from renkei_fixtures.standard import load

CATALOGUE = {id_: fault for id_, fault in load().faults.items() if (fault.role, fault.kind) == ("network", "vendor")}


def run(coroutine):
    return asyncio.run(coroutine)


def stranger(bench):
    return FakeBody(bench, "480002")


def other_procedure(bench):
    return run(bench.post(bench.asker.inquiry(procedure="PR-none")))[0]


def nobodys_responsibility(bench):
    return run(bench.post(bench.asker.inquiry(responsibility="nobody")))[0]


def untranslated(bench):
    subjects = run(bench.delivered())["subjects"]
    return "same" if bench.asker.code_for() in read_subjects(subjects) else "translated"


def second_answer(bench):
    delivery, _ = run(bench.answered())
    return run(bench.post(bench.provider.answer(delivery)))[0]


def answer_of_a_stranger(bench):
    delivery = run(bench.delivered())
    return run(bench.post(stranger(bench).answer(delivery)))[0]


def status_for_a_stranger(bench):
    number = number_of(run(bench.delivered()))
    return run(bench.post(stranger(bench).query("status", exchange_number=number)))[0]


def other_subjects_hash(bench):
    return run(bench.post(bench.asker.inquiry(subjects_sha256=hash_of("other"))))[0]


def answer_after_withdrawal(bench):
    inquiry = bench.asker.inquiry()
    number = run(bench.post(inquiry))[1]["exchange_number"]
    run(bench.node.settle())
    run(bench.post(bench.asker.withdrawal(number, inquiry)))
    return run(bench.post(bench.provider.answer(bench.provider.heard[0])))[0]


def answer_in_receipt(bench):
    return "answer_sha256" in claims_of(run(bench.answered())[1]["receipt"])


def used_id(bench):
    first = bench.asker.inquiry()
    run(bench.post(first))
    return run(bench.post(bench.asker.inquiry(message_id=claims_of(first["header"])["message_id"])))[0]


def recorded(bench):
    run(bench.answered())
    return bool(bench.lines())


def revoked_sender(bench):
    pair = bench.authority.order("revoked", ASKER)
    return run(bench.post(bench.asker.inquiry(signer=Signer.of_pem(pair.kid, pair.key_pem))))[0]


def expired_today(bench):
    now = bench.clock.now()
    times = {"issued_at": render(now - timedelta(seconds=90)), "expires_at": render(now - timedelta(seconds=60))}
    return run(bench.post(bench.asker.inquiry(**times)))[0]


SEEN = {
    "procedure_not_looked_at": (other_procedure, 403, 202),
    "network_any_responsibility": (nobodys_responsibility, 403, 202),
    "codes_not_translated": (untranslated, "translated", "same"),
    "last_answer_wins": (second_answer, 409, 202),
    "any_body_may_answer": (answer_of_a_stranger, 404, 202),
    "status_for_anyone": (status_for_a_stranger, 404, 200),
    "subjects_hash_not_compared": (other_subjects_hash, 400, 202),
    "withdrawal_forgotten": (answer_after_withdrawal, 409, 202),
    "receipt_of_inquiry_only": (answer_in_receipt, True, False),
    "network_reuse_unnoticed": (used_id, 409, 202),
    "provision_not_recorded": (recorded, True, False),
    "network_revocation_unread": (revoked_sender, 403, 202),
    "network_expiry_by_day": (expired_today, 403, 202),
}


def test_every_network_fault_of_the_catalogue_has_its_behaviour_and_no_other_has():
    assert NETWORK_FAULTS.keys() == CATALOGUE.keys() & NETWORK_FAULTS.keys() == SEEN.keys()


@pytest.mark.parametrize("fault", sorted(SEEN))
def test_a_fault_does_what_its_text_says_and_a_right_network_does_not(fault):
    look, right, wrong = SEEN[fault]

    assert look(Bench()) == right
    assert look(Bench(rooms=NETWORK_FAULTS[fault](NetworkRooms()))) == wrong


@pytest.mark.parametrize("fault", sorted(id_ for id_ in NETWORK_FAULTS if CATALOGUE[id_].plain_ok))
def test_a_fault_that_says_so_leaves_a_plain_exchange_alone(fault):
    bench = Bench(rooms=NETWORK_FAULTS[fault](NetworkRooms()))
    delivery, brought = run(bench.answered())

    assert run(bench.state(number_of(delivery)))["state"] == "answered"
    assert claims_of(brought["receipt"])["answer_sha256"] == hash_of(brought["header"])
