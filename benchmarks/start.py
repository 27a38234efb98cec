"""How long a person waits: for `renkei --help`, and from `renkei emulate` to the first answered exchange.

    python -m benchmarks.start [--rounds 7] [--out FILE]

Each figure stands beside a bare `python -c pass` of the same round, so that a busy machine slows both alike. The first
exchange is a whole one: a business system of one city asks, the network relays, another city answers, the answer is
collected. The doctor looks at a right set-up, with the product (the reference) running and its data loaded.

Limits: help at most 0.15 s over bare, first answered exchange within 1 s, the doctor within 5 s; on a machine that needs
more than 11 ms for the bare interpreter, as many times more.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from renkei.children import Children, hermetic_environment
from renkei_emulator.business_systems.population import number_elsewhere
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT
from renkei_fixtures.residents import situation

BARE_S = 0.011
LIMITS_S = {"help": 0.15 + BARE_S, "memory answered": 1.0, "kept answered": 1.0, "doctor": 5.0}
Row = dict[str, float]


def timed(*words: str) -> float:
    """Seconds of one process from its start to its end."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-P", *words], check=True, stdout=subprocess.DEVNULL, env=hermetic_environment())
    return time.perf_counter() - begin


def first_exchange(data: Path | None) -> Row:
    """Seconds from the start of the whole world to `ready`, and to the first answered exchange."""
    kept = ["--data", str(data)] if data else []
    words = [sys.executable, "-P", "-m", "renkei", "emulate", "--port", str(free_row()), *kept, "--lang", "en"]
    begin = time.perf_counter()
    world = subprocess.Popen(words, stdout=subprocess.PIPE, env=hermetic_environment(), text=True)
    assert world.stdout is not None
    line = world.stdout.readline()
    ready = time.perf_counter() - begin
    told = json.loads(Path(line.split("Tokens are in ")[1].split(". Ctrl-C")[0]).read_text("utf-8"))
    exchange(told, f"first-{begin}")
    answered = time.perf_counter() - begin
    world.terminate()
    world.wait(10)
    world.stdout.close()
    return {"ready": ready, "answered": answered}


def exchange(ready: dict[str, Any], ask_id: str) -> None:
    """Ask about the taxed resident and collect until the answer is there."""
    subject = {"own_number": number_elsewhere(situation("taxed")), "keys": {"tax_year": "2025"}}
    ask = {"ask_id": ask_id, "to": SUBJECT, "affair": "AF-01", "procedure": "PR-0101", "official": "o-1"}
    ask |= {"information": "income_tax_certificate", "responsibility": "CRA-STAFF"}
    door = http.client.HTTPConnection(ready["business_url"].removeprefix("http://"), timeout=10)

    def send(operation: str, members: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {ready['business_tokens'][COUNTERPART]}"}
        door.request("POST", f"/business/1/{COUNTERPART}/{operation}", json.dumps(members), headers)
        return json.loads(door.getresponse().read())

    send("ask", {**ask, "subjects": [subject]})
    for _ in range(2000):
        (asked,) = send("collect", {"ask_id": ask_id})["asks"]
        if asked["results"]:
            assert asked["results"][0]["result"] == "provided", asked
            return
        time.sleep(0.003)
    raise AssertionError("never answered")


def free_row() -> int:
    """A port number from which four in a row are free just now."""
    import socket  # noqa: PLC0415

    for base in range(18500, 19500, 4):
        try:
            for port in range(base, base + 4):
                with socket.socket() as one:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise OSError("no four free ports in a row")


def one_round(kept: Path, vendor: Path) -> Row:
    """All figures once, in seconds."""
    row = {"bare": timed("-c", "pass"), "help": timed("-m", "renkei", "--help")}
    row["doctor"] = timed("-m", "renkei", "doctor", "--product", str(vendor / "renkei.toml"))
    for name, data in (("memory", None), ("kept", kept)):
        row |= {f"{name} {part}": seconds for part, seconds in first_exchange(data).items()}
    return row


def set_up(children: Children, vendor: Path) -> None:
    """A kit, a product file, the reference as the product, its data loaded."""
    base = free_row()
    timed("-m", "renkei", "init", str(vendor))
    words = ["--only", SUBJECT, "--network", f"http://127.0.0.1:{base}", "--bodies-port", str(base + 1)]
    ready = children.emulate("product", *words).ready
    file = vendor / "renkei.toml"
    text = (
        file.read_text("utf-8")
        .replace("127.0.0.1:8400", f"127.0.0.1:{base}")
        .replace("127.0.0.1:9000", f"127.0.0.1:{base + 1}")
    )
    text = text.replace("http://127.0.0.1:9100", ready["business_url"]).replace(
        "change-me", ready["business_tokens"][SUBJECT]
    )
    file.write_text(text, "utf-8")
    door = http.client.HTTPConnection(ready["business_url"].removeprefix("http://"), timeout=10)
    for name in ("link_codes", "income_tax_certificate"):
        data = (vendor / f"kit/data/json/{name}.json").read_bytes()
        headers = {"authorization": f"Bearer {ready['business_tokens'][SUBJECT]}"}
        door.request("POST", f"/business/1/{SUBJECT}/load", data, headers)
        door.getresponse().read()


def main() -> int:
    """Read the command line, measure, print; 1 where a limit is not kept by the median."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=None)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renkei-benchmark-") as folder:
        kept, vendor = Path(folder) / "data", Path(folder) / "vendor"
        with Children(Path(folder) / "logs") as children:
            set_up(children, vendor)
            one_round(kept, vendor)  # bytecode, disk cache and the kept data are there from now on
            rows = [one_round(kept, vendor) for _ in range(args.rounds)]
    medians = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    for name, value in medians.items():
        spread = f"({min(row[name] for row in rows):.3f} to {max(row[name] for row in rows):.3f})"
        print(f"  {name:18} {value:7.3f} s {spread:18} {value / medians['bare']:6.1f} × bare python")
    if args.out is not None:
        args.out.write_text(json.dumps({"rows": rows, "medians": medians}, indent=2) + "\n", "utf-8")
    slower = max(1.0, medians["bare"] / BARE_S)
    slow = [name for name, limit in LIMITS_S.items() if medians[name] > limit * slower]
    for name in slow:
        print(f"  too slow: {name}, limit {LIMITS_S[name] * slower:.2f} s on this machine")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
