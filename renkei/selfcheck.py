"""`renkei selfcheck`: one named fault at a time in the emulator's rooms, and the whole set must see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from renkei.language import tell

if TYPE_CHECKING:
    from renkei_conformance.selfcheck import Eyesight, Look, Sighting
    from renkei_conformance.setup import RunSetup
    from renkei_fixtures.standard import Standard


@click.command("selfcheck", help=tell("cli.selfcheck.help"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help=tell("cli.option.out"))
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help=tell("cli.selfcheck.jobs"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help=tell("cli.option.seed"))
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, show_default=True, help=tell("cli.selfcheck.seeds"))
@click.option("--only", multiple=True, metavar="FAULT", help=tell("cli.selfcheck.fault"))
@click.option("--part", type=click.IntRange(1, 1000), default=1, show_default=True, help=tell("cli.selfcheck.part"))
@click.option("--pick", default="", metavar="TEXT", help=tell("cli.selfcheck.pick"))
@click.option(
    "--examples", type=click.IntRange(1, 1000), default=4, show_default=True, help=tell("cli.selfcheck.examples")
)
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(
    out: Path | None,
    jobs: int,
    seed: int,
    seeds: int,
    only: tuple[str, ...],
    part: int,
    pick: str,
    examples: int,
    lang: str | None,
) -> int:
    """Write the matrix; 0 where every vendor fault was caught and nothing was cried without a cause."""
    from renkei_conformance.selfcheck import part_of, selfcheck  # noqa: PLC0415 - `--help` does without
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.standard import load  # noqa: PLC0415

    standard = load()
    for name in only:
        if name not in standard.faults:
            raise SetupError("cli.unknown_id", where=name)
    if part > 1:
        only = part_of(only or standard.faults, part, pick or str(seed))
        click.echo(tell("cli.selfcheck_part", number=len(only), whole=len(standard.faults)))
    where = out or Path("renkei-selfcheck")
    seen = selfcheck(
        lambda look: setup_of(standard, look, examples),
        standard,
        seed=seed,
        seeds=seeds,
        out=where,
        jobs=jobs,
        only=only,
        progress=_show,
    )
    _close(seen, where)
    return 0 if seen.sound else 1


def setup_of(standard: Standard, look: Look, examples: int) -> RunSetup:
    """One run in process with the look's faults armed in the party of its role."""
    from renkei.bundled import bundled_profile  # noqa: PLC0415
    from renkei.in_process import InProcess  # noqa: PLC0415
    from renkei.over_http import product_row  # noqa: PLC0415
    from renkei_conformance.setup import RunSetup  # noqa: PLC0415

    world = InProcess(look.seed, standard, look.armed, look.role, bundled_profile(delivery=look.delivery))
    return RunSetup(
        parties=world.parties,
        standard=standard,
        seed=look.seed,
        product=product_row(None),
        roles=(look.role,),
        only=look.only,
        examples_cap=examples,
        allure=False,
    )


def _show(row: Sighting) -> None:
    mark = "ok" if row.exact else "+" if row.caught else "NOT CAUGHT"
    click.echo(f"{row.fault:<34} {mark:<10} {' '.join(row.failed)[:60]}")


def _close(seen: Eyesight, out: Path) -> None:
    totals = seen.as_json()
    click.echo("")
    keys = ("faults", "caught", "exact", "false_alarms")
    click.echo(tell("cli.selfcheck_line", **{key: totals[key] for key in keys}))
    click.echo(tell("cli.selfcheck_blind", caught=totals["blind"]["caught"], faults=totals["blind"]["faults"]))
    missed = [row.fault for row in seen.counted if not row.caught]
    if missed:
        click.echo(tell("cli.selfcheck_survivors", names=", ".join(missed)))
    for alarm in seen.false_alarms:
        click.echo(alarm)
    click.echo(str(out / "selfcheck.md"))
