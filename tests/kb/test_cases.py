"""A case told in words."""

import pytest

from procedures_kb.cases import case_from_words
from procedures_kb.model import Procedure


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("thẻ của tôi bị mất", "mat"),
        ("thẻ của tôi bị rơi mất", "mat"),
        ("thẻ vẫn còn, không bị ai lấy mất cả", None),  # too far apart, and turned round
        ("thẻ gãy", None),
        ("tôi lỡ tay làm gãy cái thẻ", "hong"),
    ],
)
def test_words_between_those_of_a_phrase(catalog: dict[str, Procedure], said: str, case: str | None) -> None:
    told = case_from_words(catalog["1.014064"], said, marked=True)
    assert (told.id if told else None) == case


def test_a_negation_inside_a_phrase_turns_it_round(catalog: dict[str, Procedure]) -> None:
    assert case_from_words(catalog["1.014064"], "thẻ bị chưa mất", marked=True) is None


def test_a_negation_before_a_phrase_turns_it_round(catalog: dict[str, Procedure]) -> None:
    assert case_from_words(catalog["1.014064"], "thẻ không bị mất", marked=True) is None


@pytest.mark.parametrize(
    ("said", "case"), [("cụ 78 tuổi", "tu_75"), ("bà em 72 tuổi", "ngheo_70"), ("cụ 178 tuổi", None)]
)
def test_an_age_within_the_range_of_a_phrase(catalog: dict[str, Procedure], said: str, case: str | None) -> None:
    told = case_from_words(catalog["1.014027"], said, marked=True)
    assert (told.id if told else None) == case


def test_a_negation_and_one_word_tell_a_case_only_side_by_side(catalog: dict[str, Procedure]) -> None:
    birth = catalog["1.001193"]
    told = case_from_words(birth, "em sinh con không chồng", marked=True)
    assert told and told.id == "me_don_than"
    assert case_from_words(birth, "giờ khai sinh được không ạ vợ chồng em cưới rồi", marked=True) is None


def test_a_country_is_told_as_abroad(catalog: dict[str, Procedure]) -> None:
    told = case_from_words(catalog["2.000815"], "giấy do trường bên úc cấp", marked=True)
    assert told and told.id == "giay_nuoc_ngoai"


def test_any_words_may_stand_where_a_phrase_is_open(catalog: dict[str, Procedure]) -> None:
    told = case_from_words(catalog["2.000635"], "mất giấy kết hôn lâu rồi mà phường bảo sổ cũng cháy hết", marked=True)
    assert told and told.moves_to == "1.004746"


def test_a_dossier_without_marks_is_no_help_for_others(catalog: dict[str, Procedure]) -> None:
    assert case_from_words(catalog["1.001612"], "lam ho so luon cho em di", marked=False) is None


def test_for_somebody_is_not_a_household(catalog: dict[str, Procedure]) -> None:
    assert case_from_words(catalog["2.000635"], "xin hộ em gái được không", marked=True).id == "di_thay"  # type: ignore[union-attr]
    told = case_from_words(catalog["2.000635"], "xin trích lục hộ tịch ở đâu", marked=True)
    assert told is None or told.id != "di_thay"


def test_an_age_tells_more_than_longer_words(catalog: dict[str, Procedure]) -> None:
    told = case_from_words(catalog["1.014061"], "con tôi 5 tuổi chưa có căn cước", marked=True)
    assert told and told.moves_to == "1.014062"
