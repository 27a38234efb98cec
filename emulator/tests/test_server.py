"""Over real sockets: child processes, ports, signals, bad orders; a kill -9 under traffic loses nothing."""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from renkei_emulator.business_systems.pf_compliant import tax_office_load
from renkei_emulator.ordered import listen
from renkei_emulator.testing import ASKER, PROVIDER, SEED, asker_number, link_code, parsed, question
from renkei_emulator.testing_child import Child
from renkei_fixtures.residents import resident

MEDIA_TYPE = {"content-type": "application/vnd.renkei+json"}
MESSAGES = "/renkei/1/messages"


def fill(child_of_provider, child_of_asker, numbers=range(30, 50)):
    load = tax_office_load(SEED, PROVIDER, numbers, lambda p: link_code(PROVIDER, p), "load-1")
    child_of_provider.business(PROVIDER, "load", load)
    people = [(n, resident(SEED, PROVIDER, n)) for n in numbers]
    codes = [{"own_number": asker_number(n), "link_code": link_code(ASKER, person)} for n, person in people]
    child_of_asker.business(ASKER, "load", {"load_id": "codes-1", "link_codes": codes})


def collected(child, ask_id, state="collected"):
    """Wait, at most 10 s, until a question has come to its end."""
    for _ in range(500):
        found = parsed(child.business(ASKER, "collect", {"ask_id": ask_id}))["asks"][0]
        if found["state"] == state:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def two():
    """The network with the asker in one process, the provider in another."""
    with Child(only=("network", ASKER)) as w, Child(only=(PROVIDER,), network_url=w.ready["network_url"]) as s:
        w.management("POST", "addresses", {"body": PROVIDER, "address": s.ready["bodies_url"]})
        fill(s, w)
        yield w, s


def test_a_question_is_answered_between_processes(two):
    w, _ = two

    asked = w.business(ASKER, "ask", question("q-1", 40))

    assert asked.status == 202
    assert collected(w, "q-1")["results"][0]["result"] == "provided"


def test_the_product_s_key_is_not_in_the_other_s_kit(two):
    w, s = two

    kit = w.management("GET", "kit")

    assert "key_pem" in kit["bodies"][ASKER]["signing"]
    assert "key_pem" not in kit["bodies"][PROVIDER]["signing"]
    assert "key_pem" not in kit["bodies"][PROVIDER]["sealing"]
    assert kit["bodies"][PROVIDER]["address"] == s.ready["bodies_url"]


