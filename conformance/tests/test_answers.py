"""Answers: one by the book passes every rule; one with a single defect fails exactly the rules about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from renkei_conformance.finding import broken
from renkei_conformance.forge import crypto
from renkei_conformance.forge.build import Recipient, Signing, Tweak
from renkei_conformance.forge.touch import flipped
from renkei_conformance.kit import Kit
from renkei_conformance.lower.network import Busy, Lose, LostReply
from renkei_conformance.oracles import answer
from renkei_conformance.testing import Provider, refusal
from renkei_conformance.unsealing import unsealer
from renkei_conformance.wire import b64u
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT

CODE = "AAAAAAAAAAAAAAAAAAAAAA"
PROVIDED = {
    "item_no": 1, "result": "provided", "status": "1", "as_of": "2026-05-01T00:00:00.000Z",
    "record": {"taxation": {"tax_year": "2025", "general_portion": {"total_income": 0}}},
}  # fmt: skip


@pytest.fixture
def provider(world):
    kit = Kit(
        7,
        world.kit.anchors_pem,
        world.kit.crl_der,
        world.kit.network,
        {**world.kit.bodies, SUBJECT: world.product_keys},
    )
    built = Provider(world.judge(), kit, world.tap.handle_from_product, lambda: world.now, [PROVIDED])
    world.product = built
    return built


@pytest.fixture
def exchange(world, provider):
    """Ask, and give back the draft with its opened answer."""

    def ask():
        forge = world.forge(f"exchange {provider.answered}")
        draft = forge.inquiry([CODE], {"tax_year": "2025"})
        delivery = forge.deliver(draft)
        assert delivery.accepted
        object.__setattr__(forge.trust, "crl_der", world.pki.crl())  # with what was revoked meanwhile
        return answer.Due.of(world.standard, draft), delivery.answer()

    return ask


def failed_paths(due, opened):
    return {finding.path for _, finding in answer.findings(opened, due) if not finding.ok}


def wrong_clauses(due, opened):
    return {clause for clause, finding in answer.findings(opened, due) if not finding.ok}


def test_an_answer_by_the_book_passes_every_rule(exchange):
    due, opened = exchange()

    assert not opened.troubles
    assert set() == wrong_clauses(due, opened)
    assert broken(answer.result_form(opened, due)) + broken(answer.readable(opened)) == ()


def with_member(name, value):
    return lambda part, bench: {**part, name: value}


def without_member(name):
    return lambda part, bench: {key: value for key, value in part.items() if key != name}


def of_another(part, bench):
    other = bench.plan.known.kit.bodies["482021"].signing
    return Signing.of(other)


def ordered(kind):
    """The product signs with an odd certificate of its own; the directory has it."""
    return lambda part, bench: Signing.of(_PKI[0].order(kind, SUBJECT))


def misnamed(part, bench):
    pair = _PKI[0].leaf(f"urn:renkei:body:{SUBJECT}")
    _PKI[0].pems["wrongly-named"] = pair.chain_pem
    return replace(Signing.of(pair), kid="wrongly-named")


_PKI = []


@pytest.fixture(autouse=True)
def _certificates(pki):
    _PKI[:] = [pki]


DEFECTS = {
    "another body signs": ("header_key", of_another, {"P-ANS-001"}),
    "a sealing key signs": ("header_key", lambda part, bench: Signing.of(bench.plan.known.kit.bodies[SUBJECT].sealing), {"P-ANS-001"}),
    "a key of nobody signs": ("header_key", lambda part, bench: Signing(*crypto.self_made(bytes(48))), {"P-ANS-001"}),
    "the signature is flipped": ("header_token", lambda token, bench: flipped(token, segment=2), {"P-ANS-001"}),
    "a revoked key signs": ("header_key", ordered("revoked"), {"P-ANS-001"}),
    "an expired key signs": ("header_key", ordered("expired"), {"P-ANS-001"}),
    "a key of an unknown authority signs": ("header_key", ordered("unknown_ca"), {"P-ANS-001"}),
    "a key under a wrong name signs": ("header_key", misnamed, {"P-ANS-001"}),
    "from is another": ("header", with_member("from", "482021"), {"P-ANS-001", "P-ANS-004"}),
    "sealed to the signing certificate's name": (
        "recipient", lambda part, bench: replace(part, kid=bench.plan.known.kit.bodies[COUNTERPART].signing.kid), {"P-ANS-002"}),
    "sealed to another": (
        "recipient", lambda part, bench: Recipient.of(bench.plan.known.kit.bodies["482021"].sealing), {"P-ANS-002"}),
    "a JOSE member too many": ("body_jose", with_member("cty", "json"), {"P-ANS-002"}),
    "the typ of an inquiry": ("header_jose", with_member("typ", "renkei-inquiry"), {"P-ANS-002"}),
    "in reply to another": ("header", with_member("in_reply_to", "01890000-0000-7000-8000-000000000000"), {"P-ANS-003"}),
    "hash of another inquiry": ("header", with_member("inquiry_sha256", b64u(bytes(32))), {"P-ANS-003"}),
    "another edition": ("header", with_member("edition", "2025Z"), {"P-ANS-003"}),
    "part one written as true": ("header", with_member("part", True), {"P-ANS-003", "P-ANS-007"}),
    "not the last part": ("header", with_member("last_part", False), {"P-ANS-003"}),
    "content hash of another": ("header", with_member("content_sha256", b64u(bytes(32))), {"P-ANS-004"}),
    "content without salt": ("content", without_member("salt"), {"P-ANS-004"}),
    "a short salt": ("content", with_member("salt", "abc"), {"P-ANS-004"}),
    "the content names another message": ("content", with_member("message_id", "01890000-0000-7000-8000-000000000000"), {"P-ANS-004"}),
    "one zero too many": ("padding", lambda zeros, bench: zeros + 1, {"P-ANS-005"}),
    "no padding": ("padding", lambda zeros, bench: 0, {"P-ANS-005"}),
    "a section that does not answer": ("header", with_member("responsibility", "CRA-STAFF"), {"P-ANS-006"}),
    "the result in clear": ("header", with_member("result", "provided"), {"P-ANS-007"}),
    "a null in clear": ("header", with_member("replaces", None), {"P-ANS-007"}),
    "a note in the envelope": ("envelope", with_member("note", "x"), {"P-ANS-007"}),
    "an extra member beside the codes": ("own_subjects", with_member("own_number", "1"), {"P-ANS-007"}),
    "about somebody else": ("own_subjects", with_member("link_codes", ["BBBBBBBBBBBBBBBBBBBBBB"]), {"P-IDC-004"}),
    "subjects of another hash": ("header", with_member("subjects_sha256", b64u(bytes(32))), {"P-IDC-004"}),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_one_defect_fails_the_rules_about_it_and_no_others(provider, exchange, defect):
    stage, change, clauses = DEFECTS[defect]
    provider.tweak = Tweak(stage, change)

    assert clauses == wrong_clauses(*exchange())


@pytest.mark.parametrize(
    ("defect", "path"),
    [
        ("a revoked key signs", "answer.certificate.revoked"),
        ("an expired key signs", "answer.certificate.chain"),
        ("a key of an unknown authority signs", "answer.certificate.chain"),
        ("a key under a wrong name signs", "answer.certificate.kid"),
        ("the signature is flipped", "answer.header.signature"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_by_its_own_name(world, provider, exchange, defect, path):
    stage, change, _ = DEFECTS[defect]
    provider.tweak = Tweak(stage, change)

    assert failed_paths(*exchange()) == {path}


def test_every_rule_of_an_answer_is_failed_by_some_defect():
    assert set(answer.BY_CLAUSE) == {clause for _, _, clauses in DEFECTS.values() for clause in clauses}


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        ("header_token", lambda token, bench: token + "=="),
        ("header_bytes", lambda payload, bench: b'{"part":1,' + payload[1:]),
        ("body", lambda token, bench: token.replace(".", "", 1)),
        ("own_subjects_string", lambda string, bench: string + "="),
        ("envelope_bytes", lambda payload, bench: payload[:-1] + b',"header":"x"}'),
        ("envelope_bytes", lambda payload, bench: payload + b"x"),
    ],
)
def test_what_cannot_be_read_strictly_is_told_as_trouble(provider, exchange, world, stage, change):
    provider.tweak = Tweak(stage, change)
    forge = world.forge("unreadable")
    draft = forge.inquiry([CODE], {"tax_year": "2025"})
    delivery = forge.deliver(draft)
    raw = world.tap.heard()[-1].request.body

    opened = forge.open_answer(raw, draft)

    assert opened.troubles
    assert broken(answer.readable(opened))
    assert delivery.accepted
    assert answer.findings(opened, answer.Due.of(world.standard, draft))  # and no rule falls over it


def test_answers_that_draw_afresh_are_told_from_those_that_repeat(provider, exchange):
    first, second = exchange()[1], exchange()[1]
    assert broken(answer.fresh([first, second])) == ()
    assert len(broken(answer.fresh([first, first]))) == 4
    assert broken(answer.fresh([first])), "one answer alone shows nothing"


def test_two_results_of_one_shape_are_alike_and_two_of_different_shape_are_not(provider, exchange):
    provider.results = [{"item_no": 1, "result": "no_record"}]
    unknown, no_record = exchange()[1], exchange()[1]
    assert broken(answer.alike(unknown, no_record)) == ()
    provider.results = [{"item_no": 1, "result": "no_record", "status": "4"}]
    assert broken(answer.alike(unknown, exchange()[1]))


def test_a_value_that_must_not_be_there_is_found_in_sealed_and_clear_parts(provider, exchange):
    provider.results = [{**PROVIDED, "record": {"taxation": {"tax_year": "000123456789012"}}}]
    _, opened = exchange()
    clear = {"own code": CODE[:-1] + "B"}

    assert broken(answer.forbidden(opened, {"own number": "000123456789012"}))
    assert not broken(answer.forbidden(opened, clear))
    assert broken(answer.forbidden(opened, {"a link code": CODE}))


def test_an_answer_met_with_503_is_owed_again_and_the_resend_is_seen(world, provider):
    forge = world.forge("busy")
    draft = forge.inquiry([CODE], {"tax_year": "2025"})
    sent = []
    provider.send = sent.append
    delivery = forge.deliver(draft)
    world.tap.forged.program(draft.exchange_number, Busy(2), Lose())

    busy = world.tap.handle_from_product(sent[0])
    with pytest.raises(LostReply):
        world.tap.handle_from_product(sent[0])
    assert (busy.status, busy.headers["retry-after"]) == (503, "2")
    assert delivery.answers() == ()

    assert world.tap.handle_from_product(sent[0]).status == 202
    assert len(delivery.answers()) == 1
    assert len(delivery.heard()) == 3
    assert answer.same_bytes([one.request.body for one in delivery.heard()]).ok
    assert not answer.same_bytes([sent[0].body, sent[0].body + b" "]).ok
    assert not answer.same_bytes([sent[0].body]).ok


def test_the_receipt_in_the_reply_binds_the_answer(world, provider):
    from renkei_conformance.oracles import network

    forge = world.forge("receipt")
    draft = forge.inquiry([CODE], {"tax_year": "2025"})
    forge.deliver(draft)
    import json

    heard = world.tap.heard(draft.exchange_number)[0]
    token = json.loads(heard.reply.body)["receipt"]
    signed = forge.as_body(COUNTERPART).signed(token, "receipt")

    found = network.receipt(
        signed, {"state": "answered", "in_reply_to": draft.message_id, "part": 1, "from": COUNTERPART}, heard.envelope
    )
    assert broken(found) == ()
    assert broken(network.receipt(signed, {"state": "collected"}, heard.envelope))
    assert broken(network.receipt(signed, {}, {**heard.envelope, "header": "x"}))


def test_a_refused_message_tells_code_stage_and_that_it_was_this_one(world, provider):
    forge = world.forge("refused")
    delivery = forge.deliver(forge.inquiry([CODE], {"tax_year": "2025"}).spoil("permit.missing"))
    refusal = delivery.refusal()

    assert not delivery.accepted
    assert (refusal.code, refusal.stage, refusal.how, refusal.status, refusal.names) == (
        "permit_missing",
        "permit",
        "reply",
        403,
        True,
    )
    assert delivery.silent()


def test_a_refusal_that_names_another_message_does_not_name_this_one(world, provider):
    provider_refuses = refusal(world.standard, "busy", "01890000-0000-7000-8000-000000000000")
    world.product = lambda request: replace(provider_refuses, status=403)
    forge = world.forge("another")

    assert not forge.deliver(forge.inquiry([CODE], {"tax_year": "2025"})).refusal().names


def test_a_message_id_reused_is_wrong_only_after_its_first_use(world, provider):
    forge = world.forge("reused")
    delivery = forge.deliver(forge.inquiry([CODE], {"tax_year": "2025"}).spoil("freshness.message_id_reused"))

    assert [former.accepted for former in delivery.before] == [True]
    assert delivery.refusal().code == "message_id_reused"


def test_a_503_on_delivery_is_met_with_the_same_bytes_three_times(world):
    from renkei_conformance.drivers import Reply

    seen = []

    def busy(request):
        seen.append(request.body)
        return Reply(503, {"retry-after": "1"})

    world.product = busy
    forge = world.forge("503")
    delivery = forge.deliver(forge.inquiry([CODE], {"tax_year": "2025"}))

    assert (delivery.resends, delivery.reply.status, len(seen), len(set(seen))) == (3, 503, 4, 1)


def test_the_record_shows_what_an_answer_sealed_where_the_key_is_in_the_kit(world, exchange):
    _, opened = exchange()
    shown = unsealer(world.kit)(opened.raw)

    assert shown == {**opened.content, "padding": f"…[{len(opened.content['padding'])}]"}


def test_what_is_sealed_to_another_or_is_no_envelope_stays_closed(world, exchange):
    _, opened = exchange()
    without = replace(world.kit, bodies={SUBJECT: world.kit.bodies[SUBJECT]})

    assert unsealer(without)(opened.raw) is None
    assert [unsealer(world.kit)(raw) for raw in (b"", b"[]", b'{"body": 1}', b"\xff")] == [None] * 4
