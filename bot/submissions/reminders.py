"""One reminder before an unfinished draft expires: shown on its page and in the next chat turn, never twice in chat.

Zalo lets an account write first only for a fee and with an approved template; so there too it is said when the person
writes next. The channel is the one the consent was given on.
"""

from __future__ import annotations

import datetime as dt

from bot.submissions.store import Drafts, now_text
from procedures_kb.store import HANOI

BEFORE = dt.timedelta(days=3)
STATES = "('open', 'returned')"


def make_due(drafts: Drafts) -> int:
    """Make the reminder of every draft that expires soon and has none yet; run by the gateway once an hour.

    A draft that was worked on since lives thirty days longer: its old reminder goes, so that it gets one again in time.
    """
    with drafts.transaction():
        drafts.connection.execute(
            "DELETE FROM reminders WHERE draft IN (SELECT id FROM drafts WHERE expires_at > ?)", (_soon(),)
        )
        rows = drafts.connection.execute(
            "SELECT drafts.id, consents.channel FROM drafts JOIN consents ON consents.draft = drafts.id "
            f"WHERE drafts.state IN {STATES} AND drafts.sealed IS NOT NULL AND drafts.expires_at BETWEEN ? AND ? "
            "AND drafts.id NOT IN (SELECT draft FROM reminders)",
            (now_text(), _soon()),
        ).fetchall()
        for draft_id, channel in rows:
            drafts.connection.execute(
                "INSERT OR IGNORE INTO reminders (draft, made_at, channel) VALUES (?,?,?)",
                (draft_id, now_text(), channel),
            )
            drafts.note(draft_id, "assistant", "reminded")
    return len(rows)


def _soon() -> str:
    return (dt.datetime.now(HANOI) + BEFORE).isoformat(timespec="seconds")


def on_page(drafts: Drafts, draft_id: str, expires_at: str) -> str | None:
    """The day the draft expires, as its page says it, once a reminder was made and as long as it is still near."""
    row = drafts.connection.execute("SELECT made_at FROM reminders WHERE draft = ?", (draft_id,)).fetchone()
    return f"{dt.datetime.fromisoformat(expires_at):%d/%m/%Y}" if row and expires_at <= _soon() else None


def next_in_chat(drafts: Drafts, sender: str, channel: str) -> tuple[str, str] | None:
    """(draft id, day it expires) of a reminder this conversation has not heard yet; it counts as said from now on."""
    row = drafts.connection.execute(
        "SELECT drafts.id, drafts.expires_at FROM reminders JOIN drafts ON drafts.id = reminders.draft "
        f"WHERE drafts.owner = ? AND reminders.said_at IS NULL AND reminders.channel = ? AND drafts.state IN {STATES} "
        "AND drafts.expires_at BETWEEN ? AND ? ORDER BY drafts.expires_at LIMIT 1",
        (drafts.owner_key(sender), channel, now_text(), _soon()),
    ).fetchone()
    if row is None:
        return None
    with drafts.transaction():
        said = drafts.connection.execute(
            "UPDATE reminders SET said_at = ? WHERE draft = ? AND said_at IS NULL", (now_text(), row[0])
        )
    return (str(row[0]), f"{dt.datetime.fromisoformat(row[1]):%d/%m/%Y}") if said.rowcount else None
