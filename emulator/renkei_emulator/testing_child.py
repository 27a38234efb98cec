"""Helper for tests: an emulator as a child process, spoken to over real sockets."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from types import TracebackType
from typing import Any

from renkei_emulator.world import HttpReply

Json = dict[str, Any]
_RUN = (
    "import json, sys; from pathlib import Path; from renkei_emulator.ordered import EmulateOptions; "
    "from renkei_emulator.server import run; "
    "told = json.loads(sys.argv[1]); told['data'] = Path(told['data']) if told.get('data') else None; "
    "sys.exit(run(EmulateOptions(**told)))"
)


class Child:
    """``renkei emulate`` in a process of its own. Leaving the context ends it by closing its stdin."""

    def __init__(self, **options: Any) -> None:
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
        command = [sys.executable, "-P", "-c", _RUN, json.dumps({"lifeline": True, **told}, default=str)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        self.ready: Json = json.loads(said) if said else {}

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> tuple[int, str]:
        """Close the lifeline; exit code and stderr."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Exit code and stderr, once it has ended."""
        self.process.stdin = None
        _, error = self.process.communicate(timeout=15)
        return self.process.returncode, error.decode()

    def kill(self) -> None:
        """``kill -9``, this process alone."""
        self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.wait()

    # --- doors ------------------------------------------------------------------------------------------------------
    def send(
        self, door: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> HttpReply:
        """One request on a connection of its own. OSError or HTTPException if nobody answers."""
        address = self.ready[f"{door}_url"].removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return HttpReply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def business(self, body: str, operation: str, members: Json | bytes) -> HttpReply:
        data = members if isinstance(members, bytes) else json.dumps(members).encode()
        token = {"authorization": f"Bearer {self.ready['business_tokens'][body]}"}
        return self.send("business", "POST", f"/business/1/{body}/{operation}", data, token)

    def management(self, method: str, operation: str, members: Json | None = None) -> Json:
        token = {"authorization": f"Bearer {self.ready['management_token']}"}
        data = b"" if members is None else json.dumps(members).encode()
        said: Json = json.loads(self.send("management", method, f"/management/1/{operation}", data, token).body)
        return said
