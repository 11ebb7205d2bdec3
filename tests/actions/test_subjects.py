"""Subjects: taken up with their case, remembered up to three, declined ones kept, cleared after a submission."""

from actions.subjects import REMEMBERED, change_in_words, decline, finished, take_up
from actions.turn import Memory, Subject
from tests.actions.turns import make_turn


def test_an_earlier_subject_comes_back_with_its_case() -> None:
    turn = make_turn("…", memory=Memory(procedure="a", case="x", aspects=["fee"]))
    assert take_up(turn, "b")
    assert turn.memory.earlier == [Subject("a", "x", ["fee"])]
    assert (turn.memory.procedure, turn.memory.case) == ("b", None)
    assert take_up(turn, "a")
    assert turn.memory.case == "x"


def test_only_a_few_are_remembered() -> None:
    turn = make_turn("…")
    for code in "abcdef":
        take_up(turn, code)
    assert [subject.procedure for subject in turn.memory.earlier] == ["e", "d", "c"]
    assert len(turn.memory.earlier) == REMEMBERED


def test_the_first_subject_is_no_change() -> None:
    turn = make_turn("…")
    assert not take_up(turn, "a")
    assert not take_up(turn, "a")


def test_declined_until_taken_up() -> None:
    turn = make_turn("…")
    decline(turn, ["a", "b"])
    take_up(turn, "a")
    assert turn.memory.declined == ["b"]


def test_a_chosen_change_needs_no_words() -> None:
    turn = make_turn("…")
    assert change_in_words(turn, "tách hộ") == "Em chuyển sang việc tách hộ nhé."
    turn.quiet_change = True
    assert change_in_words(turn, "tách hộ") is None


def test_after_a_submission_only_subject_and_place_stay() -> None:
    memory = Memory(
        introduced=True,
        procedure="a",
        unit="00166",
        declined=["b"],
        earlier=[Subject("c")],
        draft="d",
        correcting="e",
        unsure=2,
    )
    finished(memory)
    assert memory == Memory(introduced=True, procedure="a", unit="00166")
