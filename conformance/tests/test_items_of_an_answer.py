"""Items of an answer in every information: spoils find the last row, what is handed over is held against what came."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta

import pytest

from renkei_conformance.finding import broken
from renkei_conformance.forge.build import NotForgeable
from renkei_conformance.forge.plans import Asked
from renkei_conformance.forge.spoils import spoilers
from renkei_conformance.informations import asked_keys
from renkei_conformance.oracles import handed, items
from renkei_conformance.strategies import copies, hazards, since_ended
from renkei_conformance.wire import sha256_b64u

OURS = sorted(name for name in spoilers() if name.split(".")[0] in ("leaf", "rows", "text", "day"))
ROWS = "residence_history"


@pytest.fixture
def answer_about(world):
    """A right answer of three rows in each group about an information."""

    def answer(information):
        forge, standard = world.forge("asked"), world.standard
        table = standard.informations[information]
        held = copies.made(standard, table, rows=3)
        inquiry = forge.inquiry(["AAAAAAAAAAAAAAAAAAAAAA"], {"tax_year": "2025"})
        header = {**inquiry.header, "from": forge.product, "to": "482013", "information": information}
        sealing = forge.parties.kit.body(forge.product).sealing
        asked = Asked(header, sha256_b64u("inquiry"), "Q-1", str(header["issued_at"]), table.padded_size, sealing)
        result = {"item_no": 1, "result": "provided", "as_of": held.as_of, "record": held.record}
        return forge.delivered_answer(asked, [result])

    return answer


def content(draft):
    return json.loads(draft.bench.part("content_bytes"))


@pytest.mark.parametrize("name", OURS)
def test_each_spoil_has_a_place_in_some_information_and_changes_it(world, answer_about, name):
    found = 0
    for information in ("income_tax_certificate", ROWS, "household_composition", "disability_handbook"):
        draft = answer_about(information)
        try:
            spoiled = draft.spoil(name)
        except NotForgeable:
            continue
        found += 1
        assert content(spoiled)["results"] != content(draft)["results"]
    assert found


def test_a_row_is_spoiled_before_what_stands_once_and_the_last_row_first(answer_about):
    draft = answer_about(ROWS)
    before, after = (content(one)["results"][0]["record"] for one in (draft, draft.spoil("leaf.unknown")))

    assert {name: before[name] for name in before if name != "moves"} == {
        name: after[name] for name in after if name != "moves"
    }
    assert before["moves"][:-1] == after["moves"][:-1]
    assert after["moves"][-1] == {**before["moves"][-1], "nickname": "X"}


def handed_over(world, change):
    """Clauses broken where interface B shows the record of a residence history after `change`."""
    table = world.standard.informations[ROWS]
    held = copies.made(world.standard, table, hazards.texts_of(lambda text: True), rows=3)
    due = {"item_no": 1, "result": "provided", "as_of": held.as_of, "record": held.record}
    shown = copy.deepcopy(due) | {"own_number": "0001"}
    change(shown)
    found = handed.handed(table, {"results": [shown]}, due, "0001")
    return {clause for clause, finding in found if not finding.ok}


def last_row_lost(shown):
    del shown["record"]["moves"][-1]


def rows_turned(shown):
    shown["record"]["moves"].reverse()


def text_changed(shown):
    for row in shown["record"]["moves"]:
        if "from_municipality_name" in row:
            row["from_municipality_name"] = "か"


def spaces_trimmed(shown):
    for row in shown["record"]["moves"]:
        if "from_municipality_name" in row:
            row["from_municipality_name"] = row["from_municipality_name"].strip()


def code_changed_in_a_row(shown):
    shown["record"]["moves"][0]["move_kind"] = "99"


def day_changed(shown):
    shown["record"]["history_kept_from"] = "1900-01-01"


def number_changed(shown):
    shown["own_number"] = "0002"


@pytest.mark.parametrize(
    ("change", "clauses"),
    [
        (lambda shown: None, set()),
        (last_row_lost, {"I-BUS-007"}),
        (rows_turned, {"I-BUS-007"}),
        (text_changed, {"I-BUS-008"}),
        (spaces_trimmed, {"I-BUS-008"}),
        (code_changed_in_a_row, {"I-BUS-001"}),
        (day_changed, {"I-BUS-001"}),
        (number_changed, {"I-BUS-001"}),
    ],
)
def test_a_difference_is_booked_on_its_own_clause(world, change, clauses):
    assert handed_over(world, change) == clauses


def test_a_zero_lost_in_front_of_what_a_row_stands_by_is_another_value_and_no_other_row(world):
    table = world.standard.informations["household_composition"]
    held = copies.made(world.standard, table, rows=3)
    due = {"item_no": 1, "result": "provided", "as_of": held.as_of, "record": held.record}
    shown = copy.deepcopy(due) | {"own_number": "0001"}
    for row in shown["record"]["members"]:
        row["household_no"] = row["household_no"].lstrip("0")
    found = handed.handed(table, {"results": [shown]}, due, "0001")

    assert {clause for clause, finding in found if not finding.ok} == {"I-BUS-001"}


def test_keys_of_a_question_about_a_period_are_its_two_ends(world):
    table = world.standard.informations[ROWS]
    keys = asked_keys(table, copies.made(world.standard, table))

    assert {key.id for key in table.keys} == set(keys)


@pytest.mark.parametrize("name", ["leaf.code_ended", "leaf.code_not_begun"])
def test_a_code_of_another_day_is_of_its_table_and_the_only_one_out_of_force(world, answer_about, name):
    table = world.standard.informations["disability_handbook"]
    (result,) = content(answer_about(table.id).spoil(name))["results"]
    day = date.fromisoformat(copies.DAY)
    wrong = broken(items.of_the_tables(world.standard, table, result["record"], day))

    assert len(wrong) == 1
    assert wrong[0].got in {code.code for book in world.standard.codes.values() for code in book.codes}


def test_what_has_ended_since_was_in_force_on_the_copys_own_day(world):
    tables = [one for one in world.standard.informations.values() if since_ended.copy(world.standard, one)]
    assert tables
    for table in tables:
        held = since_ended.copy(world.standard, table)
        own = date.fromisoformat(held.as_of[:10])
        assert not broken(items.of_the_tables(world.standard, table, held.record, own))
        assert broken(items.of_the_tables(world.standard, table, held.record, own + timedelta(days=1)))
