"""One seed fixes everything that is ours: the same verdicts and inputs again, and over HTTP the same as in process."""

import json
import os
import subprocess
import sys

import pytest

RUNS = int(os.environ.get("RENKEI_TEST_RUNS", "3"))  # ten before a release
WAITS_S = 120


def verdicts(result):
    """Of clauses, and of cases with their clauses."""
    clauses = {clause: row.verdict for clause, row in result.clauses.items()}
    return clauses, {case: (row.verdict, dict(row.clauses)) for case, row in result.cases.items()}


def inputs(result):
    return {case: row.inputs_sha256 for case, row in result.cases.items()}


def test_runs_of_one_seed_give_identical_verdicts_and_identical_inputs(examined):
    first = examined(seed=7)

    assert any(inputs(first).values())
    for _ in range(RUNS - 1):
        again = examined(seed=7)
        assert verdicts(again) == verdicts(first)
        assert inputs(again) == inputs(first)


def test_another_seed_gives_other_inputs(examined):
    assert inputs(examined(seed=7)) != inputs(examined(seed=8))


@pytest.mark.slow
def test_the_reference_gets_the_same_verdicts_for_the_same_inputs_over_http_as_in_process(examined, tmp_path):
    from renkei_conformance.setup import EXAMPLES_CAP

    words = [sys.executable, "-m", "renkei", "certify", "--seed", "7", "--out", str(tmp_path), "--lang", "en"]
    subprocess.run(words, check=False, capture_output=True, timeout=WAITS_S)
    events = [json.loads(line) for line in (tmp_path / "run.ndjson").read_text("utf-8").splitlines()]
    over_http = {row["case"]: row for row in events if row["event"] == "case_finished"}
    end = next(row for row in events if row["event"] == "run_finished")
    here = examined(seed=7, kind="bundled-reference", examples=EXAMPLES_CAP)

    assert {clause: row["verdict"] for clause, row in end["clauses"].items()} == verdicts(here)[0]
    assert {case: (row["verdict"], row["clauses"]) for case, row in over_http.items()} == verdicts(here)[1]
    assert {case: row["inputs_sha256"] for case, row in over_http.items()} == inputs(here)
    assert (end["exit_code"], end["verdict"]) == (here.exit_code, here.verdict)
