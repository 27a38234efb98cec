"""The oracles say no to each single thing that is wrong, and yes to what is right."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from renkei_conformance.drivers import Reply
from renkei_conformance.finding import broken, equal, same
from renkei_conformance.oracles import authority, fields, items, problem, records
from renkei_conformance.testing import refusal
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both
from renkei_fixtures.standard import load

STANDARD = load()
TAX = STANDARD.informations["income_tax_certificate"]
ON = date(2026, 6, 1)
RIGHT = {
    "from": "482013", "to": "001015", "affair": "AF-01", "procedure": "PR-0101", "information": "income_tax_certificate",
    "responsibility": "CRA-STAFF", "edition": "2026A",
}  # fmt: skip

# Equality


@pytest.mark.parametrize(
    ("left", "right"), [(1, True), (0, False), (1, "1"), ([1], [True]), ({"a": 0}, {"a": False}), (1, 1.0)]
)
def test_values_of_different_types_are_never_equal(left, right):
    assert not same(left, right)
    assert not equal("x", left, right, both("conformance.rule.readable")).ok


def test_lists_and_tuples_and_nested_objects_compare_by_value():
    assert same({"a": [1, {"b": None}]}, {"a": (1, {"b": None})})
    assert not same([1, 2], [1])


# Authority: written out by hand from the tables, not computed from them


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, set()),
        ({"procedure": "PR-0106"}, {"authority_not_granted"}),
        ({"procedure": "PR-0107"}, {"authority_not_granted"}),
        ({"procedure": "PR-0108"}, {"authority_not_granted"}),
        ({"affair": "AF-02", "procedure": "PR-0201", "responsibility": "PA-STAFF"}, set()),
        ({"affair": "AF-02", "procedure": "PR-0201"}, {"responsibility_not_granted"}),
        (
            {"affair": "AF-02", "procedure": "PR-0205", "responsibility": "PA-STAFF", "official": "o"},
            {"consent_required"},
        ),
        (
            {
                "affair": "AF-02",
                "procedure": "PR-0205",
                "responsibility": "PA-STAFF",
                "official": "o",
                "consent_ref": "c",
            },
            set(),
        ),
        (
            {"affair": "AF-02", "procedure": "PR-0205", "responsibility": "PA-STAFF", "consent_ref": "c"},
            {"authority_not_granted"},
        ),
        ({"information": "resident_tax_status"}, {"authority_not_granted"}),
        ({"from": "480002", "responsibility": "CRA-P-STAFF"}, set()),
        ({"from": "480002"}, {"responsibility_not_granted"}),
        ({"from": "003018", "responsibility": "CRA-ROUTE"}, {"authority_not_granted", "responsibility_not_granted"}),
        ({"affair": "AF-11", "procedure": "PR-1101"}, {"responsibility_not_granted"}),
        ({"responsibility": "CRA-REVIEW"}, {"responsibility_not_granted"}),
        ({"responsibility": "CRA-SUPPORT"}, {"responsibility_not_granted"}),
        ({"responsibility": "CRA-NEXT"}, {"responsibility_not_granted"}),
        ({"responsibility": "NOBODY"}, {"responsibility_not_granted"}),
        ({"edition": "2199Z"}, {"edition_not_supported"}),
        ({"from": "999999"}, {"authority_not_granted", "responsibility_not_granted"}),
    ],
)
def test_what_is_due_on_an_inquiry_at_the_provider(change, codes):
    assert codes == authority.due(STANDARD, {**RIGHT, **change}, ON).codes


def test_the_ordinance_row_is_for_the_body_that_enacted_it_alone():
    asked = {**RIGHT, "affair": "AF-11", "procedure": "PR-1101"}

    assert authority.due(STANDARD, asked, ON).row.id == "AR-1101"
    assert authority.due(STANDARD, {**asked, "from": "482021"}, ON).row is None


def test_rows_and_posts_end_on_their_last_day_and_begin_on_their_first():
    ended, begins = {**RIGHT, "procedure": "PR-0107"}, {**RIGHT, "procedure": "PR-0108"}
    assert authority.due(STANDARD, ended, date(2022, 3, 31)).granted
    assert not authority.due(STANDARD, ended, date(2022, 4, 1)).granted
    assert authority.due(STANDARD, begins, date(2099, 4, 1)).granted
    assert not authority.due(STANDARD, begins, date(2099, 3, 31)).granted
    support = {**RIGHT, "responsibility": "CRA-SUPPORT"}
    assert [
        authority.due(STANDARD, support, day).granted
        for day in (date(2020, 7, 31), date(2020, 8, 1), date(2021, 9, 30), date(2021, 10, 1))
    ] == [False, True, True, False]


def test_a_body_of_another_kind_is_not_asked_by_the_same_row():
    assert authority.due(STANDARD, {**RIGHT, "to": "483214"}, ON).row.id == "AR-0103"
    assert authority.due(STANDARD, {**RIGHT, "to": "480002"}, ON).row is None


def test_a_row_holds_for_its_editions_and_the_edition_for_its_dates():
    later = STANDARD.editions["2026A"].model_copy(update={"id": "2027A", "valid_from": date(2027, 4, 1)})
    first, *rest = STANDARD.authority
    until = first.model_copy(update={"edition_to": "2026A"})
    two = replace(STANDARD, editions={**STANDARD.editions, "2027A": later}, authority=(until, *rest))
    asked = {**RIGHT, "edition": "2027A"}

    assert authority.due(two, RIGHT, date(2027, 5, 1)).granted
    assert authority.due(two, asked, date(2027, 5, 1)).codes == {"authority_not_granted"}
    assert authority.due(STANDARD, asked, date(2027, 5, 1)).codes == {"edition_not_supported"}
    assert "edition_not_supported" in authority.due(two, asked, date(2027, 3, 31)).codes


def test_the_network_refuses_a_body_that_asks_itself_and_names_editions_its_own_way():
    assert "same_body" in authority.due(STANDARD, {**RIGHT, "to": "482013"}, ON, "N").codes
    assert {"edition_not_in_force"} == authority.due(STANDARD, {**RIGHT, "edition": "2199Z"}, ON, "N").codes


def test_only_the_tax_section_answers_for_the_tax_certificate():
    assert authority.may_answer(STANDARD, "TAX-STAFF", "001015", TAX.id, ON)
    assert not authority.may_answer(STANDARD, "CRA-STAFF", "001015", TAX.id, ON)
    assert not authority.may_answer(STANDARD, "TAX-STAFF", "480002", TAX.id, ON)
    assert not authority.may_answer(STANDARD, None, "001015", TAX.id, ON)


# Items

FULL = {
    "taxation": {
        "tax_year": "2025", "annual_tax": 10, "municipal_tax": {"per_capita": 4, "income_levy": 5}, "prefectural_tax": 1,
        "general_portion": {"total_income": -5}, "deductions": {"disability_deduction": 0, "medical_expense_deduction": 7},
        "person_info": {"disability_class": "0", "widow_class": "1"},
    }
}  # fmt: skip
DUE = {
    "taxation": {
        "tax_year": "2025", "general_portion": {"total_income": -5}, "deductions": {"disability_deduction": 0},
        "person_info": {"disability_class": "0", "widow_class": "1"},
    }
}  # fmt: skip


def test_the_record_due_holds_the_minimum_set_of_the_affair():
    assert items.expected_record(STANDARD, TAX.id, "AF-01", "1", FULL) == DUE
    wider = items.expected_record(STANDARD, TAX.id, "AF-02", "1", FULL)
    assert wider == FULL
    ordinance = items.expected_record(STANDARD, TAX.id, "AF-11", "1", FULL)
    assert {"tax_year", "general_portion", "person_info"} == set(ordinance["taxation"])


@pytest.mark.parametrize("status", ["4", "5", "6"])
def test_an_unassessed_person_has_a_tax_year_and_nothing_else(status):
    assert items.expected_record(STANDARD, TAX.id, "AF-01", status, FULL) == {"taxation": {"tax_year": "2025"}}
    assert items.expected_record(STANDARD, TAX.id, "AF-01", status, None, {"tax_year": "2025"}) == {
        "taxation": {"tax_year": "2025"}
    }


def test_no_empty_group_is_due():
    assert items.expected_record(
        STANDARD,
        TAX.id,
        "AF-01",
        "1",
        {"taxation": {"tax_year": "2025", "deductions": {"medical_expense_deduction": 7}}},
    ) == {"taxation": {"tax_year": "2025"}}


@pytest.mark.parametrize(
    ("value", "fits"),
    [(0, True), (-(10**13) + 1, True), (10**13 - 1, True), (10**13, False), (-(10**13), False), ("0", False), (True, False),
     (1.0, False), (None, False)],
)  # fmt: skip
def test_signed_numbers_are_whole_and_within_their_digits(value, fits):
    assert fits is items.fits(TAX.item("total_income"), value)


@pytest.mark.parametrize(
    ("value", "fits"),
    [("2025", True), ("1", True), ("20250", False), ("", False), (2025, False), ("２０２５", False), ("令和7", False)],
)
def test_characters_are_ascii_and_within_their_digits(value, fits):
    assert fits is items.fits(TAX.item("tax_year"), value)


def test_an_item_in_another_place_or_of_another_type_is_found():
    right = items.typed(TAX, DUE)
    moved = items.typed(TAX, {"taxation": {"total_income": 5}})
    text = items.typed(TAX, {"taxation": {"general_portion": {"total_income": "5"}}})

    assert broken(right) == ()
    assert [one.path for one in broken(moved)] == ["record.taxation.total_income"]
    assert [one.path for one in broken(text)] == ["record.taxation.general_portion.total_income"]
    assert broken(items.typed(TAX, None))


def test_codes_are_of_their_table_and_in_force():
    odd = {"taxation": {"person_info": {"disability_class": "9", "widow_class": "1"}}}

    assert broken(items.of_the_tables(STANDARD, TAX, DUE, ON)) == ()
    assert [one.path for one in broken(items.of_the_tables(STANDARD, TAX, odd, ON))] == [
        "record.taxation.person_info.disability_class"
    ]
    assert items.status_of_table(STANDARD, TAX, "4", ON).ok
    assert not items.status_of_table(STANDARD, TAX, "7", ON).ok


def test_name_and_address_are_found_as_members_and_as_values():
    person = {"name": "山田花子", "address": "霞浜市一丁目"}

    assert broken(items.without_identity(TAX, DUE, person)) == ()
    assert broken(items.without_identity(TAX, {**DUE, "name": "x"}, person))
    assert broken(items.without_identity(TAX, {"taxation": {"note": "山田花子様"}}, person))


def test_the_year_asked_for_is_told_from_another():
    assert items.asked_year(DUE, "2025").ok
    assert not items.asked_year(DUE, "2024").ok
    assert not items.asked_year(None, "2025").ok


# Fields of a message


HEADER = STANDARD.message_types["renkei-query"].fields
QUERY = {
    "message_id": "01890000-0000-7000-8000-000000000000", "from": "482013", "to": "network",
    "issued_at": "2026-06-01T00:00:00.000Z", "ask": "status", "exchange_number": "X1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, None),
        ({"ask": "inbox", "exchange_number": None}, "exchange_number"),
        ({"ask": "stat"}, "ask"),
        ({"from": "48201"}, "from"),
        ({"from": "４８２０１３"}, "from"),
        ({"to": "482013"}, "to"),
        ({"issued_at": "2026-06-01T00:00:00Z"}, "issued_at"),
        ({"issued_at": "2026-02-30T00:00:00.000Z"}, "issued_at"),
        ({"message_id": "01890000-0000-7000-8000-00000000000A"}, "message_id"),
        ({"exchange_number": "x" * 33}, "exchange_number"),
        ({"exchange_number": ""}, "exchange_number"),
        ({"wait_s": 31}, "wait_s"),
        ({"wait_s": True}, "wait_s"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_member_that_does_not_fit_is_named(change, where):
    found = fields.misfits(HEADER, {**QUERY, **change})

    assert [where] == [path.partition(":")[0] for path in found] if where else found == ()


def test_a_member_that_is_due_under_a_condition_is_missed():
    assert fields.misfits(HEADER, {name: v for name, v in QUERY.items() if name != "exchange_number"}) == (
        "exchange_number: missing",
    )


def test_lists_are_looked_into():
    acknowledgement = STANDARD.message_types["renkei-acknowledgement"].fields
    item = {"exchange_number": "X1", "acknowledged_sha256": "A" * 43, "outcome": "rejected"}
    common = {**{name: QUERY[name] for name in ("message_id", "from", "to", "issued_at")}}

    found = fields.misfits(acknowledgement, {**common, "items": [item]})
    assert {"items[0].code: missing", "items[0].stage: missing"} == set(found)
    assert fields.misfits(acknowledgement, {**common, "items": []})
    assert fields.misfits(acknowledgement, {**common, "items": [7]})


# Problems


def problem_reply(status=403, media_type="application/problem+json", **change):
    body = {
        "type": "about:blank",
        "status": 403,
        "code": "permit_missing",
        "stage": "permit",
        "message_id": "m",
        **change,
    }
    return Reply(status, {"content-type": media_type}, json.dumps({k: v for k, v in body.items() if v != "-"}).encode())


def test_a_right_problem_is_right():
    for code in STANDARD.refusals:
        if STANDARD.refusals[code].http:
            assert broken(problem.findings(STANDARD, refusal(STANDARD, code))) == ()


@pytest.mark.parametrize(
    "reply",
    [
        problem_reply(media_type="application/json"),
        problem_reply(status=400),
        problem_reply(type="https://x"),
        problem_reply(stage="form"),
        problem_reply(stage="-"),
        problem_reply(code="no_such_code"),
        problem_reply(code="message_id_reused"),
        problem_reply(title="no"),
        problem_reply(detail=None),
        Reply(403, {"content-type": "application/problem+json"}, b"<html>"),
        Reply(403, {"content-type": "application/problem+json"}, b'{"type":"about:blank","type":"about:blank"}'),
    ],
)
def test_a_problem_with_one_thing_wrong_is_wrong(reply):
    assert broken(problem.findings(STANDARD, reply))


def test_a_value_of_the_message_in_a_problem_is_found_and_not_repeated():
    found = problem.findings(STANDARD, problem_reply(detail="link code ABCDEFGHIJ"), ["ABCDEFGHIJ", "other value"])

    assert [one.got for one in broken(found)] == [["ABCD…"]]


# Records


def export(rows, seal="s"):
    lines, prev = [], "first"
    for row in rows:
        line = json.dumps({**row, "prev_sha256": prev}).encode()
        prev = sha256_b64u(line)
        lines.append(line)
    return b"\n".join([*lines, json.dumps({"seal": seal}).encode()]) + b"\n"


ROWS = [
    {"at": "2026-06-01T00:00:00.000Z", "exchange_number": "X1", "event": "accepted", "from": "482013"},
    {"at": "2026-06-01T00:00:01.000Z", "exchange_number": "X2", "event": "refused", "code": "permit_missing"},
    {"at": "2026-06-01T00:00:02.000Z", "exchange_number": "X1", "event": "answered"},
]


def test_lines_and_seal_are_told_apart():
    read = records.read_export(export(ROWS))

    assert (len(read.rows), read.seal) == (3, "s")
    assert [row["event"] for row in read.of_exchange("X1")] == ["accepted", "answered"]
    assert broken(records.readable(read)) + broken(records.chained(read)) == ()


def test_a_line_changed_left_out_or_moved_breaks_the_chain():
    lines = export(ROWS).split(b"\n")
    changed = [lines[0], lines[1].replace(b"refused", b"granted"), *lines[2:]]
    for odd in (changed, [lines[0], *lines[2:]], [lines[1], lines[0], *lines[2:]]):
        assert broken(records.chained(records.read_export(b"\n".join(odd))))


def test_a_chain_of_one_line_shows_nothing_and_a_new_day_begins_a_new_one():
    assert broken(records.chained(records.read_export(export(ROWS[:1]))))
    second_day = json.dumps({"at": "2026-06-02T00:00:00.000Z", "prev_sha256": "first"}).encode()
    read = records.read_export(export(ROWS[:2]).replace(b'{"seal"', second_day + b'\n{"seal"'))
    assert broken(records.chained(read)) == ()


def test_a_line_may_be_named_with_or_without_its_personal_data():
    bare = b'{"at":"2026-06-01T00:00:00.000Z","personal_sha256":"h"}'
    shown = b'{"at":"2026-06-01T00:00:00.000Z","personal_sha256":"h","personal":{"own_number":"01"}}'
    after = json.dumps({"at": "2026-06-01T00:00:01.000Z", "prev_sha256": sha256_b64u(bare)}).encode()

    assert broken(records.chained(records.read_export(shown + b"\n" + after))) == ()


def test_a_line_with_these_members_is_found_or_missed():
    rows = records.read_export(export(ROWS)).rows

    assert records.holds(rows, {"exchange_number": "X2", "code": "permit_missing"}).ok
    assert not records.holds(rows, {"exchange_number": "X1", "code": "permit_missing"}).ok
    assert not records.holds([], {"exchange_number": "X1"}).ok


def test_personal_data_in_a_line_is_found_and_not_repeated():
    read = records.read_export(export([*ROWS, {"at": "2026-06-01T00:00:03.000Z", "note": "000000000000123"}]))
    found = broken(records.shows_none(read, {"own number": "000000000000123", "link code": "Z" * 22}))

    assert [(one.path, one.got) for one in found] == [("log: own number", [3])]


def test_a_line_that_is_no_object_is_told():
    assert broken(records.readable(records.read_export(b"{}\nx\n")))


def test_a_seal_is_held_against_the_lines(world):
    from renkei_conformance.forge.tokens import sign_token

    forge = world.forge("seal")
    read = records.read_export(export(ROWS))
    right = {"body": "482013", "log": "access", "lines": 3, "last_sha256": sha256_b64u(read.lines[-1])}

    def findings(signer="482013", typ="renkei-record-seal", **change):
        pair = world.kit.body(signer).signing
        signed = forge.as_body("482013").signed(sign_token(pair, typ, {**right, **change}), "seal")
        return broken(records.sealed(read, signed, "482013", "access"))

    assert findings() == ()
    assert findings(lines=2)
    assert findings(last_sha256="x")
    assert findings(log="audit")
    assert findings(body="482021")
    assert findings(typ="renkei-receipt")
    assert findings(signer="482021")
    assert broken(records.sealed(read, None, "482013", "access"))
