"""The forge as the cases see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renkei_fixtures.standard import Standard

from renkei_conformance.forge.bodies import ForgedBody
from renkei_conformance.forge.deliver import Delivery
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.parties import Parties


class Forge:
    """Builds messages as network and bodies would, and reads what comes back. One per case: its ids, salts and
    keys follow from the run's seed and the case's id alone (message ids and exchange numbers also from the time)."""

    def __init__(self, parties: Parties, standard: Standard, seed: int, label: str = "") -> None:
        raise NotImplementedError

    def inquiry(
        self,
        link_codes: Sequence[str],
        keys: Mapping[str, object] | Sequence[Mapping[str, object]],
        *,
        inquirer: str | None = None,
        affair: str | None = None,
        procedure: str | None = None,
        information: str | None = None,
        responsibility: str | None = None,
        official: str | None = None,
        section: str | None = None,
        edition: str | None = None,
        **claims: object,
    ) -> Draft:
        """A right inquiry with its permit, ready to deliver to the product: the forge plays inquirer *and* network.

        `link_codes` are the product's own codes of the subjects. What is left out comes from the first authority row
        that lets `inquirer` (default: the counterpart) ask the product. `claims` override header claims.
        """
        raise NotImplementedError

    def deliver(self, draft: Draft) -> Delivery:
        """Send it (and what must come before it) to the product's N. A 503 with a retrying code is resent up to three times."""
        raise NotImplementedError

    def open_answer(self, raw: bytes, draft: Draft) -> OpenedAnswer:
        """Read an answer (bytes of the POST) to this draft's inquiry, with the inquirer's sealing key."""
        raise NotImplementedError

    def as_body(self, code: str) -> ForgedBody:
        """The forge as a body towards the emulated network (network role)."""
        raise NotImplementedError

    def link_codes(self, body: str, serials: Sequence[int]) -> tuple[str, ...]:
        """`body`'s own link codes of these persons, ordered over M."""
        raise NotImplementedError
