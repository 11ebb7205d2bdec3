"""A connected installation with submissions of "someone", and their turns in chat as Rasa would route them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    dossier_questions,
    draft_changes,
    form_messages,
    rasa_actions,
    reminding,
    returned,
    starting,
    status,
    submission,
    withdrawing,
)
from actions.turn import Memory
from bot.keys import Keys
from bot.settings import Settings
from bot.submissions.delivery.base import Progress, Reason
from bot.submissions.delivery.following import Follower
from bot.submissions.delivery.registry import make
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Drafts
from tests.actions.turns import make_latest
from tests.submissions.delivery.conftest import submitted

CODE = "H26.1-261102-0012"
MODULES = (
    dossier_questions,
    draft_changes,
    form_messages,
    reminding,
    returned,
    starting,
    status,
    submission,
    withdrawing,
)


def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    """Drafts that every capability uses."""
    made = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32), "case_system")
    monkeypatch.setenv("MOTCUA_DELIVERY", "case_system")
    for module in MODULES:
        monkeypatch.setattr(module, "drafts", lambda: made)
    return made


def delivered(drafts: Drafts, code: str = CODE, sender: str = "someone") -> Draft:
    """A submission that the case system has."""
    draft = submitted(drafts, sender=sender)
    with drafts.transaction():
        Dossiers(drafts).accepted(draft, form_of_draft(draft), Progress(code=code, national=1))
        drafts.connection.execute("UPDATE outbox SET state = 'done', doubt = 0 WHERE draft = ?", (draft.id,))
    return drafts.get(draft.id)


def sent_back(drafts: Drafts, draft: Draft, *reasons: Reason) -> Draft:
    """An officer returns it, taken in as the follower does."""
    dossier = Dossiers(drafts).get(draft.id)
    assert dossier
    follower = Follower(drafts, make(Settings()))
    follower.take_in(dossier, Progress(code=CODE, national=5, reasons=list(reasons), request="YC-1"), 0.0)
    return drafts.get(draft.id)


ACTIONS = {
    "check_status": rasa_actions.Status, "affirm": rasa_actions.Choose, "deny": rasa_actions.Choose, "cancel": rasa_actions.Repair,
    "ask_procedure": rasa_actions.Guide, "out_of_scope": rasa_actions.Fallback, "inform": rasa_actions.Guide,
}  # fmt: skip


class Chat:
    """One conversation, turn by turn through the actions as Rasa calls them; slots go on from turn to turn."""

    def __init__(self, channel: str = "web", sender: str = "someone") -> None:
        self.channel, self.sender = channel, sender
        self.slots: dict[str, Any] = {"conversation": msgspec.to_builtins(Memory(introduced=True)), "submission": None}

    @property
    def submission(self) -> str | None:
        """The id of the draft that is being filled in."""
        return cast(str | None, self.slots["submission"])

    @property
    def memory(self) -> Memory:
        return msgspec.convert(self.slots["conversation"], Memory)

    def says(self, text: str, intent: str = "inform") -> list[dict[str, Any]]:
        """Typed, or a button's "/intent{…}"; the replies."""
        entities: list[dict[str, Any]] = []
        if text.startswith("/"):
            intent, _, values = text[1:].partition("{")
            entities = [{"entity": k, "value": v} for k, v in json.loads("{" + values).items()] if values else []
        latest = make_latest(text, intent) | {"entities": entities, "metadata": {"channel": self.channel}}
        tracker = SimpleNamespace(sender_id=self.sender, events=[], latest_message=latest, get_slot=self.slots.get)
        capability = rasa_actions.Submission if self.submission else ACTIONS.get(intent, rasa_actions.Submission)
        dispatcher = CollectingDispatcher()
        events = asyncio.run(capability().run(dispatcher, tracker, {}))  # type: ignore[arg-type]
        self.slots |= {event["name"]: event["value"] for event in events}
        return cast(list[dict[str, Any]], dispatcher.messages)

    def hears(self, text: str, intent: str = "inform") -> str:
        """The texts of the replies."""
        return "\n".join(message["text"] for message in self.says(text, intent))
