"""The document in a real browser: one can search in it, it asks the network for nothing, and it prints on A4.

Needs Chromium; where there is none these tests fail, for a page that nobody opened is not known to work.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import load
from renkei_fixtures.standard.document import load_document
from renkei_reports.standard import as_html
from renkei_reports.standard.book import book, cover
from renkei_reports.standard.inserts import Sources

pytestmark = pytest.mark.slow

_PROBE = Path(__file__).with_name("standard_probe.js")


def _page(lang: str) -> str:
    src = Sources(load(), load_bodies(), lang)
    return as_html.render(src, cover(src), book(src, load_document()))


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is not installed: the document was not seen in a browser (apt-get install chromium)")
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    return subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            *quiet,
            f"--user-data-dir={folder / 'profile'}",
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_search_finds_and_its_hits_lead_there(lang: str, tmp_path: Path) -> None:
    page, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", _page(lang))
    assert count == 1
    probed = page.replace("</body>", f"<script>{_PROBE.read_text('utf-8')}</script></body>")
    (tmp_path / "probed.html").write_text(probed, encoding="utf-8")
    shown = _run(tmp_path, "--virtual-time-budget=20000", "--dump-dom", (tmp_path / "probed.html").as_uri()).stdout
    found = re.search(r'data-seen="([^"]*)"', shown)
    assert found is not None, "the page's script fell before the probe's end"
    seen: dict[str, Any] = json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))
    assert seen["code"]["hits"] > 5
    assert seen["code"]["leads"]
    assert "permit_mismatch" in seen["code"]["first"]
    assert not seen["code"]["contents"]
    assert seen["wide"]["hits"] == seen["code"]["hits"]
    assert seen["none"]["hits"] == 0
    assert seen["none"]["said"]
    assert seen["empty"]["contents"]
    assert seen["resources"] == 0


def test_the_pages_policy_lets_its_own_style_and_script_through(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(_page("ja"), encoding="utf-8")
    ran = _run(tmp_path, "--enable-logging=stderr", "--dump-dom", (tmp_path / "page.html").as_uri())
    assert "Content Security Policy" not in ran.stderr


def test_it_prints_on_a4(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(_page("ja"), encoding="utf-8")
    _run(
        tmp_path, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer", (tmp_path / "page.html").as_uri()
    )
    sizes = set(re.findall(rb"/MediaBox \[([0-9. ]+)\]", (tmp_path / "page.pdf").read_bytes()))
    assert sizes
    # A4 is 595 × 842 points.
    assert all(re.fullmatch(rb"0 0 59[45](\.\d+)? 84[12](\.\d+)?", size) for size in sizes)
