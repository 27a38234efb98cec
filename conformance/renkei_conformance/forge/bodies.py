"""The forge as a body towards the network: inquiries, answers, acknowledgements, queries, withdrawals (network role)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from renkei_conformance.drivers import Reply
from renkei_conformance.forge import plans
from renkei_conformance.forge.build import Facts, NotForgeable, Plan
from renkei_conformance.forge.deliver import post
from renkei_conformance.forge.dice import Dice
from renkei_conformance.forge.draft import Draft, Source
from renkei_conformance.forge.reader import OpenedAnswer, Signed, Trust, open_answer, read_signed
from renkei_conformance.lower.network import Heard
from renkei_conformance.parties import Parties
from renkei_conformance.wire import Json, Unreadable, peek, read_object, sha256_b64u, unb64u

NO_RECORD: Json = {"item_no": 1, "result": "no_record"}


class ForgedBody:
    """One body's voice. `send` posts to the emulated network; what the network pushes to the body is at the tap."""

    def __init__(
        self,
        code: str,
        parties: Parties,
        facts: Callable[[], Facts],
        dice: Iterator[Dice],
        asked: Callable[..., plans.Inquiry],
        trust: Trust,
    ) -> None:
        self.code = code
        self._parties = parties
        self._facts = facts
        self._dice = dice
        self._asked = asked
        self._trust = trust

    def listen(self) -> None:
        """Have the network push this body's messages to the tap (address told over M). `NotForgeable` without M."""
        if self._parties.management is None:
            raise NotForgeable("no management port of the emulated side in this run")
        self._parties.tap.play(self.code)
        self._parties.management.set_address(self.code, self._parties.tap_address)

    # Messages

    def inquiry(
        self,
        to: str,
        link_codes: Sequence[str],
        keys: Mapping[str, object],
        *,
        affair: str | None = None,
        procedure: str | None = None,
        information: str | None = None,
        responsibility: str | None = None,
        edition: str | None = None,
        **claims: object,
    ) -> Draft:
        """An inquiry to `to`, about persons given by *this body's own* codes. What is left out comes from the tables."""
        given = {"affair": affair, "procedure": procedure, "information": information}
        planned = self._asked(self.code, to, given, responsibility, edition, [keys] * len(link_codes), claims)
        return self._draft(lambda dice: planned.to_network(self._facts(), dice, link_codes))

    def answer(self, delivered: Heard, results: Sequence[Json] | None = None, **claims: object) -> Draft:
        """The answer of this body to an inquiry that the network delivered to it; default result: `no_record`.

        `NotForgeable` when what was delivered is not readable as an inquiry with its permit.
        """
        answered = self.received(delivered)
        facts = self._facts()
        information = facts.standard.informations[str(answered.header["information"])]
        found = (
            list(results)
            if results is not None
            else [{**NO_RECORD, "item_no": n + 1} for n in range(len(answered.link_codes))]
        )
        charged = information.answering_responsibilities[0]
        return self._draft(lambda dice: plans.answer(self._facts(), dice, answered, charged, found, claims))

    def received(self, delivered: Heard) -> plans.Answered:
        """An inquiry as this body received it: header, its hash, the permit's number, our codes of the subjects."""
        envelope = delivered.envelope
        _, permit = peek(envelope.get("permit"))
        try:
            codes = read_object(unb64u(str(envelope["subjects"]))).get("link_codes")
            information = self._facts().standard.informations[str(delivered.claims["information"])]
        except (KeyError, Unreadable) as error:
            raise NotForgeable(f"what was delivered is no inquiry: {error!r}") from error
        return plans.Answered(
            delivered.claims,
            sha256_b64u(str(envelope.get("header")).encode()),
            str(permit.get("exchange_number")),
            [str(code) for code in codes] if isinstance(codes, list) else [],
            information.padded_size,
        )

    def acknowledgement(
        self, delivered: Heard, outcome: str = "accepted", code: str | None = None, stage: str | None = None
    ) -> Draft:
        """Acknowledge an answer (or a receipt alone) that the network delivered to this body."""
        envelope = delivered.envelope
        acknowledged = str(envelope.get("header", envelope.get("receipt")))
        number = delivered.exchange_number
        if delivered.claims.get("from") == "network" and "header" in envelope:  # of no exchange: named by its own id
            number = str(delivered.claims.get("message_id")).replace("-", "")
        item: Json = {
            "exchange_number": number,
            "acknowledged_sha256": sha256_b64u(acknowledged.encode()),
            "outcome": outcome,
        }
        if "header" in envelope and delivered.claims.get("from") != "network":
            item["part"] = delivered.claims.get("part", 1)
        if code is not None and stage is not None:
            item |= {"code": code, "stage": stage}
        return self._bare("renkei-acknowledgement", {"items": [item]})

    def query(self, exchange_number: str | None, ask: str = "status", **claims: object) -> Draft:
        """A status, inbox or records query."""
        number: Json = {} if exchange_number is None else {"exchange_number": exchange_number}
        return self._bare("renkei-query", {"ask": ask, **number, **claims})

    def disclosure(self, exchange_number: str, word: str) -> Draft:
        """Hide or show the record of an exchange (`hidden` or `normal`)."""
        return self._bare("renkei-disclosure", {"exchange_number": exchange_number, "record_disclosure": word})

    def withdrawal(self, inquiry: Draft, exchange_number: str) -> Draft:
        """Withdraw an own inquiry."""
        return self._bare("renkei-withdrawal", {"in_reply_to": inquiry.message_id, "exchange_number": exchange_number})

    def refusal(self, delivered: Heard, code: str, stage: str) -> Draft:
        """Refuse a delivered inquiry by a signed message."""
        answered = self.received(delivered)
        claims: Json = {
            "exchange_number": answered.exchange_number,
            "in_reply_to": answered.header.get("message_id"),
            "inquiry_sha256": answered.header_sha256,
            "code": code,
            "stage": stage,
        }
        return self._bare("renkei-refusal", claims)

    # Sending and hearing

    def send(self, draft: Draft) -> Reply:
        """Post a draft (and what must come before it) to the network. Raises `DoorTrouble`; `NotForgeable` without one."""
        if self._parties.network is None:
            raise NotForgeable("no network in this run")
        for former in draft.before:
            self.send(former)
        reply, trouble, _ = post(self._parties.network, draft, self._parties.clock, self._parties.settle)
        if trouble is not None:
            raise trouble
        assert reply is not None
        return reply

    def delivered(self, exchange_number: str, typ: str | None = "renkei-inquiry") -> Heard | None:
        """What the network pushed to this body for the exchange, None if nothing came in time.

        `typ` None: a receipt alone.
        """
        self._parties.settle()
        wanted = "renkei-receipt" if typ is None else typ
        found = self._parties.tap.wait_until(
            lambda heard: heard.exchange_number == exchange_number and heard.typ == wanted and self._mine(heard),
            self._parties.clock.patience("answer"),
        )
        return found[0] if found else None

    def signed(self, token: object, path: str) -> Signed:
        """A permit, receipt or directory entry of the network, opened."""
        return read_signed(token, path, self._trust, self._parties.clock.now())

    def open(self, delivered: Heard) -> OpenedAnswer:
        """A message that was delivered to this body, opened with its key."""
        sealing = self._parties.kit.body(self.code).sealing
        return open_answer(delivered.request.body, self._trust, sealing, self._parties.clock.now())

    def _mine(self, heard: Heard) -> bool:
        return heard.claims.get("to" if "header" in heard.envelope else "from") == self.code

    def _bare(self, typ: str, claims: Json) -> Draft:
        return self._draft(lambda dice: plans.bare(self._facts(), dice, typ, self.code, claims))

    def _draft(self, make: Callable[[Dice], Plan]) -> Draft:
        return Draft.of(Source(make, self._dice))
