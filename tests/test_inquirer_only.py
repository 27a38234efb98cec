"""A product that only asks: from `init` through `doctor` to a verdict, with no copy loaded and no inquiry made to it."""

import json
import re
import socket
import subprocess
import sys
import urllib.request

import pytest

from renkei.children import Children, hermetic_environment
from renkei.cli import run as cli
from renkei_conformance import profile
from renkei_fixtures.standard import load

pytestmark = pytest.mark.slow
BODY = "001015"
WAITS_S = 300
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def renkei(*words):
    line = [sys.executable, "-P", "-m", "renkei", *words, "--lang", "en"]
    return subprocess.run(
        line, check=False, capture_output=True, text=True, timeout=WAITS_S, env=hermetic_environment()
    )


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    """Made by `init --roles inquirer`; the reference runs as the product, loaded with the kit's link codes alone."""
    folder = tmp_path_factory.mktemp("asks")
    assert cli(["init", str(folder), "--roles", "inquirer"]) == 0
    listen = f"127.0.0.1:{free_port()}"
    with Children(folder / "logs") as children:
        ready = children.emulate("product", "--only", BODY, "--network", f"http://{listen}").ready
        token, base = ready["business_tokens"][BODY], f"{ready['business_url']}/business/1/{BODY}"
        text = (folder / "renkei.toml").read_text("utf-8")
        for old, new in (
            ("http://127.0.0.1:9000", ready["bodies_url"]), ("127.0.0.1:8400", listen), ("change-me", token),
            (f"http://127.0.0.1:9100/business/1/{BODY}", base),
            ("options = []", 'options = ["records_export", "log_chain"]'),
        ):  # fmt: skip
            assert old in text
            text = text.replace(old, new)
        (folder / "renkei.toml").write_text(text, "utf-8")
        (codes,) = (folder / "kit/data/json").iterdir()
        request = urllib.request.Request(f"{base}/load", codes.read_bytes(), {"authorization": f"Bearer {token}"})
        with OPENER.open(request, timeout=10) as reply:
            assert json.loads(reply.read())["set_aside"] == []
        yield folder


def test_what_init_makes_claims_nothing_provided_and_asks_for_what_others_hold(vendor):
    product = profile.load(vendor / "renkei.toml", load()).product

    assert (product.roles, product.informations) == (("inquirer",), ())
    assert "pension_benefit" in product.asked
    assert [one.name for one in (vendor / "kit/data/json").iterdir()] == ["link_codes.json"]


def test_the_doctor_has_nothing_to_complain_of(vendor):
    done = renkei("doctor", "--product", str(vendor / "renkei.toml"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout


def test_a_right_product_that_only_asks_is_conformant_as_an_inquirer_and_as_nothing_else(vendor):
    done = renkei("certify", "--product", str(vendor / "renkei.toml"), "--out", str(vendor / "out"))
    report = json.loads((vendor / "out/report.json").read_text("utf-8"))

    assert (done.returncode, report["verdict"]) == (0, "conformant"), done.stdout[-3000:] + done.stderr
    assert {clause["role"] for clause in report["clauses"]} == {"inquirer"}
    asked = set(re.findall(r'"information": ?"(\w+)"', (vendor / "out/run.ndjson").read_text("utf-8")))
    assert {"pension_benefit", "income_tax_certificate"} <= asked
