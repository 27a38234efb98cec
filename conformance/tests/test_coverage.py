"""The expected set, and the lint over the suite as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from renkei_conformance import coverage
from renkei_conformance.case import PROVIDER, Case, Negative, Positive, catalogue
from renkei_conformance.errors import ExaminerFault
from renkei_conformance.informations import claimed_features
from renkei_conformance.testing_cases import WHY
from renkei_fixtures.standard import load

TODAY = date(2026, 11, 23)
FEATURES = claimed_features(load(), tuple(load().informations))
ALL = {
    "push",
    "manual",
    "disclosure",
    "correction",
    "link_code_change",
    "asked_until",
    "renewed_keys",
    "records_export",
    "log_chain",
    *FEATURES,
}


def row(case_id: str, *clauses: str, spoil: str | None = None) -> Case:
    kind = Negative(spoil) if spoil else Positive()
    return Case(case_id, WHY, clauses, PROVIDER, "items", kind, (), False, "usual", "tests", case_id)


def test_the_suite_is_sound() -> None:
    assert [f"{one.ailment}: {one.subject}" for one in coverage.lint(load(), catalogue())] == []


def test_the_suite_has_the_size_that_was_promised() -> None:
    cases = catalogue()
    assert sum(one.role == "provider" for one in cases) >= 48
    assert sum(one.role == "network" for one in cases) >= 15
    assert {one.family for one in cases} == {"envelope", "authority", "identity", "items", "records"}


def test_every_observable_clause_of_the_roles_is_in_the_denominator() -> None:
    due = coverage.clauses_due(load(), ("provider",), ALL, TODAY)
    rows = [c for c in load().clauses.values() if c.role == "provider" and c.observable]
    observable = [c.id for c in rows if c.applies in ("always", *ALL)]
    assert {c.applies for c in rows} - {"always", *ALL} == {"pull"}
    assert [one.id for one in due if one.applies == "applicable"] == observable


def test_what_is_not_observable_is_excluded_with_a_reason() -> None:
    excluded = [one for one in coverage.clauses_due(load(), ("provider",), ALL, TODAY) if one.applies == "excluded"]
    assert "P-TRN-006" in [one.id for one in excluded]
    assert [one.id for one in excluded] == [
        c.id for c in load().clauses.values() if c.role == "provider" and not c.observable
    ]
    assert all(one.why for one in excluded)


def test_an_option_that_is_not_claimed_is_not_applicable() -> None:
    due = {one.id: one for one in coverage.clauses_due(load(), ("provider",), ALL - {"manual"}, TODAY)}
    assert due["P-MAN-001"].applies == "not_applicable"
    assert due["P-MAN-001"].why is not None


def test_what_no_claimed_information_has_is_not_applicable_and_says_so() -> None:
    certificate = claimed_features(load(), ("income_tax_certificate",))
    due = {one.id: one for one in coverage.clauses_due(load(), ("provider",), (ALL - FEATURES) | certificate, TODAY)}
    for clause in ("P-KEY-001", "P-CHR-001", "P-DAT-001", "P-ITM-012"):
        assert due[clause].applies == "not_applicable"
        assert due[clause].why is not None
        assert "claimed informations" in due[clause].why.en
    assert due["P-ITM-001"].applies == due["P-BUS-003"].applies == "applicable"


def test_logs_are_owed_even_by_a_product_without_an_export() -> None:
    due = {one.id: one for one in coverage.clauses_due(load(), ("provider",), set(), TODAY)}
    assert due["P-REC-001"].applies == "applicable"
    assert due["P-REC-005"].applies == "not_applicable"


@pytest.mark.parametrize("only", ["SIG-01", "P-SIG-001", "envelope"])
def test_a_selection_names_cases_clauses_or_families(only: str) -> None:
    due = coverage.clauses_due(load(), ("provider",), ALL, TODAY)
    chosen = coverage.cases_due(catalogue(), due, ("provider",), "full", [only])
    assert "SIG-01" in [one.id for one in chosen]
    assert len(chosen) < len([one for one in catalogue() if one.role == "provider"])


@pytest.mark.parametrize(
    ("cases", "ailment"),
    [
        ([row("A")], "case_without_clauses"),
        ([row("A", "P-XXX-001")], "unknown_clause"),
        ([row("A", "P-SIG-001", spoil="no.such_spoil")], "unknown_spoil"),
        ([row("A", "P-SIG-009")], "unobservable_clause"),
        ([row("A", "N-REL-001")], "foreign_role"),
        ([row("A", "P-SIG-001")], "clause_without_case"),
        ([row("A", "P-SIG-001")], "fault_without_killer"),
    ],
)
def test_the_lint_sees(cases: list[Case], ailment: str) -> None:
    assert ailment in {one.ailment for one in coverage.lint(load(), cases)}


def test_the_lint_sees_a_refusing_clause_without_a_fault() -> None:
    standard = load()
    without = (
        standard.model_copy(update={"faults": {}}) if hasattr(standard, "model_copy") else replace(standard, faults={})
    )
    assert "negative_clause_without_fault" in {one.ailment for one in coverage.lint(without, catalogue())}


def test_two_cases_that_do_the_same_are_idle_and_too_many() -> None:
    twins = [*catalogue(), *(replace(one, id=f"{one.id}-again") for one in catalogue())]
    assert "too_many_idle" in {one.ailment for one in coverage.lint(load(), twins)}


def test_a_case_that_names_an_unknown_spoil_cannot_be_run() -> None:
    with pytest.raises(ExaminerFault):
        coverage.require_sound(load(), [row("A", "P-SIG-001", spoil="no.such_spoil")])
