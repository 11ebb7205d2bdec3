"""Formats of people, money, land and vehicles as citizens write them (domain.md 3)."""

from __future__ import annotations

import pytest

from bot.submissions.checks.addresses import proposal
from bot.submissions.checks.ids import mismatches
from bot.submissions.values import CannotRead, read, shown
from bot.submissions.words import date_in_words, number_in_words
from procedures_kb.form_model import Field, Option
from procedures_kb.form_rules import date_of
from tests.submissions.dossier import TODAY


def field(kind: str, **more: object) -> Field:
    return Field(id="f", label="Mục", question="Hỏi?", type=kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("date", "mùng 5 tháng 2 năm 1990", "1990-02-05"), ("date", "ngày 3 tháng tư năm 1995", "1995-04-03"),
        ("date", "03011995", "1995-01-03"), ("date", "1 tháng 3 năm 90", "1990-03-01"),
        ("old_id", "012 345 678", "012345678"), ("old_id", "cmnd 012345678", "012345678"),
        ("phone", "(+84) 912 345 678", "0912345678"), ("phone", "84912345678", "0912345678"),
        ("phone", "(024)38251234", "02438251234"), ("phone", "0225 3822 123", "02253822123"), ("phone", "sđt 0912.345.678 ạ", "0912345678"),
        ("amount", "1 tỷ 2", "1200000000"), ("amount", "20tr", "20000000"), ("amount", "1tr5", "1500000"),
        ("amount", "500 nghìn", "500000"), ("amount", "500k", "500000"), ("amount", "1.200.000đ", "1200000"),
        ("amount", "hai trăm năm mươi triệu", "250000000"), ("amount", "mười lăm triệu", "15000000"),
        ("amount", "1 tỷ rưỡi", "1500000000"), ("amount", "3 tỷ 500 triệu", "3500000000"), ("amount", "khoảng 50 triệu ạ", "50000000"),
        ("area", "85,5m2", "85.5"), ("area", "2 sào 5 thước", "840"), ("area", "1 sào", "360"), ("area", "1.250 m²", "1250"),
        ("plate", "29A-123.45", "29A-123.45"), ("plate", "29a12345", "29A-123.45"), ("plate", "29-B1 234.56", "29-B1 234.56"),
        ("plate", "29b1 23456", "29-B1 234.56"), ("plate", "29H1-1234", "29-H1 1234"),
        ("name", "Y Moan Ênuôl", "Y Moan Ênuôl"), ("name", "lê ý", "Lê Ý"), ("name", "A " + "Bình " * 11 + "An", ("A " + "Bình " * 11 + "An")),
    ],
)  # fmt: skip
def test_read_as_people_write(kind: str, typed: str, value: str) -> None:
    assert read(field(kind), typed, TODAY) == value


@pytest.mark.parametrize(
    ("kind", "typed", "hint"),
    [
        ("date", "mùng 5 tháng 2", "thiếu năm"), ("date", "mùng 5 tháng 2 âm lịch năm 1990", "âm lịch"),
        ("date", "rằm tháng bảy", "âm lịch"), ("date", "ngày 3 tháng 5 năm Canh Ngọ", "âm lịch"),
        ("date", "29/02/2023", "không nhuận"), ("date", "23/11/2026", "chưa tới"),
        ("old_id", "12345", "9 chữ số"), ("phone", "01234567890", "kiểu cũ"), ("phone", "38251234", "mã vùng"),
        ("phone", "1900 1009", "tổng đài"), ("phone", "091234567", "10 số"),
        ("amount", "nhiều tiền", "số tiền"), ("amount", "-5 triệu", "lớn hơn 0"), ("amount", "chục triệu", "số tiền"),
        ("area", "rộng lắm", "mét vuông"), ("plate", "99999", "29A-123.45"),
        ("name", "=cmd|' /C calc'!A0", "chữ cái"), ("name", "Mai\u202e Nguyễn 1", "chữ cái"), ("name", "Nguyễn 😀 Mai", "chữ cái"),
        ("text", "<script>alert(1)</script>", "mã trang web"), ("text", "=HYPERLINK(1)", "dấu ="), ("text", "😀😀", "chữ nào"),
        ("address", "@SUM(A1)", "dấu ="), ("note", "x" * 1001, "1000 ký tự"),
    ],
)  # fmt: skip
def test_what_cannot_be_says_what_was_expected(kind: str, typed: str, hint: str) -> None:
    with pytest.raises(CannotRead, match=hint):
        read(field(kind), typed, TODAY)


