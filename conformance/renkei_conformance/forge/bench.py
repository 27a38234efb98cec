"""The forge as the cases see it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from renkei_conformance.drivers import DoorTrouble, Request
from renkei_conformance.forge.bodies import ForgedBody
from renkei_conformance.forge.build import Facts, NotForgeable, Plan
from renkei_conformance.forge.change import link_code_change
from renkei_conformance.forge.deliver import RESENDS, Delivery, Surroundings, post
from renkei_conformance.forge.dice import Dice
from renkei_conformance.forge.draft import Draft, Source
from renkei_conformance.forge.plans import Asked, Inquiry, delivered_answer
from renkei_conformance.forge.pulled import lay
from renkei_conformance.forge.reader import OpenedAnswer, Trust, open_answer
from renkei_conformance.kit import KeyPair
from renkei_conformance.lower.network import ForgedExchange, Programmed
from renkei_conformance.oracles import authority
from renkei_conformance.parties import Parties
from renkei_conformance.wire import Json, sha256_b64u
from renkei_fixtures import instants
from renkei_fixtures.errors import SetupError
from renkei_fixtures.municipalities import COUNTERPART
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import AuthorityRow

CERTIFICATES = "/renkei/1/certificates/"


class Forge:
    """Builds messages as network and bodies would, and reads what comes back. One per case: its ids, salts and
    keys follow from the run's seed and the case's id alone (message ids and exchange numbers also from the time)."""

    def __init__(self, parties: Parties, standard: Standard, seed: int, label: str = "") -> None:
        self.parties = parties
        self.standard = standard
        self.delivered: list[Draft] = []
        """Everything sent so far, in order; a failed case leaves it in the record as `forged`."""
        self._dice = Dice(seed, label)
        self._count = itertools.count(1)
        self._chains: dict[str, str | None] = {
            pair.kid: pair.chain_pem for body in parties.kit.bodies.values() for pair in (body.signing, body.sealing)
        }
        self._chains[parties.kit.network.kid] = parties.kit.network.chain_pem
        self.trust = Trust(parties.kit.anchors_pem, parties.kit.crl_der, self._chain_of)

    @property
    def product(self) -> str:
        """The code of the body under examination."""
        return self.parties.profile.product.body

    def inquiry(
        self,
        link_codes: Sequence[str],
        keys: Mapping[str, object] | Sequence[Mapping[str, object]],
        *,
        inquirer: str = COUNTERPART,
        affair: str | None = None,
        procedure: str | None = None,
        information: str | None = None,
        responsibility: str | None = None,
        edition: str | None = None,
        **claims: object,
    ) -> Draft:
        """A right inquiry with its permit, ready to deliver to the product: the forge plays inquirer *and* network.

        `link_codes` are the product's own codes of the subjects. What is left out comes from the first authority row
        that lets `inquirer` ask the product. `claims` are further header claims (official, section, …). Raises
        `NotForgeable` when the tables have no row, and KeyError for an information without items.
        """
        given = {"affair": affair, "procedure": procedure, "information": information}
        planned = self._asked(
            inquirer, self.product, given, responsibility, edition, _each(keys, len(link_codes)), claims
        )

        def plan(dice: Dice) -> Plan:
            facts = self.facts()
            number = f"F{int(facts.now.timestamp() * 1000):x}-{dice.bytes('exchange', 4).hex()}"
            return planned.to_provider(facts, dice, link_codes, number)

        return Draft.of(Source(plan, self._fresh_dice()))

    def deliver(self, draft: Draft, *programme: Programmed, resends: int = RESENDS) -> Delivery:
        """Send it (and what must come before it) to the product's N. A 429 or 503 is resent up to three times.

        `programme`: what the product's next messages of this exchange are met with, one each (503 once, a lost reply).
        """
        before = tuple(self.deliver(former) for former in draft.before)
        self.open(draft)
        self.delivered.append(draft)
        if programme:
            self.parties.tap.forged.program(str(draft.exchange_number), *programme)
        around = Surroundings(self.parties.tap, self.parties.clock, self.parties.settle, self.open_answer)
        if self.parties.tap.inbox is not None:
            reply, trouble = lay(self.parties, self.standard, draft, self.parties.tap.inbox)
            return Delivery(draft, reply, trouble, around, 0, before)
        reply, trouble, resent = post(self.parties.product, draft, self.parties.clock, self.parties.settle, resends)
        return Delivery(draft, reply, trouble, around, resent, before)

    def open_answer(self, raw: bytes, draft: Draft) -> OpenedAnswer:
        """Read an answer (bytes of the POST) to this draft's inquiry, with the inquirer's sealing key."""
        sealing = self.parties.kit.body(str(draft.plan.claims["from"])).sealing
        return open_answer(raw, self.trust, sealing, self.parties.clock.now())

    def closing_receipt(self, draft: Draft, state: str, why: tuple[str, str] | None = None) -> str:
        """The network's receipt by which an exchange of the forge's ends; from now on it is in that state."""
        return self.parties.tap.forged.close(str(draft.exchange_number), state, why)

    def link_code_change(
        self, old: str, new: str, after: timedelta, *, signer: KeyPair | None = None, hashed: str | None = None
    ) -> tuple[bytes, str]:
        """The network's word that `old` becomes `new` after a time, and its message_id; or one by another `signer`, or
        whose signed hash is of the code `hashed`."""
        now = self.parties.clock.now()
        return link_code_change(
            self.product, old, new, signer=signer or self.parties.kit.network, now=now, effective_at=now + after,
            dice=next(self._fresh_dice()), hashed=hashed,
        )  # fmt: skip

    @staticmethod
    def paper(receipt: str) -> bytes:
        """The envelope of a receipt alone."""
        return json.dumps({"receipt": receipt}).encode()

    def delivered_answer(
        self, asked: Asked, results: Sequence[Json], claims: Mapping[str, object] | None = None
    ) -> Draft:
        """The right answer to an inquiry of the product's own, as the network would deliver it: with its receipt."""
        information = self.standard.informations[str(asked.header["information"])]
        charged, more = information.answering_responsibilities[0], dict(claims or {})
        return Draft.of(
            Source(lambda dice: delivered_answer(self.facts(), dice, asked, charged, results, more), self._fresh_dice())
        )

    def chain_of(self, kid: str) -> str | None:
        """The chain of a certificate, from the kit or the directory; None when nobody has it."""
        return self._chain_of(kid)

    def as_body(self, code: str) -> ForgedBody:
        """The forge as a body towards the emulated network (network role)."""
        return ForgedBody(code, self.parties, self.facts, self._fresh_dice(), self._asked, self.trust)

    def link_codes(self, body: str, serials: Sequence[int]) -> tuple[str, ...]:
        """`body`'s own link codes of these persons, ordered over M. `NotForgeable` without M."""
        if self.parties.management is None:
            raise NotForgeable("no management port of the emulated side in this run")
        return self.parties.management.link_codes(body, serials)

    def order(self, kind: str, body: str, use: str = "signature") -> KeyPair:
        """A certificate of `body` of this kind, ordered over M. `NotForgeable` without M."""
        if self.parties.management is None:
            raise NotForgeable("no management port of the emulated side in this run")
        try:
            return self.parties.management.order(kind, body, use)
        except SetupError as error:
            raise NotForgeable(f"certificate {kind} for {body}: {error.got}") from error

    def facts(self) -> Facts:
        """What spoils may look up, as of now."""
        return Facts(
            self.standard, self.parties.kit, self.parties.clock.now(), self.order, self.product, self.link_codes
        )

    def row(
        self, inquirer: str, provider: str, given: Mapping[str, str | None], keys: set[str] | None = None
    ) -> AuthorityRow:
        """The first plain row in force for these two bodies with what is given; `NotForgeable` if there is none.

        `keys`: of an information that is asked for by exactly these inquiry keys.
        """
        on = instants.japan_date(self.parties.clock.now())
        for row in authority.grantable(self.standard, inquirer, provider, on, given.get("information")):
            fits = all(value is None or getattr(row, name) == value for name, value in given.items())
            table = self.standard.informations.get(row.information)
            if fits and table is not None and (keys is None or {key.id for key in table.keys} == keys):
                return row
        raise NotForgeable(f"no authority row lets {inquirer} ask {provider} for {dict(given)}")

    def _asked(
        self,
        inquirer: str,
        provider: str,
        given: Mapping[str, str | None],
        responsibility: str | None,
        edition: str | None,
        keys: Sequence[Mapping[str, object]],
        claims: Mapping[str, object],
    ) -> Inquiry:
        by = ({name for each in keys for name in each} or None) if given.get("information") is None else None
        row = self.row(inquirer, provider, given, by)
        information = self.standard.informations[row.information]
        on = instants.japan_date(self.parties.clock.now())
        charged = authority.charged_with(self.standard, row.affair, inquirer, on)
        if responsibility is None and not charged:
            raise NotForgeable(f"no responsibility of {inquirer} is charged with {row.affair}")
        needed: dict[str, object] = {"official": "official-01"} if row.initiator == "official" else {}
        if row.ground == "table_consent":
            needed["consent_ref"] = "consent-0001"
        return Inquiry(
            inquirer, provider, row.affair, row.procedure, row.information, information.version, information.padded_size,
            responsibility or charged[0], edition or self.standard.edition, row.id, keys, {**needed, **claims},
        )  # fmt: skip

    def open(self, draft: Draft) -> None:
        """Put the exchange on the books of the forge's network, before the product can answer it."""
        permit = draft.plan.permit
        if permit is None or draft.exchange_number is None:
            return
        claims = {**draft.plan.claims, **draft.header}
        self.parties.tap.forged.open(
            ForgedExchange(
                draft.exchange_number,
                claims,
                sha256_b64u(draft.header_token.encode()),
                str(permit["accepted_at"]),
                str(claims["expires_at"]),
            )
        )

    def _fresh_dice(self) -> Iterator[Dice]:
        while True:
            yield self._dice.child(str(next(self._count)))

    def _chain_of(self, kid: str) -> str | None:
        # The kit first; a product may have signed with a newer certificate, which the directory then has.
        if kid not in self._chains and self.parties.network is not None:
            try:
                reply = self.parties.network.send(
                    Request("GET", CERTIFICATES + kid), self.parties.clock.seconds("reply")
                )
            except DoorTrouble:
                return None
            self._chains[kid] = reply.body.decode("ascii", "replace") if reply.status == 200 else None
        return self._chains.get(kid)


def _each(keys: Mapping[str, object] | Sequence[Mapping[str, object]], count: int) -> Sequence[Mapping[str, object]]:
    return [keys] * count if isinstance(keys, Mapping) else keys
