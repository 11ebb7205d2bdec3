"""The text of a card's QR code: what is read, and what is refused with a reason a person understands."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.submissions.prefill.base import CannotPrefill, Person
from bot.submissions.prefill.card_text import read_card

TODAY = dt.date(2026, 11, 25)
CARD = "001195000123|012345678|Nguyễn Thị Mai|03011995|Nữ|Số 5 ngõ 12, Dịch Vọng, Cầu Giấy, Hà Nội|10052021"
PERSON = Person(
    id="001195000123", old_id="012345678", name="Nguyễn Thị Mai", birth="1995-01-03", sex="nu",
    address="Số 5 ngõ 12, Dịch Vọng, Cầu Giấy, Hà Nội",
)  # fmt: skip


def card(**changes: str) -> str:
    names = ("id", "old", "name", "birth", "sex", "address", "issued")
    fields = dict(zip(names, CARD.split("|"), strict=True)) | changes
    return "|".join(fields[name] for name in names)


def test_the_seven_fields_of_2021() -> None:
    assert read_card(CARD, TODAY) == PERSON


@pytest.mark.parametrize("more", ["||Nguyễn Văn Ba|Trần Thị Tư|", "|", "||||||", "|01012030|x|y"])
def test_the_longer_layout_of_2024_has_the_same_seven_first(more: str) -> None:
    assert read_card(CARD + more, TODAY) == PERSON


def test_no_old_number_and_a_line_end_are_usual() -> None:
    assert read_card(card(old="") + "\r\n", TODAY).old_id == ""


def test_a_name_of_one_letter_and_one_of_sixty() -> None:
    assert read_card(card(name="Lê Ý"), TODAY).name == "Lê Ý"
    long = "Nguyễn Phúc Tôn Nữ Công Huyền Thị Hương Giang Quỳnh Như Anh"
    assert read_card(card(name=long), TODAY).name == long


def test_a_man_born_on_29_february() -> None:
    person = read_card(card(birth="29022004", sex="Nam"), TODAY)
    assert (person.birth, person.sex) == ("2004-02-29", "nam")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "không phải của thẻ căn cước"),
        ("https://example.com/?a=1", "không phải của thẻ căn cước"),
        ("x" * 10_240, "quá nhiều chữ"),
        (CARD + "|" * 50, "không phải của thẻ căn cước"),
        ("|".join(CARD.split("|")[:6]), "không phải của thẻ căn cước"),
        (card(id="00119500012"), "không phải của thẻ căn cước"),
        (card(id="٠٠١١٩٥٠٠٠١٢٣"), "không phải của thẻ căn cước"),
        (card(name="Nguyễn\x00Mai"), "không phải của thẻ căn cước"),
        (card(name="Nguyễn\u202eMai"), "không phải của thẻ căn cước"),
        (card(birth="31022000"), "ngày sinh"),
        (card(birth="29022003"), "ngày sinh"),
        (card(birth="01012030"), "ngày sinh"),
        (card(birth="01011850"), "ngày sinh"),
        (card(birth="1995"), "ngày sinh"),
        (card(issued="01011990"), "ngày cấp"),
        (card(issued="01012035"), "ngày cấp"),
        (card(sex="X"), "giới tính"),
        (card(id="999195000123"), "họ tên, số hoặc địa chỉ"),
        (card(name="=HYPERLINK(1)"), "họ tên, số hoặc địa chỉ"),
        (card(name="<script>alert(1)</script>"), "họ tên, số hoặc địa chỉ"),
        (card(address="=cmd|' /C calc'!A0"), "không hợp lệ"),
    ],
)
def test_what_is_no_card_is_refused_and_said(text: str, says: str) -> None:
    with pytest.raises(CannotPrefill, match=says):
        read_card(text, TODAY)


@given(st.text(max_size=400))
def test_any_text_is_a_card_or_a_sentence(text: str) -> None:
    try:
        read_card(text, TODAY)
    except CannotPrefill as fault:
        assert str(fault).endswith("giúp em.") and not (len(text) > 6 and text in str(fault))


@given(st.lists(st.text(max_size=30), min_size=7, max_size=12))
def test_any_fields_behind_a_number_are_a_card_or_a_sentence(fields: list[str]) -> None:
    try:
        person = read_card("|".join(["001195000123", *fields[1:]]), TODAY)
    except CannotPrefill:
        return
    assert dt.date.fromisoformat(person.birth) <= TODAY and person.sex in ("nam", "nu")
