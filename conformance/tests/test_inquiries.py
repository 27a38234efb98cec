"""Questions from the tables: the fixed list is all granted, the surplus never, and both are really there."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings

from renkei_conformance.strategies import inquiries
from renkei_fixtures.standard import load

STANDARD, ON = load(), date(2026, 6, 1)
INQUIRERS = ("482013", "480002")


def test_every_granted_question_of_the_affair_is_listed_once():
    found = inquiries.granted(STANDARD, ["482013"], "001015", ON)

    assert len(found) == len(set(found))
    assert {question.procedure for question in found if question.affair == "AF-01"} == {
        f"PR-010{n}" for n in range(1, 6)
    }
    assert {question.responsibility for question in found if question.affair == "AF-01"} == {
        "CRA-STAFF",
        "CRA-MANAGER",
        "AUTO",
    }
    assert "PR-0205" not in {question.procedure for question in found}, "needs a consent"


@settings(max_examples=60, database=None, deadline=None)
@given(inquiries.beside(STANDARD, INQUIRERS, "001015", ON))
def test_a_question_beside_the_rows_is_due_a_refusal(question):
    assert question.codes <= {"authority_not_granted", "responsibility_not_granted", "consent_required"}
    granted = {
        (q.inquirer, q.affair, q.procedure, q.information, q.responsibility)
        for q in inquiries.granted(STANDARD, INQUIRERS, "001015", ON)
    }
    asked = (question.inquirer, question.affair, question.procedure, question.information, question.responsibility)
    assert asked not in granted
