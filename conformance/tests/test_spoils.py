"""Every spoil is one fault: the judge finds the named one and no other, and the bytes differ in nothing else."""

from __future__ import annotations

import pytest

from renkei_conformance.forge.build import STAGES
from renkei_conformance.forge.spoils import spoilers
from renkei_fixtures.standard import load

TO_NETWORK = {
    "freshness.query_too_old", "authority.same_body", "content.answer_of_another_exchange", "subject.link_code_forged",
    "subject.link_code_of_another_body", "subject.count_differs", "subject.repeated", "subject.hash_of_other_subjects",
    "answer.to_another_message", "answer.of_another_inquiry", "answer.of_unknown_exchange", "answer.about_other_subjects",
    "answer.from_a_body_not_asked",
}  # fmt: skip
OF_AN_ANSWER = {
    name
    for name in spoilers()
    if name.split(".")[0] in ("receipt", "reply", "charge", "item", "result", "state", "leaf", "rows", "text", "day")
}
DELIVERED = sorted(set(spoilers()) - TO_NETWORK - OF_AN_ANSWER)


@pytest.fixture
def draft(world, request):
    """A right inquiry about one person, as the network delivers it; with keys that are days for a spoil of such keys."""
    spoil = request.node.callspec.params.get("spoil", "") if hasattr(request.node, "callspec") else ""
    if spoil == "key.period_turned_round":
        keys = {"period_from": "2025-01-01", "period_to": "2025-12-31"}
        return world.forge().inquiry(["A" * 22], keys, information="residence_history")
    if spoil.startswith(("key.day", "key.leap", "key.month")):
        return world.forge().inquiry(["A" * 22], {"base_date": "2025-04-01"}, information="resident_record")
    return world.forge().inquiry(["AAAAAAAAAAAAAAAAAAAAAA"], {"tax_year": "2025"})


def test_every_spoil_has_a_row_and_every_row_a_spoil():
    assert set(load().spoils) == set(spoilers())


def test_a_clean_draft_has_no_fault(world, draft):
    assert world.judge().faults(draft.request(), world.now) == ()


def test_members_in_any_order_and_white_space_are_no_fault(world, draft):
    for key in range(3):
        assert world.judge().faults(draft.twin().reordered(key).request(), world.now) == ()


@pytest.mark.parametrize("spoil", DELIVERED)
def test_a_spoil_is_found_as_what_it_is_and_as_nothing_else(world, draft, spoil):
    spoiled = draft.spoil(spoil)
    judge = world.judge()
    for former in spoiled.before:
        assert judge.faults(former.request(), world.now) == ()

    found = set(judge.faults(spoiled.request(), world.now))

    row = world.standard.spoils[spoil]
    assert found & set(row.codes), f"none of {row.codes} in {found}"
    assert not _beyond(world, row, found), f"besides {row.codes}: {found}"


def _beyond(world, row, found):
    """Faults that the row does not name, at its stage or before it: the step that refuses would not be the named one.

    Later ones are lawful only where the spoil leaves no way round them.
    """
    order = world.standard.stage_orders["B"]
    stage = order.index(row.stage)
    others = found - set(row.codes)
    early = {code for code in others if order.index(world.standard.refusals[code].stage) <= stage}
    return early or (others - WAKE.get(row.id, set()))


# What comes after in any case: a header without a kid has no certificate, a lost permit fits nothing.
WAKE = {
    "form.message_id_in_upper_case": {"content_form_invalid"},
    "form.to_another_body": {"authority_not_granted"},
    "form.to_unknown_body": {"authority_not_granted"},
    "form.jose_kid_missing": {"certificate_unknown"},
}


@pytest.mark.parametrize("spoil", [spoil for spoil in DELIVERED if spoilers()[spoil].tweak])
def test_a_spoiled_draft_and_its_clean_build_are_equal_before_the_spoiled_stage(draft, spoil):
    tweak = spoilers()[spoil].tweak
    spoiled = draft.spoil(spoil)

    clean, other = draft.bench.parts, spoiled.bench.parts
    built = [stage for stage in clean if stage != tweak.stage]
    first = list(clean).index(tweak.stage)

    assert all(clean[stage] == other[stage] for stage in built if list(clean).index(stage) < first)
    assert clean[tweak.stage] != other[tweak.stage]


@pytest.mark.parametrize("spoil", [spoil for spoil in DELIVERED if "padding_too" not in spoil])
def test_a_spoiled_content_has_the_prescribed_length(world, draft, spoil):
    size = world.standard.informations[str(draft.header["information"])].padded_size

    assert size == len(draft.spoil(spoil).bench.part("content_bytes"))


@pytest.mark.parametrize("spoil", DELIVERED)
def test_the_twin_is_clean_and_shares_no_id_salt_or_key_with_its_spoil(world, draft, spoil):
    spoiled = draft.spoil(spoil)
    twin = spoiled.twin()

    assert twin.spoil_id is None
    assert world.judge().faults(twin.request(), world.now) == ()
    assert twin.message_id != spoiled.message_id
    assert twin.exchange_number != spoiled.exchange_number
    assert not set(twin.confidential) & _drawn(spoiled)
    asked = (
        "from",
        "to",
        "affair",
        "procedure",
        "information",
        "responsibility",
        "edition",
        "reply_kid",
        "subject_count",
    )
    assert {name: twin.header[name] for name in asked} == {name: draft.header[name] for name in asked}
    assert twin.link_codes == draft.link_codes


def _drawn(draft):
    """What the dice gave to a draft: salts and hashes."""
    parts = draft.bench.parts
    content, subjects = parts.get("content"), parts.get("subjects")
    return {
        part["salt"] for part in (content, subjects) if isinstance(part, dict) and isinstance(part.get("salt"), str)
    }


def test_a_draft_is_the_same_bytes_every_time_it_is_built(world):
    one, other = (world.forge("same").inquiry(["A" * 22], {"tax_year": "2025"}) for _ in range(2))

    assert one.bytes() == other.bytes()


def test_a_draft_is_spoiled_once_only(draft):
    with pytest.raises(ValueError, match="already spoiled"):
        draft.spoil("form.not_json").spoil("permit.missing")


def test_a_spoil_of_a_part_that_a_message_has_not_is_an_error_and_no_clean_message(world):
    query = world.forge().as_body("482013").query("X1")
    with pytest.raises(ValueError, match="permit"):
        query.spoil("permit.signature_bit_flipped").bytes()


def test_every_stage_of_the_bench_is_walked_by_a_delivery(draft):
    assert {stage for stage in STAGES if not stage.startswith("receipt")} == set(draft.bench.parts)
