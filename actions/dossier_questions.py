"""Yes or no to what we asked about a submission: whether to take it back, whether to send news of it."""

from __future__ import annotations

from collections.abc import Callable

from actions import withdrawing
from actions.conversation import yes_or_no
from actions.form_messages import drafts
from actions.turn import Choice, Turn, sentences
from bot.submissions import dossier_view
from bot.submissions.draft import Draft
from bot.submissions.permissions import NEWS_TEXT, Permissions
from bot.submissions.store import UnknownDraft

PUSHES = frozenset({"zalo"})  # channels on which we can write first


def open_question(turn: Turn) -> Choice | None:
    """The question of that kind that waits for an answer."""
    return next((choice for choice in turn.memory.offered if choice.kind in _SETTLES), None)


def close_question(turn: Turn, asked: Choice | None) -> None:
    """Such a question stands for one turn: a "vâng" said later means something else."""
    turn.memory.offered = [choice for choice in turn.memory.offered if choice is not asked]


def settle_open_question(turn: Turn) -> bool:
    """Apply a yes or no while such a question is open, typed or pressed. Whether it was one."""
    asked = open_question(turn)
    agreed = yes_or_no(turn) if asked else None
    if asked is None or agreed is None:
        return False
    turn.memory.offered = []
    _SETTLES[asked.kind](turn, asked.value, agreed)
    return True


def ask_for_news(turn: Turn, draft: Draft) -> None:
    """Ask beside an answer about a submission whether changes may be told here; never taken for granted."""
    can = turn.channel in PUSHES and draft.channel == turn.channel
    if not can or turn.memory.news_declined or Permissions(drafts()).news_allowed(draft.id):
        return
    said = turn.messages[-1]
    said["text"] += f"\n\n{NEWS_TEXT} {sentences()['news_ask']}"
    said["buttons"] += [{"title": "Đồng ý nhận tin", "payload": "/affirm"}, {"title": "Không cần", "payload": "/deny"}]
    turn.memory.offered = [Choice("news", draft.id, "Đồng ý nhận tin")]


def _settle_news(turn: Turn, draft_id: str, agreed: bool) -> None:
    if not agreed:
        turn.memory.news_declined = True
        return turn.say(sentences()["news_not"], {"kind": "status"}, [], [])
    try:
        Permissions(drafts()).allow_news(draft_id, turn.channel)
    except UnknownDraft:
        turn.notice("nothing_open", sentence="finished_elsewhere")
        return
    turn.say(dossier_view.words().news_on, {"kind": "status"}, [], [])


_SETTLES: dict[str, Callable[[Turn, str, bool], None]] = {"withdraw": withdrawing.settle, "news": _settle_news}
