"""Discretion over a whole report: the persons of all its cases are known wherever one of them turns up."""

from __future__ import annotations

from collections.abc import Iterable

from renkei_fixtures import discretion
from renkei_fixtures.discretion import HIDDEN, decoded, without_secrets
from renkei_reports.report import CaseReport

__all__ = ["HIDDEN", "Discretion", "decoded", "without_secrets"]


class Discretion(discretion.Discretion):
    """See there; made from the cases of a report."""

    def __init__(self, cases: Iterable[CaseReport]) -> None:
        super().__init__(entry.event for case in cases for entry in case.trace)
