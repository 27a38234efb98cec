"""Runs before this one in the same directory: `renkei certify --out DIR` moves them aside and never deletes them.

A report that shows only the last run would let "retry until green" pass for a clean history. Other directories cannot
be known from here, and the page says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from renkei_fixtures.text import Text
from renkei_reports.report import EarlierRun


def earlier_runs(run_dir: Path) -> tuple[EarlierRun, ...]:
    """What `earlier/*/run.ndjson` say of themselves, oldest first; taken over, not examined again."""
    folder = run_dir / "earlier"
    found = [_read(path) for path in sorted(folder.glob("*/run.ndjson"))] if folder.is_dir() else []
    return tuple(sorted(found, key=lambda run: run.started_at))


def _read(path: Path) -> EarlierRun:
    """The first and the last line; a run that was cut off has no verdict."""
    with path.open("rb") as lines:
        first = _line(next(lines, b""))
        last = first
        for raw in lines:
            if b'"run_finished"' in raw[:200]:
                last = _line(raw)
    words = last.get("words")
    return EarlierRun(
        run_id=str(first.get("run_id", path.parent.name)),
        started_at=str(first.get("at", "")),
        verdict=str(last["verdict"]) if last.get("event") == "run_finished" else None,
        words=Text(ja=str(words.get("ja", "")), en=str(words.get("en", ""))) if isinstance(words, dict) else None,
        seed=first.get("seed") if isinstance(first.get("seed"), int) else None,
        set=str(first.get("set", "")),
        only=tuple(map(str, first.get("only") or ())),
        product=_product(first),
    )


def _product(first: dict[str, Any]) -> str:
    product = first.get("product")
    return f"{product.get('name', '')} {product.get('version', '')}".strip() if isinstance(product, dict) else ""


def _line(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
