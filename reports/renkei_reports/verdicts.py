"""The roll-up, the exit codes and the words of verdicts, from the standard's table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from renkei_fixtures.run_record import RunVerdict, Verdict
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import VerdictName


def roll_up(standard: Standard, verdicts: Iterable[Verdict], if_none: Verdict) -> Verdict:
    """The strongest of `verdicts`; the caller says what it means when there is none."""
    strength = {row.id: rank for rank, row in enumerate(standard.verdicts) if row.scope == "case"}
    return min(verdicts, key=lambda verdict: strength[verdict], default=if_none)


def name_of(standard: Standard, scope: Literal["case", "run"], verdict: str) -> VerdictName:
    """The row of a case's (or clause's), or of a run's verdict. A KeyError if the table lacks it: our mistake."""
    for row in standard.verdicts:
        if row.scope == scope and row.id == verdict:
            return row
    raise KeyError(verdict)


def exit_code_of(standard: Standard, verdict: RunVerdict) -> int:
    """What `renkei certify` returned, or would have returned, for this verdict."""
    code = name_of(standard, "run", verdict).exit_code
    assert code is not None, "every verdict on a run has an exit code"
    return code
