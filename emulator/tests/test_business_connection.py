"""個別連携業務接続: loads, questions and decisions as business systems bring them."""

import asyncio
import copy
import json

import pytest

from renkei_emulator.intermediate_if.business_connection import (
    Wrong,
    check_handling_row,
    check_link_code_row,
    check_record_row,
    read_ask,
    read_load,
)
from renkei_emulator.messages import compact
from renkei_emulator.testing import PROVIDER, SEED, Still, parsed, question
from renkei_fixtures.residents import SITUATIONS, tax_records
from renkei_fixtures.standard import load

STANDARD = load()
CHECKS = {"records": check_record_row, "link_codes": check_link_code_row, "handling": check_handling_row}
INFORMATION = "income_tax_certificate"


def row(n=40):
    certificate = tax_records(SEED, PROVIDER, n)[-1]
    keys = {"tax_year": certificate.tax_year}
    members = {"own_number": f"0{n:014}", "keys": keys, "status": certificate.status, "as_of": certificate.as_of}
    return copy.deepcopy(members | {"record": certificate.record})


def read(*rows, **other):
    body = compact({"load_id": "l", "information": INFORMATION, "records": list(rows), **other})
    return read_load(body, STANDARD, CHECKS)


@pytest.mark.parametrize("name", [name for name, n in SITUATIONS.items() if tax_records(SEED, PROVIDER, n)])
def test_what_a_tax_office_has_of_anybody_loads(name):
    certificates = tax_records(SEED, PROVIDER, SITUATIONS[name])

    assert read(row(SITUATIONS[name])).set_aside == ()
    assert certificates


def amounts(record, value):
    record["record"]["taxation"]["annual_tax"] = value


def income(record, value):
    record["record"]["taxation"]["general_portion"]["total_income"] = value


SPOILS = {
    "record.taxation.annual_tax item_invalid": [
        lambda r: amounts(r, 10**13),
        lambda r: amounts(r, "120000"),
        lambda r: amounts(r, 1.5),
        lambda r: amounts(r, True),
        lambda r: amounts(r, None),
    ],
    "record.taxation.annual_tax item_missing": [lambda r: r["record"]["taxation"].pop("annual_tax")],
    "record.taxation.surplus item_not_permitted": [lambda r: r["record"]["taxation"].update(surplus=1)],
    "record.taxation.general_portion item_invalid": [lambda r: r["record"]["taxation"].update(general_portion=[])],
    "record.taxation.person_info.widow_class code_not_in_force": [
        lambda r: r["record"]["taxation"]["person_info"].update(widow_class="Z"),
    ],
    "record.taxation.tax_year item_invalid": [
        lambda r: r["record"]["taxation"].update(tax_year="20255"),
        lambda r: r["record"]["taxation"].update(tax_year="２０２５"),
        lambda r: r["record"]["taxation"].update(tax_year=""),
    ],
    "record item_missing": [lambda r: r.pop("record")],
    "status code_not_in_force": [lambda r: r.update(status="9")],
    "status item_missing": [lambda r: r.pop("status")],
    "keys.tax_year key_invalid": [lambda r: r.update(keys={}), lambda r: r.update(keys={"tax_year": 2025})],
    "keys.month key_invalid": [lambda r: r["keys"].update(month="01")],
    "as_of item_invalid": [lambda r: r.update(as_of="2025-06-01")],
    "own_number item_invalid": [lambda r: r.update(own_number="1" * 16)],
    "own_number item_missing": [lambda r: r.pop("own_number")],
    "surplus item_not_permitted": [lambda r: r.update(surplus=1)],
}


@pytest.mark.parametrize(("where", "spoil"), [(where, spoil) for where, spoils in SPOILS.items() for spoil in spoils])
def test_a_wrong_row_is_set_aside_with_row_item_and_reason_and_the_others_load(where, spoil):
    wrong = row(41)
    spoil(wrong)

    found = read(row(40), wrong, row(42))

    item, reason = where.split(" ")
    assert [(aside.row, aside.list, aside.item, aside.reason) for aside in found.set_aside] == [
        (1, "records", item, reason)
    ]
    assert found.loaded + len(found.set_aside) == 3


def test_amounts_of_thirteen_digits_and_below_zero_are_values():
    for value in (9_999_999_999_999, -9_999_999_999_999, 0):
        good = row()
        income(good, value)

        assert read(good).records[0]["record"]["taxation"]["general_portion"]["total_income"] == value


def test_an_undeclared_person_needs_no_record():
    undeclared = row() | {"status": "4"}
    del undeclared["record"]

    assert read(undeclared).records[0]["record"] == {"taxation": {"tax_year": "2025"}}


