"""Personal numbers in the chat: what counts, one warning, and that nothing is said back."""

import pytest

from actions.personal_data import mask, personal_numbers, warn
from actions.turn import Memory
from tests.actions.turns import make_turn


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("căn cước 001190000123 nhé", ["001190000123"]), ("cccd 001 190 000 123", ["001 190 000 123"]),
        ("gọi em 0912.345.678", ["0912.345.678"]), ("+84912345678", ["+84912345678"]), ("cmnd cũ 012345678", ["012345678"]),
        ("thẻ 9704 1234 5678 9012", ["9704 1234 5678 9012"]),
        ("nhà 150000000 đồng", []), ("bán 1.500.000.000 đồng", []), ("hồ sơ H26.1-261105-0012", []),
        ("000.00.00.H26-260105-0001", []), ("thủ tục 1.004194", []), ("sinh ngày 12/12/2002", []), ("2 bản, 15.000 đồng", []),
    ],
)  # fmt: skip
def test_personal_numbers(text: str, numbers: list[str]) -> None:
    assert personal_numbers(text) == numbers


def test_warned_once_and_the_question_goes_on() -> None:
    memory = Memory()
    first = make_turn("số của em 0912345678, đăng ký tạm trú bao nhiêu tiền", memory=memory)
    assert not warn(first)
    assert first.messages[0]["custom"]["reason"] == "personal_data"
    second = make_turn("gọi lại số 0912345678 nhé, mất bao lâu thì xong", memory=first.memory)
    assert not warn(second)
    assert not second.messages


def test_a_number_alone_ends_the_turn() -> None:
    assert warn(make_turn("0912345678", memory=Memory(warned=True)))


def test_nothing_is_said_back() -> None:
    turn = make_turn("mã 001190000123 của em")
    turn.say("Mã 001190000123 chưa đúng dạng.", {"kind": "status", "code": "001190000123"})
    mask(turn)
    assert "001190000123" not in str(turn.messages)
    assert "•••• 123" in turn.messages[0]["text"]
