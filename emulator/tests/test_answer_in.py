"""The asker's stages, one spoil each: an answer that the network vouches for, and that is wrong all the same."""

import asyncio
import json
from datetime import timedelta

import pytest

from renkei_emulator.envelope import Signer, open_sealed, read_jwe, seal, sha256_b64u, sign
from renkei_emulator.messages import compact
from renkei_emulator.testing import ASKER, NOON, PROVIDER, Still, claims_of, tap
from renkei_emulator.trust import body_san
from renkei_emulator.world import Dice, HttpRequest
from renkei_fixtures.instants import render

ORDINARY = 40
SIZE = 2048


class Rewritten:
    """A delivered answer, opened, to be changed and sealed, signed and receipted anew."""

    def __init__(self, world, envelope):
        self.authority, self.desk = world.here.authority, world.here.nodes[ASKER].desk
        self.claims, self.receipt = claims_of(envelope["header"]), claims_of(envelope["receipt"])
        self.content = json.loads(open_sealed(read_jwe(envelope["body"]), self.desk.opener))
        self.signer, self.network = self.authority.body(PROVIDER).signing, self.authority.network().signing
        self.size, self.hashed = SIZE, True

    @property
    def result(self):
        return self.content["results"][0]

    def envelope(self):
        self.content["padding"] = ""
        self.content["padding"] = "0" * (self.size - len(compact(self.content)))
        plaintext = compact(self.content)
        key = self.desk.check(NOON)(self.desk.opener.kid, "agreement", body_san(ASKER), NOON)
        body = seal(plaintext, key, self.desk.opener.kid, Dice(1, "anew"))
        claims = self.claims | ({"content_sha256": sha256_b64u(plaintext)} if self.hashed else {})
        header = sign(compact(claims), "renkei-answer", Signer.of_pem(self.signer.kid, self.signer.key_pem))
        hashes = {"answer_sha256": sha256_b64u(header.encode()), "body_sha256": sha256_b64u(body.encode())}
        network = Signer.of_pem(self.network.kid, self.network.key_pem)
        paper = sign(compact(self.receipt | hashes), "renkei-receipt", network)
        return {"header": header, "body": body, "receipt": paper}


def outcome(spoil):
    """The question's end and the acknowledgement's only item."""

    async def story():
        world = await Still.begin()
        await world.load([ORDINARY])
        await world.introduce([ORDINARY])
        bodies = world.here.wire.near["near:bodies"]

        async def rewriting(request):
            members = json.loads(request.body)
            if "receipt" in members and "header" in members:
                rewritten = Rewritten(world, members)
                spoil(rewritten)
                data = json.dumps(rewritten.envelope()).encode()
                request = HttpRequest(request.method, request.path, request.headers, data)
            return await bodies(request)

        world.here.wire.near["near:bodies"] = rewriting
        heard = tap(world)
        asked = await world.answer(ORDINARY)
        posts = [claims_of(json.loads(request.body)["header"]) for _, request in heard.sent if request.body]
        (item,) = [claims["items"][0] for claims in posts if "items" in claims]
        await world.here.close()
        return asked, item

    return asyncio.run(story())


def test_what_is_rewritten_without_a_change_is_accepted():
    asked, item = outcome(lambda _answer: None)

    assert (asked["state"], item["outcome"]) == ("collected", "accepted")


def claims(**changed):
    return lambda answer: answer.claims.update(changed)


def receipt(**changed):
    return lambda answer: answer.receipt.update(changed)


def result(**changed):
    return lambda answer: answer.result.update(changed)


def signed_by(kind):
    return lambda answer: setattr(answer, "signer", answer.authority.order(kind, PROVIDER))


def record(change):
    return lambda answer: change(answer.result["record"]["taxation"])


def two_results(answer):
    answer.content["results"].append(answer.result | {"item_no": 2})


