"""The document as one HTML file a language: no network request, navigation and search in it, printed on A4."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from renkei_reports.standard.inserts import Sources
from renkei_reports.standard.model import Code, Figure, Heading, Listing, Para, Part, Table

_MARK = re.compile(
    r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(#([A-Za-z0-9_.\-]+)\)|\b([PNI]-[A-Z]{3}-[0-9]{3}|[a-z]+(?:_[a-z0-9]+)+)\b"
)
_JOINT = re.compile(r"([._](?=[a-z]))")
_NAME_IN_CODE = re.compile(r" `[^`]*`$")  # of no use in the list of contents, and long


def render(src: Sources, cover: Iterable[Part], body: Iterable[Part], other: str | None = None) -> str:
    """The page. `other`: the file of the other language beside it, if there is one."""
    front, parts = list(cover), list(body)
    style, script = _asset("standard.css") + _on_every_sheet(src), _asset("standard.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    writer = _Writer(_references(parts))
    return _template().render(
        src=src,
        say=src.say,
        lang=src.lang,
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file, guarded by the policy's hash
        script=Markup(script),  # noqa: S704
        cover=Markup("\n").join(map(writer.part, front)),
        body=Markup("\n").join(map(writer.part, parts)),
        contents=[
            (h.level, h.anchor, writer.line(_NAME_IN_CODE.sub("", h.text), links=False)) for h in _contents(parts)
        ],
        other=other,
        edition=src.standard.edition,
    )


def _on_every_sheet(src: Sources) -> str:
    """What is printed in the margin of every sheet."""
    said = f"{src.say('not_government')} · {src.standard.edition} · {src.standard.hash[:16]} · "
    return f"@page {{ @bottom-center {{ content: {json.dumps(said, ensure_ascii=False)} counter(page); font-size: 7.5pt; }} }}"


def _contents(parts: Sequence[Part]) -> list[Heading]:
    return [part for part in parts if isinstance(part, Heading) and part.level <= 2]


def _references(parts: Sequence[Part]) -> Mapping[str, str]:
    """What a name in code links to: message types, refusal codes, informations, code tables, clauses."""
    anchors: dict[str, str] = {}
    for part in parts:
        if isinstance(part, Heading):
            kind, _, name = part.anchor.partition("-")
            if kind in ("typ", "information", "codes") and "-" not in name.removeprefix("renkei-"):
                anchors.setdefault(name, part.anchor)
            elif part.anchor.startswith("typ-"):
                anchors.setdefault(part.anchor[4:], part.anchor)
        elif isinstance(part, Table):
            for anchor in part.anchors:
                if anchor.startswith("code-"):
                    anchors[anchor[5:]] = anchor
                elif re.fullmatch(r"[PNI]-[A-Z]{3}-[0-9]{3}", anchor):
                    anchors[anchor] = anchor
    return anchors


class _Writer:
    """Parts → HTML; every text is escaped."""

    def __init__(self, references: Mapping[str, str]) -> None:
        self._references = references

    def part(self, part: Part) -> Markup:
        match part:
            case Heading(level, anchor, text):
                chapter = Markup(' class="chapter"') if level == 1 else ""
                return Markup('<h{0}{1} id="{2}">{3}</h{0}>').format(
                    level + 1, chapter, anchor, self.line(text, links=False)
                )
            case Para(text, kind):
                return Markup('<p class="{}">{}</p>').format(kind, self.line(text))
            case Listing(items, ordered, start):
                lines = Markup("").join(Markup("<li>{}</li>").format(self.line(item)) for item in items)
                if ordered:
                    return Markup('<ol start="{}">{}</ol>').format(start, lines)
                return Markup("<ul>{}</ul>").format(lines)
            case Table():
                return self._table(part)
            case Code(text):
                return Markup("<pre>{}</pre>").format(text)
            case Figure(svg, caption):
                drawn = Markup(svg)  # noqa: S704 - drawn by `states`, which escapes
                return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(drawn, caption)

    def line(self, text: str, *, links: bool = True) -> Markup:
        """One line of markup."""
        done, last = Markup(), 0
        for mark in _MARK.finditer(text):
            done += escape(text[last : mark.start()]) + self._marked(mark, links)
            last = mark.end()
        return done + escape(text[last:])

    def _marked(self, mark: re.Match[str], links: bool) -> Markup:
        code, strong, label, anchor, bare = mark.groups()
        if strong is not None:
            return Markup("<strong>{}</strong>").format(self.line(strong, links=links))
        if label is not None:
            return self._link(anchor, self.line(label, links=False), links)
        if bare is not None:  # a clause, or a refusal code in a sentence
            return self._link(self._references.get(bare), escape(bare), links)
        return self._link(self._references.get(code), Markup("<code>{}</code>").format(_breakable(code)), links)

    @staticmethod
    def _link(anchor: str | None, text: Markup, links: bool) -> Markup:
        return Markup('<a href="#{}">{}</a>').format(anchor, text) if links and anchor else text

    def _table(self, table: Table) -> Markup:
        head = Markup("").join(Markup("<th>{}</th>").format(self.line(cell)) for cell in table.head)
        anchors = table.anchors or ("",) * len(table.rows)
        rows = Markup("\n").join(
            Markup("<tr{}>{}</tr>").format(
                Markup(' id="{}"').format(anchor) if anchor else "", Markup("").join(self._cell(cell) for cell in row)
            )
            for row, anchor in zip(table.rows, anchors, strict=True)
        )
        return Markup(
            '<div class="scroll"><table class="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(table.kind, head, rows)

    def _cell(self, text: str) -> Markup:
        # An indented name keeps its depth on every line it breaks into.
        depth = len(text) - len(text.lstrip("　"))
        indent = Markup(' class="in{}"').format(depth) if depth else ""
        return Markup("<td{}>{}</td>").format(indent, self.line(text.lstrip("　")))


def _breakable(code: str) -> Markup:
    """A long name breaks after a dot or an underline, if it must."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(code))))  # noqa: S704 - escaped, and only our own tag added


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return files("renkei_reports").joinpath("templates", name).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("renkei_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("standard.html.j2")
