"""The line to the network: what is fetched from it, and what is sent to it until it is taken."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from urllib.parse import urlsplit

from .store import Store
from .wire import Refused, read_time

MESSAGES, MEDIA_TYPE = "/renkei/1/messages", "application/vnd.renkei+json"
AGAIN = {429, 500, 502, 503, 504}
LONGEST_PAUSE = 300


class Network:
    """HTTP to the network: one connection for each request, which is slow and simple."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc

    def fetch(self, path: str) -> bytes | None:
        """The bytes of a public page, None for 404. Raises Refused `temporarily_unable`."""
        try:
            status, _, body = self.request("GET", path)
        except (OSError, http.client.HTTPException):
            raise Refused("temporarily_unable") from None
        if status == 404:
            return None
        if status != 200:
            raise Refused("temporarily_unable")
        return body

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str | None, bytes]:
        """Status, `Retry-After` and body."""
        connection = http.client.HTTPConnection(self._host, timeout=5)
        try:
            connection.request(method, path, body, {"Content-Type": MEDIA_TYPE} if body else {})
            reply = connection.getresponse()
            return reply.status, reply.getheader("Retry-After"), reply.read()
        finally:
            connection.close()


class Sender(threading.Thread):
    """Sends what is to be sent, the same bytes each time, until it is taken, refused, or too late."""

    def __init__(self, store: Store, network: Network) -> None:
        super().__init__(name="sender", daemon=True)
        self._store, self._network = store, network
        self._wake = threading.Event()

    def wake(self) -> None:
        """Something new is to be sent."""
        self._wake.set()

    def run(self) -> None:
        while True:
            self._wake.wait(0.2)
            self._wake.clear()
            sql = "SELECT number, bytes, until, tries FROM outgoing WHERE due <= ? ORDER BY rowid"
            for number, message, until, tries in self._store.run(sql, time.time()):
                self._send(number, message, until, tries)

    def _send(self, number: str, message: bytes, until: str, tries: int) -> None:
        if time.time() >= read_time(until).timestamp():
            self._done(number)
            return
        try:
            status, retry_after, reply = self._network.request("POST", MESSAGES, message)
        except (OSError, http.client.HTTPException):
            status, retry_after, reply = 504, None, b""
        if status not in AGAIN:
            if status >= 400:  # not delivered, and never will be
                self._store.log("audit", number, exchange_number=number, event="not_delivered", **reason(reply))
            self._done(number)
            return
        pause = min(2**tries, LONGEST_PAUSE) * random.uniform(0.8, 1.2)
        if retry_after is not None and retry_after.isdigit():
            pause = int(retry_after)
        due = time.time() + pause
        self._store.run("UPDATE outgoing SET due = ?, tries = tries + 1 WHERE number = ?", due, number)

    def _done(self, number: str) -> None:
        self._store.run("DELETE FROM outgoing WHERE number = ?", number)


def reason(reply: bytes) -> dict[str, object]:
    """Code and stage of a problem, as far as they can be read."""
    try:
        problem = json.loads(reply)
    except ValueError:
        return {}
    return {name: problem.get(name) for name in ("code", "stage")} if isinstance(problem, dict) else {}
