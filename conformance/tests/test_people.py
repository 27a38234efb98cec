"""Test persons: the same for every run of a seed, and nobody twice."""

from __future__ import annotations

from renkei_conformance.case import catalogue
from renkei_conformance.generation import number_of
from renkei_conformance.people import CASES_AT_MOST, FIRST_OF_A_CASE, OF_ONE_CASE, Held, People
from renkei_fixtures.residents import resident


def people() -> People:
    return People(None, 1, "001015", lambda body, serials: tuple(f"{body}-{one}" for one in serials))  # type: ignore[arg-type]


def test_every_case_has_residents_of_its_own() -> None:
    blocks = [number_of(0, row.id) % CASES_AT_MOST for row in catalogue()]
    assert len(blocks) == len(set(blocks))
    assert resident(1, "001015", FIRST_OF_A_CASE + OF_ONE_CASE * CASES_AT_MOST)


def test_a_case_meets_the_same_persons_whatever_ran_before() -> None:
    one, other = people(), people()
    other.fresh("B", 7)
    assert [person.own_number for person in one.fresh("A", 3)] == [person.own_number for person in other.fresh("A", 3)]


def test_nobody_is_fresh_twice() -> None:
    some = people()
    numbers = [person.link_code for _ in range(3) for person in some.fresh("A", 50)]
    assert len(numbers) == len(set(numbers)) == 150


def test_the_record_that_counts_is_the_last_one_of_the_year() -> None:
    person = people().fresh("A")[0]
    first, second, other = (
        Held.certificate("2025", "1", "a", {}),
        Held.certificate("2025", "1", "b", {}),
        Held.certificate("2024", "1", "c", {}),
    )
    assert person.holding(first, other, second).last("2025") == second
    assert person.last("2025") is None
