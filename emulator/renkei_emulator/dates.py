"""Dates (年月日) of items: real days, days of which a part is not known (年月日不詳), and days of an era (元号)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol

_FORM = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


class Era(Protocol):
    """An era: its first and last day; the last one of the era that goes on is None."""

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date | None: ...


class Known(NamedTuple):
    """As much of a day as is known; 0 where it is not."""

    year: int
    month: int
    day: int


def day_of(text: object) -> date | None:
    """The day, or None if `text` is no YYYY-MM-DD of a real day."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def known_of(text: object) -> Known | None:
    """The known parts of a partly unknown date; None if it has none of the four forms.

    Parts are unknown from the right: `1940-05-00`, `1940-00-00`, `0000-00-00`; what is known must be a real day.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    known = Known(*map(int, found.groups()))
    year, month, day = known
    if year == 0:
        return known if month == day == 0 else None
    if month == 0:
        return known if day == 0 else None
    if month > 12 or day > monthrange(year, month)[1]:
        return None
    return known


def before(one: object, other: object) -> bool:
    """Whether `one` lies before `other`, as far as both are known; what is unknown, or no date, lies before nothing."""
    left, right = known_of(one), known_of(other)
    if left is None or right is None:
        return False
    for mine, theirs in zip(left, right, strict=True):
        if not mine or not theirs:
            return False
        if mine != theirs:
            return mine < theirs
    return False


def days_of_era(ymd: str, eras: Iterable[Era]) -> set[date]:
    """The day that YYMMDD is in these eras, if it lies in one of them: both are right on the day an era changes."""
    if not re.fullmatch(r"[0-9]{6}", ymd, re.ASCII) or ymd.startswith("00"):
        return set()
    year, month, day = int(ymd[:2]), int(ymd[2:4]), int(ymd[4:])
    found = set()
    for era in eras:
        try:
            day_meant = date(era.first.year + year - 1, month, day)
        except ValueError:
            continue
        if era.first <= day_meant <= (era.last or date.max):
            found.add(day_meant)
    return found
