"""Changing a draft from the chat while its page may write too: nothing that the other wrote is lost."""

from __future__ import annotations

from collections.abc import Callable

from actions.form_messages import drafts
from bot.submissions.store import Content, Draft, UnknownDraft, WrongState

TRIES = 4  # how often a change is made anew when the page writes at the same time


class FinishedElsewhere(Exception):
    """The draft was submitted, erased or let go on its page while the chat was writing."""


def change(draft: Draft, act: str, field_id: str, make: Callable[[Content], object]) -> None:
    """Make one change to a draft and save it; when the page has written in between, make it on what the page wrote.

    Raises:
        CannotRead: the change itself says that it cannot be made; nothing was saved.
        FinishedElsewhere: the draft is no longer open.
    """
    for _ in range(TRIES):
        make(draft.content)
        try:
            return drafts().save(draft, "citizen", act, field_id)
        except WrongState:
            take_newest(draft)
    raise WrongState(f"draft was changed elsewhere {TRIES} times running")


def take_newest(draft: Draft) -> None:
    """Bring a draft to what is stored now. Raises FinishedElsewhere."""
    try:
        newest = drafts().get(draft.id)
    except UnknownDraft:
        raise FinishedElsewhere from None
    if newest.state not in ("open", "returned"):
        raise FinishedElsewhere
    draft.content, draft.revision, draft.state = newest.content, newest.revision, newest.state
