"""The first and the last word of ``renkei emulate``: one JSON line for programs, or one line that a person can read.

What a person's line has no room for (tokens of every body, the management port) stands in `world.json`, readable by
its owner alone: in the data folder, or in a folder that goes with the process.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from renkei_fixtures.errors import SetupError
from renkei_fixtures.messages import text

WORLD = "world.json"
Members = dict[str, Any]


class Ready:
    """What is told when the world can be spoken to, and when it has ended."""

    def __init__(self, lang: str, data: Path | None, *, as_json: bool) -> None:
        self._lang = lang
        self._data = data
        self._as_json = as_json
        self._folder: Path | None = None

    def began(self, ready: Members) -> str:
        """The one line. Raises SetupError where `world.json` cannot be written."""
        if self._as_json:
            return json.dumps(ready)
        where = self._write(ready)
        bodies: list[str] = ready["bodies"]
        if ready["network_url"] is None and len(bodies) == 1:
            (code,) = bodies
            token = ready["business_tokens"][code]
            return self._say("body", body=code, address=ready["bodies_url"], business=_path(ready, code), token=token)
        addresses = [f"network {ready['network_url']}"] if ready["network_url"] else []
        addresses += [f"bodies {ready['bodies_url']}", f"business {ready['business_url']}"] if bodies else []
        return self._say("world", count=len(bodies), addresses=" · ".join(addresses), file=where)

    def ended(self) -> str | None:
        """The last line, for a person; None for a program."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._as_json:
            return None
        return self._say("ended") if self._data is None else self._say("ended_kept", data=self._data)

    def _write(self, ready: Members) -> Path:
        if self._data is None:
            self._folder = Path(tempfile.mkdtemp(prefix="renkei-world-"))
        file = (self._data or self._folder or Path()) / WORLD
        try:
            file.touch(0o600)
            file.chmod(0o600)
            file.write_text(json.dumps(ready, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise SetupError("emulator.storage.unwritable", where=str(file), got=str(error)) from None
        return file

    def _say(self, key: str, **values: object) -> str:
        return text(f"emulator.ready.{key}", self._lang, **values)


def _path(ready: Members, code: str) -> str:
    return f"{ready['business_url']}/business/1/{code}"
