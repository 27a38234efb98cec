"""An inquiry at the network's door: what is accepted, what is made of it, and each thing that is refused."""

import asyncio
import json
from datetime import date, timedelta

import pytest

from renkei_emulator.claims import read_claims
from renkei_emulator.envelope import Signer, read_jws, sha256_b64u, sign, unb64u, verify
from renkei_emulator.network.link_codes import Person
from renkei_emulator.network.testing import (
    ASKER,
    NOON,
    PROVIDER,
    TARO,
    Bench,
    claims_of,
    hash_of,
    number_of,
)
from renkei_emulator.trust import TrustStore
from renkei_emulator.world import HttpRequest
from renkei_fixtures.instants import render


def run(coroutine):
    return asyncio.run(coroutine)


def refused(bench, envelope, code, stage, status=None):
    """The network refuses the envelope so, names it, and brings nothing to the provider."""
    got_status, problem = run(bench.post(envelope))
    run(bench.node.settle())

    assert (problem.get("code"), problem.get("stage")) == (code, stage)
    assert status in (None, got_status)
    assert bench.provider.heard == []
    return problem


# --- accepted -------------------------------------------------------------------------------------------------------
def test_an_inquiry_is_accepted_and_brought_to_the_provider_with_header_and_body_untouched():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    status, reply = run(bench.post(inquiry))
    run(bench.node.settle())

    (delivery,) = bench.provider.heard
    assert (status, reply["state"]) == (202, "accepted")
    assert delivery.keys() == {"header", "subjects", "body", "permit"}
    assert (delivery["header"], delivery["body"]) == (inquiry["header"], inquiry["body"])
    assert number_of(delivery) == reply["exchange_number"]


def test_the_permit_binds_what_lies_beside_it_and_repeats_the_header():
    bench = Bench()
    delivery = run(bench.delivered(record_disclosure="hidden"))
    header, permit = claims_of(delivery["header"]), claims_of(delivery["permit"])

    for name in ("header", "body", "subjects"):
        assert permit[f"{name}_sha256"] == hash_of(delivery[name])
    for name in permit.keys() & header.keys() - {"subjects_sha256"}:
        assert permit[name] == header[name]
    assert permit["record_disclosure"] == "hidden"
    assert (permit["kind"], permit["authority_row"]) == ("inquiry", bench.row.id)
    assert (permit["accepted_at"], permit["authority_date"]) == (render(NOON), date(2026, 6, 1).isoformat())


def test_the_permit_is_signed_by_the_network():
    bench = Bench()
    jws = read_jws(run(bench.delivered())["permit"])
    trust = TrustStore(bench.authority.anchors_pem, bench.authority.certificate)
    trust.learn_crl(bench.authority.crl(NOON))

    assert jws.typ == "renkei-permit"
    verify(jws, trust.check(jws.kid, "signature", "urn:renkei:network", NOON))


def test_the_provider_gets_its_own_link_codes_and_never_the_askers():
    bench = Bench()
    delivery = run(bench.delivered())
    subjects = json.loads(unb64u(delivery["subjects"]))

    assert subjects["link_codes"] == [bench.provider.code_for(TARO)]
    assert bench.asker.code_for(TARO) not in json.dumps(delivery)


def test_exchange_numbers_are_unique():
    bench = Bench()
    numbers = {run(bench.post(bench.asker.inquiry()))[1]["exchange_number"] for _ in range(20)}

    assert len(numbers) == 20
    assert all(1 <= len(number) <= 32 for number in numbers)


def test_an_inquiry_about_several_persons_keeps_their_order():
    bench = Bench()
    persons = [Person(n, 0) for n in (9, 3, 5)]
    codes = [bench.asker.code_for(person) for person in persons]
    delivery = run(bench.delivered(codes=codes))
    subjects = json.loads(unb64u(delivery["subjects"]))

    assert subjects["link_codes"] == [bench.provider.code_for(person) for person in persons]


