"""Greetings, thanks, who we are, emergencies and warnings: short fixed answers."""

from __future__ import annotations

from actions.turn import Turn

REASON_OF = {
    "greet": "greeting",
    "goodbye": "goodbye",
    "thanks": "thanks",
    "bot_challenge": "who_am_i",
    "smalltalk": "smalltalk",
    "abuse": "abuse",
    "emergency": "emergency",
    "scam": "scam",
}
_OFFICER = [("Gặp cán bộ", "/handoff")]


def chat(turn: Turn) -> None:
    """Answer by the closed list of reasons; emergencies and scams are notices, the rest is small talk."""
    reason = REASON_OF.get(turn.intent, "smalltalk")
    if reason == "abuse":
        return _abused(turn)
    turn.notice(reason, kind="notice" if reason in ("emergency", "scam") else "smalltalk")


def _abused(turn: Turn) -> None:
    """Calm the first time; afterwards shorter, with a person."""
    turn.memory.abused += 1
    if turn.memory.abused == 1:
        turn.notice("abuse", kind="smalltalk")
    else:
        turn.notice("abuse", kind="smalltalk", sentence="abuse_short", buttons=_OFFICER)
