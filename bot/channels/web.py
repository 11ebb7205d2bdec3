"""Our own page's channel: the sender is the browser's session, history comes back after a reload."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from aiohttp_session import Session

from procedures_kb.store import HANOI

SESSION_KEY = "sender"


def sender_of(session: Session) -> str:
    """The conversation of this browser; made at the first visit, unguessable, kept in the encrypted cookie."""
    sender = session.get(SESSION_KEY)
    if not isinstance(sender, str):
        sender = f"web:{secrets.token_urlsafe(18)}"
        session[SESSION_KEY] = sender
    return sender


def shown_history(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """History entries for the page; a payload without a title (typed by no one) is left out."""
    result = []
    for entry in said:
        if entry["who"] == "citizen" and entry["text"].startswith("/"):
            continue
        at = entry.get("at")
        moment = dt.datetime.fromtimestamp(at, HANOI).isoformat(timespec="seconds") if at else None
        result.append({**entry, "at": moment})
    return result
