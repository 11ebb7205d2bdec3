"""The one reminder that an unfinished draft is about to expire, said at the end of the next turn of its conversation."""

from __future__ import annotations

from actions.form_messages import address, drafts
from actions.turn import Turn, sentences
from bot.submissions.draft_form import form_of_draft
from bot.submissions.reminders import next_in_chat
from bot.submissions.store import UnknownDraft


def remind(turn: Turn) -> None:
    """Say it once, after the answer; not while a form is being filled in, since that keeps the draft alive."""
    if turn.submission is not None or not turn.messages:
        return
    found = next_in_chat(drafts(), turn.sender, turn.channel)
    if found is None:
        return
    draft_id, day = found
    try:
        draft = drafts().get(draft_id)
    except UnknownDraft:
        return
    title = form_of_draft(draft).title
    text = sentences()["expires_soon"].format(title=title, day=day)
    buttons = [("Làm tiếp hồ sơ", "/resume"), ("Mở trang hồ sơ", address(turn, draft))]
    offered = turn.memory.offered  # what the answer asked stays asked
    turn.notice("expires_soon", text=text, buttons=buttons)
    turn.memory.offered = offered
