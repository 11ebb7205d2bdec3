"""What is denied in a correction is told apart from what is meant."""

import pytest

from actions.correcting import denied_part, is_correction
from tests.actions.turns import make_turn


@pytest.mark.parametrize(
    ("plain", "denied"),
    [
        ("tam tru chu khong phai thuong tru", "thuong tru"), ("khong phai khai sinh ma la trich luc", "khai sinh"),
        ("em hoi can cuoc dau phai ho chieu", "ho chieu"), ("a nham y em la tam tru", ""),
    ],
)  # fmt: skip
def test_denied_part(plain: str, denied: str) -> None:
    part = denied_part(plain)
    assert plain[part.start : part.end] == denied


@pytest.mark.parametrize(
    "text",
    [
        "à nhầm, ý em là tạm trú",
        "không phải, em hỏi bằng lái",
        "nham roi, y e la tam tru",
        "ý tôi là xin giấy độc thân",
        "em nói nhầm",
    ],
)
def test_corrections(text: str) -> None:
    assert is_correction(make_turn(text))


@pytest.mark.parametrize(
    "text",
    [
        "không phải nộp giấy gì à",
        "khai sinh sai tên thì sửa ở đâu",
        "đăng ký nhầm nơi thì sao",
        "không phải mấy cái đó",
    ],
)
def test_other_messages(text: str) -> None:
    assert not is_correction(make_turn(text))
