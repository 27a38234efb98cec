"""The forge as a body: its messages are right in form, and what the network did to them is held against the rules."""

from __future__ import annotations

import json

import pytest

from renkei_conformance.drivers import MESSAGES, Reply, Request
from renkei_conformance.finding import broken
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.forge.tokens import sign_token
from renkei_conformance.oracles import fields, network
from renkei_conformance.wire import peek

KEYS = {"tax_year": "2025"}
ANSWERER = "483214"


@pytest.fixture
def asker(world):
    return world.forge("network").as_body("482013")


@pytest.fixture
def inquiry(world, asker):
    return asker.inquiry("482021", world.forge().link_codes("482013", [5]), KEYS)


@pytest.fixture
def delivered(world, inquiry):
    """What a right network would have delivered for the inquiry: the forge's own permit, other codes."""
    forge = world.forge("network")
    world.tap.play("482021")
    plan = forge._asked("482013", "482021", {}, None, None, [KEYS], {})
    draft = inquiry
    from dataclasses import replace

    from renkei_conformance.forge.build import Bench

    clean = plan.to_provider(forge.facts(), draft._dice, list(world.forge().link_codes("482021", [5])), "X1")
    bench = Bench(
        replace(clean, claims=draft.plan.claims, content=draft.plan.content, own_subjects=draft.plan.own_subjects),
        draft._dice,
    )
    world.tap.handle_from_network(bench.build())
    return world.tap.heard("X1")[0]


def misfits(world, draft):
    typ, claims = peek(json.loads(draft.bytes())["header"])
    return fields.misfits(world.standard.message_types[typ].fields, claims)


def test_every_message_of_a_body_has_the_fields_of_its_table(world, asker, inquiry, delivered):
    answerer = world.forge("answerer").as_body("482021")
    drafts = [
        inquiry, answerer.answer(delivered), asker.query("X1"), asker.withdrawal(inquiry, "X1"), asker.acknowledgement(delivered),
        asker.acknowledgement(delivered, "rejected", "item_missing", "content"), answerer.refusal(delivered, "key_invalid", "content"),
        asker.query(None, "inbox", wait_s=0, max=10),
    ]  # fmt: skip

    assert [()] * len(drafts) == [misfits(world, draft) for draft in drafts]


def test_an_answer_is_about_the_inquiry_that_was_delivered(world, delivered, inquiry):
    draft = world.forge("answerer").as_body("482021").answer(delivered)

    assert (inquiry.message_id, "X1", "482021", "482013") == tuple(
        draft.header[name] for name in ("in_reply_to", "exchange_number", "from", "to")
    )
    assert world.forge().link_codes("482021", [5]) == draft.link_codes
    opened = world.forge("network").as_body("482013").open(_heard(world, draft))
    assert not opened.troubles
    assert [dict(row) for row in opened.results] == [{"item_no": 1, "result": "no_record"}]


def _heard(world, draft):
    world.tap.play("482013")
    world.tap.handle_from_network(draft.request())
    return world.tap.heard()[-1]


def test_a_right_delivery_passes_the_rules_about_permits(world, asker, inquiry, delivered):
    signed = asker.signed(delivered.envelope["permit"], "permit")
    sent = json.loads(inquiry.bytes())

    assert broken(network.permit(world.standard, inquiry.header, signed, delivered.envelope)) == ()
    assert broken(network.untouched(sent, delivered.envelope, ("header", "body"))) == ()


@pytest.mark.parametrize(
    "change",
    [{"affair": "AF-02"}, {"authority_row": "AR-0201"}, {"authority_date": "2026-01-01"}, {"header_sha256": "x"}, {"extra": 1},
     {"to": "001015"}, {"kind": "notification"}],
)  # fmt: skip
def test_a_permit_with_one_thing_wrong_is_found(world, asker, inquiry, delivered, change):
    _, claims = peek(delivered.envelope["permit"])
    token = sign_token(world.kit.network, "renkei-permit", {**claims, **change})

    assert broken(network.permit(world.standard, inquiry.header, asker.signed(token, "permit"), delivered.envelope))


def test_a_permit_by_somebody_else_is_found(world, asker, inquiry, delivered):
    _, claims = peek(delivered.envelope["permit"])
    token = sign_token(world.kit.body("482021").signing, "renkei-permit", claims)

    assert broken(network.permit(world.standard, inquiry.header, asker.signed(token, "permit"), delivered.envelope))


def test_translation_is_in_order():
    assert network.translated(["a", "b"], ["a", "b"]).ok
    assert not network.translated(["a", "b"], ["b", "a"]).ok


def test_a_directory_entry_is_by_the_body_it_speaks_of(world, asker):
    pair = world.kit.body("482013").signing
    entry = {
        "body": "482013", "name": "団体", "address": "http://x", "delivery": "push", "bindings": ["jose"], "editions": ["2026A"],
        "signing_kids": [pair.kid], "sealing_kids": [pair.kid], "valid_from": "2026-01-01T00:00:00.000Z",
        "valid_to": "2027-01-01T00:00:00.000Z",
    }  # fmt: skip

    def found(signer=pair, typ="renkei-directory", **change):
        return broken(
            network.entry(world.standard, asker.signed(sign_token(signer, typ, {**entry, **change}), "entry"))
        )

    assert found() == ()
    assert found(body="482021")
    assert found(signer=world.kit.network)
    assert found(typ="renkei-receipt")
    assert found(note="x")


def test_listening_tells_the_network_where_and_keeps_what_comes(world, asker):
    asker.listen()

    assert world.parties.management.addresses == {"482013": "tap:"}


def test_what_must_come_before_is_sent_before(world):
    seen = []

    class Network:
        def send(self, request, timeout):
            seen.append(request.body)
            return Reply(202, {}, b"{}")

    world.parties.network = Network()
    body = world.forge("before").as_body("482013")
    spoiled = body.inquiry("482021", ["A" * 22], KEYS).spoil("freshness.message_id_reused")
    body.send(spoiled)

    ids = [peek(json.loads(raw)["header"])[1]["message_id"] for raw in seen]
    assert [spoiled.message_id] * 2 == ids
    assert seen[0] != seen[1]


def test_without_a_row_or_a_management_port_nothing_is_forged(world, asker):
    with pytest.raises(NotForgeable, match="no authority row"):
        asker.inquiry("482021", ["A"], KEYS, procedure="PR-0106")
    world.parties.management = None
    with pytest.raises(NotForgeable, match="management"):
        world.forge().inquiry(["A" * 22], KEYS).spoil("sender.certificate_expired")
    with pytest.raises(NotForgeable, match="management"):
        asker.listen()


def test_an_answer_to_what_is_no_inquiry_is_not_forged(world):
    world.tap.play("482021")
    world.tap.handle_from_network(Request("POST", MESSAGES, {}, b'{"header":"x","permit":"y"}'))
    world.product = lambda request: Reply(202)
    with pytest.raises(NotForgeable):
        world.forge().as_body("482021").received(_odd())


def _odd():
    from renkei_conformance.lower.network import Heard

    return Heard(0, None, None, {}, {}, Request("POST", MESSAGES), None, True)