def test_connections_do_not_wait_for_nagle():
    with listen("--network-port", 0) as listening, socket.create_connection(listening.getsockname()):
        listening.setblocking(True)
        accepted, _ = listening.accept()

    with accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "code"),
    [
        ("GET", MESSAGES, MEDIA_TYPE, b"", 404, "path_unknown"),
        ("POST", "/renkei/2/messages", MEDIA_TYPE, b"{}", 404, "path_unknown"),
        ("POST", MESSAGES, {"content-type": "application/json"}, b"{}", 415, "media_type_not_allowed"),
        ("POST", MESSAGES, MEDIA_TYPE, b"x" * (10 * 1024 * 1024 + 1), 413, "too_large"),
        ("POST", MESSAGES, MEDIA_TYPE, b"{", 400, "not_json"),
    ],
)
def test_what_is_no_message_is_refused_with_a_problem(two, method, path, headers, body, status, code):
    reply = two[1].send("bodies", method, path, body, headers)

    assert (reply.status, parsed(reply)["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_wrong_tokens_are_turned_away(two):
    w, s = two

    for door, path in (("business", f"/business/1/{PROVIDER}/collect"), ("management", "/management/1/kit")):
        reply = s.send(door, "POST", path, b"{}", {"authorization": f"Bearer {w.ready['management_token'][::-1]}"})
        assert reply.status == 401


def test_every_door_is_bound_to_loopback_alone(two):
    urls = [url for child in two for name, url in child.ready.items() if name.endswith("_url") and url]

    assert all(url.startswith("http://127.0.0.1:") for url in urls)


# --- ends -------------------------------------------------------------------------------------------------------------
def test_it_ends_when_its_stdin_is_closed():
    child = Child(only=("network",))

    code, error = child.stop()

    assert (code, error) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_on_a_signal_without_a_word(number):
    child = Child(only=("network",))
    stdin = child.process.stdin

    child.process.send_signal(number)
    code, error = child.wait()

    assert (code, error) == (0, "")
    stdin.close()


# --- bad orders -------------------------------------------------------------------------------------------------------
def refused(**options):
    child = Child(**options)
    code, error = child.stop()
    assert child.ready == {}
    assert "Traceback" not in error
    return code, error


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, error = refused(only=("network",), network_port=port, lang="ja")

    assert code == 4
    assert f"127.0.0.1:{port}" in error
    assert "ポートを開けません" in error


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"only": ("999999",)}, "999999"),
        ({"only": (PROVIDER,)}, "--network"),
        ({"only": (PROVIDER,), "network_url": "localhost"}, "http://host:port"),
        ({"clock": "yesterday"}, "yesterday"),
        ({"only": ("network",), "data": "/dev/null/x"}, "/dev/null/x"),
        ({"only": ("network",), "arm": ("no_such_fault",)}, "no_such_fault"),
    ],
)
def test_a_wrong_order_says_what_was_wrong_with_it(options, says):
    code, error = refused(**options)

    assert code == 4
    assert says in error


def test_a_folder_in_use_is_named(tmp_path):
    with Child(only=("network",), data=tmp_path):
        code, error = refused(only=("network",), data=tmp_path)

    assert code == 4
    assert "network.db" in error


# --- kill -9 ----------------------------------------------------------------------------------------------------------
def ask_until_it_dies(child, first, said):
    n = first
    while True:
        try:
            reply = child.business(ASKER, "ask", question(f"q-{n}", 30 + n % 20))
        except (OSError, http.client.HTTPException):
            return
        if reply.status == 202:
            said.append(parsed(reply))
        n += 4


def test_killed_under_traffic_it_loses_no_acknowledged_exchange(tmp_path):
    said = []
    child = Child(only=("network", ASKER, PROVIDER), data=tmp_path)
    fill(child, child)
    askers = [threading.Thread(target=ask_until_it_dies, args=(child, first, said)) for first in range(4)]
    for asker in askers:
        asker.start()
    while len(said) < 60:
        time.sleep(0.01)
    child.kill()
    for asker in askers:
        asker.join()

    with Child(only=("network", ASKER, PROVIDER), data=tmp_path) as again:
        assert again.management("GET", "verify") == {"breaks": []}
        for asked in said:
            found = collected(again, asked["ask_id"])
            assert asked["exchange_number"] in (None, found["exchange_number"])
            assert found["results"][0]["result"] == "provided"
        again.business(ASKER, "ask", question("q-after", 40))
        assert collected(again, "q-after")["state"] == "collected"
        assert again.management("GET", "verify") == {"breaks": []}
        numbers = [asked["exchange_number"] for asked in json.loads(again.business(ASKER, "collect", {}).body)["asks"]]
        assert len(numbers) == len(set(numbers))


def test_an_offset_is_the_same_clock_however_late_a_process_comes_up():
    from datetime import UTC, datetime, timedelta

    from renkei_emulator.ordered import clock
    from renkei_fixtures.errors import SetupError

    ahead = clock("offset:-86400.5").now() - datetime.now(UTC)

    assert abs(ahead - timedelta(seconds=-86400.5)) < timedelta(seconds=1)
    for wrong in ("offset:", "offset:soon", "offset:nan", "offset:1e99"):
        with pytest.raises(SetupError, match="clock"):
            clock(wrong)
