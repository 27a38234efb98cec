"""Reports: pure functions of the run record.

`write_all` makes every report of a run directory; `fold` alone gives the report as a value. Nothing here starts,
reaches or imports a running thing.
"""

from pathlib import Path

from renkei_reports.report import Report

__all__ = ["Report", "write_all"]


def write_all(run_dir: Path, lang: str) -> Report:
    """Write `report.json`, `report.html`, `junit.xml` and `summary.md` beside `run.ndjson` and return the report.

    `lang` ("ja" or "en") is the language the page opens in and the one of JUnit and Markdown. Raises `SetupError`
    where there is no readable record or the directory cannot be written. Each file is put in place whole.
    """
    from renkei_reports.writing import write_all as _write_all  # noqa: PLC0415 - Jinja2 only when a report is made

    return _write_all(run_dir, lang)
