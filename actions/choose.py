"""Picking one of the choices we offered, and yes or no to what we offered."""

from __future__ import annotations

from actions.answering import answer, choose_case
from actions.asking import ask_again, ask_which
from actions.conversation import picked, yes_or_no
from actions.guide import guide
from actions.turn import Capability, Choice, Turn, sentences


class Choose(Capability):
    """Rasa action of choices, yes and no."""

    def name(self) -> str:
        return "action_choose"

    def respond(self, turn: Turn) -> None:
        choose(turn)


def choose(turn: Turn) -> None:
    """Apply a button, a number, an ordinal, a yes or a no to what was offered last."""
    from actions.submission import (
        begin,
        settle_consent,
    )  # submission builds on choices; imported late to avoid a circle

    memory = turn.memory
    if turn.is_button and turn.intent == "choose":
        code, case = turn.entity("procedure"), turn.entity("case")
        if code and case:
            return choose_case(turn, code, case)
        if code:
            return answer(turn, code, memory.wanted or None)
    consent = next((choice for choice in memory.offered if choice.kind == "consent"), None)
    answered = yes_or_no(turn)
    if consent:
        if answered is not None:
            return settle_consent(turn, consent.value, answered)
        return guide(turn)
    choice = picked(turn)
    if choice is None and answered is True and len(memory.offered) == 1:
        choice = memory.offered[0]
    if choice:
        memory.offered = []
        if choice.kind == "case" and memory.procedure:
            return choose_case(turn, memory.procedure, choice.value)
        if choice.kind == "start":
            return begin(turn, choice.value)
        return answer(turn, choice.value, memory.wanted or None)
    if answered is False and memory.offered:
        return _decline(turn, memory.offered)
    if turn.understanding.verdict != "unsure":
        return guide(turn)
    if answered is not None:
        turn.notice("nothing_open", text=sentences()["nothing_to_choose"])
        return
    ask_again(turn)


def _decline(turn: Turn, offered: list[Choice]) -> None:
    """None of the offered ones: remember it, offer the next best that were not named yet, else ask for words."""
    memory = turn.memory
    memory.offered = []
    if offered[0].kind != "procedure":
        turn.notice("nothing_open", text=sentences()["skip_outside"])
        return
    memory.declined = [*memory.declined, *(choice.value for choice in offered)]
    others = [item for item in turn.understanding.ranking if item.code not in memory.declined][:3]
    if others and turn.understanding.verdict != "unsure":
        return ask_which(turn, others)
    turn.notice("not_understood", kind="fallback", text=sentences()["declined_all"])
