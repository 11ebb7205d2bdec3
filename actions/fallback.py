"""What is not ours, and what cannot be read."""

from __future__ import annotations

from actions.guide import elsewhere, guide
from actions.turn import Capability, Turn


class Fallback(Capability):
    """Rasa action of the last resort."""

    def name(self) -> str:
        return "action_fallback"

    def respond(self, turn: Turn) -> None:
        fallback(turn)


def fallback(turn: Turn) -> None:
    """Out of scope is said plainly; an unreadable message asks for words; the rest goes through the unsure ladder."""
    if turn.intent == "out_of_scope":
        # A follow-up about the procedure at hand ("thế bao nhiêu tiền") may look like nothing of ours by itself.
        if turn.memory.procedure and turn.understanding.aspects and len(turn.understanding.text.split()) <= 8:
            return guide(turn)
        if sentence := elsewhere(turn.understanding.text, turn.understanding.marked):
            turn.notice("elsewhere", kind="fallback", text=sentence)
        else:
            turn.notice("out_of_scope", kind="fallback")
    elif not turn.understanding.text:
        turn.notice("unreadable", kind="fallback")
    else:
        guide(turn)
