"""A draft: one message on the bench, right but for at most one named thing."""

from __future__ import annotations

from renkei_conformance.drivers import Request


class Draft:
    """A message that can be sent. Built once, on first use; the bytes stay the same from then on (resend = same bytes).

    `spoil` names what is wrong with it, None when nothing is. `before` are drafts that must have been delivered
    (and accepted) first for the spoil to be one: the first use of a message id that is then used again.
    """

    spoil_id: str | None
    before: tuple[Draft, ...]

    @property
    def message_id(self) -> str:
        """The header's message id."""
        raise NotImplementedError

    @property
    def exchange_number(self) -> str | None:
        """The permit's number of the exchange; None for a message to the network, which gives the number itself."""
        raise NotImplementedError

    @property
    def header(self) -> dict[str, object]:
        """The header's claims as they were meant (before a spoil of the bytes)."""
        raise NotImplementedError

    @property
    def link_codes(self) -> tuple[str, ...]:
        """The receiver's codes of the subjects, item n at n-1."""
        raise NotImplementedError

    @property
    def confidential(self) -> tuple[str, ...]:
        """Values of the message that no reply may show in its `detail` (clause P-ANS-011)."""
        raise NotImplementedError

    def spoil(self, spoil: str) -> Draft:
        """The same message with one thing spoiled. Raises KeyError for an unknown spoil, ValueError if already spoiled,
        `NotForgeable` if this spoil cannot be had here (no such row in the tables, no such certificate over M)."""
        raise NotImplementedError

    def twin(self) -> Draft:
        """The clean message, equal in everything but the spoil, with fresh ids, salts, keys and times."""
        raise NotImplementedError

    def reordered(self, key: int) -> Draft:
        """The same message with the members of every JSON object in another order (clause P-FRM-012)."""
        raise NotImplementedError

    def request(self) -> Request:
        """The HTTP request."""
        raise NotImplementedError

    def bytes(self) -> bytes:
        """The request's body."""
        raise NotImplementedError


class NotForgeable(Exception):
    """This spoil cannot be made in this run; the message says what is missing. Never the product's fault."""
