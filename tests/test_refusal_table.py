"""Every code of the protocol, for every party that says it: a clause, a case and a fault, or the reason why not."""

import re

import pytest

from renkei_conformance.case import catalogue
from renkei_fixtures.standard import load
from renkei_fixtures.standard.refusing import LATER, refusing

STANDARD = load()
OWED = [(code, party) for code, row in STANDARD.refusals.items() for party in row.by]
# Of every answer A says what is wrong with its items; N and B say it of notifications alone, which are an option.
OWED = [(code, party) for code, party in OWED if code not in LATER or party == "A"]


def test_the_table_is_not_empty_and_what_is_left_out_is_an_option_of_its_own():
    assert len(OWED) >= 120
    assert set(LATER) <= set(STANDARD.refusals)


@pytest.mark.parametrize(("code", "party"), OWED, ids=[f"{code}-{party}" for code, party in OWED])
def test_a_code_that_a_party_says_has_clause_case_and_fault_or_a_reason(code, party):
    clauses = refusing(STANDARD, code)[party]
    assert clauses, f"no clause of {party} names {code}"

    for clause in clauses:
        if not clause.observable:
            assert clause.excluded_because is not None
            continue
        assert any(clause.id in row.verifies for row in catalogue()), clause.id
        assert any(clause.id in fault.breaks for fault in STANDARD.faults.values()), clause.id


def test_a_clause_names_the_status_and_the_stage_of_the_table():
    for code, party in OWED:
        row = STANDARD.refusals[code]
        for clause in refusing(STANDARD, code)[party]:
            said = re.search(rf"with {code} \((\d+)[^)]*stage ([a-z]+)\)", clause.text.en)
            if said is not None:
                assert (int(said[1]), said[2]) == (row.http, row.stage), clause.id
