"""What the operator wrote or started wrong: words with the way out, the right exit code, and no verdict on the product."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from renkei.children import Children
from renkei.cli import run as cli
from renkei_fixtures.instants import render

USAGE, NO_VERDICT = 2, 4
BODY = "001015"
WAITS_S = 60
FILE = """
[product]
name = "Kasumi Link"
vendor = "Example"
version = "1.0"
body = "001015"

[network_side]
address = "{address}"
listen = "{listen}"

[business_side]
address = "{business}"
token = "{token}"
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """The reference started as a vendor would start a product; what its product file says."""
    listen = f"127.0.0.1:{free_port()}"
    with Children(tmp_path_factory.mktemp("logs")) as children:
        ready = children.emulate("product", "--only", BODY, "--network", f"http://{listen}").ready
        business = f"{ready['business_url']}/business/1/{BODY}"
        token = ready["business_tokens"][BODY]
        yield {"address": ready["bodies_url"], "listen": listen, "business": business, "token": token}


@pytest.fixture
def certify(tmp_path):
    """Run `renkei certify` on a product file with this text, as a process: exit code, what was said, the events."""

    def call(text, *words):
        file = tmp_path / "renkei.toml"
        file.write_text(text, "utf-8")
        out = tmp_path / "out"
        line = [sys.executable, "-m", "renkei", "certify", "--product", str(file), "--out", str(out), "--lang", "en"]
        done = subprocess.run([*line, *words], check=False, capture_output=True, text=True, timeout=WAITS_S)
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        record = out / "run.ndjson"
        events = [json.loads(one) for one in record.read_text("utf-8").splitlines()] if record.exists() else []
        return done.returncode, done.stdout + done.stderr, events

    return call


@pytest.mark.parametrize(
    ("changed", "code", "named"),
    [
        (('version = "1.0"', 'version = "1.0"\nversoin = "1.1"'), USAGE, "product.versoin"),
        (("[business_side]", "[bussiness_side]"), USAGE, "bussiness_side"),
        (('version = "1.0"', 'version = "1.0"\npopulation = "many"'), NO_VERDICT, "product.population"),
        (('version = "1.0"', 'version = "1.0"\noptions = ["telepathy"]'), NO_VERDICT, "product.options"),
        (('body = "001015"', 'body = "000000"'), NO_VERDICT, "product.body"),
        (('name = "Kasumi Link"', ""), NO_VERDICT, "product.name"),
        (("http://127.0.0.1:1", "127.0.0.1"), NO_VERDICT, "network_side.address"),
        (("[product]", "[product"), NO_VERDICT, "renkei.toml"),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_mistake_in_the_product_file_is_named_with_its_key_before_anything_starts(
    changed, code, named, lang, tmp_path, capsys
):
    text = FILE.format(address="http://127.0.0.1:1", listen="127.0.0.1:2", business="http://127.0.0.1:3/b", token="t")
    file = tmp_path / "renkei.toml"
    file.write_text(text.replace(*changed), "utf-8")

    got = cli(["certify", "--product", str(file), "--out", str(tmp_path / "out"), "--lang", lang])

    said = capsys.readouterr().err
    assert got == code, said
    assert named in said
    assert ("対処" if lang == "ja" else "remedy") in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"address": f"http://127.0.0.1:{free_port()}"}, "address"),
        ({"business": f"http://127.0.0.1:{free_port()}/business/1/{BODY}"}, "business"),
        ({"token": "not-the-token"}, "business_side.token"),
    ],
    ids=["nothing listens on N", "nothing listens on B", "wrong token"],
)
def test_a_wrong_address_or_token_is_a_problem_of_configuration_and_no_verdict(changed, named, product, certify):
    told = product | changed
    code, said, events = certify(FILE.format(**told))

    assert code == NO_VERDICT, said
    (problem,) = [row for row in events if row["event"] == "problem"]
    assert problem["label"] == "configuration"
    assert problem["where"] == told.get(named, named)
    assert (events[-1]["event"], events[-1]["verdict"]) == ("run_finished", "no_verdict")
    assert not any(row["event"] == "case_finished" for row in events)
    assert problem["text"]["en"].split(".")[0] in said
    assert "not-the-token" not in said + json.dumps(events)


@pytest.mark.slow
def test_a_port_in_use_is_named(product, certify):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said, _ = certify(FILE.format(**product | {"listen": listen}))

    assert code == NO_VERDICT, said
    assert listen in said


@pytest.mark.slow
def test_only_a_case_that_does_not_exist_is_a_wrong_call(product, certify):
    code, said, events = certify(FILE.format(**product), "--only", "NOPE")

    assert code == USAGE, said
    assert "NOPE" in said
    assert events == []


@pytest.mark.slow
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_off_is_a_problem_of_configuration_and_no_verdict(minutes, tmp_path, certify):
    listen = f"127.0.0.1:{free_port()}"
    clock = render(datetime.now(UTC) + timedelta(minutes=minutes))
    with Children(tmp_path / "logs") as children:
        words = ["--only", BODY, "--network", f"http://{listen}", "--clock", clock]
        ready = children.emulate("product", *words).ready
        told = {"address": ready["bodies_url"], "listen": listen, "token": ready["business_tokens"][BODY]}
        code, said, events = certify(FILE.format(**told, business=f"{ready['business_url']}/business/1/{BODY}"))

    assert code == NO_VERDICT, said
    (problem,) = [row for row in events if row["event"] == "problem"]
    assert problem["label"] == "configuration"
    assert "clock" in problem["text"]["en"]
    assert not any(row["event"] == "case_finished" for row in events)
