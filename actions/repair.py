"""Cancel, correct, skip and repeat outside a form. Inside one, actions/submission.py handles them."""

from __future__ import annotations

from typing import cast

from actions.answering import ask_case, reviewed
from actions.asking import offer_again
from actions.conversation import picked
from actions.guide import guide
from actions.turn import Turn, sentences
from actions.two_matters import short_answer
from procedures_kb.facts import Aspect

SHORTER = 2  # times the same facts are said in other words before a person is named


def repair(turn: Turn) -> None:
    """Do what can be done; say plainly when there is nothing to cancel, correct or repeat."""
    from actions.choose import choose  # choices build on answers; imported late to avoid a circle

    memory = turn.memory
    if turn.intent == "repeat":
        return repeat(turn)
    if any(choice.kind == "consent" for choice in memory.offered):
        turn.intent = "deny"
        return choose(turn)
    if picked(turn):
        return choose(turn)
    if turn.intent == "correct" and (turn.understanding.verdict != "unsure" or memory.procedure or memory.offered):
        return guide(turn)
    best = turn.understanding.ranking[0] if turn.understanding.ranking else None
    sure = turn.understanding.verdict == "sure" and best is not None and best.reviewed
    if turn.intent in ("cancel", "skip") and sure and turn.heard_aspects:
        return guide(turn)  # "thôi bỏ chuyện đó, đổi căn cước mất bao lâu"
    reason = {"cancel": "nothing_to_cancel", "correct": "nothing_to_correct"}
    memory.offered = []
    turn.notice("nothing_open", sentence=reason.get(turn.intent, "skip_outside"))


def repeat(turn: Turn) -> None:
    """Say again what was said last, shorter: an open question, else the asked facts in a line each."""
    memory = turn.memory
    kind = memory.offered[0].kind if memory.offered else None
    procedure = reviewed(memory.procedure) if memory.procedure else None
    if kind == "procedure":
        return offer_again(turn)
    if procedure is None or not memory.aspects:
        turn.notice("nothing_open", sentence="nothing_to_repeat")
        return
    memory.repeated += 1
    text, custom = short_answer(procedure, cast(list[Aspect], turn.heard_aspects or memory.aspects), memory.case)
    buttons: list[tuple[str, str]] = []
    lead = sentences()["said_shorter"]
    if memory.repeated >= SHORTER:
        lead, buttons = sentences()["said_shorter_again"], [("Gặp cán bộ", "/handoff")]
    turn.say(f"{lead}\n\n{text}", custom, buttons)
    if kind == "case" and memory.repeated < SHORTER:
        ask_case(turn, procedure)
