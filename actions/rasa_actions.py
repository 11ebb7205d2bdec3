"""The actions Rasa knows, one per line of nlu_data/rules.yml, and what every turn has in common.

Before an action's own function the message is looked at for what holds whatever the intent: danger, secrets, silence, a
return to an earlier subject, a correction, two matters at once (``OPENINGS``). Afterwards personal data are masked, the
assistant introduces itself once, and the memory is saved.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.broad import broad
from actions.chat import chat
from actions.choose import choose, settle_open_consent
from actions.comparing import compare
from actions.conversation import open_consent
from actions.correcting import correct_subject
from actions.dossier_questions import close_question, open_question, settle_open_question
from actions.fallback import fallback, still_about_it
from actions.guide import follow_on, guide
from actions.handoff import handoff
from actions.personal_data import mask, warn
from actions.reminding import remind
from actions.repair import repair
from actions.safety import alarm
from actions.silence import silent
from actions.starting import ask_consent_again
from actions.status import status
from actions.subjects import return_to
from actions.submission import submission
from actions.turn import Turn, sentences
from actions.two_matters import answer_two
from actions.withdrawing import withdrawal

# Each looks at a typed message outside a form and says whether it has answered it; the first that has ends the turn.
OPENINGS: tuple[Callable[[Turn], bool], ...] = (
    alarm,
    warn,
    settle_open_consent,
    settle_open_question,
    withdrawal,
    silent,
    compare,
    return_to,
    correct_subject,
    answer_two,
    broad,
    follow_on,
    still_about_it,
)


class Capability(Action, ABC):
    """Base of our actions."""

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
        asked, consent = open_question(turn), open_consent(turn)
        outside = turn.submission is None and not turn.is_button
        if not (outside and any(opening(turn) for opening in OPENINGS)):
            self.respond(turn)
        close_question(turn, asked)
        ask_consent_again(turn, consent)
        close(turn)
        for message in turn.messages:
            dispatcher.utter_message(text=message["text"], buttons=message["buttons"], json_message=message["custom"])
        return [
            SlotSet("conversation", msgspec.to_builtins(turn.memory)),
            SlotSet("submission", turn.submission),
        ]


def close(turn: Turn) -> None:
    """What every turn ends with."""
    memory = turn.memory
    remind(turn)
    if turn.submission is None:
        mask(turn)
    if turn.messages and not memory.introduced:
        turn.messages[0]["text"] = f"{sentences()['introduction']}\n\n{turn.messages[0]['text']}"
        memory.introduced = True
    memory.last_sentence = turn.said_sentence
    if not any(message["custom"]["kind"] == "fallback" for message in turn.messages):
        memory.unsure = 0  # an understood turn begins the ladder anew


class Guide(Capability):
    def name(self) -> str:
        return "action_guide"

    def respond(self, turn: Turn) -> None:
        guide(turn)


class Choose(Capability):
    def name(self) -> str:
        return "action_choose"

    def respond(self, turn: Turn) -> None:
        choose(turn)


class Submission(Capability):
    def name(self) -> str:
        return "action_submission"

    def respond(self, turn: Turn) -> None:
        submission(turn)


class Status(Capability):
    def name(self) -> str:
        return "action_status"

    def respond(self, turn: Turn) -> None:
        status(turn)


class Handoff(Capability):
    def name(self) -> str:
        return "action_handoff"

    def respond(self, turn: Turn) -> None:
        handoff(turn)


class Repair(Capability):
    def name(self) -> str:
        return "action_repair"

    def respond(self, turn: Turn) -> None:
        repair(turn)


class Chat(Capability):
    def name(self) -> str:
        return "action_chat"

    def respond(self, turn: Turn) -> None:
        chat(turn)


class Fallback(Capability):
    def name(self) -> str:
        return "action_fallback"

    def respond(self, turn: Turn) -> None:
        fallback(turn)
