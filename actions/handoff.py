"""A person instead of the bot, and complaints: the channels that exist, with what the citizen was asking."""

from __future__ import annotations

from actions.turn import Turn, knowledge, sentences
from actions.wording import HEADINGS
from procedures_kb.store import UnknownProcedure


def handoff(turn: Turn) -> None:
    """Say how to reach a person and what to tell them. No queue of our own yet, so its position is not claimed."""
    words = sentences()
    complains = turn.intent == "complain"
    text = words["complaint" if complains else "handoff"]
    if matter := matter_in_words(turn):
        text += "\n" + words["complaint_context" if complains else "handoff_context"].format(name=matter)
    turn.say(text, {"kind": "handoff", "queue": {"position": None, "open_now": None, "reopens_at": None}}, offer=[])


def matter_in_words(turn: Turn) -> str | None:
    """What the citizen was asking: procedure, case, aspects. Never what they filled in."""
    memory = turn.memory
    if not memory.procedure:
        return None
    try:
        entry = knowledge().get(memory.procedure)
    except UnknownProcedure:
        return None
    parts = [entry.name]
    cases = entry.procedure.cases if entry.procedure else []
    parts += [case.label.lower() for case in cases if case.id == memory.case]
    asked = [HEADINGS[aspect].lower() for aspect in memory.aspects if HEADINGS.get(aspect)]
    return " – ".join(parts) + (f" (đã hỏi: {', '.join(asked)})" if asked else "")