def test_an_inquiry_without_a_person_has_no_subjects_anywhere():
    bench = Bench()
    inquiry = bench.asker.inquiry(subject_kind="property", subjects_sha256=None)
    del inquiry["subjects"]
    assert run(bench.post(inquiry))[0] == 202
    run(bench.node.settle())

    (delivery,) = bench.provider.heard
    assert "subjects" not in delivery
    assert "subjects_sha256" not in claims_of(delivery["permit"])


def test_an_identical_resend_gets_the_identical_reply_and_is_brought_once():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    first, second = run(bench.post(inquiry)), run(bench.post(inquiry))
    run(bench.node.settle())

    assert first == second
    assert len(bench.provider.heard) == 1


def test_two_identical_messages_at_once_are_one_exchange():
    bench = Bench()
    inquiry = bench.asker.inquiry()

    async def both():
        return await asyncio.gather(bench.post(inquiry), bench.post(inquiry))

    first, second = run(both())
    assert first == second


def test_members_of_the_envelope_are_in_any_order():
    bench = Bench()

    assert run(bench.post(dict(reversed(bench.asker.inquiry().items()))))[0] == 202


# --- transport ------------------------------------------------------------------------------------------------------
def ask(bench, method="POST", path="/renkei/1/messages", media="application/vnd.renkei+json", body=b"{}"):
    return run(bench.node.receive(HttpRequest(method, path, {"content-type": media}, body)))


def test_what_is_no_message_at_all_is_refused_at_transport():
    bench = Bench()

    assert ask(bench, path="/renkei/1/nothing").status == 404
    assert ask(bench, method="PUT").status == 404
    assert ask(bench, media="application/json").status == 415
    assert ask(bench, body=b" " * (10 * 1024 * 1024 + 1)).status == 413
    assert json.loads(ask(bench, media="text/plain").body)["stage"] == "transport"


def test_a_media_type_may_carry_parameters_and_capitals():
    bench = Bench()
    body = json.dumps(bench.asker.inquiry()).encode()

    assert ask(bench, media="Application/vnd.Renkei+JSON; charset=utf-8", body=body).status == 202


# --- form -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"expires_at": None}, "header_form_invalid"),
        ({"reply_kid": None}, "header_form_invalid"),
        ({"colour": "red"}, "header_form_invalid"),
        ({"subject_count": "1"}, "header_form_invalid"),
        ({"subject_count": True}, "header_form_invalid"),
        ({"subject_count": 0}, "header_form_invalid"),
        ({"subject_count": 10001}, "header_form_invalid"),
        ({"issued_at": "2026-06-01T12:00:00Z"}, "header_form_invalid"),
        ({"issued_at": "2026-06-01T12:00:00.000+09:00"}, "header_form_invalid"),
        ({"message_id": "0190A5C0-0000-7000-8000-000000000000"}, "header_form_invalid"),
        ({"to": "network"}, "header_form_invalid"),
        ({"to": "００１０１５"}, "header_form_invalid"),
        ({"from": "network"}, "header_form_invalid"),
        ({"subjects_sha256": None}, "header_form_invalid"),
        ({"subject_kind": "property"}, "header_form_invalid"),
        ({"expires_at": render(NOON + timedelta(days=31, seconds=1))}, "header_form_invalid"),
        ({"expires_at": render(NOON)}, "header_form_invalid"),
        ({"official": ""}, "header_form_invalid"),
    ],
)
def test_a_header_that_is_not_of_the_table_is_refused(other, code):
    bench = Bench()

    refused(bench, bench.asker.inquiry(**other), code, "form", 400)


def test_a_refusal_of_form_names_the_message_where_its_name_can_be_read():
    bench = Bench()
    inquiry = bench.asker.inquiry(colour="red")
    nameless = bench.asker.inquiry(message_id="x")

    problem = refused(bench, inquiry, "header_form_invalid", "form")
    assert problem["message_id"] == claims_of(inquiry["header"])["message_id"]
    assert "message_id" not in refused(bench, nameless, "header_form_invalid", "form")
    assert "message_id" not in refused(bench, b"[]", "not_json", "form")