OTHER_ID = "00000000-0000-7000-8000-000000000000"
SPOILS = [
    (lambda a: setattr(a, "network", a.signer), "receipt_invalid", "permit"),
    (receipt(surplus="x"), "receipt_invalid", "permit"),
    (receipt(in_reply_to=OTHER_ID), "receipt_mismatch", "permit"),
    (receipt(subjects_sha256=sha256_b64u(b"others")), "receipt_mismatch", "permit"),
    (receipt(inquiry_sha256=sha256_b64u(b"another")), "receipt_mismatch", "permit"),
    (receipt(**{"from": "001023"}), "receipt_mismatch", "permit"),
    (receipt(exchange_number="another"), "receipt_mismatch", "permit"),
    (receipt(part=2), "receipt_mismatch", "permit"),
    (receipt(state="withdrawn"), "receipt_mismatch", "permit"),
    (lambda a: a.receipt.update(state_at=a.receipt["expires_at"]), "receipt_mismatch", "permit"),
    (lambda a: setattr(a, "signer", a.authority.body(ASKER).signing), "certificate_not_of_sender", "sender"),
    (signed_by("expired"), "certificate_expired", "sender"),
    (signed_by("revoked"), "certificate_revoked", "sender"),
    (claims(issued_at=render(NOON + timedelta(hours=1))), "issued_in_future", "freshness"),
    (claims(responsibility="CRA-STAFF"), "responsibility_not_granted", "authority"),
    (claims(responsibility="NOBODY"), "responsibility_not_granted", "authority"),
    (lambda a: setattr(a, "hashed", False) or result(status="2")(a), "content_hash_mismatch", "content"),
    (lambda a: a.content.update(exchange_number="another"), "body_not_bound", "content"),
    (lambda a: a.content.update(message_id=OTHER_ID), "body_not_bound", "content"),
    (lambda a: a.content.update(surplus="x"), "content_form_invalid", "content"),
    (lambda a: setattr(a, "size", SIZE - 1), "content_form_invalid", "content"),
    (lambda a: a.result.pop("status"), "content_form_invalid", "content"),
    (result(item_no=2), "subject_not_asked", "content"),
    (two_results, "subject_not_asked", "content"),
    (result(status="9"), "code_not_in_force", "content"),
    (record(lambda r: r.update(annual_tax=1)), "item_not_permitted", "content"),
    (record(lambda r: r.pop("tax_year")), "item_missing", "content"),
    (record(lambda r: r["general_portion"].update(total_income="1")), "item_invalid", "content"),
    (record(lambda r: r["general_portion"].update(total_income=10**13)), "item_invalid", "content"),
    (record(lambda r: r["person_info"].update(widow_class="Z")), "code_not_in_force", "content"),
    (result(status="4"), "item_not_permitted", "content"),
]


@pytest.mark.parametrize(("spoil", "code", "stage"), SPOILS, ids=[f"{n}-{row[1]}" for n, row in enumerate(SPOILS)])
def test_a_wrong_answer_is_rejected_with_its_code_and_never_used(spoil, code, stage):
    asked, item = outcome(spoil)

    assert (item["outcome"], item["code"], item["stage"]) == ("rejected", code, stage)
    assert (asked["state"], asked["code"], asked["stage"]) == ("rejected", code, stage)
    assert asked["results"] == []


@pytest.mark.parametrize("changed", [{"information": "resident_record"}, {"from": "001023"}])
def test_an_answer_that_the_network_never_delivered_is_rejected_and_leaves_the_question_open(changed):
    asked, item = outcome(claims(**changed))

    assert (item["outcome"], item["code"], item["stage"]) == ("rejected", "receipt_mismatch", "permit")
    assert (asked["state"], asked["results"]) == ("accepted", [])


def another_year(answer):
    answer.result["record"]["taxation"]["tax_year"] = "2019"


def test_a_year_that_was_not_asked_is_rejected():
    asked, item = outcome(another_year)

    assert (item["outcome"], item["code"], item["stage"]) == ("rejected", "item_invalid", "content")
    assert asked["results"] == []
