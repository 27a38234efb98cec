"""The run record as it is written: append-only NDJSON, one event per line, each line in one write.

Valid after a crash or Ctrl-C: a line reaches the operating system in a single `write` before the next thing happens,
so at most the last line can be cut, and readers forgive exactly that (`renkei_fixtures.run_record`).
Events come from the pytest thread and from the tap's threads; the lock gives them one order and one sequence.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from renkei_fixtures.instants import render
from renkei_fixtures.run_record import Event, Line, chain_of, encode


class Record:
    """Appends events; `path` None keeps them in memory only (selfcheck runs thousands of them)."""

    def __init__(self, path: Path | None, now: Callable[[], datetime], watch: Callable[[Event], None] | None = None):
        """Open the file anew. Raises OSError when the directory cannot be written: the operator's to mend.

        `watch` sees every event after it is written, in order: the progress line on the terminal.
        """
        self._file = None if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        self._now = now
        self._watch = watch
        self._lock = threading.RLock()
        self._seq = 0
        self._chain = ""
        self.lines: list[Line] = []

    def add(self, event: Event) -> int:
        """Append one event and return its sequence number, by which checks point at their evidence."""
        with self._lock:
            seq, at = self._seq, render(self._now())
            if self._file is not None:
                raw = encode(seq, at, event, self._chain)
                os.write(self._file, raw)
                self._chain = chain_of(raw)
            self.lines.append(Line.model_construct(seq=seq, at=at, event=event))
            self._seq = seq + 1
            if self._watch is not None:
                self._watch(event)
            return seq

    def close(self) -> None:
        """Make the file durable and let go of it; the lines stay readable in memory."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file)
                os.close(self._file)
                self._file = None
