"""The forge as a body towards the network: inquiries, answers, acknowledgements, queries, withdrawals (network role)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renkei_conformance.drivers import Reply
from renkei_conformance.forge.draft import Draft
from renkei_conformance.lower.network import Heard


class ForgedBody:
    """One body's voice. `send` posts to the emulated network; what the network pushes to the body is at the tap."""

    code: str

    def listen(self) -> None:
        """Have the network push this body's messages to the tap (address told over M)."""
        raise NotImplementedError

    def inquiry(self, to: str, link_codes: Sequence[str], keys: Mapping[str, object], **claims: object) -> Draft:
        """An inquiry to `to`, about persons given by *this body's own* codes."""
        raise NotImplementedError

    def answer(self, delivered: Heard, results: Sequence[Mapping[str, object]] | None = None, **claims: object) -> Draft:
        """The answer of this body to an inquiry that the network delivered to it; default result: `no_record`."""
        raise NotImplementedError

    def acknowledgement(self, delivered: Heard, outcome: str = "accepted", code: str | None = None, stage: str | None = None) -> Draft:
        """Acknowledge an answer that the network delivered to this body."""
        raise NotImplementedError

    def query(self, exchange_number: str | None, ask: str = "status", **claims: object) -> Draft:
        """A status, inbox or records query."""
        raise NotImplementedError

    def withdrawal(self, inquiry: Draft, exchange_number: str) -> Draft:
        """Withdraw an own inquiry."""
        raise NotImplementedError

    def refusal(self, delivered: Heard, code: str, stage: str) -> Draft:
        """Refuse a delivered inquiry by a signed message."""
        raise NotImplementedError

    def send(self, draft: Draft) -> Reply:
        """Post a draft to the network. Raises `DoorTrouble`."""
        raise NotImplementedError

    def delivered(self, exchange_number: str, typ: str = "renkei-inquiry") -> Heard | None:
        """What the network pushed to this body for the exchange, None if nothing came in time."""
        raise NotImplementedError
