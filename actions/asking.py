"""Asking back: which procedure, in other words, or by the menu. Every question remembers what is to be answered after it."""

from __future__ import annotations

import json

from actions.turn import Choice, Ranked, Turn, knowledge, sentences


def payload(intent: str, **values: str) -> str:
    """What a button says: an act with its values."""
    return f"/{intent}{json.dumps(values, ensure_ascii=False)}"


def ask_which(turn: Turn, candidates: list[Ranked]) -> None:
    """Two or three are close: ask which, and remember what is declined."""
    turn.memory.unsure = 0
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    _offer(turn, sentences()["which_one"], [(item.code, _label(item)) for item in candidates])


def offer_again(turn: Turn) -> None:
    """A question about one of the offered procedures before it was chosen: offer them again, remember the question."""
    offered = turn.memory.offered
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    _offer(turn, sentences()["choose_first"], [(choice.value, choice.label) for choice in offered])


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


def _label(item: Ranked) -> str:
    name = item.short_name or item.name
    name = name[:1].upper() + name[1:]
    return name if len(name) <= 90 else name[:87].rstrip() + "…"


def ask_again(turn: Turn) -> None:
    """Unsure: one short question; the second time a menu and an officer. Never the same sentence for ever."""
    turn.memory.unsure += 1
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    if turn.memory.unsure == 1:
        turn.notice("not_understood", kind="fallback", offer=[])
        return
    menu(turn)


def menu(turn: Turn) -> None:
    """The procedures citizens need most, and a person."""
    entries = [entry for entry in knowledge().entries() if entry.procedure]
    entries.sort(key=lambda entry: -(entry.procedure.frequency if entry.procedure else 0))
    common = [entry.procedure for entry in entries[:5] if entry.procedure]
    buttons = [(p.short_name[:1].upper() + p.short_name[1:], payload("choose", procedure=p.code)) for p in common]
    turn.notice(
        "menu", kind="fallback", buttons=[*buttons, ("Gặp cán bộ", "/handoff")],
        offer=[Choice("procedure", p.code, p.short_name) for p in common],
    )  # fmt: skip
