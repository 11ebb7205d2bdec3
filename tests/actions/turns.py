"""Turns for unit tests: a real Turn over a stand-in of Rasa's tracker, normalised as the pipeline would."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec

from actions.turn import Memory, Turn
from bot.nlu import talk_network
from bot.nlu.normalise import normalise


def make_turn(
    text: str,
    intent: str = "ask_procedure",
    memory: Memory | None = None,
    submission: str | None = None,
    **understood: Any,
) -> Turn:
    """A turn of typed text; ``understood`` sets fields of the understanding (aspects, verdict, ranking …)."""
    slots = {"conversation": msgspec.to_builtins(memory or Memory()), "submission": submission}
    latest = make_latest(text, intent, **understood)
    if memory and memory.procedure:
        in_talk = talk_network.probabilities(talk_network.network(), normalise(text), memory.procedure)
        latest["understanding"].setdefault("in_talk", in_talk)
    return Turn(SimpleNamespace(sender_id="someone", events=[], latest_message=latest, get_slot=slots.get))  # type: ignore[arg-type]


def make_latest(text: str, intent: str, **understood: Any) -> dict[str, Any]:
    """A message as the pipeline hands it on."""
    normal = normalise(text)
    return {
        "text": text, "intent": {"name": intent}, "entities": [], "metadata": {},
        "understanding": {"text": normal.text, "marked": normal.marked, **understood},
    }  # fmt: skip
