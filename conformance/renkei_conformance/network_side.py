"""`network`: the emulated network under examination, between two bodies that the forge plays (network role).

An internal role: the machinery that examines products, turned on the network that examines them with us. A mistake in
it would be a false alarm at every vendor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from renkei_conformance.drivers import DoorTrouble, Reply, Request
from renkei_conformance.errors import Inconclusive, NotTested
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding
from renkei_conformance.forge.bench import Forge
from renkei_conformance.forge.bodies import ForgedBody
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import Signed
from renkei_conformance.lower.network import Heard
from renkei_conformance.opened import claims_of
from renkei_conformance.oracles import network as rules
from renkei_conformance.oracles.records import Export, read_export
from renkei_conformance.parties import Parties
from renkei_conformance.told import Told, told
from renkei_conformance.trial import Trial
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART
from renkei_fixtures.residents import resident

ACCEPTS = "N-REL-001"
ANSWERER = "483214"
"""A village of the same prefecture, push: `COUNTERPART` may ask it about income and tax."""
BYSTANDER = "480002"
"""A body that has no part in the exchange."""


@dataclass
class NetworkState:
    """Between cases: who listens already, and the link codes of the one person everybody asks about."""

    listening: set[str] = field(default_factory=set)
    codes: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Carried:
    """An inquiry that the network accepted and delivered."""

    draft: Draft
    reply: Reply
    exchange_number: str
    delivered: Heard


class NetworkSide:
    """See the module. One per case."""

    def __init__(self, ev: Evidence, forge: Forge, parties: Parties, seed: int, state: NetworkState) -> None:
        self.ev = ev
        self.forge = forge
        self.parties = parties
        self.seed = seed
        self.state = state
        self.asker = self.body(COUNTERPART)
        self.answerer = self.body(ANSWERER)

    def body(self, code: str) -> ForgedBody:
        """The forge as this body; from its first use on the network delivers to the tap."""
        played = self.forge.as_body(code)
        if code not in self.state.listening:
            played.listen()
            self.state.listening.add(code)
        return played

    def code_of(self, body: str, n: int = 0) -> str:
        """`body`'s own link code of resident `n` of the answering body."""
        if (body, n) not in self.state.codes:
            person = resident(self.seed, ANSWERER, n)
            self.state.codes[body, n] = self.forge.link_codes(body, [person.serial])[0]
        return self.state.codes[body, n]

    def inquiry(self, n: int = 0, to: str = ANSWERER, **claims: object) -> Draft:
        """A right inquiry of the asker to the answerer (or `to`) about the answerer's resident `n`."""
        self.ev.inputs(["inquiry", n, to])
        codes = [self.code_of(self.asker.code, n)]
        return self.asker.inquiry(to, codes, {"tax_year": "2025"}, **claims)  # type: ignore[arg-type]

    def carried_to(self, *replies: Reply | None, draft: Draft | None = None) -> Carried:
        """A right inquiry, accepted, whose deliveries are met with these replies (None: no reply), one each."""
        self.parties.tap.say_next(self.answerer.code, *replies)
        return self.carry(draft)

    def pass_time(self, seconds: float) -> None:
        """Let time pass for everybody, and let them do what is then due."""
        self.parties.clock.pass_time(seconds)
        self.parties.settle()

    def state_of(self, exchange_number: str) -> object:
        """Where the exchange stands, as a receipt says; None when none comes."""
        reply, _ = self.send(self.asker.query(exchange_number))
        return (self.asker.signed(member(reply, "receipt"), "receipt").claims or {}).get("state")

    def send(self, draft: Draft, sender: ForgedBody | None = None) -> tuple[Reply | None, Told]:
        """Post it to the network and sort what came back."""
        self.ev.scene()
        try:
            reply = (sender or self.asker).send(draft)
        except DoorTrouble as trouble:
            return None, told(None, trouble, self.ev.run.standard)
        self.parties.settle()
        return reply, told(reply, None, self.ev.run.standard)

    def carry(self, draft: Draft | None = None) -> Carried:
        """A right inquiry, accepted and delivered; what fails is booked on the standing clause."""
        sent = draft or self.inquiry()
        reply, said = self.send(sent)
        number = member(reply, "exchange_number")
        if reply is None or said.sort != "accepted" or not isinstance(number, str):
            why = both("conformance.why.accepted")
            self.ev.check(ACCEPTS, Finding(False, {"told": "accepted", "status": 202}, said.short(), "reply", why))
            raise Inconclusive(both("conformance.reason.not_accepted", clause=ACCEPTS, told=said.words))
        delivered = self.answerer.delivered(number)
        if delivered is None:
            raise Inconclusive(both("conformance.reason.not_delivered", what=f"inquiry {number}"))
        return Carried(sent, reply, number, delivered)

    def answered(self, carried: Carried) -> tuple[Draft, Reply]:
        """The answerer's right answer to it, accepted by the network."""
        answer = self.answerer.answer(carried.delivered)
        reply, said = self.send(answer, self.answerer)
        if reply is None or said.sort != "accepted":
            raise Inconclusive(both("conformance.reason.not_accepted", clause="N-ANS-001", told=said.words))
        return answer, reply

    def relayed(self, carried: Carried) -> Heard:
        """The answer as the asker got it. `Inconclusive` when it did not come."""
        found = self.asker.delivered(carried.exchange_number, "renkei-answer")
        if found is None:
            raise Inconclusive(both("conformance.reason.not_delivered", what=f"answer {carried.exchange_number}"))
        return found

    def all_relayed(self, carried: Carried) -> list[Heard]:
        """Every answer of the exchange that the asker was sent."""
        self.parties.settle()
        heard = self.parties.tap.heard(carried.exchange_number)
        return [one for one in heard if one.typ == "renkei-answer" and one.claims.get("to") == self.asker.code]

    def check_state(
        self, clause: str, carried: Carried, state: str, who: ForgedBody | None = None, **more: object
    ) -> None:
        """Ask for the state and book whether a signed receipt names it."""
        asking = who or self.asker
        reply, _ = self.send(asking.query(carried.exchange_number), asking)
        receipt = asking.signed(member(reply, "receipt"), "receipt")
        due = {"exchange_number": carried.exchange_number, "state": state, **more}
        self.ev.check_all(clause, rules.receipt(receipt, due))

    def envelope_of(self, draft: Draft) -> Mapping[str, object]:
        """The strings of a message as they were sent."""
        sent: dict[str, object] = json.loads(draft.bytes())
        return sent

    def get(self, path: str) -> Reply:
        """A public page of the directory. `Inconclusive` when no reply comes."""
        assert self.parties.network is not None
        try:
            return self.parties.network.send(Request("GET", path), self.parties.clock.seconds("reply"))
        except DoorTrouble as trouble:
            raise Inconclusive(both("conformance.reason.door", detail=str(trouble))) from trouble

    def directory(self) -> dict[str, Signed]:
        """Every entry by the body that it speaks of."""
        entries = member(self.get("/renkei/1/bodies"), "entries")
        signed = [self.asker.signed(one, "entry") for one in entries] if isinstance(entries, list) else []
        return {str((one.claims or {}).get("body")): one for one in signed}

    def provision_record(self) -> Export:
        """The network's own record, exported by its operator."""
        if self.parties.management is None:
            raise NotTested(both("conformance.why_not.not_claimed", option="management"))
        self.parties.settle()
        return read_export(self.parties.management.records())

    def bar(self, inquirer: str, provider: str, *, barred: bool = True) -> None:
        """Have the network's operator bar provision between these two, or lift it. `NotTested` without M."""
        if self.parties.management is None:
            raise NotTested(both("conformance.why_not.not_claimed", option="management"))
        self.parties.management.bar(inquirer, provider, barred)

    def reissue(self, body: str, n: int, after_s: int) -> None:
        """Have the network's operator replace `body`'s link code of resident `n`. `NotTested` without M."""
        if self.parties.management is None:
            raise NotTested(both("conformance.why_not.not_claimed", option="management"))
        self.parties.management.reissue(body, resident(self.seed, ANSWERER, n).serial, after_s)
        self.parties.settle()

    # --- witnessed negatives -----------------------------------------------------------------------------------------

    def negative(self, draft: Draft | None = None) -> None:
        """The whole witnessed negative on an inquiry."""
        Trial(self.ev, _InquiryBench(self)).run(draft or self.inquiry())

    def negative_answer(self, sender: ForgedBody | None = None) -> None:
        """The whole witnessed negative on an answer: its twin is accepted in the very exchange it was refused in."""
        for spoil in self.ev.case.spoils:
            carried = self.carry()
            bench = _AnswerBench(self, carried, sender or self.answerer)
            Trial(self.ev, bench).one(self.answerer.answer(carried.delivered), spoil)


