"""A product that fetches, examined over HTTP as a vendor's would be: the reference's city that nobody can reach."""

import json
import socket
import subprocess
import sys

import pytest

from renkei.bundled import FETCHING
from renkei.children import Children

SEED = 7
WAITS_S = 400

pytestmark = pytest.mark.slow

PRODUCT = """\
[product]
name = "Reference that fetches"
vendor = "Renkei"
version = "0"
body = "{body}"
roles = ["provider", "inquirer"]
options = ["manual", "log_chain", "records_export"]

[network_side]
listen = "127.0.0.1:{port}"
delivery = "pull"

[business_side]
address = "{business}/business/1/{body}"
token = "{token}"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_product_that_fetches_is_conformant_and_what_only_a_line_carries_does_not_apply(tmp_path):
    port = free_port()
    words = ["--only", FETCHING, "--network", f"http://127.0.0.1:{port}", "--seed", str(SEED)]
    with Children(tmp_path / "logs") as children:
        ready = children.emulate("fetching", *words).ready
        product = tmp_path / "renkei.toml"
        token = ready["business_tokens"][FETCHING]
        product.write_text(
            PRODUCT.format(body=FETCHING, port=port, business=ready["business_url"], token=token), "utf-8"
        )
        certify = ["certify", "--product", str(product), "--seed", str(SEED), "--out", str(tmp_path / "out")]
        done = subprocess.run(
            [sys.executable, "-m", "renkei", *certify, "--lang", "en"],
            check=False,
            capture_output=True,
            timeout=WAITS_S,
            text=True,
        )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    events = [json.loads(line) for line in (tmp_path / "out" / "run.ndjson").read_text("utf-8").splitlines()]
    applies = {
        row["id"]: row["applies"] for event in events if event["event"] == "expected" for row in event["clauses"]
    }
    assert applies["P-TRN-002"] == "not_applicable"
    assert applies["P-PUL-001"] == "applicable"
    verdicts = next(event["clauses"] for event in events if event["event"] == "run_finished")
    assert {row["verdict"] for row in verdicts.values()} == {"pass"}
