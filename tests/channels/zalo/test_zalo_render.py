"""Replies as Zalo texts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Message
from bot.channels.zalo.render import CHOOSE, LONGEST_MESSAGE, Choice, chosen, render, split

BASE = "https://motcua.example"
CHOICES = [Choice("Lệ phí", "/a"), Choice("Nộp ở đâu", "/b"), Choice("Làm luôn", "/c")]


def test_choices_are_numbered_under_the_text() -> None:
    messages: list[Message] = [
        {"text": "Anh/chị hỏi việc nào ạ?", "buttons": [{"title": "Khai sinh", "payload": "/choose{}"}, {"title": "Kết hôn", "payload": "/x"}]}
    ]  # fmt: skip
    rendered = render(messages, BASE)
    assert rendered.texts == [f"Anh/chị hỏi việc nào ạ?\n\n{CHOOSE}\n1. Khai sinh\n2. Kết hôn"]
    assert rendered.choices == [Choice("Khai sinh", "/choose{}"), Choice("Kết hôn", "/x")]


def test_numbers_go_on_through_the_messages_of_a_turn() -> None:
    one: Message = {"text": "A", "buttons": [{"title": "Một", "payload": "/1"}]}
    two: Message = {"text": "B", "buttons": [{"title": "Hai", "payload": "/2"}]}
    assert render([one, two], BASE).texts[1].endswith("2. Hai")


def test_address_button_becomes_a_line() -> None:
    messages: list[Message] = [
        {"text": "Xem ạ", "buttons": [{"title": "Cổng dịch vụ công", "payload": "https://dichvucong.gov.vn"}]}
    ]
    assert render(messages, BASE) == (["Xem ạ\nCổng dịch vụ công: https://dichvucong.gov.vn"], None)


def test_our_own_page_gets_its_full_address() -> None:
    messages: list[Message] = [{"text": "Mời", "buttons": [{"title": "Mở tờ khai", "payload": "/ho-so/mo/abc"}]}]
    assert render(messages, BASE).texts == ["Mời\nMở tờ khai: https://motcua.example/ho-so/mo/abc"]


def test_address_already_in_the_text_is_not_said_twice() -> None:
    messages: list[Message] = [
        {"text": "Điền ở: /ho-so/mo/abc", "buttons": [{"title": "Mở", "payload": "/ho-so/mo/abc"}]}
    ]
    assert render(messages, BASE).texts == ["Điền ở: https://motcua.example/ho-so/mo/abc"]


def test_full_addresses_in_the_text_stay_as_they_are() -> None:
    assert render([{"text": "https://khac.vn/ho-so/1"}], BASE).texts == ["https://khac.vn/ho-so/1"]


def test_reply_without_choices_leaves_the_remembered_ones() -> None:
    assert render([{"text": "Lệ phí 8.000 đồng", "custom": {"kind": "answer"}}], BASE).choices is None


def test_question_without_choices_clears_the_remembered_ones() -> None:
    assert render([{"text": "Cần mấy bản sao?", "custom": {"kind": "form"}}], BASE).choices == []


def test_empty_messages_are_left_out() -> None:
    assert render([{"text": ""}, {"custom": {}}, {"text": " \n"}], BASE).texts == []


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "2)", "số 2", "so 2", "Chọn 2", "chon 2"])
def test_number_is_the_choice(text: str) -> None:
    assert chosen(text, CHOICES) == CHOICES[1]


@pytest.mark.parametrize("text", ["0", "4", "02", "2 bản sao", "12", "nộp ở đâu", "", "22/11/2026", "-1", "²"])
def test_anything_else_is_no_choice(text: str) -> None:
    assert chosen(text, CHOICES) is None


def test_short_text_is_one_part() -> None:
    assert split("Chào anh/chị.") == ["Chào anh/chị."]


def test_long_text_is_cut_between_paragraphs() -> None:
    first, second = "Giấy tờ cần nộp. " * 80, "Lệ phí 8.000 đồng. " * 40
    assert split(f"{first}\n\n{second}") == [first.strip(), second.strip()]


def test_long_paragraph_is_cut_between_sentences() -> None:
    assert all(part.endswith(".") for part in split("Anh/chị mang theo căn cước của cả hai vợ chồng. " * 100))


def test_decomposed_text_is_counted_composed() -> None:
    text = unicodedata.normalize("NFD", "ệ" * LONGEST_MESSAGE)
    assert split(text) == ["ệ" * LONGEST_MESSAGE]


def test_letter_is_not_parted_from_its_mark() -> None:
    text = "x" * (LONGEST_MESSAGE - 1) + "q\u0323" + "y"  # no composed form of q with dot below
    assert split(text)[1].startswith("q\u0323")


@given(st.text(alphabet="aạ ế.!\n\u0323đ😀👨\u200d", max_size=400), st.integers(10, 60))
def test_split_keeps_every_letter_within_the_limit(text: str, longest: int) -> None:
    parts = split(text, longest)
    assert all(0 < len(part) <= longest for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", unicodedata.normalize("NFC", text))
