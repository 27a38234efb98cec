"""All reports of one run, each put in place whole: a reader never meets half a file."""

from __future__ import annotations

from pathlib import Path

from renkei_fixtures.errors import SetupError
from renkei_fixtures.standard import load
from renkei_reports import as_html, as_json, as_junit, as_markdown
from renkei_reports.earlier import earlier_runs
from renkei_reports.fold import fold
from renkei_reports.repeating import repeats_of
from renkei_reports.report import Report


def write_all(run_dir: Path, lang: str) -> Report:
    """See `renkei_reports.write_all`."""
    standard = load()
    report = fold(run_dir, standard).model_copy(update={"earlier": earlier_runs(run_dir)})
    report = report.model_copy(update={"repeats": repeats_of(report, run_dir)})
    files = {
        "report.json": as_json.render(report, standard).encode(),
        "junit.xml": as_junit.render(report, lang, standard),
        "report.html": as_html.render(report, lang, standard).encode(),
        "summary.md": as_markdown.render(report, lang, standard).encode(),
    }
    for name, content in files.items():
        _put(run_dir / name, content)
    return report


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise SetupError("reports.not_writable", str(path), got=error.strerror) from error
