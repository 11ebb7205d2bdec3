"""One turn of a conversation as the capabilities see it: what was said, what is remembered, what is answered."""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import Path
from typing import Any

import msgspec
from rasa_sdk import Tracker
from ruamel.yaml import YAML

from bot import settings
from procedures_kb.model import Case, Procedure
from procedures_kb.store import Store, UnknownProcedure
from procedures_kb.text import fold, strip_marks

_HERE = Path(__file__).parent
REMEMBERED_MESSAGES = 2  # typed messages before this one whose words may still tell the case


class Choice(msgspec.Struct, frozen=True):
    """One of the choices last offered; ``kind`` says what picking it means, ``value`` which one it is."""

    kind: str  # procedure | case | aspect | start | consent | cancel | submit | withdraw | news
    value: str
    label: str


class Subject(msgspec.Struct, frozen=True):
    """A procedure talked about earlier, with what was known then."""

    procedure: str
    case: str | None = None
    aspects: list[str] = []


class Memory(msgspec.Struct, omit_defaults=True):
    """What a conversation remembers between turns (slot ``conversation``). Never personal data."""

    introduced: bool = False
    procedure: str | None = None
    case: str | None = None
    aspects: list[str] = []
    wanted: list[str] = []  # aspects asked before we knew the procedure, to be answered once it is chosen
    offered: list[Choice] = []
    likely: str | None = None  # the offered procedure that is much likelier than the others
    passed_over: str | None = None  # of two that were offered the one not chosen: "còn cái kia"
    matters: list[str] = []  # the procedures last answered together, in the order of the message: "cái thứ hai"
    declined: list[str] = []
    unsure: int = 0
    earlier: list[Subject] = []  # subjects before this one, newest first (actions/subjects.py)
    case_asked: str | None = None  # code of the procedure whose case question was put; it is not put twice
    repeated: int = 0  # how often running the same facts were asked for again
    abused: int = 0
    warned: bool = False  # of personal data in the chat
    last_sentence: str | None = None  # name of the fixed sentence said last, so that it is not said twice running
    unit: str | None = None  # code of the ward or commune the citizen named
    owner: str = "bot"  # who answers: "bot" or "officer"
    draft: str | None = None  # id of the last draft, for resuming
    correcting: str | None = None  # id of the form field being corrected
    news_declined: bool = False  # said no to news of a submission; not asked again


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
    affirmed: str = ""  # the text without what it denies
    marked: bool = True
    aspects: list[str] = []
    alone: float | None = 0.5  # how likely it is that the matter can be told from the message itself
    verdict: str = "unsure"
    ranking: list[Ranked] = []
    candidates: list[str] = []
    # What a network that knows the subject makes of it, by code; "other" = none of ours.
    in_talk: dict[str, float] = {}
    beside: list[Ranked] = []  # the ranking of the message together with the name of the procedure at hand…
    together: list[Ranked] = []  # … and together with the message on which "A or B?" was asked


def plain_words(text: str) -> str:
    """Folded words without marks and punctuation, single blanks: what set phrases are compared with."""
    return " ".join(re.sub(r"[^\w ]", " ", strip_marks(fold(text))).split())


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


def _understood_before(events: list[dict[str, Any]]) -> list[Understanding]:
    """What was made of the last typed messages before this one, newest first."""
    typed = (e for e in reversed(events) if e.get("event") == "user" and not str(e.get("text") or "").startswith("/"))
    earlier = list(itertools.islice(typed, REMEMBERED_MESSAGES + 1))[1:]
    return [msgspec.convert((e.get("parse_data") or {}).get("understanding") or {}, Understanding) for e in earlier]


def reviewed(code: str) -> Procedure | None:
    """The reviewed record of a code, or None."""
    try:
        return knowledge().get(code).procedure
    except UnknownProcedure:
        return None


class Turn:
    """The message, the memory, and the replies collected so far."""

    def __init__(self, tracker: Tracker) -> None:
        latest = tracker.latest_message
        self.sender: str = tracker.sender_id
        self.text: str = latest.get("text") or ""
        self.intent: str = (latest.get("intent") or {}).get("name") or "nlu_fallback"
        self.intent_confidence = float((latest.get("intent") or {}).get("confidence") or 0.0)
        self.entities: list[dict[str, Any]] = latest.get("entities") or []
        self.understanding = msgspec.convert(latest.get("understanding") or {}, Understanding)
        self.channel: str = (latest.get("metadata") or {}).get("channel") or "rest"
        self.memory = msgspec.convert(tracker.get_slot("conversation") or {}, Memory)
        self.told: dict[str, Case | None] = {}  # the case that phrases tell, by procedure (actions/telling.py)
        self.offered_before = [choice.value for choice in self.memory.offered if choice.kind == "procedure"]
        self.submission: str | None = tracker.get_slot("submission")
        before = _understood_before(tracker.events)
        self.heard_before = [(heard.affirmed or heard.text, heard.marked) for heard in before]
        self.ranked_before = before[0].ranking if before else []
        self.messages: list[dict[str, Any]] = []
        self.said_sentence: str | None = None  # name of the last fixed sentence of this turn
        self.case_settled = False  # the case told in this message has been taken into account
        self.change_sentence = "subject_changed"
        self.quiet_change = False  # a change of subject in this turn needs no words: it was chosen, or is explained

    @property
    def plain(self) -> str:
        """The words of the message without marks and punctuation, abbreviations written out."""
        return strip_marks(self.understanding.text) if self.understanding.text else plain_words(self.text)

    @property
    def affirmed(self) -> str:
        """The normalised text without what the message denies."""
        return self.understanding.affirmed or self.understanding.text

    @property
    def word_count(self) -> int:
        """Words of the message that are not numbers."""
        return sum(not word.isdigit() for word in self.understanding.text.split())

    @property
    def heard_aspects(self) -> list[str]:
        """The aspects asked in this message, but for the general "tell me about it"."""
        return [aspect for aspect in self.understanding.aspects if aspect != "overview"]

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

    def notice(
        self, reason: str, kind: str = "notice", text: str | None = None, sentence: str | None = None, **more: Any
    ) -> None:
        """Say a sentence for a reason of the closed list.

        Args:
            text: said as it is; else the sentence of that name, else the reason's own. Said just before, it is varied
                by the sentence called ``…_again`` where there is one.
        """
        if text is None:
            name = sentence or reasons()[reason]["sentence"]
            if name == self.memory.last_sentence and f"{name}_again" in sentences():
                name = f"{name}_again"
            self.said_sentence, text = name, sentences()[name]
        self.say(text, {"kind": kind, "reason": reason}, **more)
