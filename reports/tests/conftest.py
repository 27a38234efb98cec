"""A browser for the page tests: Chromium over its debugging pipe, so that keys are real keys and requests are counted.

No driver is installed for it; the DevTools protocol is JSON with a null byte between messages.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--hide-scrollbars", *_QUIET)
# Key → (windowsVirtualKeyCode, text that it types).
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, ""), "Escape": (27, "")}


# Chromium reads on 3 and writes on 4; out of the way first, for either may be in the other's place.
_WIRED = """
import fcntl, os, sys
there, back = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(there, 3), os.dup2(back, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One page in Chromium. `requests` are the addresses that the page asked for, its own excepted."""

    def __init__(self, path: str, folder: Path) -> None:
        to_child, self._to = os.pipe()
        self._from, from_child = os.pipe()
        self._child = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _WIRED,
                str(to_child),
                str(from_child),
                path,
                *FLAGS,
                "--remote-debugging-pipe",
                f"--user-data-dir={folder / 'profile'}",
            ],
            pass_fds=(to_child, from_child),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._read = b""
        self._count = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(self, page: Path, width: int = 1200, height: int = 900) -> None:
        """Show a file and wait until it is there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.size(width, height)
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.until(f"document.readyState === 'complete' && location.href === '{page.resolve().as_uri()}'")
        self.own = page.resolve().as_uri()

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def js(self, expression: str) -> Any:
        """The value of an expression in the page; it runs past the page's own policy, as a person's tools do."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, condition: str, most: float = 5.0) -> None:
        """Wait until the page says so; what a key press leads to comes a moment after it."""
        ends = time.monotonic() + most
        while not self.js(condition):
            assert time.monotonic() < ends, f"not within {most} s: {condition}"

    def press(self, *keys: str) -> None:
        """Real key presses; a key of one letter is typed."""
        for key in keys:
            code, text = _KEYS.get(key, (ord(key.upper()[0]), key))
            down: dict[str, Any] = {"type": "keyDown", "key": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", **down, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def tab_to(self, condition: str, most: int = 400) -> int:
        """Press Tab until the focused element (`at`) fulfils `condition`; how often that took."""
        for pressed in range(1, most + 1):
            self.press("Tab")
            if self.js(f"(function (at) {{ return !!({condition}); }})(document.activeElement)"):
                return pressed
        raise AssertionError(f"{most} times Tab, and no element with {condition}")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol and its result."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._count:
                assert "error" not in said, said["error"]
                result: dict[str, Any] = said["result"]
                return result
            self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        if said.get("method") == "Network.requestWillBeSent":
            self.requests.append(said["params"]["request"]["url"])
        elif said.get("method") == "Log.entryAdded":
            self.complaints.append(said["params"]["entry"]["text"])
        elif said.get("method") == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {said['params']['message']}")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            chunk = os.read(self._from, 1 << 20)
            assert chunk, "Chromium ended"
            self._read += chunk
        message, self._read = self._read.split(b"\0", 1)
        said: dict[str, Any] = json.loads(message)
        return said

    def close(self) -> None:
        self._child.terminate()
        self._child.wait(20)
        os.close(self._to)
        os.close(self._from)


@pytest.fixture
def chromium() -> str:
    """Where Chromium is. Without one these tests fail: a page that nobody opened is not known to work."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("Chromium is not installed: the report was not seen in a browser (apt-get install chromium)")
    return found


@pytest.fixture
def browser(chromium: str, tmp_path: Path) -> Iterator[Browser]:
    browser = Browser(chromium, tmp_path)
    try:
        yield browser
    finally:
        browser.close()
