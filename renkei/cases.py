"""`renkei cases`: what the examiner does, case by case."""

from __future__ import annotations

import click

from renkei.language import current, tell
from renkei.printing import as_json, as_table


@click.command("cases", help=tell("cli.cases.help"))
@click.option("--json", "json_", is_flag=True, help=tell("cli.option.json"))
@click.option("--idle", is_flag=True, help=tell("cli.cases.idle"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(json_: bool, idle: bool, lang: str | None) -> int:
    """List the cases with the clauses they decide."""
    from renkei_conformance.runner import cases_catalogue  # noqa: PLC0415 - `--help` does without
    from renkei_fixtures.standard import load  # noqa: PLC0415

    rows = cases_catalogue(load(), idle_only=idle)
    if json_:
        as_json([row.model_dump(mode="json") for row in rows])
        return 0
    as_table(
        ("id", "role", "family", "kind", "clauses", "title"),
        (
            (r.id, r.role, r.family, r.kind, " ".join(r.clauses), r.title.ja if current() == "ja" else r.title.en)
            for r in rows
        ),
    )
    return 0
