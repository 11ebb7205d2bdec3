"""Asking back: which procedure, in other words, or by the menu. Every question remembers what is to be answered after it."""

from __future__ import annotations

import json

from actions.handoff import matter_in_words
from actions.turn import Choice, Ranked, Turn, knowledge, sentences

LIKELY_FROM, LIKELY_LEAD = 0.4, 2.0  # probability, and lead over the second, that make the first of several likely


def payload(intent: str, **values: str) -> str:
    """What a button says: an act with its values."""
    return f"/{intent}{json.dumps(values, ensure_ascii=False)}"


def ask_which(turn: Turn, candidates: list[Ranked], question: str | None = None) -> None:
    """Two or three are close: ask which, and remember what is declined. ``question`` = name of another sentence for it."""
    turn.memory.wanted = turn.heard_aspects or turn.memory.wanted
    first, second = candidates[0].probability, candidates[1].probability if len(candidates) > 1 else 0.0
    turn.memory.likely = candidates[0].code if first >= LIKELY_LEAD * second and first >= LIKELY_FROM else None
    name = question or ("which_one" if len(candidates) > 1 else "is_it_this")
    _offer(turn, sentences()[name], [(item.code, label(item)) for item in candidates])


def ask_between(turn: Turn, code: str, others: list[Ranked]) -> None:
    """Is the procedure at hand still meant, or one of the others? What was asked is remembered for the answer."""
    turn.memory.wanted = turn.heard_aspects or turn.memory.wanted
    turn.memory.likely = None
    procedure = knowledge().get(code).procedure
    name = procedure.short_name if procedure else knowledge().get(code).name
    question = sentences()["this_or_that" if others else "still_this"].format(name=name)
    choices = [(code, name[:1].upper() + name[1:]), *((item.code, label(item)) for item in others)]
    _offer(turn, question, choices)


def offer_again(turn: Turn, question: str = "choose_first") -> None:
    """A question about one of the offered procedures before it was chosen: offer them again, remember the question."""
    offered = turn.memory.offered
    turn.memory.wanted = turn.heard_aspects or turn.memory.wanted
    _offer(turn, sentences()[question], [(choice.value, choice.label) for choice in offered])


def _offer(turn: Turn, question: str, choices: list[tuple[str, str]]) -> None:
    """Offer procedures as (code, label), numbered in the text and as buttons."""
    listed = "\n".join(f"{number}. {label}" for number, (_, label) in enumerate(choices, 1))
    turn.say(
        f"{question}\n{listed}",
        {"kind": "clarify", "candidates": [{"code": code, "name": label} for code, label in choices]},
        [(label, payload("choose", procedure=code)) for code, label in choices]
        + [(sentences()["none_of_these"], "/deny")],
        [Choice("procedure", code, label) for code, label in choices],
    )


def ask_among(turn: Turn, codes: list[str], question: str | None = None) -> None:
    """Ask which of some reviewed procedures is meant: they bear the name the citizen used, or are of the field named."""
    entries = [knowledge().get(code) for code in codes]
    procedures = [entry.procedure for entry in entries if entry.procedure]
    ask_which(turn, [Ranked(p.code, p.name, p.short_name, True, True, 0.0) for p in procedures], question)


def label(item: Ranked) -> str:
    """What a procedure is called on a button."""
    name = item.short_name or item.name
    name = name[:1].upper() + name[1:]
    return name if len(name) <= 90 else name[:87].rstrip() + "…"


def ask_again(turn: Turn) -> None:
    """Unsure: one short question; the second time a menu and an officer; then both in turn, in other words."""
    turn.memory.unsure += 1
    turn.memory.wanted = turn.heard_aspects or turn.memory.wanted
    if turn.memory.unsure % 2:
        sentence = "not_understood" if turn.memory.unsure == 1 else "not_understood_again"
        turn.notice(
            "not_understood", kind="fallback", sentence=sentence, offer=[], buttons=[("Gặp cán bộ", "/handoff")]
        )
        return
    menu(turn)


def menu(turn: Turn) -> None:
    """The procedures citizens need most, and a person."""
    known = [entry.procedure for entry in knowledge().entries("published") if entry.procedure]
    common = sorted(known, key=lambda procedure: -procedure.frequency)[:5]
    buttons = [(p.short_name[:1].upper() + p.short_name[1:], payload("choose", procedure=p.code)) for p in common]
    turn.notice(
        "menu", kind="fallback", buttons=[*buttons, ("Gặp cán bộ", "/handoff")],
        offer=[Choice("procedure", p.code, p.short_name) for p in common],
    )  # fmt: skip
    if matter := matter_in_words(turn):  # what a person needs to be told
        turn.messages[-1]["text"] += "\n" + sentences()["menu_context"].format(name=matter)
