"""Child processes of a run: started hermetically, known by their ready line, ended by closing their stdin.

A child is always `python -P -m renkei emulate …`: `-P` keeps a vendor's working directory from shadowing our
dependencies, and the lifeline on stdin ends the child even when the parent is killed.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from renkei_fixtures.errors import SetupError

READY_WITHIN_S = 20.0
ENDS_WITHIN_S = 5.0


@dataclass
class Child:
    """One emulator process; `ready` is the parsed ready line (addresses, tokens, bodies)."""

    name: str
    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    log: Path

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def stop(self, patience_s: float = ENDS_WITHIN_S) -> None:
        """Close the lifeline, wait, and only then insist. Only this process is ever signalled, by its id."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Children:
    """The children of one run; leaving the context ends them all, whatever happened."""

    def __init__(
        self, logs: Path, ready_within_s: float = READY_WITHIN_S, ends_within_s: float = ENDS_WITHIN_S
    ) -> None:
        """Keep each child's stderr as a file in `logs`."""
        self._logs = logs
        self._ends_within_s = ends_within_s
        self._ready_within_s = ready_within_s
        self._all: list[Child] = []

    def __enter__(self) -> Self:
        """Enter the context."""
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End all children."""
        for child in self._all:
            child.stop(self._ends_within_s)

    def emulate(self, name: str, *args: str) -> Child:
        """Start `renkei emulate ARGS` and return it once its ready line was read.

        Raises SetupError with the child's own last words when it ends or stays silent.
        """
        log = self._logs / f"{name}.log"
        command = [sys.executable, "-P", "-m", "renkei", "emulate", *args, "--stdin-lifeline"]
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=hermetic_environment()
            )
        child = Child(name, process, {}, log)
        self._all.append(child)
        child.ready = _ready_line(child, self._ready_within_s)
        return child


class Early(Children):
    """Children of which one may be started before anybody asks for it: it comes up while its parent still imports."""

    _order: tuple[str, ...] = ()
    _coming: Future[Child] | None = None

    def begin(self, name: str, *args: str) -> None:
        """Start now what `emulate` will be asked for, if it is the same."""
        self._order = (name, *args)
        self._coming = ThreadPoolExecutor(1).submit(super().emulate, name, *args)

    def emulate(self, name: str, *args: str) -> Child:
        """See `Children.emulate`."""
        if self._coming is not None and self._order == (name, *args):
            return self._coming.result()
        return super().emulate(name, *args)


def hermetic_environment() -> dict[str, str]:
    """Return the environment without what could change which code a child runs or how it talks."""
    drop = {"PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"}
    kept = {k: v for k, v in os.environ.items() if k not in drop and not k.lower().endswith("_proxy")}
    return {**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def _ready_line(child: Child, within_s: float) -> dict[str, Any]:
    """Read the one JSON line that says that the child is ready."""
    assert child.process.stdout is not None
    deadline = time.monotonic() + within_s
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.process.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            piece = os.read(child.process.stdout.fileno(), 65536)
            if not piece:
                break
            line += piece
    try:
        ready: dict[str, Any] = json.loads(line)
    except ValueError:
        words = child.log.read_text("utf-8", "replace").strip()[-2000:]
        if not words and child.process.poll() is not None:
            words = f"exit {child.process.returncode}"
        raise SetupError("cli.child_not_ready", where=child.name, expected="ready", got=words or "-") from None
    return ready
