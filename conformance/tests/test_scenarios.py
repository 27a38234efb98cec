"""Steps and branches of the use cases name cases that there are."""

from __future__ import annotations

from renkei_conformance.case import catalogue
from renkei_fixtures.standard.scenarios import scenarios


def test_every_case_that_a_step_or_branch_names_exists() -> None:
    known = {row.id for row in catalogue()}
    for scenario in scenarios().values():
        for seen in (*scenario.steps, *scenario.branches):
            assert set(seen.covered_by) <= known, seen.id


def test_every_case_of_the_use_case_is_named_by_a_step_or_branch() -> None:
    ours = {row.id for row in catalogue() if row.id.startswith("SCN-UC1") and row.role == "provider"}
    one = scenarios()["use_case_1"]
    assert ours <= {case for seen in (*one.steps, *one.branches) for case in seen.covered_by}