def test_a_null_is_no_value():
    bench = Bench()
    inquiry = bench.asker.inquiry()
    claims = claims_of(inquiry["header"]) | {"section": None}
    signed = sign(json.dumps(claims).encode(), "renkei-inquiry", bench.asker.signer)

    refused(bench, inquiry | {"header": signed}, "header_form_invalid", "form")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda e: {name: e[name] for name in ("header", "subjects")}, "envelope_member_missing"),
        (lambda e: {name: e[name] for name in ("header", "body")}, "envelope_member_missing"),
        (lambda e: e | {"permit": e["header"]}, "envelope_member_unknown"),
        (lambda e: e | {"body": e["header"]}, "encoding_not_canonical"),
        (lambda e: e | {"header": e["body"]}, "encoding_not_canonical"),
        (lambda e: e | {"subjects": e["subjects"] + "="}, "encoding_not_canonical"),
        (lambda e: e | {"subjects": "e30"}, "header_form_invalid"),
        (lambda e: json.dumps(e)[:-1].encode(), "not_json"),
        (lambda e: (json.dumps(e)[:-1] + ', "body": "x"}').encode(), "member_repeated"),
    ],
)
def test_an_envelope_that_is_not_built_right_is_refused(spoil, code):
    bench = Bench()

    refused(bench, spoil(bench.asker.inquiry()), code, "form", 400)


@pytest.mark.parametrize("typ", ["notification", "permit", "receipt", "directory", "link-code-change"])
def test_a_type_that_is_not_served_here_is_refused(typ):
    bench = Bench()
    header = bench.asker.header(typ, claims_of(bench.asker.inquiry()["header"]))

    refused(bench, bench.asker.inquiry() | {"header": header}, "type_not_allowed", "form", 400)


# --- sender ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("expired", "certificate_expired"),
        ("not_yet_valid", "certificate_not_yet_valid"),
        ("revoked", "certificate_revoked"),
        ("wrong_usage", "certificate_usage_wrong"),
        ("unknown_ca", "certificate_chain_invalid"),
        ("other_san", "certificate_not_of_sender"),
    ],
)
def test_a_sender_whose_certificate_does_not_hold_is_refused(kind, code):
    bench = Bench()
    pair = bench.authority.order(kind, ASKER)

    refused(bench, bench.asker.inquiry(signer=Signer.of_pem(pair.kid, pair.key_pem)), code, "sender", 403)


def test_another_bodys_key_does_not_speak_for_the_sender():
    bench = Bench()

    refused(bench, bench.asker.inquiry(signer=bench.provider.signer), "certificate_not_of_sender", "sender")
    under_our_name = Signer(bench.asker.signer.kid, bench.provider.signer.key)
    refused(bench, bench.asker.inquiry(signer=under_our_name), "signature_invalid", "sender")
    refused(
        bench, bench.asker.inquiry(signer=Signer("A" * 43, bench.asker.signer.key)), "certificate_unknown", "sender"
    )


# --- freshness ------------------------------------------------------------------------------------------------------
def test_a_message_from_the_future_is_refused_beyond_300_seconds():
    bench = Bench()

    assert run(bench.post(bench.asker.inquiry(issued_at=render(NOON + timedelta(seconds=300)))))[0] == 202
    later = bench.asker.inquiry(issued_at=render(NOON + timedelta(seconds=300.001)))
    assert run(bench.post(later))[1]["code"] == "issued_in_future"


def test_a_message_has_expired_at_its_very_instant():
    bench = Bench()
    inquiry = bench.asker.inquiry(expires_at=render(NOON + timedelta(seconds=10)))
    bench.clock.advance(10)

    refused(bench, inquiry, "message_expired", "freshness", 403)


