"""`renkei init`: a product file to fill in, and the kit of the body that the product plays. Nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import click

from renkei.language import current, tell

PRODUCT_FILE, KIT = "renkei.toml", "kit"
ROLES = ("provider", "inquirer")


@click.command("init", help=tell("cli.init.help"))
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--body", default=None, metavar="BODY", help=tell("cli.init.body"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help=tell("cli.option.seed"))
@click.option("--roles", type=click.Choice(ROLES), multiple=True, default=ROLES[:1], help=tell("cli.init.roles"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(folder: Path, body: str | None, seed: int, roles: tuple[str, ...], lang: str | None) -> int:
    """Write both, or say why not, before anything is written."""
    from datetime import UTC, datetime  # noqa: PLC0415 - `--help` does without

    from renkei.bundled import provided_by  # noqa: PLC0415
    from renkei.kit import Order, files_of, filled  # noqa: PLC0415
    from renkei_conformance.profile import askable_by  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.municipalities import SUBJECT, load_bodies  # noqa: PLC0415
    from renkei_fixtures.standard import load  # noqa: PLC0415

    body, bodies = body or SUBJECT, load_bodies()
    local = [code for code in bodies if len(code) == 6]
    if body not in local:
        raise SetupError("cli.init.no_such_body", "--body", ", ".join(local), body)
    standard = load()
    kind = bodies[body].kind
    provides = "provider" in roles
    # A body that only asks is loaded with link codes, and with nobody's copies.
    informations = [one.id for one in standard.informations.values() if provides and kind in one.provider_kinds]
    if (kit := folder / KIT).exists() and (not kit.is_dir() or any(kit.iterdir())):
        raise SetupError("cli.init.kit_there", str(kit))
    claimed = provided_by(body) if provides else ()
    asked = askable_by(body, standard) if "inquirer" in roles else ()
    # What officials release needs somebody to release it; all else is for the vendor to claim.
    options = ("manual",) if any(standard.informations[name].answer == "manual" for name in claimed) else ()
    blanks = {
        "BODY": body, "ROLES": _listed(roles), "INFORMATIONS": _listed(claimed), "OPTIONS": _listed(options),
        "ASKS": f"asks = [{_listed(asked)}]" if asked else "# asks = []",
    }  # fmt: skip
    files = files_of(Order(body, seed, datetime.now(UTC), informations), standard)
    kept = (folder / PRODUCT_FILE).exists()
    try:
        for name, content in files.items():
            _write(kit / name, content)
        if not kept:
            _write(folder / PRODUCT_FILE, filled(PRODUCT_FILE, blanks).encode())
    except OSError as error:
        raise SetupError("cli.init.unwritable", str(error.filename or folder), None, error.strerror) from None
    said = {"kit": kit, "body": body, "name": bodies[body].text.of(current()), "seed": seed, "count": len(files)}
    click.echo(tell("cli.init.made_kit", **said))
    click.echo(tell("cli.init.kept_file" if kept else "cli.init.made_file", file=folder / PRODUCT_FILE))
    click.echo(tell("cli.init.next", readme=kit / ("README.ja.md" if current() == "ja" else "README.md")))
    return 0


def _write(path: Path, content: bytes) -> None:
    """A new file; keys for their owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        if path.parent.name == "keys":
            path.chmod(0o600)
        file.write(content)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
