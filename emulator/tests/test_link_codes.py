"""Link codes: opened only by whom they were made for, never by luck."""

import pytest

from renkei_emulator.envelope import sha256_b64u
from renkei_emulator.network.link_codes import Force, LinkCodes, Person, check_subjects
from renkei_emulator.refusals import Refused

A, B = "482013", "001015"
TARO = Person(123_456_789, 0)


def test_a_code_opens_to_the_person_it_was_made_for():
    codes = LinkCodes(1)
    for person in (TARO, Person(0, 0), Person(2**48 - 1, 2**16 - 1), Person(1, 2)):
        assert codes.open(A, codes.issue(A, person)) == person


def test_a_code_is_22_characters_and_differs_between_bodies_persons_generations_and_seeds():
    made = {
        LinkCodes(1).issue(A, TARO),
        LinkCodes(1).issue(B, TARO),
        LinkCodes(1).issue(A, Person(123_456_790, 0)),
        LinkCodes(1).issue(A, Person(123_456_789, 1)),
        LinkCodes(2).issue(A, TARO),
    }

    assert len(made) == 5
    assert {len(code) for code in made} == {22}


def test_one_seed_gives_one_code_in_every_process():
    assert LinkCodes(1).issue(A, TARO) == LinkCodes(1).issue(A, TARO)


@pytest.mark.parametrize("code", ["", "x", "A" * 22, "A" * 21, "A" * 23, "A" * 64, "Ａ" * 22, "A" * 20 + "=="])
def test_a_code_that_the_network_never_gave_opens_to_nobody(code):
    assert LinkCodes(1).open(A, code) is None


def test_another_bodys_code_opens_to_nobody():
    codes = LinkCodes(1)

    assert codes.open(B, codes.issue(A, TARO)) is None


def test_no_single_changed_character_opens():
    codes = LinkCodes(1)
    code = codes.issue(A, TARO)
    for place in range(22):
        other = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        assert codes.open(A, other) is None


def test_translation_gives_the_receivers_codes_in_order():
    codes = LinkCodes(1)
    persons = [TARO, Person(5, 0), Person(7, 0)]

    translated = codes.translate([codes.issue(A, each) for each in persons], A, B)

    assert [codes.open(B, code) for code in translated] == persons


def test_each_bodys_own_re_issues_decide_what_holds_there():
    codes = LinkCodes(1).under(lambda body, serial: Force(1, 1, 2) if (body, serial) == (A, 7) else Force(0, 0, 0))

    (there,) = codes.translate([codes.issue(A, Person(7, 2))], A, B)
    (back,) = codes.translate([there], B, A)

    assert (codes.open(B, there), codes.open(A, back)) == (Person(7, 0), Person(7, 1))
    for person in (Person(7, 0), Person(7, 3)):
        with pytest.raises(Refused):
            codes.translate([codes.issue(A, person)], A, B)


def test_a_bad_code_among_good_ones_is_named_by_its_number():
    codes = LinkCodes(1)
    good = codes.issue(A, TARO)

    with pytest.raises(Refused) as refused:
        codes.translate([good, "A" * 22, codes.issue(B, TARO)], A, B)
    assert (refused.value.code, refused.value.item_nos) == ("link_code_invalid", (2, 3))


def test_the_former_epochs_codes_still_open_and_older_ones_do_not():
    old, former, now = (LinkCodes(1, epoch) for epoch in (1, 2, 3))

    assert now.open(A, former.issue(A, TARO)) == TARO
    assert now.open(A, old.issue(A, TARO)) is None


def test_a_serial_that_does_not_fit_is_our_own_mistake():
    with pytest.raises(ValueError, match="no link code"):
        LinkCodes(1).issue(A, Person(2**48, 0))


@pytest.mark.parametrize(
    ("claims", "codes", "code"),
    [
        ({"subjects_sha256": "x", "subject_count": 1}, ("a",), "subjects_hash_mismatch"),
        ({"subject_count": 2}, ("a",), "subject_count_mismatch"),
        ({"subject_count": 2}, ("a", "a"), "subject_repeated"),
    ],
)
def test_subjects_are_those_of_the_header(claims, codes, code):
    claims = {"subjects_sha256": sha256_b64u(b"subjects")} | claims

    with pytest.raises(Refused, match=code):
        check_subjects(claims, "subjects", codes)
