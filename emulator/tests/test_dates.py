"""Dates of items: real days, partly unknown ones, days of an era."""

from datetime import date
from typing import NamedTuple

import pytest

from renkei_emulator.dates import before, day_of, days_of_era, known_of


class Span(NamedTuple):
    first: date
    last: date | None


TAISHO, SHOWA = Span(date(1912, 7, 30), date(1926, 12, 25)), Span(date(1926, 12, 25), date(1989, 1, 7))
HEISEI = Span(date(1989, 1, 8), date(2019, 4, 30))
REIWA = Span(date(2019, 5, 1), None)


@pytest.mark.parametrize("text", ["2024-02-29", "0001-01-01", "9999-12-31"])
def test_real_days(text):
    assert day_of(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-02-31", "2024-2-1", "20240201", "2024-00-00", "２０２４-01-01", 20240201, ""]
)
def test_what_is_no_day(text):
    assert day_of(text) is None


@pytest.mark.parametrize("text", ["1940-05-00", "1940-00-00", "0000-00-00", "1940-05-17", "2024-02-29"])
def test_parts_are_unknown_from_the_right(text):
    assert known_of(text) is not None


@pytest.mark.parametrize(
    "text", ["1940-00-17", "0000-05-00", "0000-00-01", "1940-13-00", "2023-02-29", "1940-5-0", None]
)
def test_other_forms_of_not_knowing_are_none(text):
    assert known_of(text) is None


@pytest.mark.parametrize(
    ("one", "other", "due"),
    [
        ("2020-01-01", "2020-01-02", True),
        ("2020-01-02", "2020-01-02", False),
        ("1940-05-00", "1940-05-17", False),
        ("1940-05-00", "1940-06-00", True),
        ("1940-00-00", "1941-01-01", True),
        ("0000-00-00", "1941-01-01", False),
        ("1941-00-00", "1940-12-31", False),
    ],
)
def test_days_compare_as_far_as_they_are_known(one, other, due):
    assert before(one, other) is due


@pytest.mark.parametrize(
    ("ymd", "eras", "due"),
    [
        ("010730", [TAISHO], {date(1912, 7, 30)}),
        ("010729", [TAISHO], set()),
        ("151225", [TAISHO], {date(1926, 12, 25)}),
        ("011225", [SHOWA], {date(1926, 12, 25)}),
        ("640107", [SHOWA], {date(1989, 1, 7)}),
        ("640108", [SHOWA], set()),
        ("010107", [HEISEI], set()),
        ("010108", [HEISEI], {date(1989, 1, 8)}),
        ("000501", [REIWA], set()),
        ("060229", [REIWA], {date(2024, 2, 29)}),
        ("050229", [REIWA], set()),
    ],
)
def test_a_day_of_an_era_lies_in_it(ymd, eras, due):
    assert days_of_era(ymd, eras) == due
