"""The three ways of repeating a failure: `renkei replay`, the Python file that stands alone, the curl line.

Defects that a vendor could have are armed in a product that runs by itself; certify fails, and each way shows the failure
again on that product and does not show it on the right reference. Every defect one by one: RENKEI_ALL_FAILURES=1.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from renkei.children import Children
from renkei_fixtures.standard import load

BODY = "001015"
STANDARD = load()
FILE = """
[product]
name = "Kasumi Link"
vendor = "Example"
version = "1.0"
body = "001015"
options = ["manual", "log_chain", "records_export"]

[network_side]
address = "{address}"
listen = "{listen}"

[business_side]
address = "{business}"
token = "{token}"
"""
# One of every function and kind, none in another's way: transport, form, sender, freshness, permit, authority, content,
# link codes, items, loading, answers, manual handling, records.
SAMPLE = ("media_type_not_looked_at", "last_member_wins", "usage_not_looked_at", "clock_of_sender_trusted",
          "permit_never_expires", "edition_not_looked_at", "unknown_key_ignored", "missing_record_answered_empty",
          "zero_left_out", "load_counts_all_rows", "salt_constant", "drafter_may_approve", "refusals_not_recorded",
          "as_of_is_now")  # fmt: skip
SEEN_IN_THE_REPLY = 8
"""Of the sample, at least so many show in the reply alone, so that the curl line has something to say."""

pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Product:
    """The reference with defects in it, as a vendor would run a product, and its product file."""

    def __init__(self, folder, faults=()):
        self.folder, self.faults, self.listen = folder, faults, f"127.0.0.1:{free_port()}"
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        self.children = Children(self.folder / "logs").__enter__()
        arms = [word for fault in self.faults for word in ("--arm", fault)]
        ready = self.children.emulate("product", "--only", BODY, "--network", f"http://{self.listen}", *arms).ready
        self.address, self.token = ready["bodies_url"], ready["business_tokens"][BODY]
        self.business = f"{ready['business_url']}/business/1/{BODY}"
        self.file = self.folder / "renkei.toml"
        self.file.write_text(FILE.format(**vars(self)), "utf-8")
        return self

    def __exit__(self, *trouble):
        self.children.__exit__(*trouble)


def renkei(*words):
    line = [sys.executable, "-P", "-m", "renkei", *map(str, words)]
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=300)


def by_file(script, product, empty):
    """The Python file in an interpreter of its own, in an empty directory, with nothing of ours in sight."""
    line = [sys.executable, "-I", str(script), "--address", product.address, "--listen", product.listen,
            "--business", product.business]  # fmt: skip
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=120, cwd=empty,
                          env={"PATH": os.environ["PATH"], "RENKEI_TOKEN": product.token})  # fmt: skip


@contextmanager
def network_of(kit, listen):
    """Certificates and CRL of the kit, as the emulated network would serve them to the product."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served = json.loads(kit.read_text("utf-8"))["served"].get(self.path)
            body = base64.b64decode(served["body_b64"]) if served else b""
            self.send_response(200 if served else 404)
            self.send_header("content-length", str(len(body)))
            self.send_header("content-type", served["content_type"] if served else "text/plain")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(404)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    host, _, port = listen.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def by_curl(line, was, product):
    """The curl line with its addresses put right for this product: what it says and its exit status."""
    text = line.read_text("utf-8").replace(was.address, product.address).replace(was.business, product.business)
    at = line.with_name(f"here-{line.name}")
    at.write_text(text, "utf-8")
    environment = {"PATH": os.environ["PATH"], "RENKEI_TOKEN": product.token}
    done = subprocess.run(["sh", str(at)], check=False, capture_output=True, text=True, timeout=60, env=environment)
    at.unlink()
    return done


def at_once(work, *products):
    """`work` on each product, side by side: most of it is waiting."""
    with ThreadPoolExecutor(len(products)) as pool:
        return list(pool.map(work, products))


def repeated(out, faulty, right, empty):
    """By case: did the file and the line show the failure on the faulty product and on the right one (exit codes)."""
    index = json.loads((out / "repro" / "index.json").read_text("utf-8"))
    found = {}
    for case, ways in index.items():
        files = at_once(lambda product, file=out / ways["python"]: by_file(file, product, empty), faulty, right)
        lines = []
        for product in (faulty, right):
            with network_of(out / "repro" / "kit.json", product.listen):
                lines.append(by_curl(out / ways["curl"], faulty, product))
        found[case] = (files, lines)
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def sample(tmp_path_factory, empty):
    """One run over a product with all defects of the sample, repeated in every way."""
    folder = tmp_path_factory.mktemp("sample")
    only = [word for fault in SAMPLE for clause in STANDARD.faults[fault].breaks for word in ("--only", clause)]
    with Product(folder / "faulty", SAMPLE) as faulty, Product(folder / "right") as right:
        out = folder / "out"
        certified = renkei("certify", "--product", faulty.file, "--out", out, "--lang", "en", *only)
        assert certified.returncode == 1, certified.stdout + certified.stderr
        report = json.loads((out / "report.json").read_text("utf-8"))
        failed = [case["id"] for case in report["cases"] if case["verdict"] == "fail"]
        again = at_once(
            lambda one: renkei("replay", out, *failed, "--product", one.file, "--lang", "en"), faulty, right
        )
        return out, report, failed, again, repeated(out, faulty, right, empty)


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")


