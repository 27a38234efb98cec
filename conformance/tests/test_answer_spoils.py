"""Spoils of an answer: each changes exactly the answer it is put on, and its twin is right again."""

from __future__ import annotations

import json

import pytest

from renkei_conformance.forge.plans import Asked
from renkei_conformance.forge.spoils import spoilers
from renkei_conformance.oracles import fields
from renkei_conformance.oracles.items import leaves
from renkei_conformance.wire import peek, sha256_b64u

OF_AN_ANSWER = sorted(
    name for name in spoilers() if name.split(".")[0] in ("receipt", "reply", "charge", "item", "result")
)
UNTOUCHED_HEADER = ("receipt",)
RECORD = {
    "taxation": {
        "tax_year": "2025",
        "general_portion": {"total_income": 1},
        "deductions": {"disability_deduction": 0},
        "person_info": {"disability_class": "1", "widow_class": "1"},
    }
}


@pytest.fixture
def answer(world):
    """A right answer to an inquiry of the product, with its receipt."""
    forge = world.forge("asked")
    product, provider = forge.product, "482013"
    inquiry = forge.inquiry(["AAAAAAAAAAAAAAAAAAAAAA"], {"tax_year": "2025"})
    header = {**inquiry.header, "from": product, "to": provider}
    asked = Asked(
        header, sha256_b64u("inquiry"), "Q-1", str(header["issued_at"]), 2048, forge.parties.kit.body(product).sealing
    )
    result = {"item_no": 1, "result": "provided", "status": "1", "as_of": str(header["issued_at"]), "record": RECORD}
    return forge.delivered_answer(asked, [result])


def parts(draft):
    envelope = json.loads(draft.bytes())
    return envelope, peek(envelope["header"])[1], peek(envelope.get("receipt"))[1]


def test_a_right_answer_travels_with_a_receipt_for_it_and_without_subjects(world, answer):
    envelope, header, receipt = parts(answer)

    assert sorted(envelope) == ["body", "header", "receipt"]
    assert fields.misfits(world.standard.message_types["renkei-answer"].fields, header) == ()
    assert fields.misfits(world.standard.message_types["renkei-receipt"].fields, receipt) == ()
    assert receipt["answer_sha256"] == sha256_b64u(envelope["header"])
    assert receipt["body_sha256"] == sha256_b64u(envelope["body"])
    assert header["in_reply_to"] == receipt["in_reply_to"]


@pytest.mark.parametrize("name", OF_AN_ANSWER)
def test_a_spoil_changes_the_answer_and_its_twin_is_clean(answer, name):
    clean, spoiled = parts(answer), parts(answer.spoil(name))

    assert clean != spoiled
    assert answer.spoil(name).twin().spoil_id is None
    if name.startswith(UNTOUCHED_HEADER):
        assert clean[1] == spoiled[1]
    else:
        assert spoiled[2]["answer_sha256"] == sha256_b64u(spoiled[0]["header"]), "the receipt fits what was spoiled"


@pytest.mark.parametrize("name", [name for name in OF_AN_ANSWER if name.startswith(("item", "result"))])
def test_a_spoiled_result_is_sealed_in_the_prescribed_length(answer, name):
    assert len(answer.spoil(name).bench.part("content_bytes")) == 2048


@pytest.mark.parametrize("name", ["item.code_unknown", "result.status_unknown"])
def test_a_code_that_no_table_has_is_of_the_form_of_one(world, answer, name):
    result = answer.spoil(name).bench.part("content")["results"][0]
    coded = {item.path: item.code for item in world.standard.informations["income_tax_certificate"].items if item.code}
    found = [(value, coded[path]) for path, value in leaves(result["record"]) if path in coded]
    found.append((result["status"], "tax_status"))
    listed = [value in {row.code for row in world.standard.codes[table].codes} for value, table in found]

    assert all(value.isdigit() and len(value) == 1 for value, _ in found)
    assert listed.count(False) == 1
