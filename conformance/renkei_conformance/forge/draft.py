"""A draft: one message on the bench, right but for at most one named thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from renkei_conformance.drivers import Request
from renkei_conformance.forge.build import Bench, NotForgeable, Plan
from renkei_conformance.forge.dice import Dice
from renkei_conformance.forge.spoils import Spoiler, spoilers
from renkei_conformance.kit import KeyPair
from renkei_conformance.wire import Json
from renkei_fixtures.instants import japan_date, render

__all__ = ["Draft", "NotForgeable", "Source"]


class Source:
    """Where drafts come from: a maker of plans, and dice that fall anew for every draft."""

    def __init__(self, make: Callable[[Dice], Plan], dice: Iterator[Dice]) -> None:
        self._make = make
        self._dice = dice

    def fresh(self) -> tuple[Plan, Dice]:
        """A clean plan with fresh ids, salts, keys and times."""
        dice = next(self._dice)
        return self._make(dice), dice


class Draft:
    """A message that can be sent. Built once, on first use: the bytes stay the same from then on (resend = same bytes).

    `before` are drafts that must have been delivered (and accepted) first for the spoil to be one: the first use of a
    message id that is then used again. `deliver` sends them.
    """

    def __init__(
        self,
        source: Source,
        plan: Plan,
        dice: Dice,
        spoiler: Spoiler | None = None,
        order: int | None = None,
        before: tuple[Draft, ...] = (),
    ) -> None:
        self._source = source
        self._dice = dice
        self._spoiler = spoiler
        self._order = order
        self.plan = plan
        self.before = before

    @classmethod
    def of(cls, source: Source) -> Draft:
        """A clean draft."""
        return cls(source, *source.fresh())

    @property
    def spoil_id(self) -> str | None:
        """What is wrong with it; None when nothing is."""
        return self._spoiler.id if self._spoiler else None

    @property
    def order(self) -> int | None:
        """By what its members are shuffled; None where they stand as written."""
        return self._order

    @property
    def message_id(self) -> str:
        """The header's message id, as it was signed."""
        return str(self.header.get("message_id", self.plan.claims["message_id"]))

    @property
    def exchange_number(self) -> str | None:
        """The permit's number of the exchange; None for a message to the network, which gives the number itself."""
        return None if self.plan.permit is None else str(self.plan.permit["exchange_number"])

    @property
    def header(self) -> Json:
        """The header's claims as they were signed."""
        return self._object("header")

    @property
    def permit(self) -> Json:
        """The permit's claims as they were signed; empty for a message without one."""
        return self._object("permit") if self.plan.permit is not None else {}

    @property
    def header_token(self) -> str:
        """The header as it travels."""
        return self.bench.text("header_token")

    @property
    def link_codes(self) -> tuple[str, ...]:
        """The codes of the subjects as the receiver sees them, item n at n-1."""
        subjects = self.plan.received_subjects or self.plan.own_subjects or {}
        codes = subjects.get("link_codes")
        return tuple(codes) if isinstance(codes, list) else ()

    @property
    def confidential(self) -> tuple[str, ...]:
        """Values of the message that no reply may show (clause P-ANS-011): claims, codes, keys, salts, hashes.

        Short values are left out: a `1` is found in any text.
        """
        parts = (self.bench.parts.get(name) for name in ("header", "permit", "subjects", "own_subjects", "content"))
        told = {self.message_id, self.exchange_number}
        values = {value for part in parts for value in _strings(part)}
        return tuple(sorted(value for value in values if len(value) >= 8 and value not in told))

    def spoil(self, spoil: str) -> Draft:
        """The same message, same ids, with one thing spoiled.

        Raises KeyError for an unknown spoil, ValueError if it is spoiled already or has no such part, `NotForgeable` if
        the spoil cannot be had here (no such row in the tables, no such certificate over M).
        """
        if self._spoiler is not None:
            raise ValueError(f"already spoiled: {self.spoil_id}")
        spoiler = spoilers()[spoil]
        plan = spoiler.replan(self.plan) if spoiler.replan else self.plan
        former = () if spoiler.former is None else (self._with(spoiler.former(self.plan), self._dice.child("former")),)
        return Draft(self._source, plan, self._dice, spoiler, self._order, former)

    def clean(self) -> Draft:
        """This very message, same ids and times, without what was spoiled on the bench."""
        return self._with(self.plan, self._dice)

    def twin(self) -> Draft:
        """The clean message, equal in everything but the spoil, with fresh ids, salts, keys and times."""
        plan, dice = self._source.fresh()
        return self._with(plan, dice)

    def reordered(self, key: int) -> Draft:
        """The same message with the members of every JSON object in another order (clause P-FRM-012)."""
        return Draft(self._source, self.plan, self._dice, self._spoiler, key, self.before)

    def with_claims(self, **claims: object) -> Draft:
        """The same message with these header claims (the permit and content follow); still clean."""
        return self._with(replace(self.plan, claims={**self.plan.claims, **claims}), self._dice)

    def accepted(self, at: datetime, expires_at: datetime) -> Draft:
        """The same message as the network accepted it at another time, and delivers it only now; still clean."""
        if self.plan.permit is None:
            raise ValueError("a message without a permit")
        permit = self.plan.permit | {"authority_date": japan_date(at).isoformat(), "accepted_at": render(at)}
        claims = {**self.plan.claims, "issued_at": render(at), "expires_at": render(expires_at)}
        return self._with(replace(self.plan, claims=claims, permit=permit), self._dice)

    def permitted_by(self, network: KeyPair) -> Draft:
        """The same message with its permit signed under another certificate of the network."""
        return self._with(replace(self.plan, network=network), self._dice)

    def signed_by(self, sender: KeyPair) -> Draft:
        """The same message under another certificate of its sender; still clean where that certificate is good."""
        return self._with(replace(self.plan, sender=sender), self._dice)

    def sealed_to(self, recipient: KeyPair) -> Draft:
        """The same message sealed to another certificate; still clean where that is one of its receiver's in force.

        Its private key is the receiver's own and goes no further: what a draft names is kept for repeating it.
        """
        return self._with(replace(self.plan, recipient=replace(recipient, key_pem=None)), self._dice)

    @cached_property
    def bench(self) -> Bench:
        """The finished bench: every part of the message by its stage."""
        bench = Bench(self.plan, self._dice, self._spoiler.tweak if self._spoiler else None, self._order)
        bench.build()
        return bench

    def request(self) -> Request:
        """The HTTP request."""
        request = self.bench.part("request")
        assert isinstance(request, Request)
        return request

    def bytes(self) -> bytes:
        """The request's body."""
        return self.request().body

    def _with(self, plan: Plan, dice: Dice) -> Draft:
        return Draft(self._source, plan, dice, None, self._order)

    def _object(self, stage: str) -> Json:
        part = self.bench.part(stage)
        assert isinstance(part, dict)
        return part


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
