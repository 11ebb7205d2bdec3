"""One-time links that open a draft on our page; only a link's hash is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import sqlite3
from contextlib import AbstractContextManager
from typing import Protocol

from bot.submissions import times
from bot.submissions.draft import BadLink
from bot.submissions.times import now_text

LINK_LIFETIME = dt.timedelta(hours=24)


class _Store(Protocol):
    @property
    def connection(self) -> sqlite3.Connection: ...

    def transaction(self) -> AbstractContextManager[None]: ...

    def note(self, draft: str, who: str, act: str, detail: str = "") -> None: ...


class Links:
    """The links' part of the store of drafts."""

    def make_link(self: _Store, draft_id: str) -> str:
        """A one-time token that opens this draft on our page; only its hash is stored."""
        token = secrets.token_urlsafe(24)
        expires = (times.moment() + LINK_LIFETIME).isoformat(timespec="seconds")
        with self.transaction():
            self.connection.execute("INSERT INTO links VALUES (?,?,?,NULL)", (_digest(token), draft_id, expires))
        return token

    def use_link(self: _Store, token: str) -> str:
        """The draft's id, once. Raises BadLink for a wrong, used or expired token, without telling which."""
        with self.transaction():
            row = self.connection.execute(
                "SELECT draft FROM links WHERE digest = ? AND used_at IS NULL AND expires_at >= ?",
                (_digest(token), now_text()),
            ).fetchone()
            if row is None:
                raise BadLink
            self.connection.execute("UPDATE links SET used_at = ? WHERE digest = ?", (now_text(), _digest(token)))
            self.note(row[0], "citizen", "link used")
        return str(row[0])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
