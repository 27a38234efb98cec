"""The generated surplus depends on the seed and the case alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import strategies as st

from renkei_conformance.generation import Generation, number_of

NUMBERS = st.integers(min_value=-(10**13) + 1, max_value=10**13 - 1)


def test_one_seed_draws_the_same_examples_again() -> None:
    first, again = (Generation(7, "ITM-01", 12).draw(NUMBERS) for _ in range(2))
    assert first == again
    assert len(first) == 12


def test_another_seed_and_another_case_draw_others() -> None:
    here = Generation(7, "ITM-01", 12).draw(NUMBERS)
    assert here != Generation(8, "ITM-01", 12).draw(NUMBERS)
    assert here != Generation(7, "ITM-02", 12).draw(NUMBERS)


def test_the_cap_holds() -> None:
    assert len(Generation(7, "ITM-01", 3).draw(NUMBERS, 50)) == 3
    assert Generation(7, "ITM-01", 0).draw(NUMBERS) == []


def test_the_seed_of_a_case_stays_the_same_for_ever() -> None:
    assert number_of(1, "A") == 0x9587D5487B034AF4


def test_constants_of_local_modules_are_not_mined(tmp_path: Path) -> None:
    """A module beside the run that is full of odd numbers changes nothing that is drawn."""
    (tmp_path / "local_constants.py").write_text("ODD = [" + ",".join(str(7**n) for n in range(3, 15)) + "]\n")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "if sys.argv[2] == 'with': import local_constants\n"
        "from hypothesis import strategies as st\n"
        "from renkei_conformance.generation import Generation\n"
        "print(Generation(3, 'X', 40).draw(st.integers()))\n"
    )
    drawn = {
        how: subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), how], capture_output=True, text=True, check=True, cwd=tmp_path
        ).stdout
        for how in ("with", "without")
    }
    assert drawn["with"] == drawn["without"]


def test_a_failing_example_is_made_smaller_within_its_tries() -> None:
    tried: list[int] = []

    def fails(number: int) -> bool:
        tried.append(number)
        return number >= 1000

    smallest = Generation(5, "X", 20).shrink(NUMBERS, 8_123_456_789, fails, tries=60)
    assert 1000 <= smallest < 8_123_456_789
    assert len(tried) <= 60


def test_shrinking_gives_back_the_failing_example_when_nothing_smaller_fails() -> None:
    assert Generation(5, "X", 20).shrink(NUMBERS, 4_711, lambda number: False) == 4_711
