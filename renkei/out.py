"""Where a run's files go. An earlier run in the same directory is moved aside, never overwritten."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from renkei_fixtures.errors import SetupError

WRITTEN = (
    "run.ndjson",
    "report.json",
    "report.html",
    "summary.md",
    "junit.xml",
    "allure-results",
    "logs",
    "hypothesis",
    "repro",
    "replay",
)


def prepare(out: Path | None) -> tuple[Path, Path | None]:
    """The directory, made, and where an earlier run in it was moved to. Raises SetupError if it cannot be written."""
    where = out or Path(f"renkei-run-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    try:
        where.mkdir(parents=True, exist_ok=True)
        if not (where / "run.ndjson").exists():
            return where, None
        earlier = where / "earlier" / _run_id(where / "run.ndjson")
        earlier.mkdir(parents=True)
        for name in WRITTEN:
            if (where / name).exists():
                (where / name).rename(earlier / name)
    except OSError as error:
        raise SetupError("cli.out_unwritable", where=str(where), got=str(error)) from None
    return where, earlier


def _run_id(record: Path) -> str:
    """The earlier run's own id; the time where its first line cannot be read."""
    try:
        with record.open(encoding="utf-8") as lines:
            return str(json.loads(next(lines))["run_id"])
    except (ValueError, KeyError, TypeError, StopIteration):
        return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
