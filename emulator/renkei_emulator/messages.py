"""The steps of a message on its way in and out, one type each: no step can be left out or taken twice.

Provider, an inquiry coming in and its answer going out:

    Sealed → Framed → Verified → Permitted → Authorised → Opened  ‖  Local → Answer  ‖  sealed bytes

Inquirer, an answer coming in:

    Sealed → Framed → Receipted → Delivered → Charged → Opened answer  ‖  results

‖ is interface P: linkage IF on the left, intermediate IF on the right, plain JSON values across (``Plain``).
A step takes exactly what the step before gave. None of these is ever stored: an inquiry that has to wait keeps its
sealed bytes, and goes the whole way again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, NewType

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Jwe, Jws

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import AuthorityRow

LinkCode = NewType("LinkCode", str)
"""リンクコード: one person in one body, as the network makes it. Opaque; counts as 個人番号 in law."""
OwnNumber = NewType("OwnNumber", str)
"""既存番号 (宛名番号): one person inside one body, X 15. Never leaves the body."""

Plain = dict[str, Any]
"""What crosses interface P: ``header``, ``permit`` or ``receipt``, ``subjects``, ``content``; only JSON values."""


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(value: Mapping[str, Any]) -> bytes:
    """The one way in which we write JSON: UTF-8, no spaces. What is hashed is what travels."""
    return _ENCODE(value).encode("utf-8")


class Sealed(NamedTuple):
    """Bytes that came as an HTTP request should: right path, media type, size."""

    data: bytes


class Framed(NamedTuple):
    """An envelope built as the standard says; nothing in it is believed yet.

    ``paper`` is the network's permit or receipt as it travelled, None where it is missing.
    """

    typ: str
    claims: Claims
    jws: Jws
    header: str
    header_sha256: str
    subjects: str | None
    link_codes: tuple[str, ...]
    body: str | None
    jwe: Jwe | None
    paper: str | None


class Verified(NamedTuple):
    """The header was signed by whom it names, with a certificate that was good at ``at``."""

    framed: Framed
    at: datetime


class Permitted(NamedTuple):
    """The network vouches for this very inquiry, to us."""

    verified: Verified
    permit: Claims


class Authorised(NamedTuple):
    """Our own tables give it too: ``row`` is the ground."""

    permitted: Permitted
    row: AuthorityRow


class Opened(NamedTuple):
    """The content, decrypted, bound to its header, built as the standard says."""

    authorised: Authorised
    content: Claims


class Asked(NamedTuple):
    """One item of an inquiry: who (in the network's word and, where known, in ours), and which keys."""

    item_no: int
    link_code: LinkCode
    own_number: OwnNumber | None
    keys: Mapping[str, str | int]


class Local(NamedTuple):
    """An inquiry inside the body: persons by own number. ``header`` and ``permit`` as they crossed interface P."""

    header: Claims
    permit: Claims
    items: tuple[Asked, ...]


class Found(NamedTuple):
    """A row of the reference DB. ``record`` is None where only the status is known."""

    status: str | None
    as_of: str
    record: Mapping[str, Any] | None


class Answer(NamedTuple):
    """An answer before it is sealed: header without the parts that the linkage IF knows, own codes, content."""

    header: Claims
    link_codes: tuple[str, ...]
    content: Claims


class Receipted(NamedTuple):
    """The network vouches that this answer belongs to a question of ours."""

    framed: Framed
    receipt: Claims


class Delivered(NamedTuple):
    """An answer signed by the body that was asked."""

    receipted: Receipted


class Charged(NamedTuple):
    """The answering section is charged with the information."""

    delivered: Delivered


class OpenedAnswer(NamedTuple):
    """An answer's content, decrypted and bound to its header."""

    charged: Charged
    content: Claims
