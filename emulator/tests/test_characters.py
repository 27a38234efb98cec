"""Characters of N items: the repertoire of JIS X 0213, its own way of counting, and what a sender does with 外字."""

import unicodedata

import pytest

from renkei_emulator.characters import foreign, jis_length, reduce_text

FORMS = {"髙": "高", "𠮷": "吉"}
TWO_CODE_POINTS = ["か゚", "キ゚", "ㇷ゚", "æ̀", "˩˥"]


@pytest.mark.parametrize("cell", TWO_CODE_POINTS)
def test_a_cell_of_two_code_points_is_one_character(cell):
    assert len(cell) == 2
    assert jis_length(cell) == 1
    assert jis_length("山" + cell + "川") == 3


@pytest.mark.parametrize(
    ("text", "length"), [("𠀋", 1), ("﨑", 1), ("神", 1), ("〜", 1), ("ヷ", 1), ("＼～", 2), ("Ａ", 1), ("", 0)]
)
def test_characters_of_jis_x_0213_count_one_each(text, length):
    assert jis_length(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "髙",
        "𠮷",
        "ｶ",
        "ｶﾞ",
        "\ue000",
        "葛\U000e0100",
        "😀",
        "\ufeff",
        "\u200b",
        "￠",
        "¥",
        "‾",
        "㊞",
        "A",
        "\\",
        "~",
        "山\n川",
        "\x7f",
        "\u4e04",
    ],
)
def test_what_is_not_in_jis_x_0213_is_none_of_its_characters(text):
    assert jis_length(text) is None
    assert foreign(text)


def test_characters_that_normalisation_changes_stand_and_are_not_changed():
    changed = [
        chr(n) for n in range(0xF900, 0xFB00) if jis_length(chr(n)) and unicodedata.normalize("NFC", chr(n)) != chr(n)
    ]
    assert "\ufa19" in changed
    assert reduce_text("".join(changed), FORMS, "〓") == ("".join(changed), "0")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("高橋", ("高橋", "0")),
        ("髙橋", ("高橋", "1")),
        ("𠮷野", ("吉野", "1")),
        ("\ue000野", ("〓野", "2")),
        ("髙\ue000", ("高〓", "2")),
        ("葛\U000e0100城", ("葛城", "1")),
        ("〓", ("〓", "0")),
        ("ｶﾞ", ("ｶﾞ", "0")),
    ],
)
def test_a_sender_reduces_and_says_so(text, due):
    assert reduce_text(text, FORMS, "〓") == due
