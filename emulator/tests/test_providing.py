"""A provider's stages, one spoil each: what is refused in clear, with which code, and that nothing else happens."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from renkei_emulator.envelope import Signer, b64u, seal, sha256_b64u, sign
from renkei_emulator.messages import compact
from renkei_emulator.testing import ASKER, NOON, PROVIDER, SEED, Still, claims_of, link_code, parsed, tap
from renkei_emulator.trust import body_san
from renkei_emulator.world import Dice, HttpRequest
from renkei_fixtures.instants import render
from renkei_fixtures.residents import resident

PERSON = 40
MEDIA_TYPE = {"content-type": "application/vnd.renkei+json"}
SIZE = 2048


class Forged:
    """A right inquiry of the asker with the network's permit beside it; what a test changes is sealed and signed anew."""

    def __init__(self, world, label):
        self.world, self.authority, self.dice = world, world.here.authority, Dice(SEED, label)
        self.asker, self.network = self.authority.body(ASKER).signing, self.authority.network().signing
        self.message_id, self.number = self.dice.uuid7(NOON), f"X-{label}"
        codes = [link_code(PROVIDER, resident(SEED, PROVIDER, PERSON))]
        self.subjects = b64u(compact({"salt": b64u(self.dice.bytes(32)), "link_codes": codes}))
        self.keys = {"tax_year": "2025"}
        self.claims, self.content, self.permit = {}, {}, {}
        self.plain_size = SIZE

    def header_claims(self):
        claims = {"message_id": self.message_id, "from": ASKER, "to": PROVIDER, "edition": "2026A"}
        claims |= {"issued_at": render(NOON), "expires_at": render(NOON + timedelta(days=1)), "affair": "AF-01"}
        claims |= {"procedure": "PR-0101", "information": "income_tax_certificate", "responsibility": "CRA-STAFF"}
        claims |= {"subject_kind": "person", "information_version": "1.0", "subject_count": 1, "official": "o-1"}
        claims |= {"subjects_sha256": sha256_b64u(b"the asker's own codes")}
        return claims | {"reply_kid": self.authority.body(ASKER).sealing.kid}

    def sealed_content(self):
        content = {"salt": b64u(self.dice.bytes(32)), "message_id": self.message_id, "from": ASKER, "to": PROVIDER}
        content |= {"items": [{"item_no": 1, "keys": self.keys}], "padding": ""} | self.content
        content["padding"] = "0" * (self.plain_size - len(compact(content)))
        return compact(content)

    def envelope(self):
        plaintext = self.sealed_content()
        key, kid = self.recipient()
        body = seal(plaintext, key, kid, self.dice)
        claims = self.header_claims() | {"content_sha256": sha256_b64u(plaintext)} | self.claims
        header = sign(compact(claims), "renkei-inquiry", Signer.of_pem(self.asker.kid, self.asker.key_pem))
        shared = ("from", "to", "affair", "procedure", "information", "responsibility", "edition", "expires_at")
        permit = {"exchange_number": self.number, "kind": "inquiry", "subject_count": 1, "authority_row": "AR-0101"}
        permit |= {name: claims[name] for name in shared} | {"accepted_at": render(NOON)}
        permit |= {"authority_date": "2026-06-01", "header_sha256": sha256_b64u(header.encode())}
        permit |= {"body_sha256": sha256_b64u(body.encode()), "subjects_sha256": sha256_b64u(self.subjects.encode())}
        network = Signer.of_pem(self.network.kid, self.network.key_pem)
        paper = sign(compact(permit | self.permit), "renkei-permit", network)
        return {"header": header, "subjects": self.subjects, "body": body, "permit": paper}

    def recipient(self):
        trust = self.world.here.nodes[PROVIDER].desk.counterparts.trust
        kid = self.authority.body(PROVIDER).sealing.kid
        return trust.check(kid, "agreement", body_san(PROVIDER), NOON), kid

    async def deliver(self, envelope=None):
        members = envelope if envelope is not None else self.envelope()
        data = members if isinstance(members, bytes) else json.dumps(members).encode()
        reply = await self.world.here.handle("bodies", HttpRequest("POST", "/renkei/1/messages", MEDIA_TYPE, data))
        await self.world.here.settle()
        return reply


def in_world(story):
    async def go():
        world = await Still.begin()
        await world.load([PERSON])
        # One plain exchange, so that certificates and revocation list are known.
        await world.introduce([PERSON])
        await world.answer(PERSON)
        try:
            return await story(world)
        finally:
            await world.here.close()

    return asyncio.run(go())


def posted(heard):
    return len([request for _, request in heard.sent if request.method == "POST"])


