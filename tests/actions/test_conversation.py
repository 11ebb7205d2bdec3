"""Conversation repair: recognised by set phrases whatever the intent model thinks."""

import pytest

from actions.conversation import consent_in, is_question, picked, refuses_data, repair_of, yes_or_no
from actions.turn import Choice, Memory, Turn
from tests.actions.turns import make_turn


def turn(text: str, intent: str = "inform", offered: list[Choice] | None = None) -> Turn:
    return make_turn(text, intent, memory=Memory(offered=offered or []))


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("à nhầm, sinh ngày 3", "correct"), ("em ghi sai tên rồi", "correct"), ("sửa lại ngày sinh", "correct"),
        ("a nham roi", "correct"), ("thôi không làm nữa", "cancel"), ("hủy đi", "cancel"), ("thoi em ban roi bo di", "cancel"),
        ("dừng lại", "cancel"), ("để sau", "skip"), ("bỏ qua câu này", "skip"), ("không nhớ ạ", "skip"), ("nhắc lại đi", "repeat"),
        ("chưa hiểu", "repeat"), ("cho em gặp cán bộ", "handoff"), ("xoá dữ liệu của tôi", "erase_data"), ("làm tiếp", "resume"),
    ],
)  # fmt: skip
def test_repairs(text: str, repair: str) -> None:
    assert repair_of(turn(text)) == repair


@pytest.mark.parametrize(
    "text",
    ["Nguyễn Văn Thôi", "Trần Thị Hủy", "phường Cầu Giấy", "Kinh", "Đỗ Văn Sửa", "số 5 ngõ 12 Để Thám", "3/1/1995"],
)
def test_answers_are_not_repairs(text: str) -> None:
    assert repair_of(turn(text)) is None


@pytest.mark.parametrize(
    "text", ["lệ phí bao nhiêu vậy", "nộp ở đâu ạ", "le phi bao nhieu", "có mất tiền không?", "tại sao cần số này"]
)
def test_side_questions(text: str) -> None:
    assert is_question(turn(text))


@pytest.mark.parametrize(
    "text", ["Nhà ở đầu ngõ 5", "Số 5 phố Hàng Bài", "Nguyễn Thị Mai", "so 5 o dau ngo 12", "phường Láng"]
)
def test_answers_are_not_questions(text: str) -> None:
    assert not is_question(turn(text))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("dạ đồng ý ạ", True),
        ("ok", True),
        ("vâng", True),
        ("không đồng ý", False),
        ("thôi", False),
        ("toi dong y", True),
        ("Nguyễn Văn Có", None),
    ],
)
def test_yes_and_no(text: str, answer: bool | None) -> None:
    assert yes_or_no(turn(text)) is answer


OFFERED = [
    Choice("procedure", "a", "Đăng ký thường trú"),
    Choice("procedure", "b", "Đăng ký tạm trú"),
    Choice("procedure", "c", "Tách hộ"),
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", "b"),
        ("cái thứ hai", "b"),
        ("số 3", "c"),
        ("cái đầu tiên", "a"),
        ("cái giữa ấy", "b"),
        ("cái cuối", "c"),
        ("tạm trú", "b"),
        ("tam tru", "b"),
        ("cai thu 2", "b"),
    ],
)
def test_picks(text: str, value: str) -> None:
    choice = picked(turn(text, offered=OFFERED))
    assert choice and choice.value == value


@pytest.mark.parametrize("text", ["7", "đăng ký", "không biết", "cái khác"])
def test_what_picks_nothing(text: str) -> None:
    assert picked(turn(text, offered=OFFERED)) is None


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("đồng ý", True), ("em đồng ý cho lưu", True), ("ko đồng ý", False), ("toi ko muon khai tren mang", False),
        ("thôi huỷ đi ạ", False), ("chưa có giấy chứng sinh thì sao", None), ("không biết có mất tiền không", None),
        ("chưa biết nữa", None),
    ],
)  # fmt: skip
def test_only_a_refusal_or_a_cancel_declines_consent(text: str, agreed: bool | None) -> None:
    assert consent_in(turn(text)) is agreed


def test_refusing_personal_data_is_more_than_not_wanting_something() -> None:
    assert refuses_data(turn("anh ko muốn khai thông tin lên đây đâu"))
    assert not refuses_data(turn("em không muốn khai sinh theo họ bố"))
