"""`renkei standard …`: the standard as data (a table for people, JSON for scripts), and as a document (`render`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renkei.language import current, tell
from renkei.printing import as_json, as_table
from renkei_fixtures.errors import SetupError

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard, Text
    from renkei_fixtures.standard.rows import Information


def _said(text: Text) -> str:
    """Return a bilingual text in this person's language."""
    return text.ja if current() == "ja" else text.en


def _clauses_of(code: str) -> tuple[str, str, str]:
    """The clauses by which N, B and A say a code; what nobody can provoke stands in brackets."""
    from renkei_fixtures.standard import load  # noqa: PLC0415 - read already, and kept
    from renkei_fixtures.standard.refusing import refusing  # noqa: PLC0415

    by_party = refusing(load(), code)
    told = [" ".join(c.id if c.observable else f"({c.id})" for c in by_party[party]) for party in ("N", "B", "A")]
    return told[0], told[1], told[2]


def _date(value: object) -> str:
    return "" if value is None else str(value)


Row = Sequence[object]
View = tuple[Callable[["Standard"], Iterable[Any]], tuple[str, ...], Callable[[Any], Row]]

VIEWS: dict[str, View] = {
    "functions": (
        lambda s: s.functions.values(),
        ("id", "block", "ja", "en", "source"),
        lambda f: (f.id, f.block, f.text.ja, f.text.en, f.source),
    ),
    "clauses": (
        lambda s: s.clauses.values(),
        ("id", "level", "role", "observable", "text"),
        lambda c: (c.id, c.level, c.role, "yes" if c.observable else "excluded", _said(c.text)),
    ),
    "informations": (
        lambda s: s.informations.values(),
        ("id", "no", "name", "form", "subject", "keys", "answer", "version", "padded", "items"),
        lambda i: (
            i.id,
            i.number,
            _said(i.text),
            i.form,
            i.subject_kind,
            " ".join(key.id for key in i.keys),
            i.answer,
            i.version,
            i.padded_size,
            len(i.items),
        ),
    ),
    "items": (
        lambda s: ({"information": i, "item": item} for i in s.informations.values() for item in i.items),
        ("no", "id", "name", "type", "digits", "occurs", "order", "code", "source"),
        lambda r: (
            r["item"].number,
            "  " * r["item"].level + r["item"].id,
            r["item"].ja if current() == "ja" else r["item"].en,
            r["item"].type or r["item"].kind,
            r["item"].digits,
            f"{r['item'].occurs_min}..{r['item'].occurs_max if r['item'].occurs_max is not None else '*'}",
            r["item"].order_by,
            r["item"].code,
            r["item"].source,
        ),
    ),
    "rules": (
        lambda s: ({"information": i, "rule": rule} for i in s.informations.values() for rule in i.rules),
        ("information", "rule", "kind", "text"),
        lambda r: (r["information"].id, r["rule"].id, r["rule"].kind, _said(r["rule"].text)),
    ),
    "authority": (
        lambda s: s.authority,
        ("id", "affair", "procedure", "inquirer", "provider", "information", "ground", "from", "to", "confidence"),
        lambda a: (
            a.id,
            a.affair,
            a.procedure,
            f"{a.inquirer_kind}/{a.inquirer_body}",
            f"{a.provider_kind}/{a.provider_body}",
            a.information,
            a.ground,
            _date(a.valid_from),
            _date(a.valid_to),
            a.confidence,
        ),
    ),
    "affairs": (
        lambda s: s.affairs.values(),
        ("id", "name", "procedures", "approval", "law"),
        lambda a: (a.id, _said(a.text), " ".join(a.procedures), " ".join(a.approval), a.law_ref),
    ),
    "responsibilities": (
        lambda s: s.responsibilities.values(),
        ("id", "name", "level", "affairs", "answers", "from", "to"),
        lambda r: (
            r.id,
            _said(r.text),
            r.level,
            " ".join(r.affairs),
            " ".join(r.answers),
            _date(r.valid_from),
            _date(r.valid_to),
        ),
    ),
    "codes": (
        lambda s: ({"table": t, "code": c} for t in s.codes.values() for c in t.codes),
        ("table", "code", "name", "from", "to"),
        lambda r: (
            r["table"].id,
            r["code"].code,
            _said(r["code"].text),
            _date(r["code"].valid_from),
            _date(r["code"].valid_to),
        ),
    ),
    "errors": (
        lambda s: s.refusals.values(),
        ("code", "stage", "http", "retry", "by", "N", "B", "A", "text"),
        lambda r: (
            r.code,
            r.stage,
            r.http or "",
            "yes" if r.retry else "",
            " ".join(r.by),
            *_clauses_of(r.code),
            _said(r.text),
        ),
    ),
    "faults": (
        lambda s: s.faults.values(),
        ("id", "kind", "role", "breaks", "text"),
        lambda f: (f.id, f.kind, f.role, " ".join(f.breaks), _said(f.text)),
    ),
    "terms": (
        lambda s: s.terms,
        ("ja", "reading", "en", "code"),
        lambda t: (t.ja, t.reading, t.en, t.code),
    ),
}


