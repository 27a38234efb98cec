"""Bad products found out for the right reason: everything on the wire is right, but the records are not today's, or not ours.

They are the reference behind a business side that loads something else than it was given.
"""

from dataclasses import replace

import pytest

NEWEST_RECORD, VALUES_AS_LOADED = "P-ITM-009", "P-ITM-002"
OTHERWISE_RIGHT = {"P-TRN-001", "P-SIG-001", "P-PRM-002", "P-CNT-002", "P-ANS-001"}

pytestmark = pytest.mark.slow


class Loading:
    """The product's business side with `rows(records)` in place of the records of each load of income and tax
    certificates; what else is loaded, and its replies, are not changed."""

    def __init__(self, upper, rows):
        self.upper, self.rows = upper, rows

    def load(self, load):
        if load.information != "income_tax_certificate":
            return self.upper.load(load)
        return self.upper.load(replace(load, records=self.rows(list(load.records))))

    def __getattr__(self, name):
        return getattr(self.upper, name)


def test_yesterdays_records_served_today_fail_for_not_being_the_newest(examined):
    known = {}

    def first_loaded(records):
        return [known.setdefault((row["own_number"], str(row["keys"])), row) for row in records]

    result = examined(lambda world: {"upper": Loading(world.parties.upper, first_loaded)})

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert NEWEST_RECORD in result.clauses_with("fail")
    assert result.clauses_with("pass") >= OTHERWISE_RIGHT


def test_right_for_one_seed_only_passes_with_that_seed_and_fails_with_another(examined):
    table = []

    def recorded(records):
        table.append(records)
        return records

    def from_table(left):
        def rows(records):
            known = left.pop(0) if left else []
            old = [was | {"own_number": row["own_number"]} for row, was in zip(records, known, strict=False)]
            return old + records[len(old) :]

        return rows

    def with_table(world):
        return {"upper": Loading(world.parties.upper, from_table(list(table)))}

    right = examined(lambda world: {"upper": Loading(world.parties.upper, recorded)}, seed=1)
    same = examined(with_table, seed=1)
    other = examined(with_table, seed=2)

    assert (right.verdict, same.verdict) == ("conformant", "conformant")
    assert (other.exit_code, other.verdict) == (1, "not_conformant")
    assert VALUES_AS_LOADED in other.clauses_with("fail")
