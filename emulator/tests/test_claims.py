"""Claims against a field table: every type takes what it should and nothing beside it."""

import json
from datetime import UTC, datetime

import pytest

from renkei_emulator.claims import Shape, check_freshness, read_claims, read_content, read_subjects
from renkei_emulator.envelope import b64u
from renkei_emulator.refusals import Refused
from renkei_fixtures.standard import load
from renkei_fixtures.standard.rows import Field

HASH = "A" * 43


def taken(value, type_, **more):
    shape = Shape([Field(name="f", type=type_, required="R", **more)])
    return shape.findings({"f": value}) is None


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("uuid", ["0190a5c0-0000-7000-8000-00000000000f"], ["0190A5C0-0000-7000-8000-00000000000F", "x", 1, ""]),
        ("body", ["001015", "0110000000013"], ["1015", "00101５", "0010151", "network", 1015]),
        ("network", ["network"], ["001015", "Network"]),
        ("body_or_network", ["network", "001015"], ["x"]),
        ("time", ["2026-06-01T00:00:00.000Z"], ["2026-06-01T00:00:00Z", "2026-02-30T00:00:00.000Z", "2026-06-01", 0]),
        ("date", ["2026-06-01"], ["2026-02-30", "20260601", "2026-W01-1", "2026-06-01T00:00:00.000Z", 0]),
        ("hash", [HASH], [HASH + "A", HASH[:-1], HASH[:-1] + "B", HASH + "=", "+" * 43]),
        ("code", ["AF-01", "x" * 32], ["", "a b", "x" * 33, "コード", 1]),
        ("int", [0, 1, 2**53 - 1], [-1, 2**53, True, 1.0, "1"]),
        ("bool", [True, False], [0, 1, "true"]),
        ("X4", ["a", "abcd", "a b"], ["", "abcde", "あ", "a\n", 1]),
        ("zeros", ["", "0", "0" * 5000], ["1", "0 ", 0]),
        ("object", [{}, {"a": 1}], [[], "x", 1]),
    ],
)
def test_a_type_takes_its_own_form_only(type_, good, bad):
    assert [value for value in good if not taken(value, type_)] == []
    assert [value for value in [*bad, None, [good[0]]] if taken(value, type_)] == []


def test_bounds_are_those_of_the_table():
    assert [n for n in range(6) if taken(n, "int", minimum=2, maximum=4)] == [2, 3, 4]
    assert [n for n in range(6) if taken("x" * n, "X4", minimum=2)] == [2, 3, 4]
    assert [n for n in range(6) if taken(["AF"] * n, "list", element="code", minimum=2, maximum=4)] == [2, 3, 4]


def test_a_list_has_members_of_its_own_form():
    members = (Field(name="n", type="int", required="R"), Field(name="c", type="code", required="O"))

    assert taken([{"n": 1}, {"n": 2, "c": "x"}], "list", members=members)
    assert not taken([{"n": 1}, {}], "list", members=members)
    assert not taken([{"n": 1, "d": 1}], "list", members=members)
    assert not taken([1], "list", members=members)
    assert not taken([], "list", members=members)


def test_a_conditional_field_stands_exactly_with_the_value_it_names():
    shape = Shape(
        [
            Field(name="state", type="enum", required="R", values=("a", "b", "c")),
            Field(name="why", type="code", required="C", when="state=a|b"),
        ]
    )

    assert shape.findings({"state": "a", "why": "x"}) is None
    assert shape.findings({"state": "c"}) is None
    assert shape.findings({"state": "b"})
    assert shape.findings({"state": "c", "why": "x"})


def test_every_message_type_of_the_standard_can_be_read():
    for typ in load().message_types:
        with pytest.raises(Refused, match="header_form_invalid"):
            read_claims(b"{}", typ, load())


@pytest.mark.parametrize("claims", [b"[]", b'"x"', b"1", b"null"])
def test_claims_are_an_object(claims):
    with pytest.raises(Refused, match="header_form_invalid"):
        read_claims(claims, "renkei-query", load())


def test_whatever_is_wrong_with_a_content_has_one_code():
    for plaintext in (b"\xff", b"[]", b"{}", b'{"a":1,"a":2}'):
        with pytest.raises(Refused, match="content_form_invalid"):
            read_content(plaintext, "renkei-inquiry", load())


def subjects(value):
    return b64u(json.dumps(value).encode())


SALT = "s" * 22


def test_subjects_are_a_salt_and_link_codes():
    assert read_subjects(subjects({"link_codes": ["a_-9", "b" * 64], "salt": SALT})) == ("a_-9", "b" * 64)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"salt": SALT},
        {"link_codes": ["a"]},
        {"salt": SALT, "link_codes": ["a"], "more": 1},
        {"salt": "s" * 21, "link_codes": ["a"]},
        {"salt": 1, "link_codes": ["a"]},
        {"salt": SALT, "link_codes": []},
        {"salt": SALT, "link_codes": "a"},
        {"salt": SALT, "link_codes": [""]},
        {"salt": SALT, "link_codes": ["a" * 65]},
        {"salt": SALT, "link_codes": ["a b"]},
        {"salt": SALT, "link_codes": [1]},
    ],
)
def test_other_subjects_are_refused(value):
    with pytest.raises(Refused, match="header_form_invalid"):
        read_subjects(subjects(value))


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"issued_at": "2026-06-01T12:05:00.001Z"}, "issued_in_future"),
        ({"issued_at": "2026-06-01T11:00:00.000Z", "expires_at": "2026-06-01T12:00:00.000Z"}, "message_expired"),
    ],
)
def test_a_message_outside_its_life_is_refused(claims, code):
    with pytest.raises(Refused, match=code):
        check_freshness(claims, NOON)


def test_a_message_within_its_life_is_fresh():
    check_freshness({"issued_at": "2026-06-01T12:05:00.000Z", "expires_at": "2026-06-01T12:00:00.001Z"}, NOON)
