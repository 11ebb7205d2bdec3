"""Learning which procedure is meant in a talk: the right one of each choice becomes the likeliest."""

import numpy as np

from bot.commands.fit_context import Choice, cross_checked, fit


def choice(dialogue: str, right: str, signs: dict[str, tuple[float, float]]) -> Choice:
    codes = list(signs)
    return Choice(
        dialogue,
        "…",
        codes,
        np.array([signs[code] for code in codes]),
        np.array([float(code == right) for code in codes]),
    )


# The second sign marks the right one, the first says nothing.
CHOICES = [
    choice(f"talk-{number}", "a" if number % 2 else "b", {"a": (number % 3, number % 2), "b": (1.0, 1 - number % 2)})
    for number in range(20)
]


def test_the_sign_that_marks_the_right_one_gets_the_weight() -> None:
    nothing, marks = fit(CHOICES)
    assert marks > 2
    assert abs(nothing) < 0.5


def test_each_dialogue_is_judged_by_weights_learned_from_others() -> None:
    checked = cross_checked(CHOICES)
    assert len(checked) == len(CHOICES)
    assert all(one.right[shares.argmax()] for one, shares in checked)