def test_every_defect_of_the_sample_is_found(sample):
    _, report, failed, _, _ = sample
    broken = {clause for case in report["cases"] for clause, verdict in case["clauses"].items() if verdict == "fail"}

    assert broken >= {STANDARD.faults[fault].breaks[0] for fault in SAMPLE}
    assert len(failed) >= 12


def test_replay_shows_every_failure_again_with_the_same_inputs_and_none_on_the_right_product(sample):
    _, _, failed, (faulty, right), _ = sample

    assert (faulty.returncode, right.returncode) == (1, 0), faulty.stdout + faulty.stderr + right.stdout
    assert faulty.stdout.count("→ Reproduced") == len(failed)
    assert right.stdout.count("→ Not reproduced") == len(failed)
    assert "The inputs are not those of then" not in faulty.stdout


def test_the_python_file_shows_every_failure_again_and_none_on_the_right_product(sample):
    codes = {case: tuple(done.returncode for done in files) for case, (files, _) in sample[4].items()}

    assert sorted(codes) == sorted(sample[2])
    assert codes == dict.fromkeys(codes, (1, 0)), said(sample[4], codes)


@needs_curl
def test_the_curl_line_shows_again_what_a_reply_can_show_and_none_on_the_right_product(sample):
    codes = {case: tuple(done.returncode for done in lines) for case, (_, lines) in sample[4].items()}
    seen = {case: pair for case, pair in codes.items() if pair != (3, 3)}

    assert len(seen) >= SEEN_IN_THE_REPLY
    assert seen == dict.fromkeys(seen, (1, 0))


def test_no_file_imports_us_and_no_key_of_the_product_is_in_the_kit(sample):
    out = sample[0]
    kit = json.loads((out / "repro" / "kit.json").read_text("utf-8"))
    own = kit["bodies"][BODY].values()

    assert not any("import renkei" in one.read_text("utf-8") for one in (out / "repro").glob("*.py"))
    assert all("key_pem" not in kit["keys"][kid] for kid in own)
    assert (out / "repro" / "kit.json").stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" not in (out / "run.ndjson").read_text("utf-8")


def said(found, codes):
    return "\n".join(f"{case} {codes[case]}\n" + "\n".join(done.stdout + done.stderr for done in files)
                     for case, (files, _) in found.items() if codes[case] != (1, 0))  # fmt: skip


def groups():
    """The vendor faults to try, some at a time: faults side by side in the tables are often of one function, so they are
    dealt out. RENKEI_ALL_FAILURES: `1` for all, names (each by itself), or `1/4` for the first of four shares."""
    wanted = os.environ.get("RENKEI_ALL_FAILURES", "")
    faults = [fault.id for fault in STANDARD.faults.values() if fault.role == "provider" and fault.kind == "vendor"]
    share, _, shares = wanted.partition("/")
    if not share.isdecimal():
        return [[name] for name in wanted.split(",") if name]
    faults = faults[int(share) - 1 :: int(shares or 1)]
    return [faults[n :: -(-len(faults) // TOGETHER)] for n in range(-(-len(faults) // TOGETHER))]


TOGETHER = 8


@pytest.mark.skipif("RENKEI_ALL_FAILURES" not in os.environ, reason="half an hour's work: set RENKEI_ALL_FAILURES=1")
def test_all_failures_of_all_defects(tmp_path, empty, capsys):
    found, alone, waiting = {}, [], groups()
    with Product(tmp_path / "right") as right:
        for group in waiting:
            only = [word for fault in group for clause in STANDARD.faults[fault].breaks for word in ("--only", clause)]
            with Product(tmp_path / group[0], group) as faulty:
                out = faulty.folder / f"out-{len(group)}"
                renkei("certify", "--product", faulty.file, "--out", out, *only)
                index = out / "repro" / "index.json"
                report = json.loads((out / "report.json").read_text("utf-8"))
                red = {one["id"] for one in report["clauses"] if one["verdict"] == "fail"}
                missed = [fault for fault in group if not red & set(STANDARD.faults[fault].breaks)]
                waiting += [[fault] for fault in missed if len(group) > 1]  # another defect was in its way
                alone += [fault for fault in missed if len(group) == 1]
                for case, (files, lines) in (repeated(out, faulty, right, empty) if index.exists() else {}).items():
                    codes = [one.returncode for one in files], [one.returncode for one in lines]
                    found[case, *group] = codes
                    with capsys.disabled():
                        print(case, codes, "" if codes[0] == [1, 0] else (group, files[0].stdout[-900:]), flush=True)
    counts = Counter(
        f"{way} {codes}" for both in found.values() for way, codes in zip(("file", "curl"), both, strict=True)
    )
    rest = {key: codes for key, codes in found.items() if codes[0] != [1, 0] or codes[1] not in ([1, 0], [3, 3])}
    with capsys.disabled():
        print(dict(counts), "not found by a case of its own clause:", alone, rest)
    assert not rest
