"""The witnessed negative: a refusal counts only if it was this fault that was refused.

    (i)    the product was seen taking the spoiled message     else inconclusive
    (ii)   the clean twin, equal but for one thing, is accepted and answered     else inconclusive
    (iii)  the refusal has a code of the right stage whose fault is present      else fail: the case's own clauses
    (iv)   nothing leaked: no value of the message in the problem, no answer     else fail: the standing clauses
    (v)    the product is alive after                                            else fail: the standing clause

A product that refuses everything is caught by (ii), one that refuses with another stage's code by (iii), one that
accepts everything by (iii), one that dies by (v). The order (ii), (i), (iii), (iv), (v) lets one clean exchange be the
(v) of one case and the (ii) of the next, as long as nothing else was sent in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from renkei_conformance.errors import ExaminerFault, Inconclusive
from renkei_conformance.evidence import STANDING, Evidence
from renkei_conformance.finding import Finding
from renkei_conformance.forge.draft import Draft, NotForgeable
from renkei_conformance.forge.pulled import may_be_left
from renkei_conformance.told import Told
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Spoil


class Bench(Protocol):
    """What a trial needs of a role: how a clean message goes through, how a spoiled one is put, what leaked."""

    def control(self, clean: Draft) -> None:
        """Put the clean message through, to its end; `Inconclusive` when that does not succeed."""
        ...

    def put(self, spoiled: Draft) -> Told:
        """Send the spoiled message."""
        ...

    def leaked(self, spoiled: Draft, told: Told) -> Iterable[tuple[str, Finding]]:
        """What (iv) found, as clause and finding."""
        ...

    def alive(self, clean: Draft) -> tuple[str, Finding]:
        """Whether a clean message goes through after."""
        ...


@dataclass
class Trial:
    """One witnessed negative of one case."""

    ev: Evidence
    bench: Bench

    def run(self, draft: Draft, clean: Callable[[Draft], Draft] = lambda spoiled: spoiled.twin()) -> None:
        """Spoil `draft` by each of the case's spoils and see it refused. `clean` makes the twin of a spoiled message.

        Raises `Inconclusive` where (i) or (ii) is missing; failures are booked, not raised.
        """
        if not self.ev.case.spoils:
            raise ExaminerFault(f"case {self.ev.case.id} is no negative")
        # Ids of its own for each: what one spoil got answered must not be laid to the next.
        put = [self.one(draft.twin(), spoil, clean) for spoil in self.ev.case.spoils]
        if not any(put):
            spoils = ", ".join(self.ev.case.spoils)
            raise Inconclusive(both("conformance.reason.not_forgeable", spoil=spoils, detail="inbox"))

    def one(self, draft: Draft, spoil: str, clean: Callable[[Draft], Draft] = lambda spoiled: spoiled.twin()) -> bool:
        """One spoil of the case. False where it cannot reach this product: what is no JSON cannot lie in an inbox."""
        row = self.ev.run.standard.spoils[spoil]
        try:
            spoiled = draft.spoil(row.id)
        except NotForgeable as missing:
            raise Inconclusive(both("conformance.reason.not_forgeable", spoil=row.id, detail=str(missing))) from missing
        self.ev.inputs(["spoil", row.id])
        self.ev.step("control")
        self.bench.control(clean(spoiled))
        self.ev.step("spoiled", spoil=row.text)
        self.ev.scene()
        try:
            told = self.bench.put(spoiled)
        except NotForgeable:
            return False
        self._require_seen(spoiled, told)
        self._judge(row, told)
        for clause, finding in self.bench.leaked(spoiled, told):
            self.ev.check(clause, finding)
        self.ev.step("alive")
        self.ev.check(*self.bench.alive(clean(spoiled)))
        return True

    def _require_seen(self, spoiled: Draft, told: Told) -> None:
        """(i): a reply to fully delivered bytes, that names no other message than this one."""
        if told.sort == "stalled":
            raise Inconclusive(both("conformance.reason.stalled"))
        ours = {"message_id": spoiled.message_id, "exchange_number": spoiled.exchange_number}
        for name, due in ours.items():
            got = getattr(told, name)
            if got is not None and due is not None and got != due:
                raise Inconclusive(both("conformance.reason.names_another", member=name, expected=due, got=got))

    def _stage_of(self, code: str | None) -> str | None:
        """The stage that the standard gives a code: some faults may rightly be met at either of two stages."""
        refusal = self.ev.run.standard.refusals.get(code or "")
        return None if refusal is None else refusal.stage

    def _judge(self, row: Spoil, told: Told) -> None:
        """(iii) for every clause that the case itself declares."""
        right = told.sort == "refused" and told.code in row.codes and told.stage == self._stage_of(told.code)
        right = right or (told.sort == "left" and may_be_left(row))
        expected = {"told": "refused", "code": " | ".join(row.codes), "stage": row.stage}
        finding = Finding(right, expected, told.short(), "refusal", both("conformance.why.refused", spoil=row.text))
        own = [clause for clause in self.ev.case.verifies if clause not in STANDING[self.ev.case.role]]
        for clause in own or self.ev.case.verifies[:1]:
            self.ev.check(clause, finding)
