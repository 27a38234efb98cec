"""How each failed case can be repeated: the command, and the files that the examiner laid beside the record.

The files are looked for, never believed: their index says only until when a curl line holds, and a name that is no
case's is no path.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from renkei_reports.report import Repeat, Report

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


def repeats_of(report: Report, run_dir: Path) -> dict[str, Repeat]:
    """By failed case the ways that there are. Empty where nothing failed."""
    index = _index(run_dir / "repro" / "index.json")
    failed = [case.id for case in report.cases if case.verdict == "fail" and _NAME.fullmatch(case.id)]
    return {case: _ways(case, run_dir, index.get(case)) for case in failed}


def _ways(case: str, run_dir: Path, noted: object) -> Repeat:
    files = {name: f"repro/{case}.{ending}" for name, ending in (("python", "py"), ("curl", "sh"))}
    there = {name: path for name, path in files.items() if (run_dir / path).is_file()}
    until = noted.get("holds_until") if isinstance(noted, dict) else None
    holds = until if isinstance(until, str) and _INSTANT.fullmatch(until) and "curl" in there else None
    return Repeat(replay=f"renkei replay {run_dir.name or '.'} {case}", holds_until=holds, **there)


def _index(path: Path) -> dict[str, object]:
    """What the examiner noted; nothing where the file is not there or is not ours."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