def refusal(spoil):
    """(status, code, stage) of a spoiled inquiry; its clean twin is taken, and it alone is answered."""

    async def story(world):
        heard = tap(world)
        clean = await Forged(world, "twin").deliver()
        answers = len(heard.sent)
        forged = Forged(world, "spoiled")
        reply = await forged.deliver(spoil(forged))
        audit = await world.log(PROVIDER, "audit")
        return clean, answers, posted(heard), reply, audit[-1], forged.message_id

    clean, answers, after, reply, line, message_id = in_world(story)
    said = parsed(reply)
    assert (clean.status, parsed(clean)["state"]) == (202, "delivered")
    assert answers > 0
    assert after == answers  # nothing was sent for the spoiled one
    assert (line["event"], line["code"], line["stage"]) == ("refused", said["code"], said["stage"])
    assert line["message_id"] in (message_id, None)
    return reply.status, said["code"], said["stage"]


def with_claims(**claims):
    return lambda forged: forged.claims.update(claims)


def with_permit(**permit):
    return lambda forged: forged.permit.update(permit)


def with_content(**content):
    return lambda forged: forged.content.update(content)


def keys(**given):
    return lambda forged: setattr(forged, "keys", given)


def signed_by(kind):
    return lambda forged: setattr(forged, "asker", forged.authority.order(kind, ASKER))


def without(member):
    return lambda forged: {name: text for name, text in forged.envelope().items() if name != member}


def swapped_body(forged):
    other = Forged(forged.world, "other").envelope()
    return forged.envelope() | {"body": other["body"]}


def broken_body(forged):
    """A body that was sealed for the permit, but to another key."""
    asker_key = forged.authority.body(ASKER).sealing.kid
    trust = forged.world.here.nodes[PROVIDER].desk.counterparts.trust
    forged.recipient = lambda: (
        trust.check(asker_key, "agreement", body_san(ASKER), NOON),
        forged.authority.body(PROVIDER).sealing.kid,
    )


IN_AN_HOUR, YESTERDAY = render(NOON + timedelta(hours=1)), render(NOON - timedelta(days=1))
SPOILS = [
    (without("header"), 400, "envelope_member_missing"),
    (without("body"), 400, "envelope_member_missing"),
    (without("subjects"), 400, "envelope_member_missing"),
    (lambda f: f.envelope() | {"receipt": "x"}, 400, "envelope_member_unknown"),
    (lambda f: json.dumps(f.envelope())[:-1].encode() + b',"body":"x"}', 400, "member_repeated"),
    (lambda f: f.envelope() | {"header": f.envelope()["permit"]}, 400, "type_not_allowed"),
    (with_claims(surplus="x"), 400, "header_form_invalid"),
    (with_claims(to="001023"), 403, "not_for_us"),
    (signed_by("expired"), 403, "certificate_expired"),
    (signed_by("not_yet_valid"), 403, "certificate_not_yet_valid"),
    (signed_by("revoked"), 403, "certificate_revoked"),
    (signed_by("wrong_usage"), 403, "certificate_usage_wrong"),
    (signed_by("other_san"), 403, "certificate_not_of_sender"),
    (signed_by("unknown_ca"), 403, "certificate_chain_invalid"),
    (with_claims(issued_at=IN_AN_HOUR), 403, "issued_in_future"),
    (with_claims(issued_at=YESTERDAY, expires_at=render(NOON - timedelta(hours=1))), 403, "message_expired"),
    (without("permit"), 403, "permit_missing"),
    (lambda f: setattr(f, "network", f.authority.body(ASKER).signing), 403, "permit_invalid"),
    (with_permit(surplus="x"), 403, "permit_invalid"),
    (with_permit(expires_at=render(NOON)), 403, "permit_expired"),
    (with_permit(to=ASKER), 403, "permit_mismatch"),
    (with_permit(kind="notification"), 403, "permit_mismatch"),
    (with_permit(affair="AF-02"), 403, "permit_mismatch"),
    (with_permit(header_sha256=sha256_b64u(b"another")), 403, "permit_mismatch"),
    (swapped_body, 403, "permit_mismatch"),
    (with_claims(procedure="PR-0107"), 403, "authority_not_granted"),
    (with_claims(consent_ref="C-1"), 403, "permit_mismatch"),
    (with_claims(responsibility="TAX-STAFF"), 403, "responsibility_not_granted"),
    (with_claims(edition="2031Z"), 403, "edition_not_supported"),
    (with_claims(information_version="9.9"), 403, "edition_not_supported"),
    (lambda f: f.claims.update(reply_kid=f.authority.network().sealing.kid), 403, "reply_key_invalid"),
    (broken_body, 422, "decryption_failed"),
    (with_claims(content_sha256=sha256_b64u(b"another")), 422, "content_hash_mismatch"),
    (with_content(message_id="019e811f-b780-7d3f-b7f5-f8288245fe34"), 422, "body_not_bound"),
    (with_content(surplus="x"), 422, "content_form_invalid"),
    (with_content(items=[{"item_no": 2, "keys": {"tax_year": "2025"}}]), 422, "content_form_invalid"),
    (lambda f: setattr(f, "plain_size", SIZE - 1), 422, "content_form_invalid"),
    (keys(), 422, "key_invalid"),
    (keys(tax_year=2025), 422, "key_invalid"),
    (keys(tax_year="2025", month="01"), 422, "key_invalid"),
]


