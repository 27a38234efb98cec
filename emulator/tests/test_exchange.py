"""The life of an exchange: the table decides what can happen, and the events say where it stands."""

import tomllib
from importlib.resources import files

import pytest

from renkei_emulator.exchange import FINAL, Event, Transitions, read_life
from renkei_emulator.refusals import Refused
from renkei_fixtures.standard.rows import Transition

DATA = files("renkei_fixtures") / "standard" / "data" / "states.toml"
ROWS = [Transition(**row) for row in tomllib.loads(DATA.read_text(encoding="utf-8"))["transition"]]
TABLE = Transitions(ROWS)
STATES = {row.to for row in ROWS}
EVENTS = {row.on for row in ROWS}


def event(on, state, **more):
    return Event("2026-06-01T00:00:00.000Z", on, state, **more)


def part(number, sha, *, last=False, on="part", state="delivered"):
    return event(on, state, part=number, message_id=f"id-{sha}", header_sha256=sha, last_part=last)


@pytest.mark.parametrize(
    ("state", "on", "to"),
    [
        (None, "accepted", "accepted"),
        ("accepted", "delivered", "delivered"),
        ("accepted", "undeliverable", "undeliverable"),
        ("accepted", "refused", "refused"),
        ("delivered", "refused", "refused"),
        ("accepted", "withdrawn", "withdrawn"),
        ("delivered", "withdrawn", "withdrawn"),
        ("delivered", "part", "delivered"),
        ("delivered", "answered", "answered"),
        ("delivered", "expired", "expired"),
        ("answered", "expired", "expired"),
        ("answered", "replaced", "answered"),
        ("collected", "replaced", "answered"),
        ("answered", "collected", "collected"),
        ("answered", "rejected", "rejected"),
    ],
)
def test_an_inquiry_lives_as_the_protocol_says(state, on, to):
    assert TABLE.after(state, on) == to


def test_what_is_not_in_the_table_cannot_happen():
    allowed = {(row.from_, row.on) for row in ROWS if row.kind != "notification"}
    others = [(state, on) for state in STATES for on in EVENTS if (state, on) not in allowed]

    assert others
    for state, on in others:
        with pytest.raises(Refused, match="exchange_closed"):
            TABLE.after(state, on)


def test_nothing_leaves_a_final_state():
    assert not {row.from_ for row in ROWS} & FINAL


def test_a_notification_is_collected_without_an_answer():
    assert TABLE.after("delivered", "collected", "notification") == "collected"
    with pytest.raises(Refused):
        TABLE.after("delivered", "answered", "notification")


def test_the_state_is_that_of_the_last_event():
    life = read_life([event("accepted", "accepted"), event("delivered", "delivered")])

    assert (life.state, life.length, life.final) == ("delivered", 2, False)


def test_a_reason_stands_with_refused_and_rejected_only():
    refused = read_life([event("refused", "refused", code="key_invalid", stage="content")])
    delivered = read_life([event("delivered", "delivered", code="key_invalid", stage="content")])

    assert (refused.code, refused.stage) == ("key_invalid", "content")
    assert (delivered.code, delivered.stage) == (None, None)


def test_all_parts_are_there_when_the_last_is_known_and_none_is_missing():
    life = read_life([event("delivered", "delivered"), part(2, "b", last=True)])

    assert not life.complete_with(3, last=False)
    assert life.complete_with(1, last=False)
    assert not read_life([part(2, "b")]).complete_with(1, last=False)
    assert read_life([event("delivered", "delivered")]).complete_with(1, last=True)
    assert not read_life([event("delivered", "delivered")]).complete_with(2, last=True)


def test_a_replaced_part_is_the_new_one():
    life = read_life([part(1, "a", last=True), part(1, "b", last=True, on="replaced", state="answered")])

    assert life.parts[1].header_sha256 == "b"


def test_an_acknowledged_part_moves_neither_state_nor_its_instant():
    first = part(1, "a")
    life = read_life([first, first._replace(at="2026-06-02T00:00:00.000Z", on="part_accepted", part=None)])

    assert (life.state, life.at, life.accepted) == ("delivered", first.at, {"a"})


def test_an_exchange_without_events_is_a_bug_of_ours():
    with pytest.raises(ValueError, match="without events"):
        read_life([])
