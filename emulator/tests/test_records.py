"""Records of any information: what loads, which copy a question's keys mean, what is told of repeated rows."""

import copy
import json
from datetime import date

import pytest

from renkei_emulator.intermediate_if.business_connection import RowWrong, check_record_row
from renkei_emulator.intermediate_if.linkage_information_store import choose, key_text, within_period
from renkei_emulator.messages import Found
from renkei_emulator.record_rules import broken_rules
from renkei_emulator.records import findings, project
from renkei_emulator.values import key_faults
from renkei_fixtures.residents import SITUATIONS
from renkei_fixtures.residents.copies import records
from renkei_fixtures.standard import load
from renkei_fixtures.standard.rows import Information, Key, Rule
from renkei_fixtures.text import Text

STANDARD = load()
HANDBOOK = STANDARD.informations["disability_handbook"]
BODY = "001015"
T = Text(ja="試験", en="test")


def row(situation: str, information: str = HANDBOOK.id) -> dict:
    one = records(1, BODY, SITUATIONS[situation], information)[-1]
    members = {"own_number": "1", "keys": dict(one.keys), "as_of": one.as_of, "record": one.record}
    return copy.deepcopy(members if one.status is None else members | {"status": one.status})


def taken(members: dict) -> dict:
    return dict(check_record_row(members, HANDBOOK, STANDARD))


def refused(members: dict) -> tuple[str, str]:
    with pytest.raises(RowWrong) as wrong:
        check_record_row(members, HANDBOOK, STANDARD)
    return wrong.value.item, wrong.value.reason


@pytest.mark.parametrize("information", STANDARD.informations)
def test_whatever_an_office_has_of_anybody_loads_unchanged(information):
    for n in SITUATIONS.values():
        for one in records(1, BODY, n, information):
            members = {"own_number": "1", "keys": dict(one.keys), "as_of": one.as_of}
            members |= {} if one.status is None else {"status": one.status}
            members |= {} if one.record is None else {"record": one.record}
            kept = check_record_row(members, STANDARD.informations[information], STANDARD)
            assert one.record is None or kept["record"] == one.record


def first(members: dict) -> dict:
    return members["record"]["handbooks"][0]


