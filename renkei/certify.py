"""`renkei certify`: the examiner over HTTP, against a product or, with no product file, the bundled reference."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from renkei.language import current, tell
from renkei.out import prepare
from renkei.progress import Progress, closing_lines
from renkei.terminal import wrapped

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile
    from renkei_reports.report import Report


@click.command("certify", help=tell("cli.certify.help"))
@click.option(
    "--product", type=click.Path(path_type=Path, dir_okay=False), default=None, help=tell("cli.certify.product")
)
@click.option("--set", "set_", type=click.Choice(["smoke", "full"]), default="full", help=tell("cli.certify.set"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=None, help=tell("cli.certify.seed"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help=tell("cli.option.out"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
@click.option("--only", multiple=True, metavar="ID", help=tell("cli.certify.only"))
def command(
    product: Path | None,
    set_: Literal["smoke", "full"],
    seed: int | None,
    out: Path | None,
    lang: str | None,
    only: tuple[str, ...],
) -> int:
    """Examine, write the reports, return the exit code of the verdict."""
    profile, seed = profile_and_seed(product, seed)
    where, earlier = prepare(out)
    if earlier is not None:
        click.echo(tell("cli.earlier_kept", path=earlier))
    return examine(profile, set_, seed, where, only)


def profile_and_seed(product: Path | None, seed: int | None) -> tuple[Profile | None, int]:
    """The product file, and the seed of its kit. Raises SetupError with everything that is wrong with file and kit."""
    if product is None:
        return None, 1 if seed is None else seed
    from datetime import UTC, datetime  # noqa: PLC0415 - `--help` does without

    from renkei_conformance.profile import FORM, load  # noqa: PLC0415
    from renkei_conformance.vendor_kit import open_kit, problems_of  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.standard import load as load_standard  # noqa: PLC0415

    standard = load_standard()
    profile = load(product, standard)
    if profile.format < FORM:
        click.echo(tell("cli.older_file", file=product, form=profile.format, now=FORM))
    if profile.kit_path is None:
        return profile, 1 if seed is None else seed
    kit = open_kit(profile.kit_path)
    now, edition = datetime.now(UTC), standard.edition
    body, options = profile.product.body, profile.product.options
    if problems := list(problems_of(kit, body=body, seed=seed, edition=edition, now=now, options=options)):
        raise SetupError.of(problems)
    return profile, kit.seed


def examine(
    profile: Profile | None, set_: Literal["smoke", "full"], seed: int, out: Path, only: tuple[str, ...] = ()
) -> int:
    """Run the whole thing with children of its own; the exit code is the verdict's."""
    from renkei.children import Children  # noqa: PLC0415
    from renkei.over_http import World, product_row  # noqa: PLC0415
    from renkei_conformance.errors import ExaminerFault  # noqa: PLC0415
    from renkei_conformance.repro import beside  # noqa: PLC0415
    from renkei_conformance.runner import RunSetup, run  # noqa: PLC0415
    from renkei_conformance.setup import EXAMPLES_CAP  # noqa: PLC0415
    from renkei_fixtures.standard import load as load_standard  # noqa: PLC0415
    from renkei_reports import write_all  # noqa: PLC0415

    row = product_row(profile)
    _first_lines(profile, seed, set_, EXAMPLES_CAP)
    standard = load_standard()
    progress = Progress(standard)
    with Children(out / "logs") as children, World(children, profile, seed, standard) as world:
        setup = RunSetup(
            parties=world.parties,
            standard=standard,
            seed=seed,
            product=row,
            roles=world.parties.profile.product.roles,
            set=set_,
            only=only,
            out=out,
            lang=current(),
            examples_cap=EXAMPLES_CAP,
            progress=progress,
            argv=tuple(sys.argv[1:]),
        )
        try:
            result = run(setup)
        except ExaminerFault as ours:  # ours: never a verdict on the product
            click.echo(tell("cli.examiner_fault", detail=str(ours)), err=True)
            return 4
        beside.write(out, world.parties, standard, result)
    for fault in result.faults:
        click.echo(fault, err=True)
    if not (out / "run.ndjson").exists():  # nothing was selected: there is no run to report on
        click.echo(result.words.ja if current() == "ja" else result.words.en, err=True)
        return result.exit_code
    report = write_all(out, current())
    for line in closing_lines(report, out, bundled=profile is None):
        click.echo(line)
    return _own_exit_code(report, out, result.exit_code)


def _own_exit_code(report: Report, out: Path, code: int) -> int:
    """The verdict's exit code; where Allure's results say otherwise than the record, that is a fault of ours."""
    from renkei_reports.allure_check import differences  # noqa: PLC0415

    results = out / "allure-results"
    found = differences(report, results) if results.is_dir() else []
    for one in found:
        what = one.what.ja if current() == "ja" else one.what.en
        click.echo(tell("cli.examiner_fault", detail=f"{one.case}: {what} ({one.verdict} / {one.status})"), err=True)
    return 4 if found else code


def _first_lines(profile: Profile | None, seed: int, set_: str, examples: int) -> None:
    if profile is None:
        click.echo(tell("cli.bundled_first"))
    else:
        p = profile.product
        for line in wrapped(tell("cli.product_first", vendor=p.vendor, name=p.name, version=p.version, body=p.body)):
            click.echo(line)
        side = profile.business_side
        if side.driver != "http":
            click.echo(
                tell(f"cli.driver_{side.driver}", folder=side.folder, operator=side.operator, layout=side.layout)
            )
    click.echo(tell("cli.seed_line", seed=seed, set=set_, examples=examples))