def test_rows_of_every_list_count():
    codes = [{"own_number": "1", "link_code": "abc"}, {"own_number": "2", "link_code": "a b"}]
    marks = [{"own_number": "1", "information": None, "mode": "manual", "reason": "protected"}]
    marks += [{"own_number": "2", "mode": "sometimes"}]

    found = read(row(), link_codes=codes, handling=marks)

    assert found.loaded == 3
    assert [(a.list, a.row, a.item) for a in found.set_aside] == [
        ("link_codes", 1, "link_code"),
        ("handling", 1, "mode"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "code", "item"),
    [
        (b"{", 400, "not_json", None),
        (b"[]", 400, "not_json", None),
        (b"{}", 422, "member_missing", "load_id"),
        (b'{"load_id":"l","surplus":1}', 422, "member_unknown", "surplus"),
        (b'{"load_id":"l","records":{}}', 422, "member_wrong", "records"),
        (b'{"load_id":"l","information":"nothing"}', 422, "information_unknown", "information"),
        (
            b'{"load_id":"l","information":"income_tax_certificate","version":"9"}',
            422,
            "version_not_supported",
            "version",
        ),
    ],
)
def test_a_load_that_cannot_be_read_says_what_was_expected(body, status, code, item):
    with pytest.raises(Wrong) as wrong:
        read_load(body, STANDARD, CHECKS)

    assert (wrong.value.status, wrong.value.code, wrong.value.item) == (status, code, item)
    assert wrong.value.expected


@pytest.mark.parametrize(
    ("change", "code", "item"),
    [
        ({"information": "nothing"}, "information_unknown", "information"),
        ({"subjects": []}, "member_wrong", "subjects"),
        ({"subjects": [{"own_number": "1"}]}, "member_wrong", "subjects[0]"),
        ({"subjects": [{"own_number": "1", "keys": {}}]}, "key_invalid", "subjects[0].keys.tax_year"),
        ({"surplus": "x"}, "member_unknown", "surplus"),
        ({"to": 1015}, "member_wrong", "to"),
    ],
)
def test_a_question_that_cannot_be_read_names_the_item(change, code, item):
    with pytest.raises(Wrong) as wrong:
        read_ask(json.dumps(question("q", 1) | change).encode(), STANDARD)

    assert (wrong.value.status, wrong.value.code, wrong.value.item) == (422, code, item)


# --- over the door ----------------------------------------------------------------------------------------------------
def business(*steps):
    async def story():
        world = await Still.begin()
        replies = [await world.business(PROVIDER, operation, members) for operation, members in steps]
        stored = world.here.files[PROVIDER].read("SELECT count(*) FROM record")[0][0]
        await world.here.close()
        return replies, stored

    return asyncio.run(story())


def test_the_same_load_twice_has_one_effect_and_one_reply():
    bring = {"load_id": "l", "information": INFORMATION, "records": [row(40), row(41)]}

    replies, stored = business(("load", bring), ("load", bring))

    assert replies[0].body == replies[1].body
    assert stored == 2


def test_a_load_id_for_other_rows_is_refused():
    first = {"load_id": "l", "information": INFORMATION, "records": [row(40)]}
    second = first | {"records": [row(41)]}

    replies, stored = business(("load", first), ("load", second))

    assert (replies[1].status, parsed(replies[1])["code"]) == (422, "load_id_reused")
    assert stored == 1


def test_a_later_record_takes_the_place_of_the_former():
    older, newer = row(40), row(40)
    income(newer, 7)

    async def story():
        world = await Still.begin()
        for n, each in enumerate((older, newer)):
            await world.business(PROVIDER, "load", {"load_id": f"l{n}", "information": INFORMATION, "records": [each]})
        (found,) = world.here.files[PROVIDER].read("SELECT record FROM record")
        await world.here.close()
        return json.loads(found[0])

    assert asyncio.run(story())["taxation"]["general_portion"]["total_income"] == 7


@pytest.mark.parametrize(
    ("operation", "members", "status", "code"),
    [
        ("collect", {"ask_id": "never asked"}, 404, "ask_unknown"),
        ("decide", {"exchange_number": "x", "decision": "release", "drafted_by": "a", "approved_by": "b"}, 404, "exchange_unknown"),
        ("decide", {"exchange_number": "x", "decision": "maybe", "drafted_by": "a", "approved_by": "b"}, 422, "member_wrong"),
        ("records", {"log": "diary"}, 422, "log_unknown"),
        ("forget", {}, 404, "path_unknown"),
        ("ask", question("q", 1, to="001023"), 422, "link_code_missing"),
    ],
)  # fmt: skip
def test_what_the_door_cannot_do_it_says_so(operation, members, status, code):
    (reply,), _ = business((operation, members))

    assert (reply.status, parsed(reply)["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_one_body_s_token_opens_no_other_body():
    async def story():
        world = await Still.begin()
        other = world.here.tokens["482013"]
        replies = [await world.business(body, "collect", {}, token=other) for body in (PROVIDER, "482013")]
        unknown = await world.business(PROVIDER, "collect", {}, token="nonsense")
        await world.here.close()
        return replies, unknown

    (here, own), unknown = asyncio.run(story())
    assert (here.status, own.status) == (401, 200)
    assert here.body == unknown.body