def test_emoji_in_a_text_are_dropped_and_the_text_kept() -> None:
    assert read(field("text"), "Bún chả 😀 Mai Hương", TODAY) == "Bún chả Mai Hương"


def test_dates_to_come_where_the_field_is_about_them() -> None:
    assert read(field("date", when="future"), "20/12/2026", TODAY) == "2026-12-20"
    with pytest.raises(CannotRead, match="đã qua"):
        read(field("date", when="future"), "20/10/2026", TODAY)


def test_several_choices_at_once_by_number_or_words() -> None:
    options = [
        Option(value="a1", label="A1"),
        Option(value="b", label="B (B2 cũ)"),
        Option(value="e", label="BE, CE, DE"),
    ]
    choices = field("multi_choice", options=options)
    assert read(choices, "1 và 2", TODAY) == "a1,b"
    assert read(choices, "b, a1", TODAY) == "a1,b"
    assert read(choices, "BE, CE, DE", TODAY) == "e"
    assert shown(choices, "a1,b") == "A1; B (B2 cũ)"
    with pytest.raises(CannotRead, match="1, 2"):
        read(choices, "9", TODAY)


def test_limits_and_patterns_are_the_field_s_own() -> None:
    with pytest.raises(CannotRead, match="từ 0 đến 5"):
        read(field("count", min=0, max=5), "6", TODAY)
    with pytest.raises(CannotRead, match="4 số"):
        read(field("text", pattern=r"\d{4}", pattern_says="Mã có 4 số."), "56", TODAY)


def test_money_and_areas_are_shown_as_vietnamese_write() -> None:
    assert shown(field("amount"), "1250000") == "1.250.000 đồng"
    assert shown(field("area"), "1250.5") == "1.250,5 m²"


@pytest.mark.parametrize("kind", ["amount", "area", "plate", "phone", "date"])
def test_what_is_shown_is_read_again_as_the_same(kind: str) -> None:
    values = {
        "amount": "2500000000",
        "area": "1234.56",
        "plate": "29-B1 234.56",
        "phone": "02438251234",
        "date": "1990-02-05",
    }
    assert read(field(kind), shown(field(kind), values[kind]), TODAY) == values[kind]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "không"), (5, "năm"), (15, "mười lăm"), (21, "hai mươi mốt"), (105, "một trăm linh năm"),
     (1_205_000, "một triệu hai trăm linh năm nghìn"), (2_500_000_000, "hai tỷ năm trăm triệu"),
     (1_000_005, "một triệu không trăm linh năm")],
)  # fmt: skip
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_a_birth_date_in_words() -> None:
    date = date_of("2026-04-03")
    assert date and date_in_words(date) == "ngày mùng ba tháng tư năm hai nghìn không trăm hai mươi sáu"


def test_an_id_number_against_its_person_explains_itself() -> None:
    assert mismatches("001195000123", "1995-01-03", "nu", "phường Láng, Hà Nội") == []
    assert "trong số này là 1995" in mismatches("001195000123", "1996-01-03", "nu", None)[0]
    assert "trong số này là nữ" in mismatches("001195000123", "1995-01-03", "nam", None)[0]
    assert "mã của Thanh Hóa" in mismatches("038195000123", "1995-01-03", "nu", "phường Láng, Hà Nội")[0]
    assert "không phải mã tỉnh" in mismatches("003195000123", "1995-01-03", "nu", None)[0]


def test_a_new_address_needs_no_word_and_one_of_another_province_neither() -> None:
    assert proposal("f", "Số 12 phố Lò Đúc, phường Hai Bà Trưng, Hà Nội") is None
    assert proposal("f", "thôn 3, xã Hải Anh, tỉnh Ninh Bình") is None


def test_an_old_ward_is_proposed_anew_with_house_and_street_kept() -> None:
    found = proposal("f", "Số 5 ngõ 2, phường Phúc Xá, quận Ba Đình, Hà Nội")
    assert found and not found.blocks
    assert found.proposal == "" or (found.proposal.startswith("Số 5 ngõ 2, ") and found.proposal.endswith("Hà Nội"))
