"""Text as typed becomes text that can be compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import normalise
from bot.nlu.telex import decode
from procedures_kb.text import clean, fold, strip_marks


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Uỷ ban", "ủy ban"),
        ("hoà giải", "hòa giải"),
        ("quý vị", "quý vị"),
        ("thuỷ lợi", "thủy lợi"),
        ("khoá học", "khóa học"),
        ("hoàn công", "hoàn công"),
    ],
)
def test_one_tone_mark_convention(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def test_decomposed_letters_become_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "giấy tờ")) == "giấy tờ"


def test_hidden_characters_are_dropped() -> None:
    assert clean("kh\u200bai\u202e si\U000e0041nh\x00") == "khai sinh"


def test_marks_are_stripped_with_d() -> None:
    assert strip_marks("Đổi giấy tờ ở đâu") == "Doi giay to o dau"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("làm gks cho con", "làm giấy khai sinh cho con"),
        ("e muốn đkkh", "em muốn đăng ký kết hôn"),
        ("doi cccd het bn tien", "doi căn cước công dân het bao nhiêu tien"),
        ("đk tạm trú ko cần hktt hả", "đăng ký tạm trú không cần hộ khẩu thường trú hả"),
    ],
)
def test_abbreviations_are_written_out(typed: str, meant: str) -> None:
    assert normalise(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddawng", "đăng"),
        ("kys", "ký"),
        ("giaays", "giấy"),
        ("thuwowngf", "thường"),
        ("hoon", "hôn"),
        ("ky1", "ký"),
        ("giay61", "giấy"),
    ],
)
def test_telex_and_vni_leftovers_are_decoded(typed: str, meant: str) -> None:
    assert decode(typed) == meant


@pytest.mark.parametrize(
    "word", ["xin", "mang", "sinh", "check", "form", "online", "cccd", "ks", "thanh", "xoong", "vneid"]
)
def test_words_that_are_no_keystrokes_stay(word: str) -> None:
    assert decode(word) == word


def test_the_citizens_own_spelling_is_kept_for_echoing() -> None:
    assert normalise("Em tên  Hoà ").original == "Em tên Hoà"


def test_without_marks_is_noticed_although_abbreviations_bring_marks() -> None:
    assert not normalise("lam gks cho con").marked
    assert normalise("làm gks cho con").marked


@given(st.text(max_size=300))
def test_any_text_is_normalised_and_both_views_have_equal_length(text: str) -> None:
    normal = normalise(text)
    assert len(normal.words) == len(normal.plain_words)
    assert unicodedata.is_normalized("NFC", normal.text)


@pytest.mark.parametrize("text", ["bằng a1", "hạng d2", "mẫu a2"])
def test_a_class_of_licence_is_no_vowel_with_its_tone(text: str) -> None:
    assert normalise(text).text == text


def test_english_is_no_telex() -> None:
    assert normalise("how do I get papers for the baby").text.startswith("làm thế nào")
    assert "hơ" not in normalise("How is the fee").text
