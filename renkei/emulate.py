"""`renkei emulate`: the emulated network and bodies on loopback, any subset of them in one process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from renkei.language import current, tell

PORT = 8500
"""The first of the four ports of the whole world, so that what somebody configures once holds tomorrow."""


def _ports(base: int | None, said: Sequence[int | None]) -> list[int]:
    """Network, bodies, business, management: what was said, else the row from `base` on, else free ones (0)."""
    row = [0] * 4 if base is None else list(range(base, base + 4))
    return [given if one is None else one for one, given in zip(said, row, strict=True)]


@click.command("emulate", help=tell("cli.emulate.help"))
@click.option("--only", multiple=True, metavar="BODY", help=tell("cli.emulate.only"))
@click.option("--all-but", multiple=True, metavar="BODY", help=tell("cli.emulate.all_but"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help=tell("cli.option.seed"))
@click.option("--clock", default="live", show_default=True, metavar="live|INSTANT", help=tell("cli.emulate.clock"))
@click.option("--data", type=click.Path(path_type=Path), default=None, help=tell("cli.emulate.data"))
@click.option("--network", "network_url", default=None, metavar="URL", help=tell("cli.emulate.network"))
@click.option("--port", type=click.IntRange(1, 65532), default=None, help=tell("cli.emulate.base_port"))
@click.option("--network-port", type=click.IntRange(0, 65535), default=None, help=tell("cli.emulate.port"))
@click.option("--bodies-port", type=click.IntRange(0, 65535), default=None, help=tell("cli.emulate.port"))
@click.option("--business-port", type=click.IntRange(0, 65535), default=None, help=tell("cli.emulate.port"))
@click.option("--management-port", type=click.IntRange(0, 65535), default=None, help=tell("cli.emulate.port"))
@click.option("--body-at", multiple=True, metavar="BODY=URL", help=tell("cli.emulate.body_at"))
@click.option("--drop", type=click.Path(path_type=Path, file_okay=False), default=None, help=tell("cli.emulate.drop"))
@click.option("--drop-layout", default="utf8-csv", metavar="LAYOUT", help=tell("cli.emulate.drop_layout"))
@click.option("--empty", is_flag=True, help=tell("cli.emulate.empty"))
@click.option("--arm", multiple=True, metavar="FAULT", help=tell("cli.emulate.arm"))
@click.option(
    "--keys-of", type=click.IntRange(2000, 9000), default=None, metavar="YEAR", help=tell("cli.emulate.keys_of")
)
@click.option("--json-ready", is_flag=True, help=tell("cli.emulate.json_ready"))
@click.option("--stdin-lifeline", is_flag=True, help=tell("cli.emulate.lifeline"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(
    only: tuple[str, ...],
    all_but: tuple[str, ...],
    seed: int,
    clock: str,
    data: Path | None,
    network_url: str | None,
    port: int | None,
    network_port: int | None,
    bodies_port: int | None,
    business_port: int | None,
    management_port: int | None,
    body_at: tuple[str, ...],
    drop: Path | None,
    drop_layout: str,
    empty: bool,
    arm: tuple[str, ...],
    keys_of: int | None,
    json_ready: bool,
    stdin_lifeline: bool,
    lang: str | None,
) -> int:
    """Run until SIGINT, SIGTERM or the end of stdin (with the lifeline)."""
    from renkei_emulator.ordered import EmulateOptions  # noqa: PLC0415 - only this verb needs the world
    from renkei_emulator.server import run  # noqa: PLC0415

    for_program = json_ready or stdin_lifeline
    whole = not (for_program or only or all_but)
    said = (network_port, bodies_port, business_port, management_port)
    ports = _ports(PORT if port is None and whole and said == (None,) * 4 else port, said)
    return run(
        EmulateOptions(
            only=only,
            all_but=all_but,
            seed=seed,
            clock=clock,
            data=data,
            network_url=network_url,
            network_port=ports[0],
            bodies_port=ports[1],
            business_port=ports[2],
            management_port=ports[3],
            arm=arm,
            lifeline=stdin_lifeline,
            lang=current(),
            bodies_at=body_at,
            keys_of=keys_of,
            drop=drop,
            drop_layout=drop_layout,
            json_ready=for_program,
            populated=whole and not empty,
        )
    )
