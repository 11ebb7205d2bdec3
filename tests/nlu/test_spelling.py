"""Marks put on the wrong letter."""

import pytest

from bot.nlu.normalise import normalise
from bot.nlu.spelling import mend_marks


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ngưòi", "người"),
        ("đựoc", "được"),
        ("tièn", "tiền"),
        ("chìêu", "chiều"),
        ("nưã", "nữa"),
        ("phaỉ", "phải"),
        ("mât", "mất"),
        ("phuờng", "phường"),
    ],
)
def test_marks_on_the_wrong_letter_are_put_right(typed: str, meant: str) -> None:
    assert mend_marks(typed) == meant


@pytest.mark.parametrize("word", ["nguyễn", "tụi", "bún", "dùng", "giấy", "giay", "đắk", "cafê", "a1"])
def test_a_syllable_and_what_is_none_of_ours_stay(word: str) -> None:
    assert mend_marks(word) == word


def test_a_message_with_misplaced_marks_reads_as_meant() -> None:
    assert normalise("xin xác nhận có mất tièn không").text == "xin xác nhận có mất tiền không"


def test_delta_n_and_l() -> None:
    assert normalise("tách hộ thì nàm thế lào").text == "tách hộ thì làm thế nào"
