"""The page in a real browser: it switches, filters, prints, asks the network for nothing, and no evidence acts.

Needs Chromium; where there is none these tests fail, for a page that nobody opened is not known to work.
"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from renkei_fixtures.standard import load
from renkei_reports import as_html
from renkei_reports.fold import fold_lines
from renkei_reports.testing import HOSTILE, RecordBuilder, every_verdict, passing

pytestmark = pytest.mark.slow

_ROWS = "[...document.querySelectorAll('#clauses tr[data-verdict]')].filter(row => !row.hidden).length"
_OPEN = "document.querySelectorAll('details.case[open]').length"


def _write(folder: Path, record: RecordBuilder, lang: str = "ja") -> Path:
    page = folder / "report.html"
    page.write_text(as_html.render(fold_lines(record.lines, load()), lang), encoding="utf-8")
    return page


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Any:
    """The page of a run with every verdict, whose product and peers are hostile, just opened in Japanese."""
    browser.open(_write(tmp_path, every_verdict(text=HOSTILE)))
    return browser


def test_the_page_asks_the_network_for_nothing_and_no_evidence_acts(shown: Any) -> None:
    for details in ("document.querySelectorAll('details').forEach(one => { one.open = true; })", "1"):
        shown.js(details)

    assert [one for one in shown.requests if one != shown.own] == []
    assert shown.complaints == []
    assert shown.js("document.querySelectorAll('script').length") == 1


def test_the_language_switches_by_keyboard_without_reload(shown: Any) -> None:
    shown.js("window.stayed = true")
    japanese, english = "連携太郎 3.2.1 — 不適合", "連携太郎 3.2.1 — not conformant"
    assert shown.js("[document.title, document.querySelector('h1').innerText]") == [japanese, japanese]

    shown.tab_to("at.dataset.speak === 'en'")
    shown.press("Enter")
    assert shown.js("[document.title, document.querySelector('h1').innerText]") == [english, english]
    assert shown.js("document.documentElement.lang") == "en"
    assert shown.js("document.activeElement.getAttribute('aria-pressed')") == "true"
    assert shown.js("document.querySelector('[data-filter]').getAttribute('aria-label')") == "Filter of clauses"
    assert shown.js("document.querySelector('[data-by=function] option').textContent") == "all"
    assert shown.js("window.stayed") is True


def test_the_first_tab_leads_past_the_header_and_the_skip_link_goes_to_the_report(shown: Any) -> None:
    shown.press("Tab")
    assert shown.js("document.activeElement.className") == "skip"
    shown.press("Enter")
    shown.until("document.activeElement.id === 'report'")


def test_the_clauses_are_filtered_by_words_verdict_and_function_from_the_keyboard(shown: Any) -> None:
    assert shown.js(_ROWS) == 6
    shown.tab_to("at.matches('#clauses [data-words]')")
    shown.press(*"p-sig-001")
    assert shown.js(_ROWS) == 1
    assert shown.js("document.querySelector('#clauses output').textContent") == "1 / 6"
    shown.tab_to("at.matches('#clauses [data-reset]')")
    shown.press("Enter")
    assert shown.js(_ROWS) == 6
    assert shown.js("document.activeElement.matches('#clauses [data-words]')")

    shown.tab_to("at.matches('#clauses [data-by=function]')")
    shown.press(*["ArrowDown"] * 3)  # the third function of the standard: encryption and signature
    assert shown.js("document.activeElement.value") == "linkage_if.crypto_signature"
    assert shown.js(_ROWS) == 3
    shown.tab_to("at.matches('#clauses input[value=fail]')")
    shown.press(" ")
    assert shown.js(_ROWS) == 2


def test_what_no_row_matches_is_said(shown: Any) -> None:
    shown.tab_to("at.matches('#clauses [data-words]')")
    shown.press(*"zzzz")

    assert shown.js(_ROWS) == 0
    assert shown.js("document.querySelector('#clauses [data-nothing]').hidden") is False


def test_a_link_opens_what_is_folded_or_filtered_away_and_takes_the_keyboard_there(shown: Any) -> None:
    shown.js("document.querySelector('[data-open=no]').click()")
    shown.js("document.querySelectorAll('#cases input[type=checkbox]').forEach(box => box.click())")
    assert shown.js(_OPEN) == 0
    shown.tab_to("at.matches('#attention a[href=\"#case-C-SIG-1\"]')")
    shown.press("Enter")

    shown.until("(document.activeElement.closest('details') || {}).id === 'case-C-SIG-1'")
    assert shown.js(_OPEN) == 1
    shown.tab_to("at.matches('.check a[href^=\"#m\"]')")
    shown.press("Enter")
    shown.until("(document.activeElement.closest('.message') || {}).open")


def test_everything_that_can_be_operated_is_reached_by_tab_and_has_a_name(shown: Any) -> None:
    nameless = """[...document.querySelectorAll('button, input, select, summary, a[href], [tabindex="0"]')].filter(one =>
      one.tabIndex < 0 || !['aria-label', 'aria-labelledby'].some(name => one.hasAttribute(name))
        && !(one.closest('label') || one).textContent.trim()).map(one => one.outerHTML.slice(0, 90))"""

    assert shown.js(nameless) == []
    assert shown.js("document.querySelectorAll('[onclick], [onmouseover]').length") == 0


def test_paper_has_everything_unfolded_and_unfiltered_and_afterwards_all_is_as_it_was(shown: Any) -> None:
    shown.js("document.querySelector('#clauses [data-words]').value = 'p-sig-001'")
    shown.js("document.querySelector('#clauses [data-words]').dispatchEvent(new Event('input'))")
    before = shown.js("document.querySelectorAll('details[open]').length")
    shown.js("window.dispatchEvent(new Event('beforeprint'))")

    assert shown.js("document.querySelectorAll('details:not([open])').length") == 0
    assert shown.js(_ROWS) == 6
    shown.js("window.dispatchEvent(new Event('afterprint'))")
    assert shown.js("document.querySelectorAll('details[open]').length") == before
    assert shown.js(_ROWS) == 1


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_is_wider_than_the_window(browser: Any, tmp_path: Path, width: int, lang: str) -> None:
    browser.open(_write(tmp_path, every_verdict(text=HOSTILE), lang), width=width)
    browser.js("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    assert browser.js("document.documentElement.scrollWidth") <= width


def test_texts_have_contrast_enough_to_be_read(shown: Any) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, over every element that has a text of its own."""
    poor = """(function () {
      function rgb(text) { return text.match(/[\\d.]+/g).map(Number); }
      function light(c) {
        var parts = c.slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4));
        return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2];
      }
      function ground(one) {
        for (; one; one = one.parentElement) {
          var c = rgb(getComputedStyle(one).backgroundColor);
          if (c.length < 4 || c[3] > 0) { return c; }
        }
        return [255, 255, 255];
      }
      return [...document.querySelectorAll('main *, header *')].filter(function (one) {
        return [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && one.offsetParent;
      }).filter(function (one) {
        var a = light(rgb(getComputedStyle(one).color)), b = light(ground(one));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
      }).map(one => one.className + ' ' + one.textContent.slice(0, 30));
    })()"""

    assert shown.js(poor) == []


def test_the_pages_policy_lets_its_own_style_and_script_through(browser: Any, tmp_path: Path) -> None:
    browser.open(_write(tmp_path, passing(), "en"))

    # The script marks the page; a refused script or style is told in the log.
    assert browser.js("document.documentElement.className") == "js"
    assert browser.js("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert browser.complaints == []


def test_the_page_prints_on_a4_with_item_and_page_number_on_every_page(chromium: str, tmp_path: Path) -> None:
    page = _write(tmp_path, every_verdict())
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += [f"--print-to-pdf={tmp_path / 'report.pdf'}", "--no-pdf-header-footer", page.as_uri()]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    pdf = (tmp_path / "report.pdf").read_bytes()

    assert pdf.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[([^\]]*)\]", pdf)
    assert len(boxes) > 2
    # A4 is 595 × 842 points.
    assert all(re.fullmatch(rb"0 0 59[45](\.\d+)? 84[12](\.\d+)?", box) for box in boxes)
