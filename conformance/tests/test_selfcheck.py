"""How a fault is seen, counted and printed; the matrix itself is made where both houses meet."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from renkei_conformance import selfcheck
from renkei_conformance.case import catalogue
from renkei_conformance.selfcheck import Eyesight, Look, Sighting, entailed, sighting
from renkei_conformance.setup import RunResult
from renkei_conformance.testing_cases import WHY
from renkei_fixtures.run_record import ClauseResult
from renkei_fixtures.standard import load

FAULT = load().faults["zero_left_out"]


def result(**clauses: str) -> RunResult:
    rows = {name.replace("_", "-"): ClauseResult(verdict=one) for name, one in clauses.items()}  # type: ignore[arg-type]
    failed = "fail" in clauses.values()
    return RunResult(1 if failed else 0, "not_conformant" if failed else "conformant", WHY, rows)


def seen(**clauses: str) -> Sighting:
    return sighting(load(), FAULT, result(**clauses))


def test_a_fault_is_seen_exactly_when_its_own_clause_fails_and_no_other() -> None:
    row = seen(P_ITM_005="fail", P_ITM_001="pass")
    assert (row.caught, row.exact) == (True, True)


def test_a_fault_that_turns_other_clauses_red_is_caught_but_not_exactly() -> None:
    row = seen(P_ITM_005="fail", P_ITM_001="fail")
    assert (row.caught, row.exact) == (True, False)


@pytest.mark.parametrize("verdict", ["pass", "inconclusive", "not_tested"])
def test_a_fault_that_fails_nothing_is_not_caught(verdict: str) -> None:
    row = seen(P_ITM_005=verdict)
    assert (row.caught, row.exact) == (False, False)


def test_what_is_entailed_is_due_however_many_steps_away() -> None:
    standard = load()
    chained = dict(standard.clauses)
    for one, other in (("P-ITM-001", "P-ITM-002"), ("P-ITM-002", "P-ITM-003")):
        chained[one] = chained[one].model_copy(update={"entails": (other,)})
    changed = replace(standard, clauses=chained)
    assert entailed(changed, ["P-ITM-001"]) == {"P-ITM-001", "P-ITM-002", "P-ITM-003"}


def test_mirrors_are_not_counted_and_blind_faults_have_a_rate_of_their_own() -> None:
    row = seen(P_ITM_005="fail")
    matrix = (row, replace(row, fault="m", kind="mirror"), replace(row, fault="b", blind=True, caught=False))
    told = Eyesight(matrix, (), 4).as_json()
    assert (told["faults"], told["caught"], told["false_alarms"]) == (2, 1, 0)
    assert told["blind"] == {"faults": 1, "caught": 0, "rate": 0.0}
    assert len(told["matrix"]) == 3


def test_a_false_alarm_is_never_sound() -> None:
    assert not Eyesight((), ("provider: P-ITM-001 fail",), 4).sound


def test_rows_of_the_same_suite_are_taken_over_and_of_another_are_not(tmp_path: Path) -> None:
    eyesight = Eyesight((seen(P_ITM_005="fail"),), (), 4, {"suite": "a", "standard": "b", "seed": "1"})
    selfcheck.write(eyesight, tmp_path)
    assert selfcheck._earlier(tmp_path, eyesight.hashes) == {FAULT.id: eyesight.matrix[0]}
    assert selfcheck._earlier(tmp_path, {**eyesight.hashes, "suite": "c"}) == {}


def test_every_job_runs_in_a_child_of_its_own() -> None:
    def look(job: Look) -> dict[str, Any]:
        return {"pid": os.getpid(), "job": job.name}

    told = dict(selfcheck._forked([Look((name,), "provider", 1) for name in "abc"], look, 2))
    pids = {one["pid"] for one in told.values()}
    assert len(pids) == 3
    assert os.getpid() not in pids
    assert {job.armed: one["job"] for job, one in told.items()} == {("a",): "a", ("b",): "b", ("c",): "c"}


def test_a_child_that_falls_is_told_with_its_traceback() -> None:
    def look(job: Look) -> dict[str, Any]:
        raise ValueError("the child's own words")

    with pytest.raises(RuntimeError, match="the child's own words"):
        list(selfcheck._forked([Look(("a",), "provider", 1)], look, 1))


def test_a_vendor_fault_meets_the_whole_set_and_a_mirror_those_that_claim_to_kill_it() -> None:
    standard = load()
    mirror = next(row for row in standard.faults.values() if row.kind == "mirror")
    assert selfcheck.look_at(standard, FAULT, 1).only == ()
    assert set(selfcheck.look_at(standard, mirror, 1).only) == {
        row.id for row in catalogue() if set(mirror.breaks) & set(row.verifies)
    }


def test_a_part_is_the_same_for_the_same_pick_and_the_parts_of_many_picks_cover_everything() -> None:
    faults = list(load().faults)
    tenth = selfcheck.part_of(faults, 10, "a")
    assert tenth == selfcheck.part_of(reversed(faults), 10, "a")
    assert len(tenth) == -(-len(faults) // 10)
    assert set(faults) == {fault for pick in range(200) for fault in selfcheck.part_of(faults, 10, str(pick))}


def test_the_matrix_names_the_killers() -> None:
    row = replace(seen(P_ITM_005="fail"), cases=("ITM-05",))
    assert "| zero_left_out | P-ITM-005 | P-ITM-005 | yes | yes | ITM-05 |" in selfcheck.as_markdown(
        Eyesight((row,), (), 4)
    )
