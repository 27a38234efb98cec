"""Days as registers write them, read from the right end: what an era form means, and whether a text is a day at all.

A twin of the emulator's `dates`: it counts and compares; here the calendar is walked.
"""

from __future__ import annotations

from datetime import date

from renkei_fixtures.eras import eras


def era_of(day: date, *, later: bool = True) -> tuple[str, str]:
    """(era code, YYMMDD) of a day; on a day of change of the later era, or of the earlier one.

    ValueError for a day before the first era.
    """
    fitting = [era for era in eras() if era.first <= day and (era.last is None or day <= era.last)]
    if not fitting:
        raise ValueError(f"{day} lies in no era")
    era = fitting[-1 if later else 0]
    return era.code, f"{day.year - era.first.year + 1:02d}{day:%m%d}"


def change_days() -> tuple[date, ...]:
    """The first and the last day of every era, in order: where an era form goes wrong first."""
    return tuple(
        sorted({day for era in eras() for day in (era.first, era.last) if day is not None and day.year > 1872})
    )


def is_day(text: object) -> bool:
    """Whether a text is YYYY-MM-DD of a day that the calendar has."""
    if not isinstance(text, str) or len(text) != 10:
        return False
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_partly_known(text: object) -> bool:
    """Whether a text is a day of which parts, from the right, may be unknown."""
    if not isinstance(text, str) or len(text) != 10:
        return False
    filled = text
    for unknown, known in (("0000-00-00", "2000-01-01"), ("-00-00", "-01-01"), ("-00", "-01")):
        if filled.endswith(unknown):
            filled = filled[: -len(unknown)] + known
            break
    return is_day(filled) and not filled.startswith("0000")
