"""`renkei emulate`: the emulated network and bodies on loopback, any subset of them in one process."""

from __future__ import annotations

from pathlib import Path

import click

from renkei.language import current, tell


@click.command("emulate", help=tell("cli.emulate.help"))
@click.option("--only", multiple=True, metavar="BODY", help=tell("cli.emulate.only"))
@click.option("--all-but", multiple=True, metavar="BODY", help=tell("cli.emulate.all_but"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help=tell("cli.option.seed"))
@click.option("--clock", default="live", show_default=True, metavar="live|INSTANT", help=tell("cli.emulate.clock"))
@click.option("--data", type=click.Path(path_type=Path), default=None, help=tell("cli.emulate.data"))
@click.option("--network", "network_url", default=None, metavar="URL", help=tell("cli.emulate.network"))
@click.option("--network-port", type=click.IntRange(0, 65535), default=0, help=tell("cli.emulate.port"))
@click.option("--bodies-port", type=click.IntRange(0, 65535), default=0, help=tell("cli.emulate.port"))
@click.option("--business-port", type=click.IntRange(0, 65535), default=0, help=tell("cli.emulate.port"))
@click.option("--management-port", type=click.IntRange(0, 65535), default=0, help=tell("cli.emulate.port"))
@click.option("--arm", multiple=True, metavar="FAULT", help=tell("cli.emulate.arm"))
@click.option("--stdin-lifeline", is_flag=True, help=tell("cli.emulate.lifeline"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(
    only: tuple[str, ...],
    all_but: tuple[str, ...],
    seed: int,
    clock: str,
    data: Path | None,
    network_url: str | None,
    network_port: int,
    bodies_port: int,
    business_port: int,
    management_port: int,
    arm: tuple[str, ...],
    stdin_lifeline: bool,
    lang: str | None,
) -> int:
    """Run until SIGINT, SIGTERM or the end of stdin (with the lifeline)."""
    from renkei_emulator.server import EmulateOptions, run  # noqa: PLC0415 - only this verb needs the world

    return run(
        EmulateOptions(
            only=only,
            all_but=all_but,
            seed=seed,
            clock=clock,
            data=data,
            network_url=network_url,
            network_port=network_port,
            bodies_port=bodies_port,
            business_port=business_port,
            management_port=management_port,
            arm=arm,
            lifeline=stdin_lifeline,
            lang=current(),
        )
    )
