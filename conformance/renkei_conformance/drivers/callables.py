"""In process: a callable handed in by `renkei/` is the wire."""

from __future__ import annotations

from collections.abc import Callable

from renkei_conformance.drivers import Reply, Request


class CallableDoor:
    """A door onto a function. What the function raises is a bug of its house and falls through: no disguise as a reply."""

    def __init__(self, call: Callable[[Request], Reply]) -> None:
        self._call = call

    def send(self, request: Request, timeout: float) -> Reply:
        return self._call(request)
