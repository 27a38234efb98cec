"""`renkei doctor` on set-ups that are broken in one thing each: what it is, whose it is, what to do; the exit code."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from renkei.children import Children, hermetic_environment
from renkei.cli import run as cli
from renkei.kit import Order, files_of
from renkei_fixtures.instants import render
from renkei_fixtures.standard import load

pytestmark = pytest.mark.slow
BODY = "001015"
WAITS_S = 60
ALL_SET, PRODUCT, USAGE, NO_VERDICT = 0, 1, 2, 4


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def reference(folder, listen, *words):
    """The bundled reference as somebody's product, that takes `listen` for the network."""
    with Children(folder) as children:
        yield children.emulate("product", "--only", BODY, "--network", f"http://{listen}", *words).ready


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    """A right set-up: kit, product file, product running, data loaded; what the file says."""
    folder = tmp_path_factory.mktemp("vendor")
    assert cli(["init", str(folder)]) == 0
    listen = f"127.0.0.1:{free_port()}"
    with reference(folder / "logs", listen) as ready:
        said = {
            "address": ready["bodies_url"],
            "listen": listen,
            "business": f"{ready['business_url']}/business/1/{BODY}",
            "token": ready["business_tokens"][BODY],
            "options": '"manual", "records_export", "log_chain"',
        }
        for name in ("link_codes", "income_tax_certificate"):
            data = (folder / f"kit/data/json/{name}.json").read_bytes()
            ask = urllib.request.Request(f"{said['business']}/load", data, {"authorization": f"Bearer {said['token']}"})
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask, timeout=10).close()
        yield folder, said


@pytest.fixture
def doctor(vendor, tmp_path):
    """Run it on a copy of the right set-up with something changed: exit code, findings, everything that was printed."""
    folder, right = vendor

    def call(change=lambda text, folder: text, *words, **said):
        here = tmp_path / "here"
        shutil.copytree(folder, here, ignore=shutil.ignore_patterns("logs"))
        said = right | said
        text = (here / "renkei.toml").read_text("utf-8")
        for old, new in (
            ('"http://127.0.0.1:9000"', f'"{said["address"]}"'),
            ('"127.0.0.1:8400"', f'"{said["listen"]}"'),
            (f'"http://127.0.0.1:9100/business/1/{BODY}"', f'"{said["business"]}"'),
            ('"change-me"', f'"{said["token"]}"'),
            ('options = ["manual"]', f"options = [{said['options']}]"),
        ):
            assert old in text
            text = text.replace(old, new)
        (here / "renkei.toml").write_text(change(text, here), "utf-8")
        line = [
            sys.executable,
            "-P",
            "-m",
            "renkei",
            "doctor",
            "--product",
            str(here / "renkei.toml"),
            "--json",
            "--within",  # five seconds are for a machine that is not busy with tests
            str(WAITS_S),
            *words,
        ]
        done = subprocess.run(
            line, check=False, capture_output=True, text=True, timeout=WAITS_S, env=hermetic_environment()
        )
        assert done.stdout, done.stderr
        found = json.loads(done.stdout)
        assert found["exit_code"] == done.returncode
        return done.returncode, found["findings"], done.stdout + done.stderr

    return call


def problems(findings):
    return [(one["check"], one["label"]) for one in findings if one["state"] == "problem"]


def text_of(findings, check):
    (one,) = [one for one in findings if one["check"] == check and one["state"] != "ok"]
    assert "Remedy" in one["text"]["en"] or "remedy" in one["text"]["en"] or one["state"] == "note"
    assert "対処" in one["text"]["ja"] or one["state"] == "note"
    return one["text"]["en"]


def test_a_right_set_up_has_no_problem_and_every_part_is_named(doctor):
    code, findings, said = doctor()

    assert (code, problems(findings)) == (ALL_SET, []), said
    checks = {one["check"] for one in findings}
    assert checks >= {
        "versions",
        "product_file",
        "kit",
        "network_side",
        "business_side",
        "claims",
        "clock",
        "inquiry",
        "data",
    }


def test_1_a_wrong_port(doctor):
    code, findings, _ = doctor(address=f"http://127.0.0.1:{free_port()}")

    assert (code, problems(findings)) == (NO_VERDICT, [("network_side", "configuration")])
    assert "Nothing answers" in text_of(findings, "network_side")


def test_2_a_wrong_token_which_is_not_printed(doctor):
    code, findings, said = doctor(token="not-the-token")

    assert (code, problems(findings)) == (NO_VERDICT, [("business_side", "configuration")])
    assert "token" in text_of(findings, "business_side")
    assert "not-the-token" not in said


def test_3_the_kit_of_another_body(doctor):
    def another(text, folder):
        shutil.rmtree(folder / "kit")
        assert cli(["init", str(folder), "--body", "001023"]) == 0
        return text

    code, findings, _ = doctor(another)

    assert (code, problems(findings)) == (NO_VERDICT, [("kit", "configuration")])
    assert "another body" in text_of(findings, "kit")


def test_4_a_product_file_of_an_earlier_form_is_noted_and_a_later_one_refused(doctor):
    code, findings, _ = doctor(lambda text, _: text.replace("format = 2", "").replace('kit = "kit"', ""))
    assert (code, problems(findings)) == (ALL_SET, [])
    assert "earlier form" in text_of(findings, "product_file")


