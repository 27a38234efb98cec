"""What came back, opened strictly: everything that the oracles judge, and every trouble met on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Trouble:
    """A place where strict reading had to stop: `code` as the standard's refusals call it."""

    path: str
    code: str
    expected: object
    got: object


@dataclass(frozen=True)
class Signer:
    """Who signed: the chain looked at with the examiner's own anchors, at the given time."""

    kid: str
    san: tuple[str, ...]
    usages: tuple[str, ...]
    """`digital_signature`, `key_agreement`, … as the certificate says."""
    curve: str
    is_ca: bool
    kid_fits: bool
    """`kid` is the base64url SHA-256 of the leaf's DER."""
    chain_trouble: str | None
    """Why the chain does not lead to an anchor at that time, None when it does."""
    revoked: bool


@dataclass(frozen=True)
class OpenedAnswer:
    """An answer as it came, opened as far as it could be. What could not be read is None, and `troubles` says why."""

    raw: bytes
    envelope: Mapping[str, object] | None = None
    header_token: str | None = None
    header_jose: Mapping[str, object] | None = None
    header: Mapping[str, object] | None = None
    signer: Signer | None = None
    signature_valid: bool | None = None
    subjects_string: str | None = None
    subjects: Mapping[str, object] | None = None
    body_token: str | None = None
    body_jose: Mapping[str, object] | None = None
    content_bytes: bytes | None = None
    content: Mapping[str, object] | None = None
    body_length: int | None = None
    troubles: tuple[Trouble, ...] = field(default_factory=tuple)

    @property
    def results(self) -> tuple[Mapping[str, object], ...]:
        """The content's results that are objects; empty when there are none."""
        found = (self.content or {}).get("results")
        return tuple(row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()

    @property
    def link_codes(self) -> tuple[object, ...]:
        """The codes of the subjects string, as they came."""
        found = (self.subjects or {}).get("link_codes")
        return tuple(found) if isinstance(found, list) else ()