@dataclass
class _InquiryBench:
    network: NetworkSide

    def control(self, clean: Draft) -> None:
        if (words := self._goes_through(clean)) is not None:
            raise Inconclusive(both("conformance.reason.control_refused", told=words))

    def put(self, spoiled: Draft) -> Told:
        return self.network.send(spoiled)[1]

    def leaked(self, spoiled: Draft, said: Told) -> Iterable[tuple[str, Finding]]:
        """A refused inquiry reaches nobody."""
        if said.sort != "refused" or spoiled.before:
            return
        ev = self.network.ev
        here = [request for case, request in ev.run.heard if case == ev.case.id]
        reached = [one for one in here if claims_of(one.body).get("message_id") == spoiled.message_id]
        why = both("conformance.why.silent")
        yield ev.case.verifies[0], Finding(not reached, 0, len(reached), "deliveries", why)

    def alive(self, clean: Draft) -> tuple[str, Finding]:
        words = self._goes_through(clean)
        return ACCEPTS, Finding(words is None, "accepted", words or "accepted", "", both("conformance.why.alive"))

    def _goes_through(self, clean: Draft) -> str | None:
        reply, said = self.network.send(clean)
        number = member(reply, "exchange_number")
        if said.sort != "accepted" or not isinstance(number, str):
            return said.words
        return None if self.network.answerer.delivered(number) is not None else "202, not delivered"