def test_4_b_a_product_file_of_a_later_form(doctor):
    code, findings, _ = doctor(lambda text, _: text.replace("format = 2", "format = 3"))

    assert (code, problems(findings)) == (NO_VERDICT, [("product_file", "configuration")])
    assert "newer Renkei" in text_of(findings, "product_file")


@contextmanager
def serving(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class Poor(BaseHTTPRequestHandler):
    """A business side that collects, and has nothing that may be claimed beyond it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        has = self.path.endswith("/collect")
        body = b'{"asks": []}' if has else b"{}"
        self.send_response(200 if has else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_5_a_profile_that_claims_what_the_product_has_not(doctor):
    with serving(Poor) as address:
        code, findings, _ = doctor(business=f"{address}/business/1/{BODY}")

    assert (code, problems(findings)) == (PRODUCT, [("claims", "product"), ("claims", "product")])
    said = " ".join(one["text"]["en"] for one in findings if one["check"] == "claims")
    assert "manual is claimed" in said
    assert "records_export is claimed" in said


@pytest.mark.parametrize("minutes", [-10, 10])
def test_6_a_clock_that_is_off_by_ten_minutes(doctor, tmp_path, minutes):
    listen = f"127.0.0.1:{free_port()}"
    clock = render(datetime.now(UTC) + timedelta(minutes=minutes))
    with reference(tmp_path / "logs", listen, "--clock", clock) as ready:
        business = f"{ready['business_url']}/business/1/{BODY}"
        code, findings, _ = doctor(address=ready["bodies_url"], listen=listen, business=business)

    assert code == NO_VERDICT
    assert problems(findings)[0] == ("clock", "configuration")
    assert ("+" if minutes > 0 else "-") in text_of(findings, "clock")


def test_7_a_kit_whose_certificates_have_expired(doctor):
    def old(text, folder):
        long_ago = Order(BODY, 1, datetime(2019, 5, 1, tzinfo=UTC), [])
        shutil.rmtree(folder / "kit")
        for name, content in files_of(long_ago, load()).items():
            (folder / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "kit" / name).write_bytes(content)
        return text

    code, findings, _ = doctor(old)

    assert (code, set(problems(findings))) == (NO_VERDICT, {("kit", "configuration")})
    assert any("expired" in one["text"]["en"] for one in findings if one["check"] == "kit")


def test_8_a_file_that_is_no_toml_with_its_line(doctor):
    code, findings, _ = doctor(lambda text, _: text.replace("[network_side]", "[network_side"))

    assert (code, problems(findings)) == (NO_VERDICT, [("product_file", "configuration")])
    assert "line" in text_of(findings, "product_file")


def test_9_data_that_is_not_loaded(doctor, tmp_path):
    listen = f"127.0.0.1:{free_port()}"
    with reference(tmp_path / "logs", listen) as ready:
        business = f"{ready['business_url']}/business/1/{BODY}"
        code, findings, _ = doctor(address=ready["bodies_url"], listen=listen, business=business)

    assert (code, problems(findings)) == (NO_VERDICT, [("data", "configuration")])
    assert "not loaded" in text_of(findings, "data")


def test_10_a_port_to_listen_on_that_is_taken(doctor):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        code, findings, _ = doctor(listen=listen)

    assert (code, problems(findings)) == (NO_VERDICT, [("world", "configuration")])
    assert listen in text_of(findings, "world")


def test_11_an_address_at_which_something_else_answers(doctor):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with serving(Quiet) as address:
        code, findings, _ = doctor(address=address)

    assert (code, problems(findings)) == (NO_VERDICT, [("network_side", "configuration")])
    assert "does not look like a product" in text_of(findings, "network_side")


def test_12_an_address_at_which_nobody_speaks_http(doctor):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def greet():
            while True:
                try:
                    line, _ = other.accept()
                except OSError:
                    return
                line.sendall(b"220 mail.example ESMTP\r\n")
                line.close()

        threading.Thread(target=greet, daemon=True).start()
        code, findings, _ = doctor(address=f"http://127.0.0.1:{other.getsockname()[1]}")
        other.shutdown(socket.SHUT_RDWR)

    assert (code, problems(findings)) == (NO_VERDICT, [("network_side", "configuration")])
    assert "HTTP" in text_of(findings, "network_side")


def test_13_a_misspelt_key_is_a_wrong_call(doctor):
    code, findings, _ = doctor(lambda text, _: text.replace("population =", "popluation ="))

    assert (code, problems(findings)) == (USAGE, [("product_file", "configuration")])
    assert "did you mean population?" in text_of(findings, "product_file")


def test_14_a_product_with_the_keys_of_another_seed(doctor, tmp_path):
    listen = f"127.0.0.1:{free_port()}"
    with reference(tmp_path / "logs", listen, "--seed", "2") as ready:
        business, token = f"{ready['business_url']}/business/1/{BODY}", ready["business_tokens"][BODY]
        code, findings, _ = doctor(address=ready["bodies_url"], listen=listen, business=business, token=token)

    assert (code, problems(findings)) == (NO_VERDICT, [("inquiry", "configuration")])
    assert "trust/anchors.pem" in text_of(findings, "inquiry")


def test_without_a_product_file_only_the_installation_is_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert cli(["doctor", "--lang", "ja"]) == ALL_SET
    assert "renkei init" in capsys.readouterr().out
