"""Over HTTP: httpx2 with keep-alive, and deaf to proxies, certificates and settings of the environment it runs in."""

from __future__ import annotations

import time

import httpx2

from renkei_conformance.drivers import Reply, Request, Rubbish, TimedOut, Unreachable

# A product's reply is a problem, a receipt or a records export. What is longer is no reply of this standard, and an
# examiner that reads for ever is one that can be stalled.
REPLY_LIMIT = 64 * 1024 * 1024


class HttpDoor:
    """One party's HTTP address. Threads may share it; connections stay open between requests."""

    def __init__(self, address: str, bearer: str | None = None) -> None:
        self.address = address.rstrip("/")
        self._bearer = bearer
        self._client = httpx2.Client(
            trust_env=False,
            follow_redirects=False,
            # Shorter than the 5 s after which common servers close an idle connection: a request sent into a
            # connection that the product is just closing would look like a product that hangs up.
            limits=httpx2.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=2.0),
        )

    def send(self, request: Request, timeout: float) -> Reply:
        """See `Door.send`. Redirects are replies like any other: no message carries an address (PROTOCOL §3)."""
        headers = dict(request.headers)
        if self._bearer is not None:
            headers.setdefault("authorization", f"Bearer {self._bearer}")
        try:
            with self._client.stream(
                request.method, self.address + request.path, headers=headers, content=request.body, timeout=timeout
            ) as reply:
                body = self._read(reply, time.monotonic() + timeout)
                return Reply(reply.status_code, {name.lower(): value for name, value in reply.headers.items()}, body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol) as trouble:
            raise Unreachable(self.address, str(trouble) or type(trouble).__name__) from trouble
        except httpx2.TimeoutException as trouble:
            raise TimedOut(self.address, f"no reply within {timeout:g} s") from trouble
        except (httpx2.TransportError, httpx2.DecodingError) as trouble:
            raise Rubbish(self.address, f"{type(trouble).__name__}: {trouble}") from trouble

    def _read(self, reply: httpx2.Response, end: float) -> bytes:
        chunks: list[bytes] = []
        length = 0
        for chunk in reply.iter_bytes():
            length += len(chunk)
            if length > REPLY_LIMIT:
                raise Rubbish(self.address, f"a reply longer than {REPLY_LIMIT} bytes")
            if time.monotonic() > end:  # byte by byte every single wait is short, and the whole has no end
                raise TimedOut(self.address, "the reply had begun, and did not end in time")
            chunks.append(chunk)
        return b"".join(chunks)

    def __enter__(self) -> HttpDoor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()
