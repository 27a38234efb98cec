"""A draft as data: what it says, who signs, to whom it is sealed, and what was spoiled. Keys by name only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from pydantic import JsonValue

from renkei_conformance.forge.build import Recipient, Signing
from renkei_conformance.forge.draft import Draft
from renkei_conformance.kit import KeyPair
from renkei_conformance.repro.spoil_text import stage_of
from renkei_conformance.wire import Json
from renkei_fixtures import instants


def of(draft: Draft) -> dict[str, JsonValue]:
    """The recipe of a draft. `left`: what the spoil left at its stage, where that is an object of JSON or a signer."""
    plan = draft.plan
    recipe: dict[str, object] = {
        "spoil": draft.spoil_id,
        "order": draft.order,
        "now": instants.render(plan.facts.now) if plan.facts else None,
        "stage": stage_of(draft.spoil_id),
        "typ": plan.typ,
        "claims": plan.claims,
        "sender": plan.sender.kid,
        "content": plan.content,
        "content_repeats": list(plan.content_repeats),
        "recipient": plan.recipient.kid if plan.recipient else None,
        "padded_size": plan.padded_size,
        "own_subjects": plan.own_subjects,
        "received_subjects": plan.received_subjects,
        "permit": plan.permit,
        "shared": list(plan.shared),
        "network": plan.network.kid if plan.network else None,
        "left": _left(draft),
    }
    # As JSON it will be read again: what has no form in JSON (a half surrogate pair has one) is a mistake of ours.
    return cast(dict[str, JsonValue], json.loads(json.dumps(recipe)))


def keys_of(draft: Draft) -> Iterator[KeyPair]:
    """Every key pair that the message names."""
    plan = draft.plan
    yield from (pair for pair in (plan.sender, plan.recipient, plan.network) if pair is not None)


def _left(draft: Draft) -> object:
    stage = stage_of(draft.spoil_id)
    if stage is None:
        return None
    value = draft.bench.parts.get(stage)
    if isinstance(value, dict):
        return _difference(_unspoiled(draft, stage), value)
    if isinstance(value, Signing):
        return {"kid": value.kid, "alg": value.alg, "key": _name_of(draft, value)}
    if isinstance(value, Recipient):
        return {
            "kid": value.kid,
            "key": _name_of(draft, value),
            "other_curve": value.ephemeral is not None,
            "wrapped": value.wrap is not None,
        }
    return None


def _unspoiled(draft: Draft, stage: str) -> Json:
    """What stood at the stage before the spoil came: the same draft built without it."""
    value = draft.clean().bench.parts[stage]
    assert isinstance(value, dict)
    return value


def _difference(before: Json, after: Json) -> Json:
    """What must be put and taken out to make the one of the other; members that merely follow from it are left out."""
    put = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return {"put": put, "out": [name for name in before if name not in after]}


def _name_of(draft: Draft, what: Signing | Recipient) -> str | None:
    """The kid of the certificate whose key is really used; None for a key that no kit has."""
    kit = draft.plan.known.kit
    pairs = [kit.network, *keys_of(draft)]
    pairs += [pair for body in kit.bodies.values() for pair in (body.signing, body.sealing)]
    for pair in pairs:
        if isinstance(what, Recipient):
            if Recipient.of(pair).key == what.key:
                return pair.kid
        elif pair.key_pem is not None and Signing.of(pair).key is what.key:
            return pair.kid
    return None