def test_an_id_is_not_used_for_two_messages():
    bench = Bench()
    first = bench.asker.inquiry()
    run(bench.post(first))
    second = bench.asker.inquiry(message_id=claims_of(first["header"])["message_id"])

    status, problem = run(bench.post(second))
    assert (status, problem["code"], problem["stage"]) == (409, "message_id_reused", "freshness")


def test_two_different_messages_under_one_id_at_once_leave_one(tmp_path):
    bench = Bench(path=str(tmp_path / "network.sqlite"))
    first = bench.asker.inquiry()
    second = bench.asker.inquiry(message_id=claims_of(first["header"])["message_id"])

    async def both():
        return await asyncio.gather(bench.post(first), bench.post(second))

    assert sorted(status for status, _ in run(both())) == [202, 409]
    bench.file.close()


def test_a_refused_messages_id_is_still_free():
    bench = Bench()
    bad = bench.asker.inquiry(affair="AF-99")
    refused(bench, bad, "authority_not_granted", "authority")

    good = bench.asker.inquiry(message_id=claims_of(bad["header"])["message_id"])
    assert run(bench.post(good))[0] == 202


# --- authority ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"affair": "AF-99"}, "authority_not_granted"),
        ({"procedure": "nothing"}, "authority_not_granted"),
        ({"information": "nothing"}, "authority_not_granted"),
        ({"to": "999999"}, "authority_not_granted"),
        ({"consent_ref": "K-1"}, "authority_not_granted"),
        ({"responsibility": "nobody"}, "responsibility_not_granted"),
        ({"edition": "1999Z"}, "edition_not_in_force"),
        ({"information_version": "0.0"}, "edition_not_in_force"),
        ({"to": ASKER}, "same_body"),
        ({"from_principal": PROVIDER}, "delegation_not_granted"),
        ({"disaster_id": "D-1"}, "disaster_not_declared"),
    ],
)
def test_what_the_law_does_not_give_is_refused(other, code):
    bench = Bench()

    refused(bench, bench.asker.inquiry(**other), code, "authority", 403)


@pytest.mark.parametrize("kind", ["expired", "revoked", "other_san", "unknown_ca"])
def test_a_reply_key_that_does_not_hold_is_refused(kind):
    bench = Bench()
    kid = bench.authority.order(kind, ASKER, "agreement").kid

    refused(bench, bench.asker.inquiry(reply_kid=kid), "reply_key_invalid", "authority", 403)


def test_a_reply_key_must_be_the_askers_and_for_sealing():
    bench = Bench()

    refused(bench, bench.asker.inquiry(reply_kid=bench.provider.opener.kid), "reply_key_invalid", "authority")
    refused(bench, bench.asker.inquiry(reply_kid=bench.asker.signer.kid), "reply_key_invalid", "authority")


# --- subject --------------------------------------------------------------------------------------------------------
def test_subjects_that_the_network_cannot_vouch_for_are_refused():
    bench = Bench()
    own, other = bench.asker.code_for(), bench.provider.code_for()

    refused(bench, bench.asker.inquiry(codes=[other]), "link_code_invalid", "subject", 403)
    refused(bench, bench.asker.inquiry(codes=["A" * 22]), "link_code_invalid", "subject", 403)
    refused(bench, bench.asker.inquiry(codes=[own], subject_count=2), "subject_count_mismatch", "subject", 400)
    refused(bench, bench.asker.inquiry(codes=[own, own]), "subject_repeated", "subject", 400)
    refused(bench, bench.asker.inquiry(subjects_sha256=hash_of("x")), "subjects_hash_mismatch", "subject", 400)


def test_a_bad_link_code_among_several_is_named_by_its_number():
    bench = Bench()
    codes = [bench.asker.code_for(), bench.provider.code_for(), bench.asker.code_for(Person(8, 0))]

    assert refused(bench, bench.asker.inquiry(codes=codes), "link_code_invalid", "subject")["item_nos"] == [2]


