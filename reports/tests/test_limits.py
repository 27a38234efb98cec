"""What interface B could not say stands in every form of the report, beside a verdict that says conformant."""

import json

from renkei_fixtures.run_record import Limit
from renkei_fixtures.standard import Text, load
from renkei_reports import as_html, as_json, as_markdown
from renkei_reports.fold import fold_lines
from renkei_reports.report import Report
from renkei_reports.testing import VENDOR, passing


def _report(*, limited: bool) -> Report:
    record = passing(VENDOR)
    lines = record.lines
    if limited:
        end = lines.pop()
        record.add(Limit(case="C-3", text=Text(ja="か゚は書けない", en="no か゚ in CP932"), left_out=2, of=9))
        record.add(end.event)
    return fold_lines(record.lines, load())


def test_a_limit_does_not_change_the_verdict_and_stands_on_page_one_and_at_the_clauses() -> None:
    report = _report(limited=True)
    html = as_html.render(report, "en")

    assert report.verdict == "conformant"
    assert html.index("This result has limits: in 1 cases") < html.index('id="item"')
    assert html.index("no か゚ in CP932") > html.index('id="uncovered"')
    assert json.loads(as_json.render(report))["cases"][2]["limits"] == [
        {"text": {"ja": "か゚は書けない", "en": "no か゚ in CP932"}, "left_out": 2, "of": 9}
    ]
    assert "no か゚ in CP932" in as_markdown.render(report, "en")
    assert "か゚は書けない" in as_markdown.render(report, "ja")


def test_without_limits_none_is_spoken_of() -> None:
    report = _report(limited=False)

    assert "has limits" not in as_html.render(report, "en")
    assert "has limits" not in as_markdown.render(report, "en")
