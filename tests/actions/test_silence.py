"""Nothing said gets a short prompt, but a greeting is a greeting and "ừ" to a question of ours is an answer."""

import pytest

from actions.silence import silent
from actions.turn import Choice, Memory
from tests.actions.turns import make_turn


@pytest.mark.parametrize("text", ["...", "🙂", "???", "ờ", "à", "hmm", ""])
def test_silence(text: str) -> None:
    turn = make_turn(text, intent="smalltalk", memory=Memory(introduced=True))
    assert silent(turn)
    assert turn.messages[0]["custom"]["reason"] == "silence"


@pytest.mark.parametrize("text", ["tạm trú", "2", "cần gì", "không"])
def test_words(text: str) -> None:
    assert not silent(make_turn(text))


def test_alo_greets_first_and_prompts_later() -> None:
    assert not silent(make_turn("alo", intent="greet"))
    assert silent(make_turn("alo", intent="greet", memory=Memory(introduced=True)))


def test_open_choices_are_listed_and_stay_open() -> None:
    turn = make_turn("...", memory=Memory(offered=[Choice("procedure", "a", "Tách hộ")]))
    assert silent(turn)
    assert "1. Tách hộ" in turn.messages[0]["text"]
    assert turn.memory.offered
