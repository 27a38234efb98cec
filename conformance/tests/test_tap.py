"""The tap: what is the forge's stays here, all else is handed on as it came; waiting ends with the arrival, not later."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import httpx2
import pytest

from renkei_conformance.drivers import MESSAGES, Reply, Request, Rubbish, Unreachable
from renkei_conformance.drivers.http import HttpDoor
from renkei_conformance.lower import serve
from renkei_conformance.lower.network import Lose, LostReply, Slow, SlowReply
from renkei_conformance.lower.serve import Server
from renkei_conformance.lower.tap import Tap
from renkei_conformance.wire import b64u
from renkei_fixtures.errors import SetupError

CODE = "AAAAAAAAAAAAAAAAAAAAAA"


def message(typ, **claims):
    """An envelope with an unsigned header: enough to be sorted."""
    parts = (json.dumps({"typ": typ}), json.dumps(claims), "x")
    return Request(
        "POST",
        MESSAGES,
        {"content-type": "a/b"},
        json.dumps({"header": ".".join(b64u(p.encode()) for p in parts)}).encode(),
    )


@pytest.fixture
def opened(world):
    """An exchange on the books of the forge's network."""
    world.product = lambda request: Reply(202, {}, b"{}")
    draft = world.forge("tap").inquiry([CODE], {"tax_year": "2025"})
    world.forge("other").deliver(draft)
    return draft.exchange_number


def test_a_message_of_the_forges_exchange_stays_here(world, opened):
    reply = world.tap.handle_from_product(message("renkei-answer", exchange_number=opened, part=1, last_part=True))

    assert (reply.status, json.loads(reply.body)["state"]) == (202, "answered")
    assert [heard.typ for heard in world.tap.heard(opened)] == ["renkei-answer"]


def test_a_message_of_another_exchange_is_handed_on_and_kept(world):
    seen = []

    class Network:
        def send(self, request, timeout):
            seen.append(request)
            return Reply(200, {"x-own": "1", "content-length": "99", "date": "today"}, b"from W")

    tap = Tap(world.tap.forged, Network(), None)
    sent = message("renkei-acknowledgement", items=[])
    reply = tap.handle_from_product(sent)

    assert (reply.body, reply.headers) == (b"from W", {"x-own": "1"})
    assert sent.body == seen[0].body
    assert len(tap.heard()) == 1


def test_what_cannot_be_sorted_is_handed_on_too(world):
    class Network:
        def send(self, request, timeout):
            return Reply(400, {}, b"no")

    tap = Tap(world.tap.forged, Network(), None)
    for body in (b"", b"[]", b"{", b'{"header":7}', b"\xff", b"[" * 100_000):
        assert tap.handle_from_product(Request("POST", MESSAGES, {}, body)).status == 400


def test_with_nobody_on_that_side_the_line_is_dead(world):
    tap = Tap(world.tap.forged, None, None)
    with pytest.raises(Unreachable):
        tap.handle_from_product(Request("GET", "/renkei/1/crl"))


def test_what_is_for_a_body_that_the_forge_plays_is_taken(world):
    world.tap.play("482021")
    world.product = lambda request: Reply(418)

    assert world.tap.handle_from_network(message("renkei-inquiry", to="482021")).status == 202
    assert world.tap.handle_from_network(message("renkei-inquiry", to="001015")).status == 418


def test_everything_that_passes_is_told_to_who_watches_until_they_stop(world, opened):
    told = []
    stop = world.tap.watch(told.append)
    world.tap.handle_from_product(message("renkei-query", exchange_number=opened))
    stop()
    world.tap.handle_from_product(message("renkei-query", exchange_number=opened))

    assert [(one.door, one.direction, one.reply.status) for one in told] == [("N", "heard", 200)]


def test_waiting_ends_when_the_message_arrives(world, opened):
    # With an hour's patience: only the arrival itself can end the wait.
    found = []
    waiter = threading.Thread(
        target=lambda: found.extend(world.tap.wait_for(opened, "renkei-answer", 3600)), daemon=True
    )
    waiter.start()
    while not world.tap._arrived._waiters:
        pass
    world.tap.handle_from_product(message("renkei-answer", exchange_number=opened, part=1))
    waiter.join(5)

    assert len(found) == 1


def test_waiting_without_patience_looks_once(world, opened):
    assert world.tap.wait_for(opened, "renkei-answer", 0) == ()


def test_a_refusal_message_is_entered_and_told_in_the_receipt(world, opened):
    world.tap.handle_from_product(message("renkei-refusal", exchange_number=opened, code="busy", stage="transport"))
    reply = world.tap.handle_from_product(message("renkei-query", exchange_number=opened))
    claims = world.forge("r").as_body("482013").signed(json.loads(reply.body)["receipt"], "receipt").claims

    assert (claims["state"], claims["code"], claims["stage"]) == ("refused", "busy", "transport")


