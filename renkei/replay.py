"""`renkei replay DIR ID`: one failure of a run again, then and now side by side."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renkei.language import current, tell
from renkei.progress import Progress

if TYPE_CHECKING:
    from renkei_conformance.profile import Profile
    from renkei_conformance.replay import Comparison, Former
    from renkei_fixtures.run_record import CaseFinished, Check
    from renkei_fixtures.standard import Standard

TOKEN = "RENKEI_TOKEN"  # noqa: S105 - the name of a variable
PLACES = 6
"""Broken places of a case that are shown; the rest is counted."""
SHOWN = 600
"""Characters of an expected or got on the terminal; the whole stands in the two records."""


@click.command("replay", help=tell("cli.replay.help"))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("names", metavar="ID…", nargs=-1, required=True)
@click.option(
    "--product", type=click.Path(path_type=Path, dir_okay=False), default=None, help=tell("cli.replay.product")
)
@click.option("--lang", type=click.Choice(["ja", "en"]), default=None, help=tell("cli.option.lang"))
def command(directory: Path, names: tuple[str, ...], product: Path | None, lang: str | None) -> int:
    """Run the cases again as the record says, and compare. Raises SetupError for a record that cannot be used."""
    from renkei_conformance import replay  # noqa: PLC0415 - `--help` does without
    from renkei_conformance.case import catalogue  # noqa: PLC0415
    from renkei_fixtures.standard import load  # noqa: PLC0415

    then = read(directory)
    _require_sound(directory)
    chosen = tuple(dict.fromkeys(case for name in names for case in then.chosen(name)))
    then.require_known(chosen, {case.id for case in catalogue()})
    profile, standard = _profile(then, product), load()
    where = _place(directory, names[0])
    now = _again(then, profile, chosen, where, standard)
    if now is None:
        return 4
    for line in _told(standard, replay.differences(then.run, now.run), replay.compare(then, now, chosen)):
        click.echo(line)
    click.echo(tell("cli.replay.record_at", path=where / "run.ndjson"))
    return replay.exit_code(replay.compare(then, now, chosen))


def read(directory: Path) -> Former:
    """The run in this directory. Raises SetupError where there is none, or its record was changed."""
    from renkei_conformance.replay import Former  # noqa: PLC0415
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_fixtures.run_record import read_lines  # noqa: PLC0415

    record = directory / "run.ndjson"
    if not record.is_file():
        raise SetupError("cli.not_a_run", where=str(directory))
    return Former.of(read_lines(record))


def _require_sound(directory: Path) -> None:
    """A record that contradicts itself says nothing reliable of *then*. Raises SetupError with the first such place."""
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415
    from renkei_reports.fold import fold  # noqa: PLC0415

    for found in fold(directory).contradictions:
        got = f"{found.what.of(current())}: {found.recorded}"
        raise SetupError("cli.replay.contradicts", str(directory / "run.ndjson"), expected=found.folded, got=got)


def _profile(then: Former, product: Path | None) -> Profile | None:
    """The product to repeat on: the file given, or what the record says with the token of the environment."""
    from renkei_conformance.profile import load  # noqa: PLC0415

    if product is not None:
        return load(product)
    return None if then.is_reference else then.profile(os.environ.get(TOKEN))


def _place(directory: Path, name: str) -> Path:
    """A new directory below the run's own: a repetition overwrites nothing. SetupError if it cannot be made."""
    from renkei_fixtures.errors import SetupError  # noqa: PLC0415

    below = directory / "replay"
    try:
        below.mkdir(exist_ok=True)
        number = 1 + sum(1 for one in below.iterdir() if one.name.startswith(f"{name}-"))
        while (below / f"{name}-{number}").exists():
            number += 1
        (below / f"{name}-{number}").mkdir()
    except OSError as error:
        raise SetupError("cli.out_unwritable", where=str(below), got=str(error)) from None
    return below / f"{name}-{number}"


def _again(
    then: Former, profile: Profile | None, chosen: tuple[str, ...], out: Path, standard: Standard
) -> Former | None:
    """The second run; None where it did not come to examine anything."""
    from renkei.children import Children  # noqa: PLC0415
    from renkei.over_http import World, product_row  # noqa: PLC0415
    from renkei_conformance.runner import RunSetup, run  # noqa: PLC0415

    with Children(out / "logs") as children, World(children, profile, then.run.seed, standard) as world:
        setup = RunSetup(
            parties=world.parties,
            standard=standard,
            seed=then.run.seed,
            product=product_row(profile),
            only=chosen,
            out=out,
            lang=current(),
            examples_cap=then.examples_cap,
            progress=Progress(standard),
            allure=False,
            argv=("replay", *chosen),
        )
        result = run(setup)
    for fault in result.faults:
        click.echo(fault, err=True)
    return None if any(problem.label == "configuration" for problem in result.problems) else read(out)


def _told(
    standard: Standard, differing: tuple[tuple[str, str, str], ...], comparisons: tuple[Comparison, ...]
) -> Iterator[str]:
    words = {row.id: row.text.of(current()) for row in standard.verdicts if row.scope == "case"}
    for name, then, now in differing:
        yield tell("cli.replay.differs", name=name, then=then, now=now)
    changed = bool({"suite", "standard"} & {name for name, _, _ in differing})
    for one in comparisons:
        yield ""
        yield f"{one.case.id}  {one.case.title.of(current())}"
        yield _row("", tell("cli.replay.then"), tell("cli.replay.now"))
        yield _row(tell("cli.replay.verdict"), _verdict(words, one.then), _verdict(words, one.now))
        yield _row(tell("cli.replay.inputs"), _inputs(one.then), _inputs(one.now))
        if one.same_inputs is False:
            yield tell("cli.replay.other_suite" if changed else "cli.replay.other_way")
        pairs = one.pairs()
        for then_, now_ in pairs[:PLACES]:
            yield from _pair(then_, now_)
        if len(pairs) > PLACES:
            yield tell("cli.replay.more_places", count=len(pairs) - PLACES)
        if one.now is not None and one.now.reason is not None and one.outcome != "gone":
            yield tell("cli.replay.reason", reason=one.now.reason)
        yield tell(f"cli.replay.{one.outcome}")


def _pair(then: Check | None, now: Check | None) -> Iterator[str]:
    known = then or now
    assert known is not None
    yield f"  {known.clause}  {known.path or ''}"
    yield _row(tell("cli.replay.expected"), *(_value(one.expected) if one else "" for one in (then, now)))
    kept = tell("cli.replay.kept")
    yield _row(tell("cli.replay.got"), *(_value(one.got) if one else kept for one in (then, now)))


def _row(head: str, then: str, now: str) -> str:
    """Side by side where both are short, one below the other where not."""
    if max(len(then), len(now)) <= 44:
        return f"  {head:<10}  {then:<44}  {now}".rstrip()
    return f"  {head}\n    {tell('cli.replay.then')}: {then}\n    {tell('cli.replay.now')}: {now}"


def _verdict(words: Mapping[str, str], end: CaseFinished | None) -> str:
    return tell("cli.replay.not_ended") if end is None else words[end.verdict]


def _inputs(end: CaseFinished | None) -> str:
    return (end.inputs_sha256 or "-")[:16] if end else "-"


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
