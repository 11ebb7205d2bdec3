"""Cancel, correct, skip and repeat outside a form. Inside one, actions/submission.py handles them."""

from __future__ import annotations

import re
from typing import cast

from actions.answering import ask_case
from actions.asked import asked_by
from actions.asking import offer_again
from actions.conversation import asks, closes, open_consent, picked
from actions.following import says_more
from actions.guide import guide
from actions.turn import Turn, reviewed, sentences
from actions.two_matters import short_answer
from procedures_kb.facts import Aspect

SHORTER = 2  # times the same facts are said in other words before a person is named


def repair(turn: Turn) -> None:
    """Do what can be done; say plainly when there is nothing to cancel, correct or repeat."""
    from actions.choose import choose  # choices build on answers; imported late to avoid a circle

    memory = turn.memory
    if turn.intent == "repeat":
        return repeat(turn)
    if open_consent(turn):
        turn.intent = "deny"
        return choose(turn)
    if picked(turn):
        return choose(turn)
    if turn.intent == "correct" and (turn.understanding.verdict != "unsure" or memory.procedure or memory.offered):
        return guide(turn)
    if _asks_besides(turn):
        return guide(turn)
    reason = {"cancel": "nothing_to_cancel", "correct": "nothing_to_correct"}
    memory.offered = []
    turn.notice("nothing_open", sentence=reason.get(turn.intent, "skip_outside"))


def _asks_besides(turn: Turn) -> bool:
    """Whether a message that cancels or skips, with nothing open, asks or tells something as well.

    "Thôi bỏ chuyện đó. Mất sổ thì làm sao" has a clause without the set phrase; "chỉ ở thuê thôi ạ" has no set phrase.
    """
    best = turn.understanding.ranking[0] if turn.understanding.ranking else None
    if turn.understanding.verdict == "sure" and best is not None and best.reviewed and turn.heard_aspects:
        return True
    clauses = [clause for clause in re.split(r"[.,;:!?\n]+", turn.text) if clause.strip()]
    if any(closes(clause) for clause in clauses):
        return any(asks(clause) for clause in clauses if not closes(clause))
    return bool(asked_by(turn)) or (bool(turn.memory.procedure or turn.memory.offered) and says_more(turn))


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
