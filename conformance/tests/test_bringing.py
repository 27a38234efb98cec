"""What interface B cannot say is left out and said; a case of which nothing is left decides nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from renkei_conformance.bringing import as_load
from renkei_conformance.cases.intermediate_if import test_business_connection as business_connection
from renkei_conformance.strategies import copies, hazards
from renkei_conformance.testing_cases import BareStage, run_small
from renkei_conformance.upper import Ask, Load, Unlimited
from renkei_conformance.upper.written import Written
from renkei_fixtures.run_record import Limit
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.sheets.drop import HEADERS
from renkei_fixtures.standard import Text, load

SUITE = """
from renkei_conformance.bringing import ANY_LOAD, brought
from renkei_conformance.case import PROVIDER, Positive, case
from renkei_conformance.testing_cases import HELD
from renkei_conformance.upper import Load

def row(id, *clauses, **more):
    return case(id, verifies=clauses, role=PROVIDER, family="items", kind=Positive(), ja="件", en="case", **more)

def tried(ev, upper, *codes):
    for one in brought(ev, upper, codes, lambda code: Load(ANY_LOAD, (), [("1", code)])):
        ev.check("P-ITM-001", HELD)

@row("SOME", "P-ITM-001")
def test_some(ev, parties): tried(ev, parties, "か", "か゚", "𠀋")

@row("NONE", "P-ITM-001")
def test_none(ev, parties): tried(ev, parties, "か゚")

@row("ALL", "P-ITM-001")
def test_all(ev, parties): tried(ev, parties, "か")
"""


@pytest.fixture
def cp932() -> Written:
    return Written(load_layout("cp932-csv"), load())


def test_what_was_left_out_is_counted_and_a_case_without_any_is_not_tested(tmp_path: Path, cp932: Written) -> None:
    ran = run_small(tmp_path, SUITE, stage=BareStage({"parties": cp932}))
    limits = {event.case: (event.left_out, event.of) for event in ran.events if isinstance(event, Limit)}

    assert {name: ran.verdict(name) for name in ("SOME", "NONE", "ALL")} == {
        "SOME": "pass", "NONE": "not_tested", "ALL": "pass",
    }  # fmt: skip
    assert limits == {"SOME": (2, 3), "NONE": (1, 1)}


@pytest.mark.parametrize(
    ("layout", "text", "holds"),
    [
        ("cp932-csv", "髙﨑", True),
        ("cp932-csv", "か゚", False),
        ("cp932-csv", "〜", False),
        ("sjis2004-csv", "か゚𠀋", True),
        ("sjis2004-csv", "髙", False),
        ("utf8-csv", "か゚髙\ue000", True),
    ],
)
def test_a_code_page_holds_what_it_gives_back_as_it_was(layout: str, text: str, holds: bool) -> None:
    assert Written(load_layout(layout), load()).holds(text) is holds


def test_the_hazards_of_a_code_page_can_be_brought_by_it_and_are_still_hazards(cp932: Written) -> None:
    table = load().informations["residence_history"]
    whole, less = (copies.made(load(), table, hazards.texts_of(one.holds), rows=3) for one in (Unlimited(), cp932))

    assert cp932.limit(as_load(whole)) is not None
    assert cp932.limit(as_load(less)) is None
    assert any(cell in str(less.record) for cell in hazards.changed_cells(cp932.holds))


def test_json_has_no_limit() -> None:
    assert Unlimited().limit(Load("l", [{"nickname": None}])) is None


def test_every_member_of_a_question_and_of_a_load_has_a_place_in_a_file() -> None:
    ask = Ask(*("1" * 6), subjects=[("1", {})], official="o", section="s", record_disclosure="hidden", expires_at="t")
    brought = Load("l", [{}], [("1", "a")], [{}], "i", "v")

    assert set(ask.as_json()) - {column.name for column in HEADERS["ask"]} == {"subjects"}
    assert set(brought.as_json()) - {column.name for column in HEADERS["load"]} == {"records", "link_codes", "handling"}


def test_good_rows_alone_decide_nothing_about_wrong_ones() -> None:
    held = copies.made(load(), load().informations["income_tax_certificate"])
    person = SimpleNamespace(own_number="1", last=lambda year: held, holding=lambda *copies: person)
    left_out: list[int] = []
    product: Any = SimpleNamespace(
        people=SimpleNamespace(ordinary=person),
        parties=SimpleNamespace(upper=SimpleNamespace(limit=lambda said: Text(ja="無理", en="no"))),
        fresh=lambda how_many: [person] * how_many,
    )
    decided: Any = SimpleNamespace(limited=lambda first, out, of: left_out.append(of - out))  # no check can be booked

    business_connection.test_wrong_rows_set_aside(product, decided)

    assert left_out == [0]