SPOILS = [
    (lambda r: r["record"].update(handbooks=first(r)), "record.handbooks", "item_invalid"),
    (lambda r: r["record"].update(handbooks=[]), "record.handbooks", "item_invalid"),
    (lambda r: r["record"]["handbooks"].reverse(), "record.handbooks", "item_invalid"),
    (lambda r: r["record"]["handbooks"].append(first(r)), "record.handbooks", "item_invalid"),
    (lambda r: (r["record"].pop("handbooks"), r["record"].update(handbook_count=0)), "record.handbooks", "item_missing"),
    (lambda r: r["record"].update(handbook_count=2), "record.handbook_count", "item_invalid"),
    (lambda r: r["record"].update(handbook_holding="0"), "record.handbooks", "item_not_permitted"),
    (lambda r: first(r)["grades"].update(mental_grade="1"), "record.handbooks.grades.mental_grade", "item_not_permitted"),
    (lambda r: first(r).update(reissued_on="1999-01-01"), "record.handbooks.reissued_on", "item_invalid"),
    (lambda r: first(r).update(reissued_on="2024-02-31"), "record.handbooks[0].reissued_on", "item_invalid"),
    (lambda r: first(r).update(reissued_on="2024-02-00"), "record.handbooks[0].reissued_on", "item_invalid"),
    (lambda r: first(r).update(first_issued_on="2024-00-12"), "record.handbooks[0].first_issued_on", "item_invalid"),
    (lambda r: first(r).update(issuing_body=1015), "record.handbooks[0].issuing_body", "item_invalid"),
    (lambda r: first(r).update(transport_class="3"), "record.handbooks[0].transport_class", "code_not_in_force"),
    (lambda r: first(r).update(disability_name="か\u309a" * 61), "record.handbooks[0].disability_name", "item_invalid"),
    (lambda r: first(r).update(disability_name="ｶ"), "record.handbooks[0].disability_name", "item_invalid"),
    (lambda r: first(r).update(disability_name="\u309a"), "record.handbooks[0].disability_name", "item_invalid"),
    (lambda r: r["keys"].update(base_date="2025-02-30"), "keys.base_date", "key_invalid"),
    (lambda r: r["keys"].update(base_date="20250401"), "keys.base_date", "key_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "item", "reason"), SPOILS)
def test_a_wrong_row_is_set_aside_for_the_item_that_is_wrong(spoil, item, reason):
    members = row("three_handbooks")
    spoil(members)
    assert refused(members) == (item, reason)


@pytest.mark.parametrize(
    ("text", "kept", "flag"),
    [
        ("か\u309a" * 60, "か\u309a" * 60, "0"),
        ("\ufa19\U0002000b〜", "\ufa19\U0002000b〜", "0"),
        ("髙橋", "高橋", "1"),
        ("\ue000橋", "〓橋", "2"),
        ("葛\U000e0100", "葛", "1"),
    ],
)
def test_characters_are_kept_as_they_are_or_reduced_with_the_flag(text, kept, flag):
    members = row("three_handbooks")
    first(members).update(disability_name=text, disability_name_reduced="0")
    found = taken(members)["record"]["handbooks"][0]
    assert (found["disability_name"], found["disability_name_reduced"]) == (kept, flag)


def test_a_flag_that_a_business_system_set_stands():
    members = row("three_handbooks")
    first(members).update(disability_name="髙橋〓", disability_name_reduced="2")
    assert taken(members)["record"]["handbooks"][0]["disability_name_reduced"] == "2"


def test_a_projection_keeps_every_row_and_of_each_what_may_be_told():
    record = row("three_handbooks")["record"]
    told = project(HANDBOOK, record, {"handbook_kind", "mental_grade"})
    kinds = [{"handbook_kind": each["handbook_kind"]} for each in record["handbooks"]]
    assert [{"handbook_kind": each["handbook_kind"]} for each in told["handbooks"]] == kinds
    assert told["handbooks"][2].keys() == {"handbook_kind", "grades"}


def test_a_group_that_may_be_absent_takes_its_items_with_it():
    leaves = frozenset(HANDBOOK.minimum["AF-01"])
    record = {"handbook_holding": "0", "handbook_count": 0}
    assert findings(HANDBOOK, record, STANDARD.codes, date(2026, 4, 1), leaves, leaves) == []


# --- which copy -------------------------------------------------------------------------------------------------------
COPIES = [(key_text({"base_date": day}), None, day, "{}") for day in ("2026-04-01", "2025-04-01")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2025-03-31", None),
        ("2025-04-01", "2025-04-01"),
        ("2025-04-02", "2025-04-01"),
        ("2026-03-31", "2025-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("2030-01-01", "2026-04-01"),
    ],
)
def test_as_of_means_the_latest_copy_that_is_not_later(asked, found):
    row = choose(HANDBOOK, {"base_date": asked}, COPIES)
    assert (row and row[2]) == found


def period() -> Information:
    keys = tuple(
        Key(id=name, type="date", digits=10, match=match, text=T)
        for name, match in (("period_from", "period_from"), ("period_to", "period_to"))
    )
    return HANDBOOK.model_copy(update={"keys": keys, "period_group": "handbooks", "period_item": "reissued_on"})


@pytest.mark.parametrize(
    ("first_day", "last_day", "found"),
    [
        ("2024-01-01", "2024-12-31", [1, 2, 3]),
        ("2024-02-29", "2024-02-29", [2]),
        ("2024-01-31", "2024-02-28", [1]),
        ("2024-03-02", "2024-12-31", []),
    ],
)
def test_a_period_has_both_its_ends(first_day, last_day, found):
    days = ("2024-01-31", "2024-02-29", "2024-03-01")
    record = {"handbooks": [{"n": n, "reissued_on": day} for n, day in enumerate(days, 1)]}
    cut = within_period(period(), {"period_from": first_day, "period_to": last_day}, Found(None, "t", record))
    assert [each["n"] for each in cut.record.get("handbooks", [])] == found
    assert ("handbooks" in cut.record) == bool(found)
    assert len(record["handbooks"]) == 3


def test_a_period_that_ends_before_it_begins_is_no_key():
    keys = period().keys
    assert not list(key_faults(keys, {"period_from": "2024-02-29", "period_to": "2024-02-29"}))
    assert [name for name, *_ in key_faults(keys, {"period_from": "2024-03-01", "period_to": "2024-02-29"})] == [
        "period_to"
    ]


# --- rules that no shipped information has yet -------------------------------------------------------------------------
def test_an_era_form_means_the_same_day_and_a_day_of_change_has_two():
    rule = Rule(
        id="r", kind="era_same_day", total="ledger_checked_on", parts=("handbook_holding", "issuing_body"), text=T
    )
    information = HANDBOOK.model_copy(update={"rules": (rule,)})

    def broken(day: str, era: str, ymd: str) -> bool:
        # Outside its rows, for the rule to have one scope.
        flat = {"ledger_checked_on": day, "handbook_holding": era, "issuing_body": ymd}
        return bool(list(broken_rules(_flattened(information), flat, None, {})))

    assert [broken("1926-12-25", *form) for form in (("2", "151225"), ("3", "011225"), ("3", "011226"))] == [
        False,
        False,
        True,
    ]
    assert broken("1989-01-07", "4", "010107")
    assert not broken("1989-01-08", "4", "010108")


def _flattened(information: Information) -> Information:
    items = tuple(
        item.model_copy(update={"occurs_max": 1, "path": (item.id,)})
        for item in information.items
        if item.kind == "leaf"
    )
    return information.model_copy(update={"items": items})


def test_copies_are_json_and_stay_as_they_were():
    members = row("three_handbooks")
    before = json.dumps(members, ensure_ascii=False)
    taken(members)
    assert json.dumps(members, ensure_ascii=False) == before
