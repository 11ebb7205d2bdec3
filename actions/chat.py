"""Greetings, thanks, who we are, emergencies and warnings: short fixed answers."""

from __future__ import annotations

from actions.turn import Capability, Turn

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


class Chat(Capability):
    """Rasa action of the chat intents."""

    def name(self) -> str:
        return "action_chat"

    def respond(self, turn: Turn) -> None:
        chat(turn)


def chat(turn: Turn) -> None:
    """Answer by the closed list of reasons; emergencies and scams are notices, the rest is small talk."""
    reason = REASON_OF.get(turn.intent, "smalltalk")
    turn.notice(reason, kind="notice" if reason in ("emergency", "scam") else "smalltalk")
