"""`renkei report DIR`: the reports made anew from a run record."""

from __future__ import annotations

from pathlib import Path

import click

from renkei.language import current, tell
from renkei.progress import closing_lines


@click.command("report", help=tell("cli.report.help"))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(directory: Path, lang: str | None) -> int:
    """Write the reports beside the record; the exit code is that of the run's verdict."""
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415 - `--help` does without
    from renkei_reports import write_all  # noqa: PLC0415

    if not (directory / "run.ndjson").is_file():
        raise SetupError("cli.not_a_run", where=str(directory))
    report = write_all(directory, current())
    for line in closing_lines(report, directory, bundled=report.is_reference):
        click.echo(line)
    return report.exit_code
