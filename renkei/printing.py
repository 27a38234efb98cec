"""Tables and JSON on a terminal: 80 columns are enough, no colour into a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click


def as_json(value: Any) -> None:
    """Print `value` as readable JSON in UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def as_table(heads: Sequence[str], rows: Iterable[Sequence[object]], grow: int = -1) -> None:
    """Print rows under heads; column `grow` takes the width that is left and wraps."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - JSON and errors do without
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    last = len(heads) - 1 if grow < 0 else grow
    for at, head in enumerate(heads):
        table.add_column(head, overflow="fold", ratio=1 if at == last else None, no_wrap=False)
    for row in rows:
        table.add_row(*(str(cell) if cell is not None else "" for cell in row))
    width = None if sys.stdout.isatty() else 100
    Console(width=width, highlight=False, markup=False, soft_wrap=False).print(table)
