"""Names of procedures in a message, and what is built on them: two matters, comparison, what is done already."""

from collections.abc import Iterator

import pytest

from actions import comparing, naming, two_matters
from actions.turn import Memory
from procedures_kb.store import Store
from tests.actions.turns import make_turn


@pytest.fixture(autouse=True)
def _knowledge(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(naming, "knowledge", lambda: store)
    naming._names.cache_clear()
    yield
    naming._names.cache_clear()


def codes(text: str) -> list[str]:
    return [name.codes[0] for name in naming.named_in(make_turn(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đăng ký tạm trú với thường trú", ["1.004194", "1.004222"]), ("dang ky tam tru voi thuong tru", ["1.004194", "1.004222"]),
        ("gia hạn tạm trú cần gì", ["1.002755"]), ("hết bao nhiêu tiền", []),
    ],
)  # fmt: skip
def test_longest_name_from_left_to_right(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("em vừa muốn nhập khẩu vừa đổi căn cước", 2), ("làm tạm trú và đổi bằng lái", 2), ("đăng ký kết hôn với người nước ngoài", 0),
        ("em đã đăng ký kết hôn rồi, giờ đăng ký tạm trú", 0), ("đăng ký tạm trú", 0),
    ],
)  # fmt: skip
def test_two_matters_stand_side_by_side(text: str, count: int) -> None:
    assert len(two_matters.wanted(make_turn(text))) == count


def test_what_is_done_is_not_wanted() -> None:
    assert two_matters.wanted_not_done(make_turn("em đã đăng ký kết hôn rồi, giờ đăng ký tạm trú cần gì")) == "1.004194"
    assert two_matters.wanted_not_done(make_turn("đăng ký tạm trú cần gì")) is None


def test_one_name_is_compared_with_the_subject() -> None:
    turn = make_turn("thế khác gì với tách hộ", memory=Memory(procedure="1.004194"))
    assert comparing.compared(turn) == ["1.004194", "1.010038"]
