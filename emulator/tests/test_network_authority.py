"""What the law gives, row by row: each column of the table counts, and both ends of every date."""

from dataclasses import replace
from datetime import date

import pytest

from renkei_emulator.network.authority import check_edition, check_responsibility, find_row
from renkei_emulator.refusals import Refused
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import load

BODIES = load_bodies()
TODAY = date(2026, 6, 1)
ROW = next(r for r in load().authority if r.ground == "table" and (r.inquirer_kind, r.provider_kind) == ("city",) * 2)
CLAIMS = {
    "from": "482013",
    "to": "001015",
    "affair": ROW.affair,
    "procedure": ROW.procedure,
    "information": ROW.information,
    "edition": "2026A",
    "responsibility": "R",
}


def row(**other):
    return ROW.model_copy(update={"initiator": "either", "valid_from": date(2026, 4, 1)} | other)


def refusal(row, on=TODAY, **claims):
    with pytest.raises(Refused) as refused:
        find_row(CLAIMS | claims, replace(load(), authority=(row,)), BODIES, on)
    return refused.value.code


def given(row, on=TODAY, **claims):
    return find_row(CLAIMS | claims, replace(load(), authority=(row,)), BODIES, on) == row


@pytest.mark.parametrize(
    "other",
    [
        {"affair": "AF-99"},
        {"procedure": "PR-9999"},
        {"information": "other"},
        {"inquirer_kind": "town"},
        {"provider_kind": "town"},
        {"inquirer_body": "001015"},
        {"provider_body": "482013"},
        {"valid_from": date(2026, 6, 2)},
        {"valid_to": date(2026, 5, 31)},
        {"edition_from": "2027A"},
        {"edition_to": "2025A"},
        {"initiator": "official"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_row_that_differs_in_one_column_gives_nothing(other):
    assert given(row())
    assert refusal(row(**other)) == "authority_not_granted"


def test_both_ends_of_a_rows_dates_are_inside():
    dated = row(valid_from=TODAY, valid_to=TODAY)

    assert given(dated)
    assert refusal(dated, date(2026, 5, 31)) == refusal(dated, date(2026, 6, 2)) == "authority_not_granted"


def test_a_row_for_officials_asks_for_an_official():
    assert given(row(initiator="official"), official="0042")
    assert refusal(row(initiator="official")) == "authority_not_granted"


def test_consent_stands_where_the_row_asks_for_it_and_only_there():
    consent = row(ground="table_consent")

    assert given(consent, consent_ref="K-1")
    assert refusal(consent) == "consent_required"
    assert refusal(row(), consent_ref="K-1") == "authority_not_granted"


def test_a_row_of_one_body_gives_to_that_body_alone():
    assert given(row(inquirer_body="482013", provider_body="001015"))


RESPONSIBILITY = next(iter(load().responsibilities.values())).model_copy(
    update={"id": "R", "affairs": (ROW.affair,), "may": ("ask",), "body_kinds": ("city",), "valid_from": TODAY}
)


def test_a_responsibility_that_asks_for_the_affair_in_such_a_body_is_right_on_its_first_and_last_day():
    table = replace(load(), responsibilities={"R": RESPONSIBILITY.model_copy(update={"valid_to": TODAY})})

    check_responsibility(CLAIMS, ROW, table, BODIES, TODAY)


@pytest.mark.parametrize(
    "other",
    [
        {"affairs": ("AF-99",)},
        {"may": ("read",)},
        {"body_kinds": ("town", "prefecture")},
        {"valid_from": date(2026, 6, 2)},
        {"valid_to": date(2026, 5, 31)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_responsibility_that_differs_in_one_column_is_refused(other):
    table = replace(load(), responsibilities={"R": RESPONSIBILITY.model_copy(update=other)})

    with pytest.raises(Refused, match="responsibility_not_granted"):
        check_responsibility(CLAIMS, ROW, table, BODIES, TODAY)


def test_an_edition_is_in_force_from_its_first_to_its_last_day():
    edition = load().editions["2026A"].model_copy(update={"valid_from": TODAY, "valid_to": TODAY})
    table = replace(load(), editions={"2026A": edition})
    claims = CLAIMS | {"information_version": load().informations[ROW.information].version}

    check_edition(claims, table, TODAY)
    for day in (date(2026, 5, 31), date(2026, 6, 2)):
        with pytest.raises(Refused, match="edition_not_in_force"):
            check_edition(claims, table, day)
