"""Rooms as plain functions: what a record may tell, what a reply means, what crosses interface P, what a peek believes."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkei_emulator.envelope import Jws, b64u
from renkei_emulator.intermediate_if.linkage_confirmation import leaves_of, needs_person, pad, result_of, size_of
from renkei_emulator.intermediate_if.linkage_information_store import key_text, take
from renkei_emulator.linkage_if.authn_authz import answering_section, check_responsibility, find_row
from renkei_emulator.linkage_if.log_management import seal_claims
from renkei_emulator.linkage_if.network_connection import (
    Accepted,
    Again,
    NotTaken,
    Peek,
    came_in_drips,
    next_try,
    outcome,
    peek,
)
from renkei_emulator.linkage_if.pf_communication import hand_over, message, take_over
from renkei_emulator.messages import (
    Asked,
    Authorised,
    Found,
    Framed,
    LinkCode,
    Local,
    Opened,
    OwnNumber,
    Permitted,
    Verified,
    compact,
)
from renkei_emulator.quirks import Quirks
from renkei_emulator.records import findings, from_keys, project
from renkei_emulator.refusals import Refused
from renkei_emulator.world import Dice, HttpReply
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.residents import tax_records
from renkei_fixtures.standard import load

STANDARD, BODIES = load(), load_bodies()
INFORMATION = STANDARD.informations["income_tax_certificate"]
RECORD = tax_records(1, "001015", 40)[-1].record
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


# --- records ----------------------------------------------------------------------------------------------------------
def test_a_projection_holds_the_named_leaves_and_no_empty_group():
    assert project(INFORMATION, RECORD, {"tax_year", "widow_class"}) == {
        "taxation": {
            "tax_year": RECORD["taxation"]["tax_year"],
            "person_info": {"widow_class": RECORD["taxation"]["person_info"]["widow_class"]},
        }
    }


def test_zero_survives_a_projection_and_absence_stays_absence():
    record = {"taxation": {"deductions": {"disability_deduction": 0}}}

    assert project(INFORMATION, record, {"disability_deduction", "casualty_loss_deduction"}) == record


def test_what_an_affair_may_see_is_cut_by_the_status():
    least = set(INFORMATION.minimum["AF-01"])

    assert leaves_of(INFORMATION, "AF-01", "1") == least
    assert leaves_of(INFORMATION, "AF-01", "4") == {"tax_year"}


def test_of_an_unassessed_person_the_keys_are_the_record():
    assert from_keys(INFORMATION, {"tax_year": "2025"}, {"tax_year"}) == {"taxation": {"tax_year": "2025"}}


def test_an_answer_with_one_item_more_is_as_wrong_as_one_less():
    leaves = frozenset(INFORMATION.minimum["AF-01"])
    right = project(INFORMATION, RECORD, leaves)
    more, less = (
        project(INFORMATION, RECORD, leaves | {"annual_tax"}),
        project(INFORMATION, RECORD, leaves - {"tax_year"}),
    )

    found = [
        [f.code for f in findings(INFORMATION, r, STANDARD.codes, TODAY, leaves, leaves)] for r in (right, more, less)
    ]
    assert found == [[], ["item_not_permitted"], ["item_missing"]]


def test_unknown_persons_and_missing_records_give_one_result():
    nobody, nothing = Asked(1, LinkCode("c"), None, {}), Asked(1, LinkCode("c"), OwnNumber("1"), {})

    assert take(nobody, INFORMATION, lambda *_: [("{}", "1", "t", "{}")]) is None
    assert take(nothing, INFORMATION, lambda *_: []) is None
    assert result_of(nobody, None, None) == result_of(nothing, None, None) == {"item_no": 1, "result": "no_record"}


def test_the_store_is_asked_by_own_number_and_information_and_the_keys_choose():
    asked = []
    rows = [(key_text({"tax_year": year}), "1", f"as of {year}", "{}") for year in ("2024", "2025")]

    def copies(*about):
        asked.append(about)
        return rows

    found = take(Asked(1, LinkCode("c"), OwnNumber("7"), {"tax_year": "2024"}), INFORMATION, copies)

    assert asked == [("7", "income_tax_certificate")]
    assert found == Found("1", "as of 2024", {})
    assert key_text({"b": "2", "a": "1"}) == key_text({"a": "1", "b": "2"})


def test_a_content_is_padded_to_its_size_whatever_it_says():
    contents = [{"results": []}, {"results": [result_of(Asked(1, LinkCode("c"), None, {}), Found("1", "t", {}), {})]}]

    assert {len(compact(pad(content, 2048))) for content in contents} == {2048}


def test_a_batch_is_padded_by_its_count_alone():
    assert size_of(INFORMATION, 1) == INFORMATION.padded_size
    assert size_of(INFORMATION, 2) == 65536
    assert size_of(INFORMATION, 33) == 2 * 65536


def test_the_narrowest_mark_decides_between_automatic_and_manual():
    local = Local({}, {}, ())

    assert needs_person(local, [("manual", "protected")], INFORMATION) == "protected"
    assert needs_person(local, [("automatic", "")], INFORMATION) is None
    assert needs_person(local, [None], INFORMATION) is None
    by_hand = INFORMATION.model_copy(update={"answer": "manual"})
    assert needs_person(local, [None], by_hand) == "information"
    assert needs_person(local, [("automatic", "")], by_hand) is None


# --- authority --------------------------------------------------------------------------------------------------------
CLAIMS = {"from": "482013", "to": "001015", "affair": "AF-01", "procedure": "PR-0101", "edition": "2026A"}
CLAIMS |= {"information": "income_tax_certificate", "responsibility": "CRA-STAFF"}


@pytest.mark.parametrize("on", [date(2020, 4, 1), date(2022, 3, 31)])
def test_the_first_and_the_last_day_of_a_row_count(on):
    assert find_row(CLAIMS | {"procedure": "PR-0107"}, STANDARD, BODIES, on).id == "AR-0131"


@pytest.mark.parametrize(
    ("change", "on", "code"),
    [
        ({"procedure": "PR-0107"}, date(2020, 3, 31), "authority_not_granted"),
        ({"procedure": "PR-0107"}, date(2022, 4, 1), "authority_not_granted"),
        ({"procedure": "PR-0108"}, TODAY, "authority_not_granted"),
        ({"affair": "AF-02"}, TODAY, "authority_not_granted"),
        ({"from": "483214"}, TODAY, "authority_not_granted"),
        ({"affair": "AF-11", "procedure": "PR-1101", "from": "001023"}, TODAY, "authority_not_granted"),
        ({"affair": "AF-02", "procedure": "PR-0205"}, TODAY, "authority_not_granted"),
        ({"affair": "AF-02", "procedure": "PR-0205", "official": "o"}, TODAY, "consent_required"),
        ({"consent_ref": "c"}, TODAY, "authority_not_granted"),
        ({"from_principal": "001023"}, TODAY, "delegation_not_granted"),
        ({"disaster_id": "d"}, TODAY, "disaster_not_declared"),
    ],
)
def test_what_no_row_gives_is_refused(change, on, code):
    with pytest.raises(Refused) as refused:
        find_row(CLAIMS | change, STANDARD, BODIES, on)

    assert refused.value.code == code


def test_an_ordinance_is_of_the_body_that_enacted_it():
    claims = CLAIMS | {"affair": "AF-11", "procedure": "PR-1101"}

    assert find_row(claims, STANDARD, BODIES, TODAY).inquirer_body == "482013"


@pytest.mark.parametrize("responsibility", ["TAX-STAFF", "NO-SUCH"])
def test_a_responsibility_for_other_affairs_is_refused(responsibility):
    with pytest.raises(Refused, match="responsibility_not_granted"):
        check_responsibility(CLAIMS | {"responsibility": responsibility}, STANDARD, BODIES["482013"], TODAY)


def test_a_body_without_the_section_does_not_answer():
    assert answering_section(INFORMATION.id, STANDARD, BODIES["001015"], TODAY) == "TAX-STAFF"
    with pytest.raises(Refused, match="responsibility_not_granted"):
        answering_section(INFORMATION.id, STANDARD, BODIES["0110000000013"], TODAY)


# --- the network's replies --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "means"),
    [
        (None, Again(None)),
        (HttpReply(202, {}, b'{"state":"answered"}'), Accepted({"state": "answered"})),
        (HttpReply(202, {}, b"rubbish"), Again(None)),
        (HttpReply(429, {"retry-after": "7"}), Again(7.0)),
        (HttpReply(503, {"retry-after": "soon"}), Again(None)),
        (HttpReply(503, {"retry-after": "99999"}), Again(300.0)),
        (HttpReply(500), Again(None)),
        (HttpReply(409, {}, b'{"code":"exchange_closed"}'), NotTaken("exchange_closed", "state")),
        (HttpReply(400, {}, b"rubbish"), NotTaken("internal_error", "service")),
        (HttpReply(403, {}, b'{"code":"no such code"}'), NotTaken("internal_error", "service")),
    ],
)
def test_a_reply_means_one_of_three_things(reply, means):
    assert outcome(reply) == means


def test_pauses_double_up_to_five_minutes_and_spread_by_a_fifth():
    dice = Dice(1, "pauses")
    pauses = [(next_try(NOON, n, Again(None), dice) - NOON).total_seconds() for n in range(1, 13)]

    for pause, middle in zip(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], strict=True):
        assert 0.8 * middle <= pause <= 1.2 * middle + 0.001
    assert next_try(NOON, 9, Again(7.0), dice) == NOON + timedelta(seconds=7)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps({"header": text}).encode()))
def test_a_peek_never_fails_and_never_tells_what_has_no_form(data):
    seen = peek(data)

    assert isinstance(seen, Peek)
    assert seen == Peek() or any(seen)


def test_a_peek_gives_only_what_looks_like_an_id():
    claims = {"message_id": "019e811f-b780-7d3f-b7f5-f8288245fe34", "from": "<script>", "to": "001015"}
    data = json.dumps({"header": f"x.{b64u(json.dumps(claims).encode())}.x"}).encode()

    assert peek(data) == Peek("019e811f-b780-7d3f-b7f5-f8288245fe34", None, "001015")


# --- interface P, export, quirks --------------------------------------------------------------------------------------
def test_only_plain_values_cross_to_the_intermediate_interface():
    jws = Jws("kid", "renkei-inquiry", b"", b"", b"")
    framed = Framed("renkei-inquiry", dict(CLAIMS), jws, "h", "s", "t", ("code",), "b", None, "p")
    row = STANDARD.authority[0]
    opened = Opened(Authorised(Permitted(Verified(framed, NOON), {"exchange_number": "1"}), row), {"items": []})

    plain = hand_over(opened)

    assert plain.keys() == {"header", "permit", "subjects", "content"}
    assert json.loads(json.dumps(plain)) == plain


def test_what_comes_back_over_the_interface_is_the_message_to_seal():
    answer = take_over(json.loads(json.dumps(message({"a": 1}, ("code",), {"c": 2}))))

    assert (answer.header, answer.link_codes, answer.content) == ({"a": 1}, ("code",), {"c": 2})


def test_an_export_without_lines_is_sealed_all_the_same():
    claims = seal_claims("001015", "access", [], NOON)

    assert (claims["lines"], claims["from"], claims["to"]) == (
        0,
        "2026-06-01T03:00:00.000Z",
        "2026-06-01T03:00:00.000Z",
    )


def test_the_order_of_members_is_a_quirk_of_the_seed():
    members = dict.fromkeys("abcdefgh", 1)

    assert list(Quirks().arranged(members, Dice(1, "q"))) == list(members)
    shuffled = Quirks(member_order=True).arranged(members, Dice(1, "q"))
    assert list(shuffled) != list(members)
    assert shuffled == members
    assert list(shuffled) == list(Quirks(member_order=True).arranged(members, Dice(1, "q")))


def test_a_slow_reply_counts_when_its_last_byte_is_there_in_time():
    reply = HttpReply(202, {}, b"{}")

    assert came_in_drips(reply, 5.0) is reply
    assert came_in_drips(reply, 31.0) is None
    assert came_in_drips(reply, None) is None
