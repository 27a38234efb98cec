"""`renkei standard render`: the standard as files: HTML and Markdown a language, examples and tables as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renkei_fixtures.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from renkei_fixtures.standard import Standard


def render(out: Path, langs: Sequence[str]) -> list[Path]:
    """Write the document into `out`; what was written. Raises SetupError where it cannot be written."""
    from renkei.vectors import vectors  # noqa: PLC0415 - a world is built only here
    from renkei_fixtures.characters import cells  # noqa: PLC0415
    from renkei_fixtures.municipalities import load_bodies  # noqa: PLC0415
    from renkei_fixtures.standard import load  # noqa: PLC0415
    from renkei_fixtures.standard.document import load_document  # noqa: PLC0415
    from renkei_reports.standard import as_html, as_markdown  # noqa: PLC0415
    from renkei_reports.standard.book import book, cover  # noqa: PLC0415
    from renkei_reports.standard.inserts import Sources  # noqa: PLC0415

    standard, sections, examples = load(), load_document(), vectors(load())
    files: dict[str, str] = {}
    for lang in langs:
        src = Sources(standard, load_bodies(), lang, examples)
        other = f"standard.{'en' if lang == 'ja' else 'ja'}.html" if len(langs) > 1 else None
        files[f"standard.{lang}.html"] = as_html.render(src, cover(src), book(src, sections), other)
        files[f"standard.{lang}.md"] = as_markdown.render(src, cover(src), book(src, sections))
    files |= {f"vectors/{name}.json": _json(value) for name, value in examples.items()}
    files |= {f"tables/{name}.json": _json(value) for name, value in tables(standard).items()}
    files["tables/jisx0213.json"] = _json(sorted(cells()))
    return [_write(out / name, content) for name, content in files.items()]


def tables(standard: Standard) -> Mapping[str, Any]:
    """The tables that a product needs at run time, each a list of rows as the document describes them."""
    from renkei_fixtures.municipalities import load_bodies  # noqa: PLC0415

    rows: dict[str, Any] = {
        "informations": standard.informations.values(),
        "codes": standard.codes.values(),
        "authority": standard.authority,
        "responsibilities": standard.responsibilities.values(),
        "affairs": standard.affairs.values(),
        "bodies": load_bodies().values(),
        "refusals": standard.refusals.values(),
        "message_types": standard.message_types.values(),
        "states": standard.states,
        "editions": standard.editions.values(),
        "clauses": standard.clauses.values(),
    }
    return {name: [row.model_dump(mode="json", by_alias=True) for row in some] for name, some in rows.items()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, content: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise SetupError("cli.out_unwritable", where=str(path), got=str(error)) from None
    return path
