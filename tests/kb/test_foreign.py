"""People name the country; procedures say "nước ngoài"."""

import pytest

from procedures_kb.foreign import ABROAD, PERSON, implied


@pytest.mark.parametrize(
    "text",
    [
        "lấy chồng hàn thì đăng ký ở đâu",
        "kết hôn hàn thì nộp ở đâu",
        "bạn gái em là người nhật",
        "khách người lào ngủ nhờ",
        "vợ đài loan về ra mắt",
    ],
)
def test_a_person_of_another_country_is_a_foreigner(text: str) -> None:
    assert implied(text, True) == PERSON


@pytest.mark.parametrize("text", ["cưới bên đức năm ngoái", "bằng do trường bên úc cấp", "em mới từ hàn quốc về"])
def test_what_happened_in_another_country_happened_abroad(text: str) -> None:
    assert implied(text, True) == ABROAD


@pytest.mark.parametrize(
    "text",
    [
        "sinh nhật con em",
        "hàn xì trong ngõ",
        "người lao động nghỉ việc",
        "em ở mỹ đình",
        "quê lào cai",
        "nghỉ chủ nhật",
    ],
)
def test_words_that_only_sound_like_countries_are_none(text: str) -> None:
    assert implied(text, True) == ""


@pytest.mark.parametrize(
    "text", ["nguoi lao dong nghi viec", "het han roi", "em o my dinh", "con thai san", "nguoi anh trai"]
)
def test_without_marks_only_plain_names_count(text: str) -> None:
    assert implied(text, False) == ""


def test_without_marks_a_person_is_still_a_foreigner() -> None:
    assert implied("chong nguoi han", False) == "nguoi nuoc ngoai"
