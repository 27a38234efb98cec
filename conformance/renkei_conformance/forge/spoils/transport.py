"""Spoils of the transport: what HTTP alone can refuse."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.drivers import MESSAGES, Request
from renkei_conformance.forge.build import Bench
from renkei_conformance.forge.spoils import spoil

LIMIT = 10 * 1024 * 1024  # STANDARD §9


@spoil("transport.media_type", at="request")
def _media_type(request: Request, bench: Bench) -> Request:
    return replace(request, headers={**request.headers, "content-type": "text/plain"})


@spoil("transport.too_large", at="request")
def _too_large(request: Request, bench: Bench) -> Request:
    # Spaces after the last brace: the JSON stays right, only its size is not.
    return replace(request, body=request.body + b" " * (LIMIT + 1 - len(request.body)))


@spoil("transport.path_unknown", at="request")
def _path_unknown(request: Request, bench: Bench) -> Request:
    return replace(request, path=MESSAGES + "x")
