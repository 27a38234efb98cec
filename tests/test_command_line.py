"""The command line as others script against it: wrong calls and wrong set-ups become words and an exit code."""

import json
import re
import subprocess
import sys

import pytest

from renkei.cli import VERBS
from renkei.cli import run as cli

USAGE, NO_VERDICT = 2, 4
WAITS_S = 60


@pytest.fixture(autouse=True)
def _no_language_from_outside(monkeypatch):
    for name in ("RENKEI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def renkei(capsys):
    """Run a command line in this process: exit code and everything that was printed."""

    def call(*words):
        code = cli(list(words))
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("verb", [None, *VERBS])
def test_help_is_in_the_language_that_was_asked_for(verb, lang, monkeypatch, renkei):
    monkeypatch.setenv("RENKEI_LANG", lang)
    # A verb's own texts are set when its module is imported: only a new process sees them in the other language.
    words = [sys.executable, "-m", "renkei", *([verb] if verb else []), "--help"]
    said = subprocess.run(words, check=False, capture_output=True, text=True, timeout=WAITS_S)

    assert said.returncode == 0, said.stderr
    japanese = bool(re.search(r"[ぁ-ん]", said.stdout))
    assert japanese == (lang == "ja"), said.stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["certify", "--nope"], "--nope"),
        (["nope"], "nope"),
        (["certify", "--seed", "many"], "many"),
        (["certify", "--seed", "-1"], "-1"),
        (["emulate", "--seed", "1.5"], "1.5"),
        (["selfcheck", "--jobs", "0"], "0"),
        (["selfcheck", "--only", "no_such_fault"], "no_such_fault"),
        (["standard", "nonsense"], "nonsense"),
        (["explain"], "ID"),
        (["explain", "NO-SUCH-ID"], "NO-SUCH-ID"),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_wrong_call_is_answered_with_words_and_2(words, named, lang, monkeypatch, renkei):
    monkeypatch.setenv("RENKEI_LANG", lang)
    code, said = renkei(*words)

    assert code == USAGE, said
    assert named in said
    assert "Traceback" not in said
    assert ("対処" if lang == "ja" else "remedy") in said.lower()


@pytest.mark.parametrize(("view", "least"), [("functions", 10), ("clauses", 50), ("items", 200), ("informations", 13)])
def test_a_view_of_the_standard_as_json_has_all_its_rows(view, least, renkei):
    code, said = renkei("standard", view, "--json")

    rows = json.loads(said)
    assert code == 0
    assert len(rows) >= least
    assert len(rows) == least or view not in ("functions", "informations")
    assert len({json.dumps(row, sort_keys=True) for row in rows}) == len(rows)


def test_the_items_of_the_certificate_are_the_28_printed_rows_and_the_named_ones_beside_them(renkei):
    rows = json.loads(renkei("standard", "items", "--information", "income_tax_certificate", "--json")[1])

    assert sum(row["source"] == "seed" for row in rows) == 28
    assert {row["information"] for row in rows} == {"income_tax_certificate"}


def test_no_other_information_has_rows_that_the_seed_prints(renkei):
    rows = json.loads(renkei("standard", "items", "--json")[1])

    assert {row["information"] for row in rows if row["source"] != "authored"} == {"income_tax_certificate"}


@pytest.mark.parametrize("view", ["informations", "items", "rules", "authority"])
def test_a_view_can_be_of_one_information_alone(view, renkei):
    rows = json.loads(renkei("standard", view, "--information", "pension_benefit", "--json")[1])

    assert rows
    assert {row.get("information", row["id"]) for row in rows} == {"pension_benefit"}


def test_codes_of_one_information_are_those_of_its_items_and_its_states(renkei):
    rows = json.loads(renkei("standard", "codes", "--information", "pension_benefit", "--json")[1])

    assert {row["table"] for row in rows} >= {"pension_status", "pension_kind", "reduction"}
    assert "aid_kind" not in {row["table"] for row in rows}


def test_a_view_that_is_not_kept_by_information_says_so(renkei):
    code, said = renkei("standard", "clauses", "--information", "pension_benefit")

    assert code == 4
    assert "authority" in said


@pytest.mark.parametrize("view", ["items", "codes"])
def test_an_information_that_is_not_there_is_told_with_those_that_are(view, renkei):
    code, said = renkei("standard", view, "--information", "pensions")

    assert code == 4
    assert "pension_benefit" in said


@pytest.mark.parametrize(
    "view",
    [
        "functions",
        "clauses",
        "informations",
        "items",
        "rules",
        "affairs",
        "authority",
        "responsibilities",
        "codes",
        "errors",
    ],
)
def test_a_view_of_the_standard_for_people_is_a_table_with_every_row(view, renkei):
    rows = json.loads(renkei("standard", view, "--json")[1])
    code, said = renkei("standard", view)

    assert code == 0
    assert len(said.splitlines()) > len(rows)


def test_a_report_of_a_directory_without_a_record_says_what_is_missing(tmp_path, renkei):
    code, said = renkei("report", str(tmp_path), "--lang", "en")

    assert code == NO_VERDICT
    assert str(tmp_path) in said
    assert "Traceback" not in said


def test_the_cases_are_forty_or_more_over_the_five_families(renkei):
    rows = json.loads(renkei("cases", "--json")[1])

    assert len(rows) >= 40
    assert {row["family"] for row in rows} >= {"envelope", "authority", "identity", "items", "records"}
