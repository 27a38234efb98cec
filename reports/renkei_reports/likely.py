"""Likely causes: how developers come to write what breaks a clause, from the standard's catalogue of faults.

A guess to begin with and said to be one: the examiner sees a product only from outside.
"""

from __future__ import annotations

from renkei_fixtures.standard import Standard
from renkei_fixtures.text import Text

_MOST = 3


def likely_causes(standard: Standard, clause: str) -> tuple[Text, ...]:
    """At most three stories of vendor faults that break this clause; those that break nothing else come first."""
    told = [fault for fault in standard.faults.values() if fault.kind == "vendor" and clause in fault.breaks]
    return tuple(fault.story for fault in sorted(told, key=lambda fault: len(fault.breaks))[:_MOST])
