"""Plans of right messages: what each says, before the bench signs and seals it (PROTOCOL §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from renkei_conformance.forge.build import Facts, Plan
from renkei_conformance.forge.dice import Dice
from renkei_conformance.kit import KeyPair
from renkei_conformance.wire import Json
from renkei_fixtures import instants
from renkei_fixtures.municipalities import NETWORK

SHARED = (
    "from", "to", "from_principal", "to_principal", "affair", "procedure", "information", "responsibility", "edition",
    "disaster_id", "consent_ref", "record_disclosure", "expires_at", "subject_count",
)  # fmt: skip
"""Claims that a permit repeats from the header."""

# Long enough for every wait of the examiner and for a person who reads a printed step; the most is 31 days.
LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Inquiry:
    """What is asked. `authority_row` is what the network will write into the permit."""

    inquirer: str
    provider: str
    affair: str
    procedure: str
    information: str
    version: str
    padded_size: int
    responsibility: str
    edition: str
    authority_row: str
    keys: Sequence[Mapping[str, object]]
    claims: Mapping[str, object]

    def header(self, facts: Facts, dice: Dice) -> Json:
        """The header's claims without the hashes."""
        return {
            "message_id": dice.uuid7("message", facts.now),
            "from": self.inquirer,
            "to": self.provider,
            "issued_at": instants.render(facts.now),
            "expires_at": instants.render(facts.now + LIFETIME),
            "edition": self.edition,
            "affair": self.affair,
            "procedure": self.procedure,
            "information": self.information,
            "responsibility": self.responsibility,
            "subject_kind": "person",
            "information_version": self.version,
            "subject_count": len(self.keys),
            "reply_kid": facts.kit.body(self.inquirer).sealing.kid,
            **self.claims,
        }

    def content(self, dice: Dice) -> Json:
        """The content without the ids that repeat the header's."""
        items = [{"item_no": number, "keys": dict(keys)} for number, keys in enumerate(self.keys, start=1)]
        return {"salt": dice.salt("content"), "items": items}

    def to_network(self, facts: Facts, dice: Dice, own_codes: Sequence[str]) -> Plan:
        """As the inquirer sends it."""
        return Plan(
            typ="renkei-inquiry",
            claims=self.header(facts, dice),
            sender=facts.kit.body(self.inquirer).signing,
            content=self.content(dice),
            recipient=facts.kit.body(self.provider).sealing,
            padded_size=self.padded_size,
            own_subjects={"salt": dice.salt("own subjects"), "link_codes": list(own_codes)},
            facts=facts,
        )

    def to_provider(self, facts: Facts, dice: Dice, provider_codes: Sequence[str], exchange_number: str) -> Plan:
        """As the network delivers it: the provider's codes in place of the inquirer's, vouched for in a permit.

        The inquirer's own codes are made up: no provider can see them, only their hash in the header.
        """
        sent = self.to_network(facts, dice, [dice.salt(f"own code {n}") for n in range(len(provider_codes))])
        permit: Json = {
            "exchange_number": exchange_number,
            "kind": "inquiry",
            "authority_row": self.authority_row,
            "authority_date": instants.japan_date(facts.now).isoformat(),
            "accepted_at": instants.render(facts.now),
        }
        return replace(
            sent,
            permit=permit,
            network=facts.kit.network,
            shared=SHARED,
            received_subjects={"salt": dice.salt("received subjects"), "link_codes": list(provider_codes)},
        )


@dataclass(frozen=True)
class Answered:
    """The inquiry that is answered, as its provider received it."""

    header: Mapping[str, object]
    header_sha256: str
    exchange_number: str
    link_codes: Sequence[str]
    padded_size: int


def answer(
    facts: Facts, dice: Dice, answered: Answered, responsibility: str, results: Sequence[Json], claims: Json
) -> Plan:
    """The answer of the inquiry's provider, one part."""
    inquiry = answered.header
    inquirer, provider = str(inquiry["from"]), str(inquiry["to"])
    header: Json = {
        "message_id": dice.uuid7("message", facts.now),
        "from": provider,
        "to": inquirer,
        "issued_at": instants.render(facts.now),
        "edition": inquiry["edition"],
        "information": inquiry["information"],
        "exchange_number": answered.exchange_number,
        "in_reply_to": inquiry["message_id"],
        "inquiry_sha256": answered.header_sha256,
        "part": 1,
        "last_part": True,
        "responsibility": responsibility,
        **claims,
    }
    return Plan(
        typ="renkei-answer",
        claims=header,
        sender=facts.kit.body(provider).signing,
        content={"salt": dice.salt("content"), "results": list(results)},
        recipient=facts.kit.body(inquirer).sealing,
        padded_size=answered.padded_size,
        own_subjects={"salt": dice.salt("own subjects"), "link_codes": list(answered.link_codes)},
        content_repeats=("message_id", "from", "to", "exchange_number"),
        facts=facts,
    )


def bare(facts: Facts, dice: Dice, typ: str, sender: str, claims: Json) -> Plan:
    """A signed header without a body, to the network: acknowledgement, query, withdrawal, refusal."""
    header: Json = {
        "message_id": dice.uuid7("message", facts.now),
        "from": sender,
        "to": NETWORK,
        "issued_at": instants.render(facts.now),
        **claims,
    }
    return Plan(typ=typ, claims=header, sender=facts.kit.body(sender).signing, facts=facts)


@dataclass(frozen=True)
class Asked:
    """The product's own inquiry as it came to the forge's network: what an answer to it must fit."""

    header: Mapping[str, object]
    header_sha256: str
    exchange_number: str
    accepted_at: str
    padded_size: int
    reply_to: KeyPair
    """The certificate to seal the answer to."""


def delivered_answer(
    facts: Facts, dice: Dice, asked: Asked, responsibility: str, results: Sequence[Json], claims: Json
) -> Plan:
    """The provider's answer as the network delivers it to the inquirer: with a receipt, without subjects.

    The provider's own codes are made up: the inquirer sees their hash alone, as from a real network.
    """
    codes = [dice.salt(f"own code {n}") for n in range(len(results))]
    answered = Answered(asked.header, asked.header_sha256, asked.exchange_number, codes, asked.padded_size)
    plan = answer(facts, dice, answered, responsibility, results, claims)
    receipt: Json = {
        "exchange_number": asked.exchange_number,
        "kind": "inquiry",
        "state": "answered",
        "from": asked.header["from"],
        "to": asked.header["to"],
        "in_reply_to": asked.header["message_id"],
        "inquiry_sha256": asked.header_sha256,
        "subjects_sha256": asked.header.get("subjects_sha256"),
        "accepted_at": asked.accepted_at,
        "expires_at": asked.header["expires_at"],
        "state_at": instants.render(facts.now),
    }
    return replace(plan, receipt=receipt, network=facts.kit.network, recipient=asked.reply_to)
