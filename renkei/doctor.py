"""`renkei doctor`: whose is it, and what to do? Everything that can be set up wrong, within five seconds."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renkei.language import current, tell

if TYPE_CHECKING:
    from renkei.children import Early
    from renkei_conformance.doctor import Finding
    from renkei_conformance.profile import Profile
    from renkei_fixtures.standard import Standard

WITHIN_S, OURS_S = 5.0, 0.8
"""How long the whole may take, and what of it goes to the interpreter before the first line of this command."""
LEAST_S, END_S = 0.4, 0.2
"""What must be left for each of the inquiry's two waits, and to end the world."""
FORM_AND_KEY = frozenset({"conformance.profile.unknown_key", "conformance.profile.other_driver"})


@click.command("doctor", help=tell("cli.doctor.help"))
@click.option(
    "--product", type=click.Path(path_type=Path, dir_okay=False), default=None, help=tell("cli.certify.product")
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=None, help=tell("cli.certify.seed"))
@click.option(
    "--within", type=click.FloatRange(3, 600), default=WITHIN_S, show_default=True, help=tell("cli.doctor.within")
)
@click.option("--json", "as_json", is_flag=True, help=tell("cli.option.json"))
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(product: Path | None, seed: int | None, within: float, as_json: bool, lang: str | None) -> int:
    """Look at everything, tell each problem once, return 0, 1, 2 or 4."""
    from renkei.children import Early  # noqa: PLC0415 - `--help` does without

    begin = time.monotonic()

    def left() -> float:
        return within - OURS_S - (time.monotonic() - begin)

    with (
        tempfile.TemporaryDirectory(prefix="renkei-doctor-") as logs,
        Early(Path(logs), left() - END_S - 2 * LEAST_S, END_S) as children,
    ):
        _begin_early(children, product, seed)
        findings, code = _look(product, seed, left, children)
    if as_json:
        from renkei.printing import as_json as print_json  # noqa: PLC0415

        print_json({"exit_code": code, "findings": [_members(one) for one in findings]})
        return code
    for one in findings:
        click.echo(_line(one))
    problems = sum(one.label is not None for one in findings)
    seconds = f"{time.monotonic() - begin:.1f}"
    click.echo(tell("doctor.summary_bad" if problems else "doctor.summary_good", count=problems, seconds=seconds))
    return code


def _look(
    product: Path | None, seed: int | None, left: Callable[[], float], children: Early
) -> tuple[list[Finding], int]:
    from renkei_conformance.doctor import Finding, of_setup, ok, settled, worst  # noqa: PLC0415 - `--help` does without
    from renkei_conformance.profile import FORM, load  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.messages import both  # noqa: PLC0415
    from renkei_fixtures.standard import load as load_standard  # noqa: PLC0415

    standard = load_standard()
    findings = [_versions(standard)]
    if product is None:
        hint = Path("renkei.toml").exists()
        findings.append(Finding("product_file", both("doctor.file_unnamed" if hint else "doctor.file_none"), note=True))
        return findings, 0
    try:
        profile = load(product, standard)
    except SetupError as error:
        wrong_call = any(one.key in FORM_AND_KEY for one in error.problems)
        return [*findings, *of_setup("product_file", error)], 2 if wrong_call else 4
    findings.append(ok("product_file", "file_ok", file=product))
    if profile.format < FORM:
        older = both("cli.older_file", file=product, form=profile.format, now=FORM)
        findings.append(Finding("product_file", older, note=True))
    about_kit, seed = _kit(profile, standard, seed)
    findings += about_kit
    findings += _parties(profile, standard, seed, left, children, proceed=not any(one.label for one in about_kit))
    findings = settled(findings)
    return findings, worst(findings)


def _versions(standard: Standard) -> Finding:
    import platform  # noqa: PLC0415

    from renkei.version import version  # noqa: PLC0415
    from renkei_conformance.doctor import ok  # noqa: PLC0415

    return ok("versions", "versions", renkei=version(), python=platform.python_version(), edition=standard.edition)


