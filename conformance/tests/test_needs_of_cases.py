"""A case that is not tried with a product must leave no clause open that applies to that product."""

from renkei_conformance.case import catalogue
from renkei_fixtures.standard import load

OF_EVERY_PRODUCT = {"records_export"}
"""Without it a run is incomplete, and its clauses say so."""


def test_what_a_case_needs_is_what_its_clauses_apply_under():
    clauses = load().clauses
    left_open = {
        (row.id, clause, option)
        for row in catalogue()
        for option in set(row.needs) - OF_EVERY_PRODUCT
        for clause in row.verifies
        if clauses[clause].applies != option
    }

    assert left_open == set()
