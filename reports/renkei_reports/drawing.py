"""Drawings as SVG text, made by hand: no library, a few kilobytes, colours from the page's style.

Texts go in escaped, and in both languages where they are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from renkei_fixtures.text import Text
from renkei_reports.visible import shortened
from renkei_reports.words import said, spoken

_WIDTH, _ROW, _TOP = 720, 30, 40
_LANES = {"product": 90, "examiner": 370, "network": 640}


@dataclass(frozen=True)
class Arrow:
    """One message from lane to lane; what passes the examiner's lane was handed on by its tap."""

    seq: int
    start: str
    end: str
    door: str
    label: str
    reply: bool


@dataclass(frozen=True)
class Note:
    """A step of the case, written across the lanes."""

    text: Text


def sequence(rows: Sequence[Arrow | Note], omitted: int = 0) -> Markup:
    """The exchange as a sequence drawing: product, examiner (tap and forge), network, top to bottom in time."""
    height = _TOP + _ROW * (len(rows) + (1 if omitted else 0)) + 12
    parts = [_lane(name, x, height) for name, x in _LANES.items()]
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + 20
        parts.append(_arrow(row, y) if isinstance(row, Arrow) else _note(row, y))
    if omitted:
        y = _TOP + _ROW * len(rows) + 20
        parts.append(
            Markup('<text class="seq-note" x="12" y="{}">{}</text>').format(
                y, _both(said("drawing.omitted", n=omitted))
            )
        )
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


def _lane(name: str, x: int, height: int) -> Markup:
    return Markup(
        '<line class="seq-lane" x1="{x}" y1="26" x2="{x}" y2="{bottom}"/>'
        '<text class="seq-head" x="{x}" y="16" text-anchor="middle">{name}</text>'
    ).format(x=x, bottom=height - 4, name=_both(said(f"drawing.{name}")))


def _arrow(arrow: Arrow, y: int) -> Markup:
    start, end, tap = _LANES[arrow.start], _LANES[arrow.end], _LANES["examiner"]
    through = "" if tap in (start, end) else Markup('<circle cx="{}" cy="{}" r="3"/>').format(tap, y)
    tip = -8 if end > start else 8
    label, left = shortened(f"{arrow.door} · {arrow.label}", 40)
    return Markup(
        '<g class="seq-arrow{dashed}"><title>#{seq} {full}</title>'
        '<line x1="{start}" y1="{y}" x2="{end}" y2="{y}"/>'
        '<path d="M{end} {y} l{tip} -4 l0 8 z"/>'
        '<text x="{middle}" y="{above}" text-anchor="middle">{label}</text>{through}</g>'
    ).format(
        through=through,
        dashed=" reply" if arrow.reply else "",
        seq=arrow.seq,
        full=arrow.label,
        start=start,
        end=end,
        y=y,
        tip=tip,
        middle=(start + end) // 2 if not through else (min(start, end) + tap) // 2,
        above=y - 5,
        label=label + ("…" if left else ""),
    )


def _note(note: Note, y: int) -> Markup:
    short = Text(ja=_cut(note.text.ja, 50), en=_cut(note.text.en, 95))
    return Markup('<rect class="seq-band" x="4" y="{}" width="712" height="20" rx="3"/>').format(y - 14) + Markup(
        '<text class="seq-note" x="12" y="{}"><title>{}</title>{}</text>'
    ).format(y, f"{note.text.ja} / {note.text.en}", _both(spoken(short)))


def _both(markup: Markup) -> Markup:
    """SVG knows `tspan` where HTML says `span`; both carry `lang`."""
    inside = str(markup).replace("<span", "<tspan").replace("</span", "</tspan")
    return Markup(inside)  # noqa: S704 - it was Markup; text in it is escaped and holds no "<"


def _cut(text: str, limit: int) -> str:
    head, left = shortened(text, limit)
    return head + ("…" if left else "")
