"""`kill -9` of the emulator under traffic: what was acknowledged is there after the restart, and every chain holds."""

import json
import os
import signal
import threading
import time
from collections import Counter
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from renkei.children import Children
from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.testing import ASKER, PROVIDER, SEED, asker_number, link_code, question
from renkei_fixtures.residents import resident

PERSONS = range(20, 60)  # beyond the situations: nobody here waits for a person's decision
KILLED_AFTER = (25, 40)  # acknowledged asks, in the first life and in the second
WORKERS = 4
COMPLETES_WITHIN_S = 40  # resends go out after 1, 2, 4 … seconds
PARTIES = ("network", PROVIDER, ASKER)

pytestmark = pytest.mark.slow


class Life:
    """The emulator from one start to its end."""

    def __init__(self, children, name, data):
        only = [word for party in PARTIES for word in ("--only", party)]
        self.child = children.emulate(name, *only, "--seed", str(SEED), "--data", str(data))
        self._opener = build_opener(ProxyHandler({}))

    def business(self, body, operation, members):
        """The reply of a business operation, as bytes."""
        data = members if isinstance(members, bytes) else json.dumps(members).encode()
        ready = self.child.ready
        url = f"{ready['business_url']}/business/1/{body}/{operation}"
        return self._send(url, ready["business_tokens"][body], data)

    def told(self, body, operation, members):
        """The reply of a business operation, read as JSON."""
        return json.loads(self.business(body, operation, members))

    def chains(self):
        """The breaks in every chain of every party."""
        ready = self.child.ready
        said = self._send(f"{ready['management_url']}/management/1/verify", ready["management_token"])
        return json.loads(said)["breaks"]

    def _send(self, url, token, data=None):
        request = Request(url, data, {"authorization": f"Bearer {token}", "content-type": "application/json"})
        with self._opener.open(request, timeout=10) as reply:
            return reply.read()

    def kill(self):
        """By its id, as a power cut would."""
        os.kill(self.child.ready["pid"], signal.SIGKILL)
        self.child.process.wait()


def introduce(life):
    """Both bodies learn the persons; the replies say that nothing was set aside."""
    load = tax_office_load(SEED, PROVIDER, PERSONS, lambda person: link_code(PROVIDER, person), "load-1")
    people = [(n, resident(SEED, PROVIDER, n)) for n in PERSONS]
    codes = [{"own_number": asker_number(n), "link_code": link_code(ASKER, person)} for n, person in people]
    assert life.told(PROVIDER, "load", load)["set_aside"] == []
    assert life.told(ASKER, "load", {"load_id": "codes-1", "link_codes": codes})["set_aside"] == []


def killed_under_traffic(life, after, label):
    """Ask from several threads until the process is gone; ask id → exchange number of what was acknowledged."""
    acknowledged, enough, lock = {}, threading.Event(), threading.Lock()

    def clerk(worker):
        for i in range(10_000):
            ask_id = f"{label}-{worker}-{i}"
            try:
                said = life.told(ASKER, "ask", question(ask_id, PERSONS[i % len(PERSONS)]))
            except (URLError, HTTPException, OSError, ValueError):
                return  # the process is gone, or its reply was cut: not acknowledged
            with lock:
                acknowledged[ask_id] = said["exchange_number"]
                if len(acknowledged) >= after:
                    enough.set()

    clerks = [threading.Thread(target=clerk, args=(worker,)) for worker in range(WORKERS)]
    for each in clerks:
        each.start()
    assert enough.wait(30), f"only {len(acknowledged)} asks acknowledged"
    life.kill()
    for each in clerks:
        each.join()
    return acknowledged


def completed(life, asked):
    """Collect until all of `asked` are collected or time is over."""
    deadline = time.monotonic() + COMPLETES_WITHIN_S
    while True:
        found = {row["ask_id"]: row for row in life.told(ASKER, "collect", {})["asks"]}
        open_ones = [ask_id for ask_id in asked if found.get(ask_id, {}).get("state") != "collected"]
        if not open_ones or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def received(life):
    """How often each exchange number is recorded as received by the provider."""
    lines = [json.loads(line) for line in life.business(PROVIDER, "records", {"log": "access"}).splitlines()]
    return Counter(line["exchange_number"] for line in lines if line.get("event") == "inquiry_received")


def test_what_was_acknowledged_before_a_kill_is_known_and_completes_after_it(tmp_path):
    with Children(tmp_path / "logs") as children:
        acknowledged = {}
        for number, after in enumerate(KILLED_AFTER):
            life = Life(children, f"life-{number}", tmp_path / "data")
            if number == 0:
                introduce(life)
            acknowledged |= killed_under_traffic(life, after, f"life{number}")
        life = Life(children, "last", tmp_path / "data")

        assert life.chains() == []
        found, times = completed(life, acknowledged), received(life)
        assert set(acknowledged) - set(found) == set()
        for ask_id, number in acknowledged.items():
            row = found[ask_id]
            assert row["state"] == "collected", row
            assert row["results"][0]["result"] == "provided", row
            assert number in (None, row["exchange_number"]), row  # None: the network had not replied yet
            assert times[row["exchange_number"]] == 1, row
        assert life.chains() == []
