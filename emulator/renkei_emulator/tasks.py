"""Work that goes on after the reply was given."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Tasks of one party. ``background``: nobody waits for them, so an error of ours is told on stderr."""

    def __init__(self, background: bool = False) -> None:
        self.background = background
        self._running: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if self.background:
            print("".join(traceback.format_exception(error)), file=sys.stderr)  # noqa: T201
        else:
            self._errors.append(error)

    @property
    def idle(self) -> bool:
        """Nothing runs, and nothing is to be told."""
        return not self._running and not self._errors

    async def settle(self) -> int:
        """Wait until nothing runs; returns how much was waited for. Raises the first error of ours."""
        if self.idle:
            return 0
        waited = 0
        while self._running:
            waited += len(self._running)
            await asyncio.wait(set(self._running))
        await asyncio.sleep(0)  # done callbacks run in the next turn of the loop
        if self._errors:
            errors, self._errors = self._errors, []
            raise errors[0]
        return waited

    async def close(self) -> None:
        """Stop everything; what is on the disk goes on with the next start."""
        running = set(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
