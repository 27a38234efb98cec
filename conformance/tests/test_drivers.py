"""Drivers: three ways in which no reply comes, and no way out of the mock."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import ClassVar

import httpx
import httpx2
import pytest
import respx
from respx.mocks import HTTPCoreMocker

from renkei_conformance.drivers import Passed, Reply, Request, Rubbish, TimedOut, Unreachable, Watched
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.drivers.http import HttpDoor


class HTTPCore2Mocker(HTTPCoreMocker):
    """respx knows httpx; the same places in httpcore2 are what httpx2 goes through."""

    name = "httpcore2"
    targets: ClassVar = [target.replace("httpcore.", "httpcore2.") for target in HTTPCoreMocker.targets]


@pytest.fixture
def mocked():
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


GET = Request("GET", "/renkei/1/crl")


def test_no_call_escapes_the_mock(mocked):
    with pytest.raises(respx.models.AllMockedAssertionError):
        httpx2.get("http://127.0.0.1:9/")


def test_a_reply_comes_as_it_was_sent_with_names_in_lower_case(mocked):
    mocked.get("http://product/renkei/1/crl").respond(
        503, headers={"Retry-After": "2", "Content-Type": "A/B; c=d"}, content=b"x"
    )
    reply = HttpDoor("http://product/").send(GET, 1)

    assert (reply.status, reply.headers["retry-after"], reply.media_type, reply.body) == (503, "2", "a/b", b"x")


def test_body_headers_and_token_are_sent(mocked):
    route = mocked.post("http://product/x").respond(204)
    HttpDoor("http://product", bearer="t").send(Request("POST", "/x", {"content-type": "a/b"}, b"\x00\xff"), 1)
    sent = route.calls.last.request

    assert sent.content == b"\x00\xff"
    assert (sent.headers["content-type"], sent.headers["authorization"]) == ("a/b", "Bearer t")


def test_a_redirect_is_not_followed(mocked):
    mocked.get("http://product/renkei/1/crl").respond(302, headers={"location": "http://elsewhere/"})

    assert HttpDoor("http://product").send(GET, 1).status == 302


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(httpx.ConnectError, Unreachable), (httpx.ConnectTimeout, Unreachable), (httpx.ReadTimeout, TimedOut),
     (httpx.RemoteProtocolError, Rubbish), (httpx.ReadError, Rubbish)],
)  # fmt: skip
def test_each_failure_of_the_line_has_its_own_name(mocked, raised, expected):
    import httpcore2

    mocked.get("http://product/renkei/1/crl").mock(side_effect=getattr(httpcore2, raised.__name__))

    with pytest.raises(expected):
        HttpDoor("http://product").send(GET, 1)


@contextmanager
def listener(speak):
    """A socket that says something once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(65536)
                speak(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


def test_nothing_listening_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Unreachable):
        HttpDoor(f"http://127.0.0.1:{port}").send(GET, 1)


@pytest.mark.parametrize("said", [b"", b"220 smtp ready\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"])
def test_what_is_no_http_reply_is_rubbish(said):
    with listener(lambda line: line.sendall(said)) as address, pytest.raises(Rubbish):
        HttpDoor(address).send(GET, 2)


def test_the_environment_has_no_say(monkeypatch):
    # Were it heard, the request would go to a proxy where nothing listens.
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with listener(lambda line: line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")) as address, HttpDoor(address) as door:
        assert door.send(GET, 2).status == 204


def test_silence_is_a_timeout():
    done = threading.Event()
    with listener(lambda line: done.wait(5)) as address:
        with pytest.raises(TimedOut):
            HttpDoor(address).send(GET, 0.2)
        done.set()


def test_a_reply_that_drips_is_a_timeout():
    done = threading.Event()

    def drip(line):
        line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        with suppress(OSError):
            while not done.wait(0.02):
                line.sendall(b"x")

    with listener(drip) as address, HttpDoor(address) as door:
        with pytest.raises(TimedOut):
            door.send(GET, 0.3)
        done.set()


def test_a_watched_door_tells_what_passed_and_what_failed():
    told: list[Passed] = []

    def fail(request):
        raise TimedOut("x", "late")

    Watched(CallableDoor(lambda request: Reply(200)), "N", told.append).send(GET, 1)
    with pytest.raises(TimedOut):
        Watched(CallableDoor(fail), "B", told.append).send(GET, 1)

    assert [(one.door, one.reply and one.reply.status) for one in told] == [("N", 200), ("B", None)]
    assert "TimedOut" in str(told[1].trouble)
