"""The catalogue of faults: what the standard's tables name and what the emulator can do wrong are one set."""

import pytest

from renkei_emulator.faults import BODY, NETWORK, arm_body, arm_network, check_names
from renkei_emulator.network.rooms import NetworkRooms
from renkei_emulator.rooms import BodyRooms
from renkei_fixtures.errors import SetupError
from renkei_fixtures.standard import load

STANDARD = load()
FAULTS = STANDARD.faults
LEAST_VENDOR_FAULTS = 20
MOST_BROKEN_AT_ONCE = 2


def test_every_fault_has_a_behaviour_and_every_behaviour_a_fault():
    assert set(FAULTS) == set(BODY) | set(NETWORK)


def test_a_fault_stands_in_the_party_that_its_row_names():
    assert {id_ for id_, row in FAULTS.items() if row.role == "network"} == set(NETWORK)


@pytest.mark.parametrize("name", sorted(BODY))
def test_a_fault_of_a_body_changes_the_rooms_of_a_body_and_no_network(name):
    assert arm_body(BodyRooms(), [name]) != BodyRooms()
    assert arm_network(NetworkRooms(), [name]) == NetworkRooms()


@pytest.mark.parametrize("name", sorted(NETWORK))
def test_a_fault_of_the_network_changes_the_rooms_of_the_network_and_no_body(name):
    assert arm_network(NetworkRooms(), [name]) != NetworkRooms()
    assert arm_body(BodyRooms(), [name]) == BodyRooms()


def test_a_fault_that_nobody_has_is_refused_by_name():
    with pytest.raises(SetupError) as refused:
        check_names(["own_number_by_suffix"])
    assert "own_number_by_suffix" in refused.value.render("en")


def test_there_are_enough_faults_such_as_developers_write():
    assert sum(row.kind == "vendor" for row in FAULTS.values()) >= LEAST_VENDOR_FAULTS


def test_a_fault_breaks_one_or_two_clauses_of_its_own_party():
    for row in FAULTS.values():
        assert 1 <= len(row.breaks) <= MOST_BROKEN_AT_ONCE, row.id
        assert {STANDARD.clauses[clause].role for clause in row.breaks} == {row.role}, row.id


def test_every_clause_that_says_what_must_be_refused_has_a_fault_that_breaks_it():
    broken = {clause for row in FAULTS.values() for clause in row.breaks}
    refusing = {row.id for row in STANDARD.clauses.values() if row.negative and row.observable}

    assert refusing
    assert refusing - broken == set()


def test_every_vendor_fault_says_in_both_languages_how_a_developer_comes_to_write_it():
    for row in FAULTS.values():
        if row.kind == "vendor":
            assert row.story.ja.strip() and row.story.en.strip(), row.id
            assert row.story.en != row.text.en, row.id


def test_no_two_faults_tell_the_same_story():
    stories = [row.story.en for row in FAULTS.values()]

    assert len(stories) == len(set(stories))
