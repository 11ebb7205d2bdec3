"""Which aspects a message asks: the question decides, not the story around it."""

import re

import pytest

from bot.nlu.asking_cues import asking_cues
from bot.nlu.composed import Parts, compose, mistype, read_parts
from bot.nlu.normalise import normalise, read_lexicon
from bot.nlu.questions import asking_parts
from bot.nlu.word_classes import by_class
from procedures_kb.facts import ASPECTS

PARTS = Parts(
    situations=["mẹ tôi mất hôm rằm", "em ở trọ"],
    questions={"fee": ["hết bao nhiêu tiền"], "place": ["nộp ở đâu"]},
    before={"fee": ["lệ phí"], "place": ["địa chỉ"]},
)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "Em ở trọ bên Láng gần hai năm, chủ nhà dễ tính. Giờ khai tạm trú cần giấy gì ạ",
            "khai tạm trú cần giấy gì ạ",
        ),
        ("em o tro ben Lang gan hai nam, gio khai tam tru can giay gi a", "khai tam tru can giay gi"),
        ("khai tạm trú may ngày xong", "khai tạm trú may ngày xong"),
    ],
)
def test_the_asking_part_is_cut_out_of_the_story(text: str, part: str) -> None:
    assert any(found.startswith(part) for found in asking_parts(normalise(text)))


def test_a_story_that_asks_nothing_has_no_asking_part() -> None:
    assert asking_parts(normalise("vợ em mới sinh bé trai tuần trước")) == []


def test_yes_no_questions_ask_at_the_end() -> None:
    assert asking_parts(normalise("ông bà đi thay con không ạ")) != []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("xin lại ở đâu và làm như thế nào vậy", ["xin lại ở đâu", "và làm như thế nào vậy"]),
        ("het bao nhieu tien nop o dau", ["het bao nhieu tien", "nop o dau"]),
        ("cần giấy gì không", ["cần giấy gì không"]),
    ],
)
def test_two_questions_in_one_breath_are_two_parts(text: str, parts: list[str]) -> None:
    assert asking_parts(normalise(text)) == parts


def test_a_hundred_question_words_are_read_quickly() -> None:
    assert asking_parts(normalise("gì " * 400))


def test_composed_messages_are_always_the_same() -> None:
    assert compose(PARTS, ["sang tên xe"], 50) == compose(PARTS, ["sang tên xe"], 50)


def test_a_composed_message_holds_the_question_of_each_of_its_aspects() -> None:
    for text, aspects in compose(PARTS, ["sang tên xe"], 200):
        if "ở đâu" in text or "địa chỉ" in text:
            assert "place" in aspects
    assert {aspects for _, aspects in compose(PARTS, [], 200)} >= {(), ("fee",), ("place",)}


@pytest.mark.parametrize(
    ("one", "other"), [("nộp phường hay sở", "nop truong cong an hay bo"), ("làm mấy ngày", "lam may tuan")]
)
def test_kinds_of_words_are_alike_whatever_the_word(one: str, other: str) -> None:
    assert set(by_class(one).split()) <= set(by_class(other).split())


def test_the_same_kind_twice_in_a_row_stands_once() -> None:
    assert by_class("giấy tờ bản sao nộp ở ủy ban xã") == "PAPER nop o OFFICE"


def test_a_word_with_marks_is_only_that_word_and_a_doubtful_one_without_has_no_kind() -> None:
    assert by_class("có phải cô giáo") == "co phai PERSON giao"
    assert by_class("co phai ra phuong") == "co phai ra OFFICE"


@pytest.mark.parametrize(
    ("text", "aspect", "cue"),
    [
        ("hủy biên lai thì gửi cơ quan nào", "place", "place: OFFICE nao"),
        ("con chưa đủ tuổi có phải ra lăn tay không", "eligibility", "eligibility: co phai … khong"),
    ],
)
def test_a_turn_of_phrase_shows_its_aspect_whatever_the_matter(text: str, aspect: str, cue: str) -> None:
    assert {aspect, cue} <= set(asking_cues(normalise(text).text))


def test_the_gap_of_a_cue_is_no_longer_than_five_words() -> None:
    assert "eligibility: co phai … khong" not in asking_cues("có phải một hai ba bốn năm sáu không")


def test_cues_name_known_aspects_only() -> None:
    assert set(read_lexicon("asking_cues")) <= set(ASPECTS)


def test_a_slot_of_a_question_is_filled_with_one_of_its_words() -> None:
    parts = Parts(
        ["em ở trọ"],
        questions={"place": ["{verb} ở đâu"]},
        before={"place": ["địa chỉ"]},
        slots={"verb": ["đổi", "xin"]},
    )
    made = " | ".join(text for text, kinds in compose(parts, ["thẻ"], 200) if kinds)
    assert "đổi ở đâu" in made and "xin ở đâu" in made and "{" not in made


def test_every_slot_of_the_questions_that_ship_is_known() -> None:
    parts = read_parts()
    used = {
        slot for questions in parts.questions.values() for text in questions for slot in re.findall(r"{(\w+)}", text)
    }
    assert used <= set(parts.slots)


def test_a_question_may_stand_before_its_matter() -> None:
    assert any(text.endswith("lệ phí sang tên xe") for text, _ in compose(PARTS, ["sang tên xe"], 200))


def test_slips_change_letters_but_never_lose_the_message() -> None:
    import random

    made = {mistype("cần giấy tờ gì", random.Random(seed)) for seed in range(30)}
    assert len(made) > 5
    assert all(len(text) > 6 for text in made)


def test_the_parts_that_ship_name_known_aspects_only() -> None:
    assert {aspect for kind in read_parts().questions for aspect in kind.split("+")} <= set(ASPECTS)
