"""The first and the last line of an emulator, for programs and for people."""

import json

import pytest

from renkei_emulator.ready import Ready
from renkei_fixtures.errors import SetupError

BODY = {
    "bodies": ["001015"],
    "network_url": None,
    "bodies_url": "http://127.0.0.1:1",
    "business_url": "http://127.0.0.1:2",
    "business_tokens": {"001015": "t0k3n"},
}
WHOLE = BODY | {"bodies": ["001015", "482013"], "network_url": "http://127.0.0.1:3"}


def test_a_program_is_told_everything_and_nothing_at_the_end():
    voice = Ready("ja", None, as_json=True)

    assert json.loads(voice.began(WHOLE)) == WHOLE
    assert voice.ended() is None


def test_a_person_s_line_names_no_token_of_a_whole_world_but_the_file_that_has_them(tmp_path):
    line = Ready("en", tmp_path, as_json=False).began(WHOLE)

    assert "t0k3n" not in line
    assert json.loads((tmp_path / "world.json").read_text("utf-8")) == WHOLE
    assert str(tmp_path / "world.json") in line
    assert "\n" not in line


def test_a_world_of_bodies_alone_names_no_network(tmp_path):
    line = Ready("en", tmp_path, as_json=False).began(WHOLE | {"network_url": None})

    assert "network" not in line


def test_a_folder_that_cannot_be_written_is_the_operator_s(tmp_path):
    with pytest.raises(SetupError, match="cannot be written to"):
        Ready("en", tmp_path / "missing", as_json=False).began(WHOLE)
