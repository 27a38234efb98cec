"""A product that answers rubbish, or slowly, or dies half-way: the right exit code, and a record that can be read."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from renkei.children import Children
from renkei_conformance.drivers import Rubbish, TimedOut, Unreachable
from renkei_fixtures.standard import load

NOT_CONFORMANT, INCOMPLETE = 1, 3
BODY = "001015"
DIES_AFTER = 30  # cases
MESSAGES_BEFORE = 20
STANDARD = load()
WAITS_S = 120

pytestmark = pytest.mark.slow


class Trouble:
    """The product's door: right for the first `right` messages; then each of `troubles` once, and the last for ever."""

    def __init__(self, door, right, *troubles):
        self.door, self.right, self.troubles = door, right, list(troubles)

    def send(self, request, timeout):
        if self.right:
            self.right -= 1
            return self.door.send(request, timeout)
        raise self.troubles.pop(0) if len(self.troubles) > 1 else self.troubles[0]


def after(right, *troubles):
    return lambda world: {"product": Trouble(world.parties.product, right, *troubles)}


def test_rubbish_is_a_failure_of_the_product(examined):
    result = examined(after(0, Rubbish("N", "no HTTP")))

    assert (result.exit_code, result.verdict) == (NOT_CONFORMANT, "not_conformant")
    assert "P-TRN-001" in result.clauses_with("fail")
    assert not [clause for clause in result.clauses_with("pass") if STANDARD.clauses[clause].negative]


@pytest.mark.parametrize(
    "troubles",
    [
        (TimedOut("N", "no reply in time"),),
        (Unreachable("N", "connection refused"),),
        (Rubbish("N", "connection reset by peer"), Unreachable("N", "connection refused")),
    ],
    ids=["slow", "gone between messages", "gone within a message"],
)
def test_a_product_that_stalls_or_dies_half_way_leaves_the_verdict_open(troubles, examined):
    result = examined(after(MESSAGES_BEFORE, *troubles))

    assert result.clauses_with("fail") == frozenset()
    assert (result.exit_code, result.verdict) == (INCOMPLETE, "incomplete")
    assert result.clauses_with("inconclusive")
    assert result.clauses_with("not_tested")
    assert result.clauses_with("pass")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def finished_cases(record):
    return record.read_text("utf-8").count('"case_finished"') if record.exists() else 0


def test_a_product_that_dies_half_way_leaves_the_rest_untested_and_a_report(tmp_path):
    listen, out = f"127.0.0.1:{free_port()}", tmp_path / "out"
    with Children(tmp_path / "logs") as children:
        ready = children.emulate("product", "--only", BODY, "--network", f"http://{listen}").ready
        business = f"{ready['business_url']}/business/1/{BODY}"
        file = tmp_path / "renkei.toml"
        file.write_text(
            f'[product]\nname = "n"\nvendor = "v"\nversion = "1"\n'
            f'[network_side]\naddress = "{ready["bodies_url"]}"\nlisten = "{listen}"\n'
            f'[business_side]\naddress = "{business}"\ntoken = "{ready["business_tokens"][BODY]}"\n'
        )
        words = [sys.executable, "-m", "renkei", "certify", "--product", str(file), "--out", str(out), "--lang", "en"]
        run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        moment = threading.Event()
        while finished_cases(out / "run.ndjson") < DIES_AFTER and run.poll() is None:
            moment.wait(0.05)
        os.kill(ready["pid"], signal.SIGKILL)
        said, _ = run.communicate(timeout=WAITS_S)

    # The process may die between two messages or within one: what that means is decided above, without a race.
    assert run.returncode in (NOT_CONFORMANT, INCOMPLETE), said
    assert "Traceback" not in said
    report = json.loads((out / "report.json").read_text("utf-8"))
    clauses = report["totals"]["clauses"]
    assert clauses["not_tested"] > 0
    assert clauses["passed"] > 0
    assert (out / "report.html").stat().st_size > 0
    assert finished_cases(out / "run.ndjson") == report["totals"]["cases"]["total"]
