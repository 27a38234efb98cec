"""`asker`: the examined inquirer as the cases meet it, and what is known of it between cases.

    ask over interface B → the product's inquiry comes to the tap → the forge's network takes it (202, a number of its
    own) → the forge as network *and* provider builds answer and receipt, right but for one named thing → the product's N
    → judged by the signed acknowledgement, by interface B, by records and by what comes next

The forge plays both parties of such an exchange, since no other party's records may contradict what it made: the
emulated network would say of a forged answer that it never delivered it. That a whole exchange through the emulated
network and a real counterpart works is a case of its own (I-EXC-001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from renkei_conformance.answer_laid import lay, lay_answer, left_by_right
from renkei_conformance.drivers import MEDIA_TYPE, MESSAGES, DoorTrouble, Reply, Request, TimedOut
from renkei_conformance.errors import Inconclusive
from renkei_conformance.finding import Finding
from renkei_conformance.forge.deliver import post
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.plans import Asked
from renkei_conformance.forge.pulled import Left
from renkei_conformance.kit import KeyPair
from renkei_conformance.lower.network import Heard
from renkei_conformance.oracles import acknowledgement
from renkei_conformance.questioner import Questioned, Questioner
from renkei_conformance.told import Told, told
from renkei_conformance.wire import Json, peek
from renkei_fixtures.messages import both

ACCEPTS, LIVES_ON, ACKNOWLEDGES, TOLD_AS_DUE, KEPT_BACK = (
    "I-TRN-001", "I-TRN-005", "I-ACK-001", "I-ACK-004", "I-BUS-003",
)  # fmt: skip
BY_PROBLEM = frozenset({"transport", "form", "service"})
"""Stages whose faults are told by a problem; all others by an acknowledgement (PROTOCOL §3)."""


@dataclass(frozen=True)
class Answered:
    """An answer put to the product: its reply, or what came instead, and what its acknowledgement says."""

    draft: Draft
    reply: Reply | None
    trouble: DoorTrouble | None
    item: Json | None
    heard: Heard | None


def questioned_number(draft: Draft) -> str:
    """The exchange that an answer names in its header."""
    return str(peek(draft.header_token)[1].get("exchange_number"))


@dataclass
class Asker(Questioner):
    """See the module. One per case, over the state of the run: a questioner that also answers."""

    # --- answers -----------------------------------------------------------------------------------------------------

    def answer(self, questioned: Questioned, results: Sequence[Json] | None = None, **claims: object) -> Draft:
        """The right answer to it, as network and provider would deliver it."""
        found = results if results is not None else self.answers_due(questioned)
        return self.forge.delivered_answer(self.asked(questioned), found, claims=claims)

    def asked(self, questioned: Questioned) -> Asked:
        """What an answer must fit."""
        heard = questioned.heard
        at = self.parties.tap.forged.exchange(questioned.number).accepted_at
        information = self.forge.standard.informations[questioned.question.information]
        return Asked(
            heard.claims, questioned.header_sha256, questioned.number, at, information.padded_size,
            self._reply_to(heard.claims.get("reply_kid")),
        )  # fmt: skip

    def _reply_to(self, kid: object) -> KeyPair:
        """The key that was named, where it can be sealed to; else the one of the kit: another clause decides why."""
        own = self.parties.kit.body(self.body).sealing
        signer = self.forge.trust.signer(kid, self.parties.clock.now()) if isinstance(kid, str) else None
        fit = (
            signer is not None and "key_agreement" in signer.usages and signer.san == (f"urn:renkei:body:{self.body}",)
        )
        chain = self.forge.chain_of(str(kid)) if fit else None
        return own if chain is None else KeyPair(str(kid), chain)

    def deliver(self, draft: Draft, number: str) -> Answered:
        """Put an answer to the product and wait for its acknowledgement, where the reply promises one."""
        self.ev.scene()
        before = len(self.acknowledgements(number))
        reply, trouble = self._put(draft, number)
        if reply is None or reply.status != 202:
            return Answered(draft, reply, trouble, None, None)
        left = self.fetches and left_by_right(self.forge.standard, draft)
        came = self.acknowledgements(number, before + 1, reason="silence" if left else "answer")[before:]
        if not came and left and self.parties.tap.inbox is not None:
            self.parties.tap.inbox.settle(number)
            return Answered(draft, None, Left("inbox", "fetched, and nothing said of it"), None, None)
        if not came:
            return Answered(draft, reply, None, None, None)
        return Answered(draft, reply, None, dict(acknowledgement.items_of(came[0].claims, number)[0]), came[0])

    @property
    def fetches(self) -> bool:
        """Whether the product takes its answers out of an inbox."""
        return self.parties.tap.inbox is not None

    def _put(self, draft: Draft, number: str) -> tuple[Reply | None, DoorTrouble | None]:
        inbox = self.parties.tap.inbox
        if inbox is not None:
            return lay_answer(self.parties, inbox, draft, number)
        return post(self.parties.product, draft, self.parties.clock, self.parties.settle)[:2]

    def acknowledgements(
        self, number: str, count: int = 0, *, counted: bool = True, reason: str = "answer", taken: bool = False
    ) -> tuple[Heard, ...]:
        """Acknowledgements of this exchange so far, or until there are `count` in time; of a receipt alone if `taken`."""
        self.parties.settle()

        def ours(heard: Heard) -> bool:
            said = acknowledgement.items_of(heard.claims, number) if "items" in heard.claims else ()
            meant = any((item.get("outcome") == "taken") is taken for item in said)
            return heard.exchange_number == number and meant and (heard.counted or not counted)

        patience = self.parties.clock.patience(reason) if count else 0.0
        return self.parties.tap.wait_until(ours, patience, count, about=number)

    def deliver_receipt(self, receipt: str) -> Reply | None:
        """A receipt alone, as the network sends it on a final state. `Inconclusive` when no reply comes."""
        body = ('{"receipt":"' + receipt + '"}').encode()
        inbox, number = self.parties.tap.inbox, str(peek(receipt)[1].get("exchange_number"))
        if inbox is not None:
            reply, trouble = lay(self.parties, inbox, body, number)
            if trouble is not None:
                raise Inconclusive(both("conformance.reason.door", detail=str(trouble))) from trouble
            self.acknowledgements(number, 1, taken=True)
            return reply
        request = Request("POST", MESSAGES, {"content-type": MEDIA_TYPE}, body)
        try:
            reply = self.parties.product.send(request, self.parties.clock.seconds("reply"))
        except DoorTrouble as trouble:
            raise Inconclusive(both("conformance.reason.door", detail=str(trouble))) from trouble
        self.parties.settle()
        return reply

    def exchange(
        self, questioned: Questioned | None = None, clause: str = ACCEPTS, draft: Draft | None = None
    ) -> Questioned:
        """A whole right exchange; that the answer is accepted is booked on `clause` where the case may decide it."""
        asked = questioned or self.ask()
        answered = self.deliver(draft or self.answer(asked), asked.number)
        said = self.told(answered)
        ok = said.sort == "accepted"
        if self.ev.may_decide(clause) and (not ok or clause in self.ev.case.verifies):
            why = both("conformance.why.answer_accepted")
            self.ev.check(clause, Finding(ok, {"told": "accepted"}, said.short(), "acknowledgement", why))
        if not ok:
            raise Inconclusive(both("conformance.reason.answer_not_accepted", told=said.words))
        self.state.control, self.state.after_refusal = True, False
        return asked

    def answers_due(self, questioned: Questioned) -> list[Json]:
        """The right results of this question."""
        return self.answers.results(questioned.person, questioned.question, questioned.ask.subjects[0][1])

    def deliver_again(self, draft: Draft) -> int | None:
        """The same bytes once more; the status of the reply."""
        reply, trouble = self._put(draft, questioned_number(draft))
        if self.fetches and trouble is not None:
            raise Inconclusive(both("conformance.reason.stalled"))
        self.silence()
        return None if reply is None else reply.status

    def acknowledged(self, number: str) -> tuple[Json, ...]:
        """What every acknowledgement so far says of this exchange."""
        sent = self.acknowledgements(number)
        return tuple(dict(item) for one in sent for item in acknowledgement.items_of(one.claims, number))

    def put_after(self, questioned: Questioned, draft: Draft, spoil: str) -> Finding:
        """Put an answer that comes too late, and say whether it was rejected with a code that the spoil's row has."""
        row = self.forge.standard.spoils[spoil]
        self.ev.inputs(["spoil", spoil])
        self.ev.step("spoiled", spoil=row.text)
        said = self.told(self.deliver(draft.spoil(spoil), questioned.number))
        refusal = self.forge.standard.refusals.get(said.code or "")
        right = (
            said.sort == "refused" and said.code in row.codes and refusal is not None and said.stage == refusal.stage
        )
        expected = {"told": "refused", "code": " | ".join(row.codes), "stage": row.stage}
        return Finding(right, expected, said.short(), "refusal", both("conformance.why.refused", spoil=row.text))

    def told(self, answered: Answered, *, owed: bool = True) -> Told:
        """Sort what the product said to an answer. A 202 without an acknowledgement is booked where one is `owed`."""
        if answered.reply is None or answered.reply.status != 202:
            return told(answered.reply, answered.trouble, self.forge.standard)
        if answered.item is None:
            if not owed:
                return Told("accepted", "202, no acknowledgement", 202)
            why = both("conformance.why.answer_acknowledged")
            self.ev.check(ACKNOWLEDGES, Finding(False, "an acknowledgement", "none in time", "acknowledgement", why))
            return Told("stalled", "202, no acknowledgement", 202)
        outcome, code, stage = (answered.item.get(name) for name in ("outcome", "code", "stage"))
        if outcome == "accepted":
            return Told("accepted", "acknowledged: accepted", 202)
        if outcome == "rejected" and isinstance(code, str) and isinstance(stage, str):
            return Told("refused", f"acknowledged: rejected {code}", 202, code, stage)
        return Told("broken", f"acknowledged: {outcome} {code} {stage}", 202)

    def acknowledgements_until(self, number: str, count: int) -> tuple[Heard, ...]:
        """Acknowledgements of an exchange and their resends, as time passes until there are `count`."""
        self.pass_until(lambda: len(self.acknowledgements(number, counted=False)) >= count, "resend")
        return self.acknowledgements(number, counted=False)

    # --- interface B -------------------------------------------------------------------------------------------------

    def row(self, ask_id: str) -> Json:
        """The question as interface B shows it, empty where it shows none. `Inconclusive` where it shows nothing at all."""
        self.parties.settle()
        outcome = self.product.business(lambda upper: upper.collect(ask_id))
        if not outcome.done:
            raise Inconclusive(
                both("conformance.reason.not_collected", detail=f"{outcome.status} {outcome.raw[:160]!r}")
            )
        asks = outcome.member("asks")
        rows = [row for row in asks if isinstance(row, dict)] if isinstance(asks, list) else []
        return next((row for row in rows if row.get("ask_id") == ask_id), {})

    def row_until(self, ask_id: str, holds: Callable[[Json], bool]) -> Json:
        """The same, looked at again until it holds or the wait for states is over."""
        clock = self.parties.clock
        end = clock.now() + timedelta(seconds=clock.patience("state"))
        row = self.row(ask_id)
        while not holds(row) and clock.now() < end:
            clock.wait("poll")
            row = self.row(ask_id)
        return row

    def reachable(self) -> None:
        """`Inconclusive` when the product is gone."""
        if not self.product.reachable(patient=True):
            self.product.state.gone = True
            raise Inconclusive(both("conformance.reason.gone"))

    def lost(self, answered: Answered) -> None:
        """No reply at all and nobody there: gone, and that decides nothing."""
        if answered.trouble is not None and not isinstance(answered.trouble, TimedOut):
            self.reachable()