@pytest.mark.parametrize(("spoil", "status", "code"), SPOILS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_spoiled_inquiry_is_refused_in_clear_at_its_stage(spoil, status, code):
    if code == "not_for_us":
        assert refused_unrecorded(spoil) == (status, code)
        return

    told_status, told_code, _ = refusal(spoil)

    assert (told_status, told_code) == (status, code)


def refused_unrecorded(spoil):
    async def story(world):
        forged = Forged(world, "spoiled")
        before = await world.log(PROVIDER, "audit")
        reply = await forged.deliver(spoil(forged))
        assert await world.log(PROVIDER, "audit") == before  # another tenant's business leaves no trace here
        return reply.status, parsed(reply)["code"]

    return in_world(story)


# --- what is not refused ----------------------------------------------------------------------------------------------
def test_members_may_stand_in_any_order():
    async def story(world):
        forged = Forged(world, "order")
        envelope = forged.envelope()
        return await forged.deliver({name: envelope[name] for name in reversed(envelope)})

    assert in_world(story).status == 202


def test_a_used_message_id_with_other_contents_is_refused():
    async def story(world):
        first, second = Forged(world, "one"), Forged(world, "two")
        second.message_id = first.message_id
        await first.deliver()
        return parsed(await second.deliver())["code"]

    assert in_world(story) == "message_id_reused"


def test_two_deliveries_at_once_are_one_inquiry():
    async def story(world):
        heard = tap(world)
        forged = Forged(world, "one")
        envelope = forged.envelope()
        replies = await asyncio.gather(*(forged.deliver(envelope) for _ in range(3)))
        return [reply.body for reply in replies], posted(heard)

    replies, sent = in_world(story)

    assert len(set(replies)) == 1
    assert sent == 1


def test_whether_a_code_is_known_is_not_told_in_clear():
    async def story(world):
        stranger = Forged(world, "stranger")
        codes = {"salt": b64u(bytes(32)), "link_codes": ["nobody"]}
        stranger.subjects = b64u(compact(codes))
        return await stranger.deliver(), await Forged(world, "known").deliver()

    stranger, known = in_world(story)

    assert (stranger.status, known.status) == (202, 202)
    assert parsed(stranger).keys() == parsed(known).keys()


def test_the_logs_of_the_linkage_interface_name_nobody():
    async def story(world):
        await Forged(world, "one").deliver()
        await Forged(world, "bad").deliver(with_claims_envelope(world))
        return [line for log in ("access", "audit") for line in await world.log(PROVIDER, log)]

    def with_claims_envelope(world):
        forged = Forged(world, "worse")
        forged.keys = {"tax_year": "２０２５"}
        return forged.envelope()

    text = json.dumps(in_world(story))
    person = resident(SEED, PROVIDER, PERSON)
    for secret in (person.own_number, link_code(PROVIDER, person), link_code(ASKER, person), "tax_year", "２０２５"):
        assert secret not in text


def test_the_two_interfaces_lines_are_joined_by_the_exchange_number():
    async def story(world):
        await Forged(world, "one").deliver()
        return [await world.log(PROVIDER, log, exchange_number="X-one") for log in ("access", "audit", "business")]

    access, audit, business = in_world(story)

    assert [line["event"] for line in access] == ["inquiry_received"]
    assert [line["event"] for line in audit][:2] == ["inquiry_checked", "answer_sealed"]
    assert business[0]["personal"]["persons"][0]["own_number"] == resident(SEED, PROVIDER, PERSON).own_number


def test_an_export_ends_with_a_seal_over_its_lines():
    async def story(world):
        raw = (await world.business(PROVIDER, "records", {"log": "access"})).body
        *lines, seal = raw.splitlines()
        return lines, claims_of(json.loads(seal)["seal"])

    lines, seal = in_world(story)

    assert (seal["body"], seal["log"], seal["lines"]) == (PROVIDER, "access", len(lines))
    assert seal["last_sha256"] == sha256_b64u(lines[-1])
    assert (seal["from"], seal["to"]) == (json.loads(lines[0])["at"], json.loads(lines[-1])["at"])


def test_a_used_message_id_is_noticed_before_the_permit_is_looked_at():
    async def story(world):
        first, second = Forged(world, "one"), Forged(world, "two")
        await first.deliver()
        second.message_id = first.message_id
        return parsed(await second.deliver(without("permit")(second)))["code"]

    assert in_world(story) == "message_id_reused"


def test_authority_is_asked_once_on_arrival_and_once_more_before_sending():
    async def story(world):
        desk, asked = world.here.nodes[PROVIDER].desk, []
        find_row = desk.rooms.find_row

        def counting(*args):
            asked.append(desk.store.inquiry_state("X-one"))
            return find_row(*args)

        desk.rooms = replace(desk.rooms, find_row=counting)
        await Forged(world, "one").deliver()
        return asked

    assert in_world(story) == [None, "received"]
