"""The states of an exchange as a drawing. Every box and every arrow comes from the table; only the places are ours."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from renkei_fixtures.standard.rows import Transition

_BOX_W, _BOX_H, _COLUMN, _ROW, _MARGIN = 118, 34, 250, 92, 20


def placed(states: Sequence[Transition]) -> dict[str, tuple[int, int]]:
    """Column and row of every state: the column is the shortest way from the beginning, rows as they come."""
    column: dict[str, int] = {}
    front, depth = {row.to for row in states if row.from_ is None}, 0
    while front:
        column |= dict.fromkeys(front, depth)
        front = {row.to for row in states if row.from_ in front and row.to not in column}
        depth += 1
    order = list(dict.fromkeys(state for row in states for state in (row.from_, row.to) if state))
    heights: dict[int, int] = {}
    places = {}
    for state in order:
        at = column.get(state, depth)
        places[state] = (at, heights.get(at, 0))
        heights[at] = heights.get(at, 0) + 1
    return places


def drawing(states: Sequence[Transition], label: str) -> str:
    """An SVG of its own, with a `data-from`, `data-to` and `data-on` on every arrow. `label` is read aloud."""
    places = placed(states)
    columns = 1 + max(x for x, _ in places.values())
    rows = 1 + max(y for _, y in places.values())
    width = _MARGIN * 2 + 60 + (columns - 1) * _COLUMN + _BOX_W + 90
    height = _MARGIN * 2 + 20 + (rows - 1) * _ROW + _BOX_H
    body = [_arrow(row, places, states) for row in states] + [_box(state, places[state], states) for state in places]
    head = Markup(
        '<svg class="states" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>'
    ).format(width, height, label)
    return str(head + Markup("").join(body) + Markup("</svg>"))


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return _MARGIN + 60 + place[0] * _COLUMN, _MARGIN + 20 + place[1] * _ROW


def _box(state: str, place: tuple[int, int], states: Sequence[Transition]) -> Markup:
    x, y = _corner(place)
    final = not any(row.from_ == state for row in states)
    return Markup(
        '<g class="state{}" data-state="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>'
    ).format(
        " final" if final else "", state, x, y, _BOX_W, _BOX_H, x + _BOX_W // 2, y + _BOX_H // 2 + 4, state
    )  # fmt: skip


def _arrow(row: Transition, places: dict[str, tuple[int, int]], states: Sequence[Transition]) -> Markup:
    path, (x, y), anchor = _way(row, places, states)
    kind = "" if row.kind == "both" else f" {row.kind}"
    return Markup(
        '<g class="step{}" data-from="{}" data-to="{}" data-on="{}"><path d="{}" marker-end="url(#tip)"/>'
        '<text x="{}" y="{}" text-anchor="{}">{}</text></g>'
    ).format(kind, row.from_ or "", row.to, row.on, path, x, y, anchor, row.on)


def _way(
    row: Transition, places: dict[str, tuple[int, int]], states: Sequence[Transition]
) -> tuple[str, tuple[int, int], str]:
    """The path of an arrow, where its word stands, and to which side that is written."""
    x2, y2 = _corner(places[row.to])
    middle = y2 + _BOX_H // 2
    if row.from_ is None:
        return f"M{x2 - 60} {middle}H{x2 - 2}", (x2 - 58, middle - 6), "start"
    x1, y1 = _corner(places[row.from_])
    if row.from_ == row.to:
        right = x1 + _BOX_W
        return (
            f"M{x1 + 30} {y1}C{x1 + 20} {y1 - 28} {right - 20} {y1 - 28} {right - 30} {y1 - 2}",
            (x1 + _BOX_W // 2, y1 - 22),
            "middle",
        )
    same = [one for one in states if {one.from_, one.to} == {row.from_, row.to} and one.from_ != one.to]
    shift = (same.index(row) - (len(same) - 1) / 2) * 14
    if x1 == x2:
        side, far = x1 + _BOX_W, abs(places[row.from_][1] - places[row.to][1])
        start, end, bend = y1 + _BOX_H // 2 + shift, middle + shift, side + 36 * far + abs(shift)
        path = f"M{side} {start:.0f}C{bend:.0f} {start:.0f} {bend:.0f} {end:.0f} {side + 2} {end:.0f}"
        return path, (side + 14, int(end) + (-6 if y2 > y1 else 18)), "start"
    if x1 < x2:
        start = y1 + _BOX_H // 2 + shift
        return (
            f"M{x1 + _BOX_W} {start:.0f}L{x2 - 2} {middle + shift:.0f}",
            (x2 - 8, int(middle + shift + (start - middle) * 0.12) - 5),
            "end",
        )
    return (
        f"M{x1} {y1 + _BOX_H // 2 + shift:.0f}L{x2 + _BOX_W + 2} {middle + shift:.0f}",
        (x2 + _BOX_W + 12, int(middle + shift) + 14),
        "start",
    )
