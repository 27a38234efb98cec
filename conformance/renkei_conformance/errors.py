"""How a case can end before its last line, and whose doing that is.

Exception
 ├ CaseStopped          the case cannot go on; carries the verdict of every clause it has not decided yet
 │  ├ Inconclusive      not the product's failure as far as was seen: control refused, nothing heard, stalled
 │  └ NotTested         never tried: the product is gone, or does not claim what the case needs
 ├ CaseFailed           raised by the plugin at the end of a case with failed checks, never by a case itself
 └ ExaminerFault        ours: a case checks a clause it does not declare, a spoil without a row, and the like

The operator's mistakes are `renkei_fixtures.errors.SetupError`. Anything else is a bug of ours and becomes the
verdict *examiner fault*.
"""

from __future__ import annotations

from renkei_fixtures.standard.rows import Text


class CaseStopped(Exception):  # noqa: N818 - an outcome, not an error
    """The case ends here; `reason` stands in the report in both languages."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Inconclusive(CaseStopped):
    """What is needed for a fair decision was not seen."""


class NotTested(CaseStopped):
    """The case was not tried at all."""


class CaseFailed(AssertionError):  # noqa: N818 - an outcome, not an error
    """The sum of a case's failed checks, so that pytest and Allure say *failed* where the record says *fail*."""


class ExaminerFault(Exception):  # noqa: N818 - the verdict's own name
    """A mistake of this suite, found by the suite itself."""