def _plain(row: Any) -> Any:
    """Return a row as JSON values; a row inside a table says which table or information it belongs to."""
    if isinstance(row, dict):
        (outer, parent), (_, inner) = row.items()
        return {outer: parent.id, **inner.model_dump(mode="json")}
    return row.model_dump(mode="json")


@click.command("standard", help=tell("cli.standard.help"))
@click.argument("what", type=click.Choice([*VIEWS, "render"]))
@click.option("--information", default=None, help=tell("standard.option.information"))
@click.option("--json", "json_", is_flag=True, help=tell("cli.option.json"))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=tell("document.cli.out"))
@click.option("--lang", type=click.Choice(["ja", "en", "both"]), default=None, help=tell("cli.option.lang"))
def command(what: str, information: str | None, json_: bool, out: Path | None, lang: str | None) -> int:
    """Print one table of the standard, or write the whole as a document."""
    if what == "render":
        return _render(out, lang)
    from renkei_fixtures.standard import load  # noqa: PLC0415 - only this verb reads all tables

    standard = load()
    all_rows, heads, cells = VIEWS[what]
    kept = None if information is None else _only(what, information, standard)
    rows = [row for row in all_rows(standard) if kept is None or kept(row)]
    if json_:
        as_json([_plain(row) for row in rows])
        return 0
    as_table(heads, (cells(row) for row in rows))
    _footnotes(what, standard, information)
    return 0


OF_AN_INFORMATION: dict[str, Callable[[Any, Information], bool]] = {
    "informations": lambda row, one: row.id == one.id,
    "items": lambda row, one: row["information"].id == one.id,
    "rules": lambda row, one: row["information"].id == one.id,
    "authority": lambda row, one: row.information == one.id,
    "codes": lambda row, one: row["table"].id in {one.status_table, *(item.code for item in one.items)},
}


def _only(what: str, information: str, standard: Standard) -> Callable[[Any], bool]:
    """What keeps the rows of one information. SetupError for one that there is not, and for another view."""
    if what not in OF_AN_INFORMATION:
        raise SetupError("standard.view", "--information", ", ".join(OF_AN_INFORMATION), what)
    if information not in standard.informations:
        raise SetupError("standard.information", "--information", ", ".join(standard.informations), information)
    one = standard.informations[information]
    return lambda row: OF_AN_INFORMATION[what](row, one)


def _render(out: Path | None, lang: str | None) -> int:
    from renkei.standard_document import render  # noqa: PLC0415 - builds a world for the worked examples

    if out is None:
        raise click.UsageError(tell("document.cli.no_out"))
    for path in render(out, ("ja", "en") if lang in (None, "both") else (lang,)):
        click.echo(f"{path}  {path.stat().st_size}")
    click.echo(tell("cli.standard.not_government"))
    return 0


def _footnotes(what: str, standard: Standard, only: str | None) -> None:
    """Print what must not be read without its warning: the contradiction of the seed, the illustrative table."""
    if what == "items":
        for information in standard.informations.values():
            if information.contradiction and only in (None, information.id):
                click.echo(f"{information.id}: {_said(information.contradiction)}")
    if what == "authority":
        click.echo(tell("cli.standard.illustrative"))
    click.echo(tell("cli.standard.not_government"))
