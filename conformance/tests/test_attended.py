"""Interface B by a person: what each of the operator's words comes to, and that nothing is taken for granted."""

import json

import pytest

from renkei_conformance.upper import Ask, Load, NotServed
from renkei_conformance.upper.attended import AttendedUpperTester
from renkei_conformance.upper.written import Written
from renkei_fixtures.errors import SetupError
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.standard import load

LOAD = Load("l-1", (), [("1", "abc"), ("2", "def")], (), None)


class Script:
    """An operator who says these words, one for each prompt."""

    def __init__(self, *words):
        self.words = list(words)
        self.shown = []

    def say(self, text):
        self.shown.append(text)

    def hear(self):
        return self.words.pop(0)


@pytest.fixture
def operator(tmp_path):
    def made(*words):
        desk = Script(*words)
        return AttendedUpperTester(tmp_path / "attended", Written(load_layout("cp932-csv"), load()), desk), desk

    return made


def test_enter_is_done_and_the_files_to_load_are_there_in_both_forms(operator, tmp_path):
    upper, desk = operator("")
    outcome = upper.load(LOAD)

    assert (outcome.status, outcome.body) == (200, {"load_id": "l-1", "loaded": 2, "set_aside": []})
    folder = tmp_path / "attended/000001-load"
    assert json.loads((folder / "load.json").read_bytes()) == LOAD.as_json()
    assert "連携符号" in (folder / "link_codes.csv").read_bytes().decode("cp932")
    assert str(folder) in desk.shown[0].ja
    assert str(folder) in desk.shown[0].en


def test_a_result_file_says_more_than_done(operator, tmp_path):
    (tmp_path / "r.json").write_text('{"load_id": "l-1", "loaded": 1, "set_aside": [{"row": 1}]}', "utf-8")
    outcome = operator(str(tmp_path / "r.json"))[0].load(LOAD)

    assert outcome.member("loaded") == 1


def test_what_needs_a_result_is_not_done_by_enter(operator, tmp_path):
    (tmp_path / "c.json").write_text('{"asks": [], "waiting": [{"exchange_number": "7"}]}', "utf-8")
    upper, desk = operator("", "?", "nowhere.json", str(tmp_path / "c.json"))
    outcome = upper.collect()

    assert outcome.member("waiting") == [{"exchange_number": "7"}]
    assert desk.words == []
    assert "nowhere.json" in desk.shown[-1].en


def test_n_leaves_what_hangs_on_the_step_not_tested(operator):
    with pytest.raises(NotServed) as caught:
        operator("n")[0].records("access")
    assert caught.value.reason.en
    assert caught.value.reason.ja


def test_a_log_is_the_file_s_bytes(operator, tmp_path):
    (tmp_path / "log.ndjson").write_bytes(b'{"a":1}\n')

    assert operator(str(tmp_path / "log.ndjson"))[0].records("access").raw == b'{"a":1}\n'


def test_refused_for_one_official_in_two_roles_is_said_only_when_that_was_asked(operator):
    upper, desk = operator("r", "r")
    same = upper.decide("7", "release", "o-1", "o-1")
    other = upper.decide("7", "release", "o-1", "o-2")

    assert (same.status, same.member("code")) == (422, "approval_not_separate")
    assert (other.status, other.member("code")) == (422, "refused_by_product")
    assert "reason" in desk.shown[0].en
    assert "reason" not in desk.shown[2].en


def test_a_done_decision_is_one_that_the_product_took(operator):
    assert operator("")[0].decide("7", "withhold", "o-1", "o-2").body == {"exchange_number": "7", "state": "withheld"}


def test_a_refused_load_is_no_load(operator):
    assert not operator("r")[0].load(LOAD).done


def test_q_ends_the_examination(operator):
    with pytest.raises(KeyboardInterrupt):
        operator("q")[0].load(LOAD)


def test_steps_are_numbered_and_folders_of_an_earlier_run_are_kept(operator, tmp_path):
    operator("")[0].load(LOAD)
    upper, desk = operator("", str(tmp_path / "x"), "n")
    upper.load(LOAD)
    ask = Ask("a", "001015", "AF-01", "PR-0101", "income_tax_certificate", "CRA-STAFF", [("1", {"tax_year": "2025"})])
    with pytest.raises(NotServed):
        upper.ask(ask)

    assert "Step 1" in desk.shown[0].en
    assert "手順 2" in desk.shown[2].ja
    names = sorted(path.name for path in (tmp_path / "attended").iterdir())
    assert names == ["000001-load", "000002-load", "000003-ask"]


def test_a_folder_that_cannot_be_made_is_the_operator_s(tmp_path):
    (tmp_path / "attended").write_text("a file", "utf-8")
    upper = AttendedUpperTester(tmp_path / "attended", Written(load_layout("utf8-csv"), load()), Script(""))

    with pytest.raises(SetupError, match="folder"):
        upper.load(LOAD)
