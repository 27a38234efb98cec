"""`python -m provider renkei.toml --tables DIR [--data DIR]`: one body's provider, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import tomllib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .business import Business, Problem
from .network import MEDIA_TYPE, MESSAGES, Network, Sender
from .provider import Provider
from .store import Store
from .tables import Tables
from .trust import OwnKey, Trust, utc_now
from .wire import Json, Refused, unb64u, write_time

LARGEST = 10 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with connections that stay open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def body(self) -> bytes | None:
        """The request's body; None when it is too large (read all the same, and thrown away)."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            while length > 0 and (chunk := self.rfile.read(min(length, 65536))):
                length -= len(chunk)
            return None
        return self.rfile.read(length)

    def say(self, status: int, media_type: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the logs are those of the standard."""


def network_side(provider: Provider, sender: Sender) -> type[Handler]:
    """Interface N."""

    class NetworkSide(Handler):
        def do_POST(self) -> None:
            raw = self.body()
            try:
                if self.path != MESSAGES:
                    raise Refused("path_unknown")
                if raw is None:
                    raise Refused("too_large")
                if self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
                    raise Refused("media_type_not_allowed")
                said = provider.receive(raw, utc_now())
            except Refused as refused:
                self.refuse(refused, raw or b"")
                return
            except Exception as error:  # a bug of ours is no traceback on the wire
                print(f"internal error: {error!r}", file=sys.stderr)
                self.refuse(Refused("internal_error"), raw or b"")
                return
            self.say(202, "application/json", json.dumps(said).encode())
            sender.wake()

        def do_GET(self) -> None:
            self.body()
            self.refuse(Refused("path_unknown"), b"")

        do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - http.server's names

        def refuse(self, refused: Refused, raw: bytes) -> None:
            row = provider.tables.refusals[refused.code]
            named = names_of(raw)
            told = {"at": write_time(utc_now()), "code": refused.code, "stage": row["stage"], **named}
            with provider.store.transaction():
                provider.store.log("audit", named.get("exchange_number"), **told)
            members = {
                "type": "about:blank",
                "status": row["http"],
                "code": refused.code,
                "stage": row["stage"],
                **named,
            }
            if refused.item_nos:
                members["item_nos"] = refused.item_nos
            headers = {"Retry_After": "1"} if row["retry"] else {}
            self.say(row["http"], "application/problem+json", json.dumps(members).encode(), **headers)

    return NetworkSide


def names_of(raw: bytes) -> dict[str, str]:
    """`message_id` and `exchange_number` of a refused message, as far as they can be read."""
    found = {}
    for member, name in (("header", "message_id"), ("permit", "exchange_number")):
        try:
            claims = json.loads(unb64u(json.loads(raw)[member].split(".")[1]))
            value = claims[name]
        except (Refused, ValueError, LookupError, AttributeError, TypeError, RecursionError):
            continue
        if isinstance(value, str) and 0 < len(value) <= 36:
            found[name] = value
    return found


def business_side(business: Business, base: str, token: str, sender: Sender) -> type[Handler]:
    """Interface B."""

    class BusinessSide(Handler):
        def do_POST(self) -> None:
            raw = self.body()
            try:
                if raw is None:
                    raise Problem(413, "too_large")
                if self.headers.get("Authorization") != f"Bearer {token}":
                    raise Problem(401, "token_wrong")
                folder, _, operation = self.path.rpartition("/")
                if folder != base:
                    raise Problem(404, "path_unknown", got=self.path)
                media_type, body = business.handle(operation, raw, utc_now())
            except Problem as problem:
                body = json.dumps(problem.members, ensure_ascii=False).encode()
                self.say(problem.status, "application/problem+json", body)
                return
            self.say(200, media_type, body)
            sender.wake()

    return BusinessSide


Narrow = Callable[..., Provider]


def main(make: Narrow = Provider, arguments: list[str] | None = None) -> int:
    """Serve. `make` builds the provider: a test may hand in one that does something wrong."""
    parser = argparse.ArgumentParser(prog="provider", description=__doc__)
    parser.add_argument("product", type=Path, help="the product file (renkei.toml)")
    parser.add_argument("--tables", type=Path, required=True, help="the folder tables/ of the rendered standard")
    parser.add_argument("--data", type=Path, default=Path("provider-data"), help="where its database lies")
    given = parser.parse_args(arguments)
    profile = tomllib.loads(given.product.read_text("utf-8"))
    kit = given.product.parent / profile["kit"]
    network = Network(f"http://{profile['network_side']['listen']}")
    store = Store(given.data / "provider.sqlite")
    provider = make(
        profile["product"]["body"],
        set(profile["product"]["informations"]),
        Tables(given.tables),
        store,
        Trust((kit / "trust/anchors.pem").read_bytes(), network.fetch),
        (OwnKey.read(kit / "keys", "signing"), OwnKey.read(kit / "keys", "sealing")),
    )
    sender = Sender(store, network)
    sender.start()
    try:
        servers = _servers(profile, provider, sender)
    except OSError as error:
        print(f"cannot listen where {given.product} says: {error}", file=sys.stderr)
        return 1
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"provider of {provider.body}: ready at {utc_now():%H:%M:%S} UTC", flush=True)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    for server in servers:
        server.shutdown()
    return 0


def _servers(profile: Json, provider: Provider, sender: Sender) -> list[ThreadingHTTPServer]:
    n, b = urlsplit(profile["network_side"]["address"]), urlsplit(profile["business_side"]["address"])
    token = profile["business_side"]["token"]
    sides: list[tuple[Any, type[Handler]]] = [
        (n, network_side(provider, sender)),
        (b, business_side(Business(provider), b.path.rstrip("/"), token, sender)),
    ]
    return [ThreadingHTTPServer((at.hostname, at.port), handler) for at, handler in sides]


if __name__ == "__main__":
    sys.exit(main())
