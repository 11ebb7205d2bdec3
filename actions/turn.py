"""One turn of a conversation as the capabilities see it: what was said, what is remembered, what is answered."""

from __future__ import annotations

import functools
import logging
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from bot import settings
from procedures_kb.store import Store

log = logging.getLogger(__name__)
_HERE = Path(__file__).parent


class Choice(msgspec.Struct, frozen=True):
    """One of the choices last offered; ``kind`` says what picking it means, ``value`` which one it is."""

    kind: str  # procedure | case | aspect | start | consent | cancel | submit
    value: str
    label: str


class Memory(msgspec.Struct, omit_defaults=True):
    """What a conversation remembers between turns (slot ``conversation``). Never personal data."""

    introduced: bool = False
    procedure: str | None = None
    case: str | None = None
    aspects: list[str] = []
    wanted: list[str] = []  # aspects asked before we knew the procedure, to be answered once it is chosen
    offered: list[Choice] = []
    declined: list[str] = []
    unsure: int = 0
    unit: str | None = None  # code of the ward or commune the citizen named
    owner: str = "bot"  # who answers: "bot" or "officer"
    draft: str | None = None  # id of the last draft, for resuming
    correcting: str | None = None  # id of the form field being corrected


class Ranked(msgspec.Struct, frozen=True):
    code: str
    name: str
    short_name: str
    reviewed: bool
    named: bool
    probability: float


class Understanding(msgspec.Struct, frozen=True):
    """What the NLU pipeline made of the message (bot/nlu/components.py)."""

    text: str = ""
    marked: bool = True
    aspects: list[str] = []
    verdict: str = "unsure"
    ranking: list[Ranked] = []
    candidates: list[str] = []


@functools.cache
def sentences() -> dict[str, str]:
    """Fixed sentences by name (sentences.yml)."""
    content: dict[str, str] = YAML(typ="safe").load((_HERE / "sentences.yml").read_text(encoding="utf-8"))
    return content


@functools.cache
def reasons() -> dict[str, dict[str, str]]:
    """The closed list of reasons (reasons.yml)."""
    content: dict[str, dict[str, str]] = YAML(typ="safe").load((_HERE / "reasons.yml").read_text(encoding="utf-8"))
    return content


@functools.cache
def knowledge() -> Store:
    """The knowledge base of this process."""
    return Store(settings.load().kb_path)


class Turn:
    """The message, the memory, and the replies collected so far."""

    def __init__(self, tracker: Tracker) -> None:
        latest = tracker.latest_message
        self.sender: str = tracker.sender_id
        self.text: str = latest.get("text") or ""
        self.intent: str = (latest.get("intent") or {}).get("name") or "nlu_fallback"
        self.entities: list[dict[str, Any]] = latest.get("entities") or []
        self.understanding = msgspec.convert(latest.get("understanding") or {}, Understanding)
        self.channel: str = (latest.get("metadata") or {}).get("channel") or "rest"
        self.memory = msgspec.convert(tracker.get_slot("conversation") or {}, Memory)
        self.submission: str | None = tracker.get_slot("submission")
        self.messages: list[dict[str, Any]] = []

    @property
    def is_button(self) -> bool:
        """Whether the message is a button's payload (``/intent{…}``), not typed text."""
        return self.text.startswith("/")

    def entity(self, name: str) -> str | None:
        """Value of the first entity of that name."""
        return next((str(e["value"]) for e in self.entities if e.get("entity") == name and e.get("value")), None)

    def say(
        self,
        text: str,
        custom: dict[str, Any],
        buttons: list[tuple[str, str]] | None = None,
        offer: list[Choice] | None = None,
    ) -> None:
        """Add a message. ``buttons`` are (title, payload); ``offer`` replaces the choices "the second one" refers to."""
        self.messages.append(
            {"text": text, "custom": custom, "buttons": [{"title": t, "payload": p} for t, p in buttons or []]}
        )
        if offer is not None:
            self.memory.offered = offer

    def notice(self, reason: str, kind: str = "notice", text: str | None = None, **more: Any) -> None:
        """Say the sentence of a reason from the closed list."""
        sentence = text or sentences()[reasons()[reason]["sentence"]]
        self.say(sentence, {"kind": kind, "reason": reason}, **more)


class Capability(Action, ABC):
    """Base of our actions: builds the turn, says first that this is an automated assistant, saves the memory."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml."""

    @abstractmethod
    def respond(self, turn: Turn) -> None:
        """Answer by ``turn.say``; change ``turn.memory`` and ``turn.submission`` as needed."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        self.respond(turn)
        if turn.messages and not turn.memory.introduced:
            turn.messages[0]["text"] = f"{sentences()['introduction']}\n\n{turn.messages[0]['text']}"
            turn.memory.introduced = True
        for message in turn.messages:
            dispatcher.utter_message(text=message["text"], buttons=message["buttons"], json_message=message["custom"])
        return [
            SlotSet("conversation", msgspec.to_builtins(turn.memory)),
            SlotSet("submission", turn.submission),
        ]
