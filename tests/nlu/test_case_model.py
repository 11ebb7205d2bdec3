"""Cases learned from what others said: words nobody put into a phrase, and how certain it is."""

import pytest

from bot.nlu.case_model import CaseModel, model_of
from bot.nlu.confirmed import Confirmed
from bot.nlu.normalise import normalise
from procedures_kb.model import Case, Procedure

QUESTIONS = ("bao lâu thì xong", "phải mang giấy tờ gì", "nộp ở đâu", "hết bao nhiêu tiền")
TOLD = [
    Confirmed("cái thẻ bị chó gặm nát rồi", ("1.014064",), case="hong"),
    Confirmed("con bé cho thẻ vào máy giặt gãy đôi", ("1.014064",), case="hong"),
    Confirmed("trộm nó lấy cả ví lẫn thẻ", ("1.014064",), case="mat"),
    Confirmed("ví bay mất trên xe buýt", ("1.014064",), case="mat"),
]


@pytest.fixture
def card(catalog: dict[str, Procedure]) -> CaseModel:
    return CaseModel.train(catalog["1.014064"], TOLD, QUESTIONS)


def likeliest(model: CaseModel, said: str) -> str:
    normal = normalise(said)
    return model.judge(normal.text, normal.marked).order[0]


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("thẻ nhà em bị chó gặm", "hong"),
        ("the nha em bi cho gam", "hong"),
        ("hôm qua bị trộm lấy ví", "mat"),
        ("bao lâu thì xong ạ", ""),
    ],
)
def test_words_of_other_people_tell_the_case(card: CaseModel, said: str, case: str) -> None:
    assert likeliest(card, said) == case


def test_words_never_heard_tell_no_case_for_certain(card: CaseModel) -> None:
    normal = normalise("chiều nay trời mưa to lắm")
    judged = card.judge(normal.text, normal.marked)
    best = next(case for case in judged.order if case)
    assert judged.certainty(best, None) < 0.5


def test_a_phrase_that_agrees_makes_a_case_more_certain_and_one_that_differs_less(card: CaseModel) -> None:
    normal = normalise("thẻ bị chó gặm nát")
    judged = card.judge(normal.text, normal.marked)
    alone, agreed, opposed = (judged.certainty("hong", phrase) for phrase in (None, "hong", "mat"))
    assert opposed < alone < agreed


def test_a_case_changed_in_the_knowledge_base_is_learned_anew(catalog: dict[str, Procedure]) -> None:
    procedure = catalog["1.014064"]
    before = model_of(procedure)
    assert model_of(procedure) is before
    changed = Case(id="hong", label="Thẻ hỏng", phrases=["rụng hết chữ"])
    other = Procedure(
        **{**{name: getattr(procedure, name) for name in procedure.__struct_fields__}, "cases": [changed]}
    )
    assert model_of(other) is not before


def test_another_name_in_the_knowledge_base_is_learned_anew(catalog: dict[str, Procedure]) -> None:
    procedure = catalog["1.014064"]
    before = model_of(procedure)
    renamed = Procedure(
        **{**{name: getattr(procedure, name) for name in procedure.__struct_fields__}, "aliases": ["xin lại thẻ"]}
    )
    assert model_of(renamed) is not before
