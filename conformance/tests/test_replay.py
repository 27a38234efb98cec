"""A failure repeated: which cases an id means, what is compared, and what the exit code says."""

import pytest

from renkei_conformance.replay import Comparison, Former, compare, differences, exit_code
from renkei_fixtures.errors import SetupError
from renkei_fixtures.run_record import (
    CaseFinished,
    Check,
    Expected,
    ExpectedCase,
    Line,
    Product,
    RunFinished,
    RunStarted,
    Text,
)

WORDS = Text(ja="文", en="text")
PROFILE = {
    "product": {"name": "P", "vendor": "V", "version": "1", "body": "001015"},
    "network_side": {"address": "http://127.0.0.1:1", "listen": "127.0.0.1:2"},
    "business_side": {"driver": "http", "address": "http://127.0.0.1:3/b"},
}


def started(**changes):
    product = Product(kind="product", name="P", version="1", body="001015")
    row = RunStarted(run_id="r", seed=7, set="full", lang="en", product=product, profile=PROFILE,
                     versions={"renkei": "0.1"}, hashes={"suite": "a" * 20})  # fmt: skip
    return row.model_copy(update=changes)


def expected(case, *clauses):
    return ExpectedCase(id=case, title=WORDS, clauses=clauses, role="provider", family="envelope", kind="positive")


def ended(case, verdict, clauses, inputs="i1"):
    return CaseFinished(case=case, verdict=verdict, clauses=clauses, seconds=0.1, inputs_sha256=inputs)


def former(*events, run=None, cases=(expected("C-1", "P-1"), expected("C-2", "P-1", "P-2"))):
    whole = [run or started(), Expected(clauses=(), cases=cases), *events]
    return Former.of(Line.model_construct(seq=n, at="", event=event) for n, event in enumerate(whole))


FAILED = former(
    Check(case="C-2", clause="P-1", ok=False, expected=1, got=2, path="reply"),
    Check(case="C-2", clause="P-2", ok=True, expected=1, got=1, path="reply"),
    ended("C-2", "fail", {"P-1": "fail", "P-2": "pass"}),
    ended("C-1", "pass", {"P-1": "pass"}),
)


def now(verdict, clauses=None, inputs="i1"):
    return former(ended("C-2", verdict, clauses or {"P-1": verdict}, inputs))


@pytest.mark.parametrize(("name", "cases"), [("C-1", ("C-1",)), ("P-1", ("C-2",)), ("P-2", ("C-2",))])
def test_a_case_is_itself_and_a_clause_the_cases_that_found_it_broken(name, cases):
    assert FAILED.chosen(name) == cases


def test_a_clause_that_nothing_found_broken_means_all_that_were_to_decide_it():
    assert former().chosen("P-1") == ("C-1", "C-2")


def test_an_id_that_the_run_does_not_have_is_told_with_what_failed():
    with pytest.raises(SetupError) as caught:
        FAILED.chosen("P-9")

    assert (caught.value.key, caught.value.got) == ("cli.replay.not_in_run", "C-2")


def test_a_case_that_this_suite_has_no_more_is_told_with_the_version_that_had_it():
    with pytest.raises(SetupError) as caught:
        FAILED.require_known(["C-2"], {"C-1"})

    assert caught.value.got == "0.1"


@pytest.mark.parametrize(
    ("verdict", "outcome", "code"),
    [("fail", "reproduced", 1), ("pass", "gone", 0), ("warn", "gone", 0), ("inconclusive", "undecided", 3),
     ("not_tested", "undecided", 3), ("examiner_fault", "undecided", 4)],
)  # fmt: skip
def test_outcome_and_exit_code_follow_the_verdict_of_now(verdict, outcome, code):
    found = compare(FAILED, now(verdict), ["C-2"])

    assert [one.outcome for one in found] == [outcome]
    assert exit_code(found) == code


def test_a_case_that_did_not_end_is_undecided_and_one_failure_among_several_is_enough():
    found = compare(FAILED, former(ended("C-1", "fail", {"P-1": "fail"})), ["C-2", "C-1"])

    assert [one.outcome for one in found] == ["undecided", "reproduced"]
    assert exit_code(found) == 1
    assert exit_code(found[:1]) == 3


@pytest.mark.parametrize(("inputs", "same"), [("i1", True), ("i2", False), (None, None)])
def test_inputs_are_compared_by_their_hash(inputs, same):
    assert compare(FAILED, now("fail", inputs=inputs), ["C-2"])[0].same_inputs is same


def test_broken_checks_stand_side_by_side_by_clause_and_place():
    then = Check(case="C", clause="P-1", ok=False, got=1, path="reply")
    also = Check(case="C", clause="P-1", ok=False, got=1, path="answer")
    again = then.model_copy(update={"got": 9})
    one = Comparison(expected("C", "P-1"), None, None, (then, also), (again,))

    assert one.pairs() == ((then, again), (also, None))


def test_the_profile_is_the_recorded_one_with_the_token_that_no_record_holds():
    profile = FAILED.profile("secret")

    assert (profile.business_side.token, profile.network_side.address) == ("secret", "http://127.0.0.1:1")
    with pytest.raises(SetupError) as caught:
        FAILED.profile(None)
    assert caught.value.key == "cli.replay.no_token"


def test_what_the_runs_were_made_with_is_told_where_it_differs_and_only_there():
    other = started(versions={"renkei": "0.2"}, hashes={"suite": "b" * 20})

    assert differences(started(), started()) == ()
    assert [name for name, _, _ in differences(started(), other)] == ["renkei", "suite"]


def test_the_cap_of_examples_is_that_of_the_run():
    end = RunFinished(verdict="not_conformant", words=WORDS, exit_code=1, totals={"examples_cap": 3})

    assert former(end).examples_cap == 3