# On loopback


@pytest.fixture
def door():
    """Doors that are closed at the end of the test."""
    with ExitStack() as doors:
        yield lambda address: doors.enter_context(HttpDoor(address))


@pytest.fixture
def served(world):
    with Server(world.tap) as server:
        yield server


def test_both_sides_are_served_on_ports_of_their_own(world, served, opened, door):
    world.tap.play("482021")
    product_side, network_side = door(served.address_for_product), door(served.address_for_network)

    assert product_side.send(message("renkei-answer", exchange_number=opened, part=1), 5).status == 202
    assert network_side.send(message("renkei-inquiry", to="482021"), 5).status == 202
    assert [heard.request.headers["content-type"] for heard in world.tap.heard()] == ["a/b"] * 2


def test_a_lost_reply_is_a_line_that_is_hung_up_without_a_word(world, served, opened):
    world.tap.forged.program(opened, Lose())
    with httpx2.Client(trust_env=False) as client:
        sent = message("renkei-answer", exchange_number=opened, part=1)
        with pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
            client.post(served.address_for_product + MESSAGES, content=sent.body, headers=dict(sent.headers))
        again = client.post(served.address_for_product + MESSAGES, content=sent.body, headers=dict(sent.headers))

    assert again.status_code == 202
    assert [heard.counted for heard in world.tap.heard(opened)] == [False, True]


def test_a_dead_line_behind_the_tap_is_told_as_502(world, door):
    with Server(Tap(world.tap.forged, None, None)) as server:
        assert door(server.address_for_product).send(Request("GET", "/renkei/1/crl"), 5).status == 502


def test_path_and_query_are_handed_on(world, door):
    seen = []

    class Network:
        def send(self, request, timeout):
            seen.append(request.path)
            return Reply(200)

    with Server(Tap(world.tap.forged, Network(), None)) as server:
        door(server.address_for_product).send(Request("GET", "/renkei/1/certificates/a_-b?x=1"), 5)

    assert seen == ["/renkei/1/certificates/a_-b?x=1"]


def test_a_port_in_use_is_the_operators_to_mend(world, served):
    port = int(served.address_for_product.rpartition(":")[2])
    with pytest.raises(SetupError) as caught:
        Server(world.tap, product_port=port)
    assert str(port) in caught.value.render("ja")


def test_the_ports_are_given_back(world):
    server = Server(world.tap)
    server.start()
    port = int(server.address_for_product.rpartition(":")[2])
    server.stop()
    server.stop()
    again = Server(world.tap, product_port=port)
    again.stop()


def test_many_messages_at_once_are_all_kept_in_one_order(world, served, opened, door):
    product_side = door(served.address_for_product)
    threads = [
        threading.Thread(target=product_side.send, args=(message("renkei-query", exchange_number=opened, n=n), 5))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    heard = world.tap.heard(opened)
    assert list(range(12)) == [one.number for one in heard]
    assert set(range(12)) == {one.claims["n"] for one in heard}


def test_a_reply_is_lost_in_process_as_an_exception(world, opened):
    world.tap.forged.program(opened, Lose())
    with pytest.raises(LostReply):
        world.tap.handle_from_product(message("renkei-answer", exchange_number=opened))


@pytest.mark.parametrize(("seconds", "counts"), [(2.5, True), (None, False)])
def test_a_slow_reply_is_the_one_that_is_due_and_counts_when_it_ends(world, opened, seconds, counts):
    world.tap.forged.program(opened, Slow(seconds))
    with pytest.raises(SlowReply) as slow:
        world.tap.handle_from_product(message("renkei-query", exchange_number=opened))

    assert (slow.value.reply.status, slow.value.seconds) == (200, seconds)
    assert world.tap.heard(opened)[-1].counted is counts
    assert world.tap.handle_from_product(message("renkei-query", exchange_number=opened)).status == 200


@pytest.mark.parametrize("seconds", [0.02, None])
def test_drips_make_up_the_reply_or_lack_its_last_byte(world, opened, served, door, monkeypatch, seconds):
    monkeypatch.setattr(serve, "DRIP_S", 0.002)
    monkeypatch.setattr(serve, "ENDLESS_S", 0.02)
    world.tap.forged.program(opened, Slow(seconds))
    query = message("renkei-query", exchange_number=opened)
    side = door(served.address_for_product)
    if seconds is None:
        with pytest.raises(Rubbish):
            side.send(query, 5)
    else:
        assert "receipt" in json.loads(side.send(query, 5).body)
    assert side.send(query, 5).status == 200
