"""Drawings as SVG text, made by hand: no library, a few kilobytes, colours from the page's style.

Texts go in escaped, and in both languages where they are ours. What is marked is marked by a word too, never by colour
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from renkei_fixtures.text import Text
from renkei_reports.routes import Party, Route
from renkei_reports.visible import shortened
from renkei_reports.words import said, spoken

_WIDTH, _ROW, _TOP, _EDGE = 760, 32, 44, 80
_ROWS = 24  # of one drawing: as many as stand on an A4 page in legible size
# Left to right as in the seed's figures: business side, product, network, and whom the network reaches.
_ORDER: tuple[Party, ...] = ("business", "product", "network", "counterpart", "examiner")
_CHARACTER = 6.6  # width of a Latin character of the labels; a full-width one takes two


@dataclass(frozen=True)
class Arrow:
    """One message from lane to lane. `mark`: the one that was spoiled, or one that a failed check points at."""

    seq: int
    route: Route
    door: str
    label: str
    reply: bool
    mark: Literal["", "spoiled", "failed"] = ""


@dataclass(frozen=True)
class Note:
    """A step of the case, written across the lanes."""

    text: Text


def sequence(rows: Sequence[Arrow | Note], omitted: int = 0) -> Markup:
    """The exchange as sequence drawings, top to bottom in time; only parties that take part have a lane.

    A long exchange goes on in a further drawing, with its parties named again, so that none is cut by a page's end.
    """
    lanes = _lanes(row for row in rows if isinstance(row, Arrow))
    sheets = _sheets(rows) or [[]]
    drawn = [_sheet(sheet, lanes, omitted if sheet is sheets[-1] else 0) for sheet in sheets]
    return Markup("\n").join(drawn)


def _sheets(rows: Sequence[Arrow | Note]) -> list[list[Arrow | Note]]:
    """At most so many rows in each; a note never ends one, for it announces what comes after it."""
    sheets: list[list[Arrow | Note]] = []
    for row in rows:
        full = not sheets or len(sheets[-1]) >= _ROWS or (len(sheets[-1]) >= _ROWS - 4 and isinstance(row, Note))
        if full and sheets and isinstance(sheets[-1][-1], Note):
            sheets.append([sheets[-1].pop()])
        elif full:
            sheets.append([])
        sheets[-1].append(row)
    return sheets


def _sheet(rows: Sequence[Arrow | Note], lanes: dict[Party, int], omitted: int) -> Markup:
    height = _TOP + _ROW * (len(rows) + (1 if omitted else 0)) + 12
    parts = [_lane(name, x, height) for name, x in lanes.items()]
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + 20
        parts.append(_arrow(row, y, lanes) if isinstance(row, Arrow) else _note(row, y))
    if omitted:
        y = _TOP + _ROW * len(rows) + 20
        said_so = _both(said("drawing.omitted", n=omitted))
        parts.append(Markup('<text class="seq-note" x="12" y="{}">{}</text>').format(y, said_so))
    return Markup('<svg class="seq" viewBox="0 0 {} {}" role="img">{}</svg>').format(
        _WIDTH, height, Markup("").join(parts)
    )


def share_bar(shares: Iterable[tuple[str, int]]) -> Markup:
    """A bar of one row: each part as wide as its share, drawn in the colour of its verdict."""
    parts, x = [], 0.0
    present = [(verdict, count) for verdict, count in shares if count]
    total = sum(count for _, count in present)
    for verdict, count in present:
        width = 1000 * count / total
        parts.append(
            Markup('<rect class="bar-{}" x="{:.2f}" y="0" width="{:.2f}" height="14"/>').format(verdict, x, width)
        )
        x += width
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(parts))


def _lanes(arrows: Iterable[Arrow]) -> dict[Party, int]:
    """Where each party's line stands, evenly from left to right."""
    there = {party for arrow in arrows for party in (arrow.route.start, arrow.route.end, arrow.route.via)}
    present = [party for party in _ORDER if party in there | {"product"}]
    step = (_WIDTH - 2 * _EDGE) // max(1, len(present) - 1)
    return {party: _EDGE + step * place for place, party in enumerate(present)}


def _lane(name: Party, x: int, height: int) -> Markup:
    return Markup(
        '<line class="seq-lane" x1="{x}" y1="28" x2="{x}" y2="{bottom}"/>'
        '<text class="seq-head" x="{x}" y="18" text-anchor="middle">{name}</text>'
    ).format(x=x, bottom=height - 4, name=_both(said(f"drawing.{name}")))


def _arrow(arrow: Arrow, y: int, lanes: dict[Party, int]) -> Markup:
    start, end = lanes[arrow.route.start], lanes[arrow.route.end]
    dot = lanes[arrow.route.via] if arrow.route.via else None
    tip = -8 if end > start else 8
    left, right = (start, end) if dot is None else sorted((dot, lanes["product"]))
    room = int((abs(right - left) - 20) / _CHARACTER)
    label = _cut(f"#{arrow.seq} {arrow.label}", max(room, 12) - (7 if arrow.mark else 0))
    return Markup(
        '<g class="seq-arrow{dashed}{kind}"><title>#{seq} {door} · {full}</title>'
        '<line x1="{start}" y1="{y}" x2="{end}" y2="{y}"/>'
        '<path d="M{end} {y} l{tip} -4 l0 8 z"/>{dot}'
        '<text x="{middle}" y="{above}" text-anchor="middle">{label}{mark}</text></g>'
    ).format(
        dot="" if dot is None else Markup('<circle cx="{}" cy="{}" r="3.5"/>').format(dot, y),
        dashed=" reply" if arrow.reply else "",
        kind=f" {arrow.mark}" if arrow.mark else "",
        seq=arrow.seq,
        door=arrow.door,
        full=arrow.label,
        start=start,
        end=end,
        y=y,
        tip=tip,
        middle=(left + right) // 2,
        above=y - 6,
        label=label,
        mark=_mark(arrow.mark) if arrow.mark else "",
    )


def _mark(mark: str) -> Markup:
    return Markup(' <tspan class="seq-mark">▲{}</tspan>').format(_both(said(f"drawing.{mark}")))


def _note(note: Note, y: int) -> Markup:
    short = Text(ja=_cut(note.text.ja, 52), en=_cut(note.text.en, 100))
    band = Markup('<rect class="seq-band" x="4" y="{}" width="{}" height="21" rx="3"/>').format(y - 15, _WIDTH - 8)
    return band + Markup('<text class="seq-note" x="12" y="{}"><title>{}</title>{}</text>').format(
        y, f"{note.text.ja} / {note.text.en}", _both(spoken(short))
    )


def _both(markup: Markup) -> Markup:
    """SVG knows `tspan` where HTML says `span`; both carry `lang`."""
    inside = str(markup).replace("<span", "<tspan").replace("</span", "</tspan")
    return Markup(inside)  # noqa: S704 - it was Markup; text in it is escaped and holds no "<"


def _cut(text: str, limit: int) -> str:
    head, left = shortened(text, limit)
    return head + ("…" if left else "")
