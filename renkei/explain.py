"""`renkei explain ID`: one case, clause, spoil, fault, refusal code or term in full."""

from __future__ import annotations

import click

from renkei.language import current, tell


@click.command("explain", help=tell("cli.explain.help"))
@click.argument("name", metavar="ID")
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(name: str, lang: str | None) -> int:
    """Say what the id means. SetupError where nothing has it."""
    from renkei_conformance.runner import explain  # noqa: PLC0415 - `--help` does without
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.standard import load  # noqa: PLC0415

    standard = load()
    found = explain(standard, name)
    if found is not None:
        click.echo(found.of(current()))
        return 0
    code = standard.refusals.get(name)
    if code is None:
        raise SetupError("cli.unknown_id", where=name)
    click.echo(f"{code.code} · {code.stage} · HTTP {code.http or '-'} · {' '.join(code.by)}")
    click.echo(code.text.of(current()))
    click.echo(code.remedy.of(current()))
    return 0