# --- order and record -----------------------------------------------------------------------------------------------
def test_of_two_faults_the_one_of_the_earlier_stage_is_told():
    bench = Bench()
    wrong = {
        "affair": "AF-99",
        "issued_at": render(NOON + timedelta(days=1)),
        "expires_at": render(NOON + timedelta(2)),
    }

    refused(bench, bench.asker.inquiry(**wrong, signer=bench.provider.signer), "certificate_not_of_sender", "sender")
    refused(bench, bench.asker.inquiry(**wrong), "issued_in_future", "freshness")
    refused(bench, bench.asker.inquiry(affair="AF-99", codes=["A" * 22]), "authority_not_granted", "authority")


def test_a_refusal_names_the_message_and_no_value_of_it():
    bench = Bench()
    inquiry = bench.asker.inquiry(codes=["A" * 22])
    problem = refused(bench, inquiry, "link_code_invalid", "subject")

    assert problem["message_id"] == claims_of(inquiry["header"])["message_id"]
    assert problem.keys() == {"type", "status", "code", "stage", "message_id", "item_nos"}


def test_the_record_of_provision_says_who_asked_whom_for_what_on_what_ground():
    bench = Bench()
    delivery = run(bench.delivered())
    line = bench.lines()[0]

    expected = {"event": "accepted", "from": ASKER, "to": PROVIDER, "authority_row": bench.row.id, "state": "accepted"}
    assert expected.items() <= line.items()
    assert line["exchange_number"] == number_of(delivery)
    assert {"affair", "procedure", "information", "responsibility", "official", "edition"} <= line.keys()


def test_no_link_code_stands_in_the_record():
    bench = Bench()
    run(bench.answered())
    run(bench.post(bench.asker.inquiry(codes=[bench.provider.code_for()])))

    text = json.dumps(bench.lines())
    assert bench.asker.code_for() not in text
    assert bench.provider.code_for() not in text


def test_a_refusal_is_recorded_with_code_and_stage_and_hearsay_is_not():
    bench = Bench()
    refused(bench, bench.asker.inquiry(affair="AF-99"), "authority_not_granted", "authority")
    refused(bench, bench.asker.inquiry(signer=bench.provider.signer), "certificate_not_of_sender", "sender")

    known, hearsay = bench.lines()
    assert (known["event"], known["code"], known["stage"]) == ("refused", "authority_not_granted", "authority")
    assert known["from"] == ASKER
    assert "from" not in hearsay
    assert "message_id" in hearsay


def test_the_record_is_a_chain_that_holds():
    bench = Bench()
    run(bench.answered())

    assert len(bench.lines()) >= 3
    assert bench.store.verify_chains() == []


def test_an_export_ends_with_the_networks_seal_over_its_last_line():
    bench = Bench()
    run(bench.answered())
    *lines, last = bench.node.records().decode().splitlines()
    jws = read_jws(json.loads(last)["seal"])
    claims = read_claims(jws.payload, "renkei-record-seal", bench.standard)

    assert claims["last_sha256"] == sha256_b64u(lines[-1].encode())
    assert (claims["lines"], claims["body"], claims["log"]) == (len(lines), "network", "provision")
    assert [json.loads(line) for line in lines] == bench.lines()
    assert read_jws(json.loads(Bench().node.records())["seal"]).typ == "renkei-record-seal"


def test_nothing_is_accepted_that_was_not_written():
    bench = Bench()

    async def broken(*_):
        raise OSError("disk full")

    bench.store.file.write = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="disk full"):
        run(bench.post(bench.asker.inquiry()))


def test_the_hash_of_a_header_is_that_of_the_string_that_travelled():
    bench = Bench()
    delivery = run(bench.delivered())
    receipt = run(bench.state(number_of(delivery)))

    assert receipt["inquiry_sha256"] == sha256_b64u(delivery["header"].encode())
