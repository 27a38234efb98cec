"""The page in a real browser: it switches, filters, prints, asks the network for nothing, and no evidence acts.

Needs Chromium; where there is none these tests fail, for a page that nobody opened is not known to work.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from renkei_fixtures.standard import load
from renkei_reports import as_html
from renkei_reports.fold import fold_lines
from renkei_reports.testing import HOSTILE, every_verdict, passing

pytestmark = pytest.mark.slow

# Runs after the page's own script, in the test's copy only, whose policy is taken out for it.
_PROBE = Path(__file__).with_name("probe.js")


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("Chromium is not installed: the report was not seen in a browser (apt-get install chromium)")
    return found


def _run(chromium: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    return subprocess.run(
        [*command, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def _seen(chromium: str, folder: Path, page: str) -> dict[str, Any]:
    """What the probe saw in `page`."""
    without_policy, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert count == 1
    guard = "<script>window.alert = function () { window.alerts = (window.alerts || 0) + 1; };</script>"
    probe = f"<script>{_PROBE.read_text('utf-8')}</script>"
    probed = without_policy.replace("<head>", f"<head>{guard}", 1).replace("</body>", f"{probe}</body>", 1)
    (folder / "probed.html").write_text(probed, encoding="utf-8")
    out = _run(chromium, folder, "--dump-dom", (folder / "probed.html").as_uri()).stdout
    found = re.search(r'data-seen="([^"]*)"', out)
    assert found is not None, "the page's script fell before the probe's end"
    seen: dict[str, Any] = json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))
    return seen


def test_the_page_switches_filters_and_opens_and_no_evidence_acts(chromium: str, tmp_path: Path) -> None:
    page = as_html.render(fold_lines(every_verdict(text=HOSTILE).lines, load()), "ja")
    seen = _seen(chromium, tmp_path, page)

    japanese = "連携太郎 3.2.1 — 不適合"
    assert seen["first"] == {"lang": "ja", "title": japanese, "h1": japanese}
    assert seen["rows"] == 6
    english = "連携太郎 3.2.1 — not conformant"
    assert seen["switched"] == {"lang": "en", "title": english, "h1": english}
    assert seen["searched"] == {"rows": 1, "groups": 1, "count": "1 / 6"}
    assert seen["failed"] == 1
    assert (seen["open"], seen["shut"], seen["linked"]) == (2, 0, 1)
    assert (seen["unfolded"], seen["folded"]) == (2, 0)
    assert seen["resources"] == 0
    assert seen["reachable"]
    assert seen["dialogs"] == 0


def test_the_pages_policy_lets_its_own_style_and_script_through(chromium: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(as_html.render(fold_lines(passing().lines, load()), "en"), encoding="utf-8")
    ran = _run(chromium, tmp_path, "--enable-logging=stderr", "--dump-dom", (tmp_path / "report.html").as_uri())

    # The script marks the page; a refused script or style is told on the console.
    assert '<html lang="en" class="js">' in ran.stdout
    assert "Content Security Policy" not in ran.stderr


def test_the_page_prints(chromium: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(as_html.render(fold_lines(passing().lines, load()), "ja"), encoding="utf-8")
    _run(chromium, tmp_path, f"--print-to-pdf={tmp_path / 'report.pdf'}", (tmp_path / "report.html").as_uri())
    pdf = (tmp_path / "report.pdf").read_bytes()

    assert pdf.startswith(b"%PDF-")
    # A4 is 595 × 842 points.
    assert re.search(rb"/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", pdf)
