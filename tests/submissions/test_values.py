"""Reading what a citizen types into a field."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.submissions.values import CannotRead, read, shown
from procedures_kb.form_model import Field, Option

TODAY = dt.date(2026, 11, 22)


def field(kind: str, *options: str) -> Field:
    listed = [Option(value=f"v{n}", label=label) for n, label in enumerate(options, 1)]
    return Field(id="f", label="Mục", question="Hỏi?", type=kind, options=listed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3/1/1995", "1995-01-03"), ("3-1-95", "1995-01-03"), ("03.01.1995", "1995-01-03"), ("sinh ngày 3/1/90 ạ", "1990-01-03"),
        ("3 tháng 1 năm 1995", "1995-01-03"), ("1995-01-03", "1995-01-03"), ("29/02/2024", "2024-02-29"), ("5/6/05", "2005-06-05"),
    ],
)  # fmt: skip
def test_dates_in_any_habit(typed: str, value: str) -> None:
    assert read(field("date"), typed, TODAY) == value


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("29/02/2023", "trong lịch"), ("31/4/2020", "trong lịch"), ("1/1/2030", "chưa tới"), ("mùng 5 Tết", "dương lịch"),
        ("năm 1995", "đủ ngày"), ("1/1/1500", "xa quá"), ("", "chưa điền"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_say_why(typed: str, hint: str) -> None:
    with pytest.raises(CannotRead, match=hint):
        read(field("date"), typed, TODAY)


@pytest.mark.parametrize("typed", ["001195000123", "001 195 000 123", "số 001195000123 ạ"])
def test_personal_id(typed: str) -> None:
    assert read(field("personal_id"), typed, TODAY) == "001195000123"


@pytest.mark.parametrize(
    ("typed", "hint"), [("012345678", "9 chữ số"), ("00119500012", "12 chữ số"), ("999195000123", "001 đến 096")]
)
def test_wrong_personal_id_says_what_was_expected(typed: str, hint: str) -> None:
    with pytest.raises(CannotRead, match=hint):
        read(field("personal_id"), typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0912 345 678", "0912345678"), ("+84912345678", "0912345678"), ("024 3825 1234", "02438251234")],
)
def test_phone(typed: str, value: str) -> None:
    assert read(field("phone"), typed, TODAY) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("nguyễn thị mai", "Nguyễn Thị Mai"), ("Tên em là Trần Văn Bình ạ", "Trần Văn Bình"), ("Lê Hoà", "Lê Hoà"),
        ("họ tên: H'Hen Niê", "H'Hen Niê"), ("Đặng Ý", "Đặng Ý"),
    ],
)  # fmt: skip
def test_names_keep_the_citizens_spelling(typed: str, value: str) -> None:
    assert read(field("name"), typed, TODAY) == value


@pytest.mark.parametrize("typed", ["Mai", "Nguyễn Mai 123", "=SUM(A1)", "😀 Mai", "<b>Nguyễn Mai</b>", "a " * 40])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(CannotRead):
        read(field("name"), typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "value"), [("1", "v1"), ("mua ban nha", "v2"), ("Mua bán", "v2"), ("để vay vốn ngân hàng", "v3")]
)
def test_a_choice_by_number_or_words(typed: str, value: str) -> None:
    choices = field("choice", "Để đăng ký kết hôn", "Mua bán, chuyển nhượng nhà đất", "Vay vốn ngân hàng")
    assert read(choices, typed, TODAY) == value


def test_an_unclear_choice_lists_the_choices() -> None:
    with pytest.raises(CannotRead, match="1. Nữ; 2. Nam"):
        read(field("choice", "Nữ", "Nam"), "không rõ", TODAY)


@pytest.mark.parametrize(("typed", "value"), [("2", "2"), ("2 bản ạ", "2"), ("ba bản", "3")])
def test_counts(typed: str, value: str) -> None:
    assert read(field("count"), typed, TODAY) == value


@given(st.sampled_from(["text", "name", "date", "personal_id", "phone", "address", "count"]), st.text(max_size=400))
def test_any_text_is_read_or_refused_with_a_sentence(kind: str, text: str) -> None:
    try:
        value = read(field(kind), text, TODAY)
    except CannotRead as fault:
        assert str(fault).endswith((".", "ạ."))
    else:
        assert value and shown(field(kind), value)
