"""A person instead of the bot, and complaints: the channels that exist, with what the citizen was asking."""

from __future__ import annotations

import contextlib

from actions.turn import Capability, Turn, knowledge, sentences
from procedures_kb.store import UnknownProcedure


class Handoff(Capability):
    """Rasa action of the hand-over."""

    def name(self) -> str:
        return "action_handoff"

    def respond(self, turn: Turn) -> None:
        handoff(turn)


def handoff(turn: Turn) -> None:
    """Say how to reach a person. No queue of our own yet, so its position is not claimed."""
    words = sentences()
    text = words["complaint" if turn.intent == "complain" else "handoff"]
    if turn.memory.procedure and turn.intent != "complain":
        with contextlib.suppress(UnknownProcedure):
            text += " " + words["handoff_context"].format(name=knowledge().get(turn.memory.procedure).name)
    turn.say(text, {"kind": "handoff", "queue": {"position": None, "open_now": None, "reopens_at": None}})