@dataclass
class _AnswerBench:
    network: NetworkSide
    carried: Carried
    sender: ForgedBody
    taken: bool = False
    """The spoiled answer was accepted: then the exchange has its answer, and a clean one needs another exchange."""

    def control(self, clean: Draft) -> None:
        self.network.answered(self.network.carry())

    def put(self, spoiled: Draft) -> Told:
        said = self.network.send(spoiled, self.sender)[1]
        self.taken = said.sort == "accepted"
        return said

    def leaked(self, spoiled: Draft, said: Told) -> Iterable[tuple[str, Finding]]:
        if said.sort != "refused":
            return
        heard = [one for one in self.network.parties.tap.heard(self.carried.exchange_number)
                 if one.claims.get("message_id") == spoiled.message_id]  # fmt: skip
        yield self.network.ev.case.verifies[0], Finding(not heard, 0, len(heard), "deliveries",
                                                        both("conformance.why.silent"))  # fmt: skip

    def alive(self, clean: Draft) -> tuple[str, Finding]:
        if self.taken:
            clean = self.network.answerer.answer(self.network.carry().delivered)
        said = self.network.send(clean, self.network.answerer)[1]
        ok = said.sort == "accepted"
        return ACCEPTS, Finding(ok, "accepted", said.short(), "", both("conformance.why.alive"))


def body_of(reply: Reply | None) -> Mapping[str, object]:
    """A reply's JSON object, empty when it is none."""
    try:
        body = json.loads(reply.body) if reply is not None else None
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def member(reply: Reply | None, name: str) -> object:
    """One member of a reply's JSON object, None when there is none."""
    return body_of(reply).get(name)
