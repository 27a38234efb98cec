"""The inbox that the forge keeps: leased, offered again, given together; and what of it a fetching product's word becomes."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from renkei_conformance.drivers import MESSAGES, Request
from renkei_conformance.fetching import hurried
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.forge.pulled import Left, lay, may_be_left
from renkei_conformance.lower.inbox import Asked, ForgedInbox
from renkei_conformance.told import told
from renkei_conformance.wire import b64u

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CODE = "AAAAAAAAAAAAAAAAAAAAAA"


class Hands:
    """A clock that is moved by hand."""

    def __init__(self):
        self.at = NOON

    def now(self):
        return self.at


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def box(hands):
    return ForgedInbox(hands.now, may_wait=False)


def given(box, **claims):
    return [message["n"] for message in json.loads(box.fetch("header", claims))["messages"]]


def lay_in(box, *numbers):
    for n in numbers:
        box.put(json.dumps({"n": n}).encode(), str(n))


def test_a_message_is_leased_for_a_minute_and_then_offered_again(box, hands):
    lay_in(box, 1)

    first, at_once = given(box), given(box)
    hands.at += timedelta(seconds=60)

    assert (first, at_once, given(box)) == ([1], [], [1])


def test_what_was_acknowledged_is_offered_no_more(box, hands):
    lay_in(box, 1, 2)
    given(box)
    box.settle("1")
    hands.at += timedelta(minutes=5)

    assert given(box) == [2]


def test_an_answer_before_anything_was_given_out_settles_nothing(box):
    lay_in(box, 1)
    box.settle("1")

    assert given(box) == [1]


def test_no_more_is_given_at_once_than_was_asked_for(box):
    lay_in(box, 1, 2, 3)

    assert (given(box, max=2), given(box, max=2)) == ([1, 2], [3])


def test_what_is_gathered_comes_in_one_reply_and_not_before(box):
    with box.gathering():
        lay_in(box, 1, 2)
        meanwhile = given(box)

    assert (meanwhile, given(box)) == ([], [1, 2])


def test_a_lost_acknowledgement_makes_it_be_offered_again_at_once(box):
    lay_in(box, 1)
    given(box)
    box.settle("1")
    box.offer_again("1")

    assert given(box) == [1]


@pytest.mark.parametrize("raw", [b'{"a":1,}', b"[]", b"\xff", b'{"a":1}{}'])
def test_what_is_no_json_object_cannot_lie_in_it(box, raw):
    with pytest.raises(ValueError, match=r".*"):
        box.put(raw, "1")


def test_who_waits_is_woken_by_a_message(hands):
    box = ForgedInbox(hands.now, may_wait=True)
    got = []
    waiter = threading.Thread(target=lambda: got.extend(given(box, wait_s=20)))
    waiter.start()
    assert box.attended(10)
    lay_in(box, 1)
    waiter.join(10)

    assert got == [1]


def test_hurry_is_asking_again_within_a_second_without_having_waited():
    def asked(at_s, wait_s, got):
        return Asked(NOON + timedelta(seconds=at_s), "", {"wait_s": wait_s}, got)

    calm = [asked(0, 0, 0), asked(1, 0, 0), asked(2, 20, 0), asked(2.1, 20, 1), asked(2.2, 0, 0)]

    assert hurried(calm) == []
    assert hurried([*calm, asked(2.7, 0, 0)]) == pytest.approx([0.5])
    assert len(list(pairwise(calm))) == 4


# --- what becomes of a product's word -----------------------------------------------------------------------------
def signed(typ, **claims):
    parts = (json.dumps({"typ": typ}), json.dumps(claims), "x")
    envelope = {"header": ".".join(b64u(part.encode()) for part in parts)}
    return json.dumps(envelope).encode()


@pytest.fixture
def fetching(world, box):
    """A world whose product fetches whenever parties settle, and says what `says` makes of what it got."""
    world.tap.inbox = box
    world.says = lambda number: []

    def settle():
        for message in json.loads(box.fetch("header", {}))["messages"]:
            del message
            number = draft_of(world).exchange_number
            for data in world.says(number):
                world.tap.handle_from_product(post(data))

    world.parties = replace(world.parties, settle=settle)
    return world


def draft_of(world):
    if not hasattr(world, "draft"):
        world.draft = world.forge("inbox").inquiry([CODE], {"tax_year": "2025"})
        world.forge("inbox").open(world.draft)
    return world.draft


def post(data):
    from renkei_conformance.drivers import MESSAGES, Request

    return Request("POST", MESSAGES, {"content-type": "a/b"}, data)


def word(world, draft=None):
    reply, trouble = lay(world.parties, world.standard, draft or draft_of(world), world.tap.inbox)
    return told(reply, trouble, world.standard), trouble


def test_taken_is_accepted(fetching):
    item = {"acknowledged_sha256": "x", "outcome": "taken"}
    fetching.says = lambda number: [signed("renkei-acknowledgement", items=[{"exchange_number": number, **item}])]

    said, _ = word(fetching)

    assert (said.sort, said.status) == ("accepted", 202)


def test_a_refusal_by_message_is_a_refusal_with_its_code_and_names_the_message(fetching):
    message_id = draft_of(fetching).message_id
    fetching.says = lambda number: [
        signed("renkei-refusal", exchange_number=number, in_reply_to=message_id, code="key_invalid", stage="content")
    ]

    said, _ = word(fetching)

    assert (said.sort, said.code, said.stage, said.message_id) == ("refused", "key_invalid", "content", message_id)


def test_a_word_on_another_exchange_is_no_word(fetching):
    fetching.says = lambda number: [signed("renkei-refusal", exchange_number="F9", code="key_invalid", stage="content")]

    said, trouble = word(fetching)

    assert said.sort == "left"
    assert isinstance(trouble, Left)


def test_who_never_fetches_is_stalled_and_not_refusing(world, box):
    world.tap.inbox = box

    said, _ = word(world)

    assert said.sort == "stalled"


@pytest.mark.parametrize("spoil", ["transport.media_type", "form.not_json"])
def test_what_only_a_line_carries_cannot_be_laid_in(world, box, spoil):
    world.tap.inbox = box

    with pytest.raises(NotForgeable):
        word(world, draft_of(world).spoil(spoil))


def test_only_what_need_not_be_fit_to_be_named_may_be_left(world):
    left = {id_ for id_, row in world.standard.spoils.items() if may_be_left(row)}

    assert {"form.jose_crit", "permit.missing", "permit.signed_by_a_body"} <= left
    assert not {"sender.signature_bit_flipped", "authority.affair_without_row", "key.missing"} & left
    assert not {id_ for id_ in left if id_.startswith(("content.", "freshness.", "subject."))}


def test_who_waits_at_the_box_is_let_go_at_the_end():
    waiting = ForgedInbox(lambda: NOON, may_wait=True)
    waiting.let_go()

    assert given(waiting, wait_s=30) == []


def bare(typ, **claims):
    parts = (json.dumps({"typ": typ}), json.dumps(claims), "x")
    header = ".".join(b64u(part.encode()) for part in parts)
    return Request("POST", MESSAGES, {}, json.dumps({"header": header}).encode())


@pytest.fixture
def boxed(world, box):
    world.tap.inbox = box
    return world.tap


def test_what_the_network_has_for_a_product_that_fetches_is_laid_in_its_box(boxed, box):
    receipt = ".".join(b64u(part.encode()) for part in ('{"typ":"renkei-receipt"}', '{"exchange_number":"7"}', "x"))
    request = Request("POST", MESSAGES, {}, json.dumps({"receipt": receipt}).encode())

    assert boxed.handle_from_network(request).status == 202
    assert json.loads(box.fetch("header", {}))["messages"] == [{"receipt": receipt}]


def test_an_acknowledgement_of_several_ends_the_lease_of_each(world, boxed, box):
    asked = boxed.forged.questions
    asked.listening = True
    ids = ("01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002")
    for one in ids:
        claims = {"message_id": one, "from": "1", "to": "2", "expires_at": "2026-06-08T00:00:00.000Z"}
        boxed.handle_from_product(bare("renkei-inquiry", **claims, subjects_sha256="s"))
    numbers = [asked.numbers[one] for one in ids]
    for number in numbers:
        box.put(b"{}", number)
    box.fetch("header", {})
    items = [
        {"exchange_number": number, "outcome": said}
        for number, said in zip(numbers, ("accepted", "taken"), strict=True)
    ]
    boxed.handle_from_product(bare("renkei-acknowledgement", items=items))

    assert [one.exchange_number for one in boxed.heard() if "items" in one.claims] == numbers
    assert [boxed.forged.exchange(number).state for number in numbers] == ["collected", "accepted"]
    for number in numbers:
        assert not [lying for lying in box._lying if lying.number == number and not lying.done]