def _kit(profile: Profile, standard: Standard, seed: int | None) -> tuple[list[Finding], int]:
    """What is wrong with the kit, and the seed that its keys follow from."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from renkei_conformance.doctor import Finding, of_setup, ok  # noqa: PLC0415
    from renkei_conformance.vendor_kit import open_kit, problems_of  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.messages import both  # noqa: PLC0415

    if profile.kit_path is None:
        return [Finding("kit", both("doctor.kit_none"), note=True)], 1 if seed is None else seed
    try:
        kit = open_kit(profile.kit_path)
    except SetupError as error:
        return of_setup("kit", error), 1 if seed is None else seed
    body, options = profile.product.body, profile.product.options
    now, edition = datetime.now(UTC), standard.edition
    problems = list(problems_of(kit, body=body, seed=seed, edition=edition, now=now, options=options))
    if problems:
        return of_setup("kit", SetupError.of(problems)), kit.seed
    return [ok("kit", "kit_ok", path=kit.path, body=body, seed=kit.seed)], kit.seed


def _parties(
    profile: Profile, standard: Standard, seed: int, left: Callable[[], float], children: Early, *, proceed: bool
) -> list[Finding]:
    """The doors while the world comes up; then, where both are there, one inquiry."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from renkei.drivers import upper_of  # noqa: PLC0415
    from renkei_conformance import doctor  # noqa: PLC0415
    from renkei_conformance.drivers.http import HttpDoor  # noqa: PLC0415
    from renkei_fixtures.municipalities import load_bodies  # noqa: PLC0415

    address = profile.network_side.address
    with ThreadPoolExecutor(1) as pool:
        door = HttpDoor(address)
        seconds = max(LEAST_S, left() / 3)  # both doors at once, two requests to each
        b = pool.submit(lambda: list(doctor.business_side(upper_of(profile, standard, seconds), profile)))
        n = (
            list(doctor.network_side(door, address, seconds, datetime.now(UTC)))
            if address
            else [doctor.fetches(profile)]
        )
        n += doctor.informations(profile, standard, load_bodies()[profile.product.body].kind)
        asks = "provider" in profile.product.roles  # who only asks has nothing to be asked about
        there = not any(one.label for one in n if one.check == "network_side")
        inquiry = _world(profile, standard, seed, left, children) if asks and proceed and there else _listens(profile)
        return [*n[:1], *b.result(), *n[1:], *inquiry]


def _listens(profile: Profile) -> list[Finding]:
    """Whether the emulated network could listen where the product expects it, though it is not needed just now."""
    import socket  # noqa: PLC0415

    from renkei_conformance.doctor import of_setup  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415

    host, port = profile.network_side.listen_on
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            return of_setup("world", SetupError("conformance.tap.port", f"{host}:{port}", None, error.strerror))
    return []


def _begin_early(children: Early, product: Path | None, seed: int | None) -> None:
    """The world takes longest to come up, and needs of the product file no more than body, seed and year: start it before
    anything heavy is imported. What does not hold here is told later, by whoever reads the file in earnest."""
    import tomllib  # noqa: PLC0415

    try:
        data = tomllib.loads((product or Path()).read_text("utf-8"))
        kit = json.loads(((product or Path()).parent / data["kit"] / "kit.json").read_bytes())
        same = ["--seed", str(kit["seed"] if seed is None else seed), "--clock", "live", "--lang", current()]
        children.begin("network", "--all-but", data["product"]["body"], *same, "--keys-of", str(kit["year"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return


def _world(
    profile: Profile, standard: Standard, seed: int, left: Callable[[], float], children: Early
) -> list[Finding]:
    """Whether the emulated world comes up where the product file says, and one inquiry through it."""
    from renkei.over_http import World, product_row  # noqa: PLC0415
    from renkei_conformance.doctor import inquire, of_setup, problem  # noqa: PLC0415
    from renkei_conformance.setup import RunSetup  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415

    def most() -> float:
        return max(LEAST_S, (left() - END_S) / 2)

    try:
        with World(children, profile, seed, standard, most_s=most, quiet=True) as world:
            setup = RunSetup(world.parties, standard, seed, product_row(profile), lang=current(), allure=False)
            return list(inquire(setup))
    except SetupError as error:
        if error.key == "cli.child_not_ready":
            said = str(error.got or "").strip().splitlines()[-1:] or ["-"]
            return [problem("world", "examiner", "world_down" if said != ["-"] else "world_slow", said=said[0])]
        return of_setup("world", error)


def _members(one: Finding) -> dict[str, object]:
    text = {"ja": one.text.ja, "en": one.text.en}
    state = "problem" if one.label else "note" if one.note else "ok"
    return {"check": one.check, "state": state, "label": one.label, "where": one.where, "text": text}


def _line(one: Finding) -> str:
    mark = "✗" if one.label else "・" if one.note else "✓"
    label = f"[{tell(f'cli.problem.{one.label}')}] " if one.label else ""
    first, *rest = f"{label}{one.text.of(current())}".splitlines()
    return "\n".join([f"{mark} {first}", *(f"  {line}" for line in rest)])
