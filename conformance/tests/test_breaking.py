"""Wrong rows of a load: wrong in what is looked for and in nothing else, and named fairly."""

from renkei_conformance import breaking
from renkei_conformance.strategies import copies
from renkei_fixtures.standard import load

STANDARD = load()


def wrong_of(information):
    table = STANDARD.informations[information]
    good = copies.made(STANDARD, table, number=0)
    return {wrong.what: wrong for wrong in breaking.broken_rules(STANDARD, table, good)}


def test_a_group_that_lost_its_only_item_goes_too_and_may_be_named_in_its_place():
    wrong = wrong_of("disability_handbook")["physical_grade_of_a_physical_handbook: missing"]

    assert "grades" not in wrong.held.record["handbooks"][0]
    assert "grades" in wrong.tied


def test_any_item_of_the_broken_rule_may_be_named_and_no_other():
    wrong = wrong_of("household_composition")["member_count_is_the_number_of_rows"]

    assert wrong.item == "member_count"
    assert {"members"} <= wrong.tied <= {"members", "member_count"}


def test_a_row_missing_one_of_several_items_keeps_their_group():
    wrong = wrong_of("residence_history")["from_when_moving_in: missing"]

    assert wrong.item not in wrong.held.record["moves"][0]
    assert wrong.held.record["moves"][0]
    assert "moves" not in wrong.tied


def test_every_wrong_occurrence_is_of_a_group_and_may_be_told_by_its_count():
    table = STANDARD.informations["disability_handbook"]
    tied = {wrong.what: wrong.tied for wrong in breaking.wrong_occurrences(STANDARD, table)}

    assert "handbook_count" in tied["handbooks empty"]
