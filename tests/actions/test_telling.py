"""Which case is told: by an age, a phrase, or what was learned; one told before is not lightly given up."""

from actions.telling import case_understood
from actions.turn import Memory, reviewed
from procedures_kb.model import Procedure
from tests.actions.turns import make_turn


def record(code: str) -> Procedure:
    procedure = reviewed(code)
    assert procedure is not None
    return procedure


def case_of(code: str, said: str, known: str | None = None) -> str | None:
    memory = Memory(procedure=code, case=known) if known else Memory()
    told = case_understood(make_turn(said, memory=memory), record(code))
    return told.id if told else None


def test_words_that_stand_in_no_phrase_tell_the_case() -> None:
    assert case_of("3.000347", "bằng lái ô tô B2 của mình còn 1 tháng nữa hết hạn, đổi thế nào") == "oto_con_han"


def test_an_age_outweighs_what_sounds_like_another_case() -> None:
    assert case_of("1.014062", "bé nhà em 8 tuổi mất thẻ trên xe buýt") == "tu_6_den_14"


def test_a_bare_question_tells_no_case() -> None:
    assert case_of("1.001193", "nộp ở đâu vậy ạ") is None


def test_a_case_told_before_gives_way_to_a_phrase() -> None:
    assert case_of("1.004194", "à mà em ở nhờ nhà bạn", known="thue_nha") == "o_nho_nguoi_than"


def test_a_question_that_hints_at_another_case_does_not_change_the_one_told() -> None:
    assert case_of("1.012575", "phí biển Hà Nội nhiêu", known="xe_may") in (None, "xe_may")
