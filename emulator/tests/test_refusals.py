"""Ways to say no: the same in code and in the published table, and silent about everything else."""

import json
import tomllib
from importlib.resources import files

import pytest

from renkei_emulator.refusals import STAGES, WAYS, Refused

DATA = files("renkei_fixtures") / "standard" / "data"


def table(name):
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def test_every_code_of_the_standard_has_its_stage_status_and_retry_here_and_no_other_code_is_here():
    rows = {
        row["code"]: (row["stage"], row.get("http"), row.get("retry", False)) for row in table("refusals")["refusal"]
    }

    assert rows == {code: tuple(way) for code, way in WAYS.items()}


def test_stages_stand_in_the_order_of_the_standard():
    assert [row["id"] for row in table("stages")["stage"]] == list(STAGES)


def test_what_is_for_the_log_never_reaches_the_peer():
    reply = Refused("decryption_failed", "InvalidTag at offset 7").reply("id", "number")

    assert json.loads(reply.body) == {
        "type": "about:blank",
        "status": 422,
        "code": "decryption_failed",
        "stage": "content",
        "message_id": "id",
        "exchange_number": "number",
    }
    assert reply.headers["content-type"] == "application/problem+json"


def test_items_that_are_meant_are_named():
    assert json.loads(Refused("link_code_invalid", item_nos=[2, 3]).reply().body)["item_nos"] == [2, 3]


@pytest.mark.parametrize("code", ["busy", "too_many_requests", "revocation_unknown", "temporarily_unable"])
def test_who_should_come_back_is_told_when(code):
    assert "retry-after" in Refused(code).reply().headers


def test_a_code_that_is_not_of_the_standard_is_a_bug_of_ours():
    with pytest.raises(KeyError):
        Refused("computer_says_no")
