"""`renkei emulate` as a person starts it: one line they can read, a world with people in it, a clean end, kept data."""

import http.client
import json
import os
import random
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from renkei.children import hermetic_environment
from renkei_emulator.business_systems.population import number_elsewhere
from renkei_emulator.testing import claims_of
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT, load_bodies
from renkei_fixtures.residents import situation

pytestmark = pytest.mark.slow
ENDS_WITHIN_S = 10
PENSION_SERVICE = "0110000000013"


def free_row():
    """A port from which four in a row are free just now."""
    for base in random.sample(range(20000, 32000, 4), 50):
        try:
            for port in range(base, base + 4):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise OSError("no four free ports in a row")


class Started:
    """One `renkei emulate` on a terminal's behalf."""

    def __init__(self, *words, lang="en"):
        line = [sys.executable, "-P", "-m", "renkei", "emulate", "--lang", lang, *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(line, stdout=pipe, stderr=pipe, env=hermetic_environment(), text=True)
        self.line = self.process.stdout.readline().strip()

    def world(self):
        file = Path(re.search(r"(/\S+world\.json)", self.line)[1])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        return file, json.loads(file.read_text("utf-8"))

    def interrupt(self):
        """Ctrl-C: exit code, what was said last, what stands on stderr."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=ENDS_WITHIN_S)
        return self.process.returncode, out.strip(), err


def business(world, operation, members):
    door = http.client.HTTPConnection(world["business_url"].removeprefix("http://"), timeout=10)
    headers = {"authorization": f"Bearer {world['business_tokens'][COUNTERPART]}"}
    door.request("POST", f"/business/1/{COUNTERPART}/{operation}", json.dumps(members), headers)
    said = json.loads(door.getresponse().read())
    door.close()
    return said


def asked(world, ask_id, name="taxed", to=SUBJECT, information="income_tax_certificate", **keys):
    """Ask about a resident in the situation `name` and wait for the answer."""
    subject = {"own_number": number_elsewhere(situation(name)), "keys": keys or {"tax_year": "2025"}}
    ask = {"ask_id": ask_id, "to": to, "affair": "AF-01", "procedure": "PR-0101", "official": "o-1"}
    ask |= {"information": information, "responsibility": "CRA-STAFF", "subjects": [subject]}
    business(world, "ask", ask)
    for _ in range(500):
        (found,) = business(world, "collect", {"ask_id": ask_id})["asks"]
        if found["results"]:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_the_whole_world_answers_on_fixed_ports_and_goes_with_ctrl_c():
    base = free_row()
    started = Started("--port", str(base))
    file, world = started.world()

    assert [world[f"{door}_url"] for door in ("network", "bodies", "business", "management")] == [
        f"http://127.0.0.1:{base + n}" for n in range(4)
    ]
    assert started.line.startswith(f"Ready ({len(load_bodies())} bodies): network http://127.0.0.1:{base} ")
    assert asked(world, "a-1")["results"][0]["result"] == "provided"
    assert started.interrupt() == (0, "Ended. No data was kept.", "")
    assert not file.exists()


def test_whatever_a_body_keeps_of_the_residents_can_be_asked_for_at_once():
    started = Started("--port", str(free_row()))
    _, world = started.world()
    day = {"base_date": "2026-04-01"}
    (home,) = asked(world, "a-1", "largest_household", information="household_composition", **day)["results"]
    (pension,) = asked(world, "a-2", "pensioner", PENSION_SERVICE, "pension_benefit", **day)["results"]

    assert (home["result"], home["record"]["member_count"]) == ("provided", len(home["record"]["members"]))
    assert (pension["result"], bool(pension["record"]["pensions"])) == ("provided", True)
    assert started.interrupt() == (0, "Ended. No data was kept.", "")


def test_kept_data_survive_a_restart_and_ids_do_not_repeat(tmp_path):
    numbers, base = [], free_row()
    for life in (1, 2):
        started = Started("--data", str(tmp_path), "--port", str(base))
        _, world = started.world()
        numbers.append(asked(world, f"life-{life}")["exchange_number"])
        known = {row["ask_id"] for row in business(world, "collect", {})["asks"]}
        code, last, err = started.interrupt()
        assert (code, err) == (0, "")
        assert str(tmp_path) in last
    assert known == {"life-1", "life-2"}
    assert len(set(numbers)) == 2


def test_a_body_that_is_elsewhere_is_not_run_and_stands_in_the_directory_with_its_address():
    started = Started("--port", str(free_row()), "--body-at", f"{SUBJECT}=http://127.0.0.1:9000", lang="ja")
    _, world = started.world()
    door = http.client.HTTPConnection(world["network_url"].removeprefix("http://"), timeout=10)
    door.request("GET", "/renkei/1/bodies")
    entries = [claims_of(token) for token in json.loads(door.getresponse().read())["entries"]]
    door.close()
    code, last, err = started.interrupt()

    assert SUBJECT not in world["bodies"]
    assert [one["address"] for one in entries if one["body"] == SUBJECT] == ["http://127.0.0.1:9000"]
    assert started.line.startswith(f"準備完了（{len(load_bodies()) - 1}団体）")
    assert (code, last, err) == (0, "終了しました。データは残していません。", "")


def test_a_program_gets_one_line_of_json():
    started = Started("--only", SUBJECT, "--network", "http://127.0.0.1:1", "--json-ready")
    ready = json.loads(started.line)

    assert ready["bodies"] == [SUBJECT]
    assert os.path.exists(f"/proc/{ready['pid']}")  # noqa: PTH110
    assert started.interrupt() == (0, "", "")


def test_a_person_who_runs_one_body_is_told_its_token():
    started = Started("--only", SUBJECT, "--network", "http://127.0.0.1:1")
    started.interrupt()

    assert re.search(
        rf"business side http://127\.0\.0\.1:\d+/business/1/{SUBJECT}, token [0-9a-f]{{32}}\.", started.line
    )


def test_a_port_that_is_taken_is_named_with_a_way_out():
    base = free_row()
    first = Started("--port", str(base))
    second = Started("--port", str(base))
    _, err = second.process.communicate(timeout=ENDS_WITHIN_S)
    first.interrupt()

    assert second.process.returncode == 4
    assert f"127.0.0.1:{base}" in err
    assert "remedy" in err
