"""By when the citizen must act is another question than how long the office takes."""

import pytest

from actions.asked import asked_by
from tests.actions.turns import make_turn


@pytest.mark.parametrize(
    "text", ["trong bao nhiêu ngày thì phải đi khai", "phai bao truoc may ngay", "nộp chậm nhất khi nào"]
)
def test_by_when(text: str) -> None:
    assert "eligibility" in asked_by(make_turn(text, aspects=["duration"]))


@pytest.mark.parametrize("text", ["trong mấy ngày thì có kết quả", "mất bao lâu", "nộp xong mấy ngày nhận được"])
def test_how_long(text: str) -> None:
    assert asked_by(make_turn(text, aspects=["duration"])) == ["duration"]
