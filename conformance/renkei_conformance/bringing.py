"""What interface B, as the product file declares it, can bring to the product at all.

A table in CP932 has no か゚, and no table says *an item that is empty* or *an item that the list does not have*. A product
reached that way can never be brought such a thing, so it is left out, and the record and the report say so: it is a
limit of what was examined, and never a silent pass. A case of which nothing is left is *not tested*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from renkei_conformance.evidence import Evidence
from renkei_conformance.people import Held
from renkei_conformance.upper import Ask, Load, UpperTester

Example = TypeVar("Example")
ANYBODY, ANY_LOAD = "000000000000001", "limit"


def brought(
    ev: Evidence, upper: UpperTester, examples: Sequence[Example], said: Callable[[Example], Load | Ask]
) -> list[Example]:
    """Those of the examples that can be brought, in their order; the others are written down as a limit."""
    limits = [upper.limit(said(one)) for one in examples]
    reasons = [limit for limit in limits if limit is not None]
    if reasons:
        ev.limited(reasons[0], len(reasons), len(examples))
    return [one for one, limit in zip(examples, limits, strict=True) if limit is None]


def as_load(held: Held) -> Load:
    """A load of this copy alone, of nobody in particular."""
    return Load(ANY_LOAD, [held.row(ANYBODY)], (), (), held.information)
