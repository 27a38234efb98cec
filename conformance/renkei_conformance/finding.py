"""What an oracle found at one place of a message or a record: due and got, always side by side."""

from __future__ import annotations

from dataclasses import dataclass

from renkei_fixtures.text import Text


@dataclass(frozen=True)
class Finding:
    """One comparison of what the standard says with what came.

    `expected` and `got` are JSON values (or None), never keys or sealed bytes. `path` names the place in the
    message: `answer.header.part`, `record.taxation.annual_tax`, `log[3].prev_sha256`. `why` says in ja and en
    which rule was looked at, whether it was kept or not.
    """

    ok: bool
    expected: object
    got: object
    path: str
    why: Text


def equal(path: str, expected: object, got: object, why: Text) -> Finding:
    """The plainest finding. `True` is not `1` and `1` is not `1.0`: types are part of the value."""
    return Finding(same(expected, got), expected, got, path, why)


def same(left: object, right: object) -> bool:
    """Equality of JSON values in which a boolean never equals a number (in Python `True == 1`)."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(same(one, other) for one, other in zip(left, right, strict=True))
    return type(left) is type(right) and left == right


def broken(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that did not hold."""
    return tuple(finding for finding in findings if not finding.ok)
