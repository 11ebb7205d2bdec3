"""What the Zalo channel keeps in ``var/zalo.sqlite``: inbox, outgoing messages, choices, tokens.

Nothing readable about a person is in the file: ids are keyed digests, and what must be read again (the id to reply to,
the text still to be handled, a reply not yet sent) is encrypted and goes as soon as it has been used.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec
import sqlite_utils

from bot.channels.zalo.events import Event
from bot.channels.zalo.render import Choice
from bot.keys import CannotDecrypt, Keys
from bot.settings import Settings
from procedures_kb.text import clean

log = logging.getLogger(__name__)

DAY = 86_400.0
KEYS_KEPT = 30 * DAY  # a captured event cannot be replayed within this time; Zalo itself repeats for about 2 h
CHOICES_KEPT = DAY
SENT_KEPT = 2 * DAY  # our messages are recognised in echoes for this long
LOCK_WAIT = 1_000  # ms; the webhook must answer within 2 s even when somebody else reads the file

State = Literal["sent", "unknown", "dropped"]

_TABLES = """
CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, key TEXT NOT NULL, sealed BLOB NOT NULL, at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS inbox_user ON inbox (user, id);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL, user TEXT NOT NULL, sealed BLOB,
    text_digest TEXT NOT NULL, message_digest TEXT, state TEXT NOT NULL DEFAULT 'waiting', at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS messages_event ON messages (event);
CREATE INDEX IF NOT EXISTS messages_user ON messages (user, at);
CREATE TABLE IF NOT EXISTS choices (user TEXT PRIMARY KEY, sealed BLOB NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (user TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    oa_id TEXT PRIMARY KEY, version INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
"""


class Row(NamedTuple):
    """An event of the inbox. ``event`` is None when it cannot be decrypted any more (the key was changed)."""

    id: int
    event: Event | None
    at: float  # epoch seconds of arrival
    attempts: int
    answered: bool  # the replies are already in ``messages``


class Outgoing(NamedTuple):
    """A reply still to be sent."""

    id: int
    text: str


class Tokens(msgspec.Struct, frozen=True):
    """One pair of tokens; times in epoch seconds."""

    access: str
    refresh: str
    issued_at: float
    expires_at: float
    version: int


class ZaloStore:
    """The file and its operations; each one is a transaction. Used from one thread (the event loop's).

    Args:
        settings: for ``var``, where the file is.
        keys: the keys of the house.
        clock: epoch seconds.
    """

    def __init__(self, settings: Settings, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        settings.var.mkdir(parents=True, exist_ok=True)
        self._db = sqlite_utils.Database(settings.var / "zalo.sqlite")
        self._db.conn.isolation_level = None
        self._db.conn.execute(f"PRAGMA busy_timeout={LOCK_WAIT}")
        self._db.enable_wal()
        self._db.conn.execute("PRAGMA synchronous=FULL")  # a lost refresh token is a lost grant
        self._db.conn.execute("PRAGMA secure_delete=ON")
        self._db.conn.executescript(_TABLES)
        self._keys, self._clock = keys, clock
        self._box, self._token_box = keys.box("zalo-inbox"), keys.box("zalo-tokens")
        # Whether these reached Zalo before the last process ended is unknown. They are not said twice.
        lost = self._run("UPDATE messages SET state = 'unknown', sealed = NULL WHERE state = 'sending'")
        if lost:
            log.warning("%d Zalo replies were under way when the last process ended; they are not sent again", lost)

    def _run(self, statement: str, *values: object) -> int:
        """Run one statement; returns the number of rows changed."""
        return self._db.conn.execute(statement, values).rowcount

    def user(self, user_id: str) -> str:
        """The digest a citizen is known by in this file and, with "zalo-" before it, to the assistant."""
        return self._keys.digest("zalo-user", user_id)[:32]

    def _text_digest(self, user: str, text: str) -> str:
        return self._keys.digest("zalo-text", f"{user}\x1f{clean(text)}")

    # Inbox

    def add(self, event: Event) -> bool:
        """Store an event durably. False when it is already known (a repeated delivery)."""
        user, key = self.user(event.user_id), self._keys.digest("zalo-event", event.key)
        with self._db.atomic():
            if not self._run("INSERT OR IGNORE INTO seen VALUES (?,?)", key, self._clock()):
                return False
            sealed = self._box.seal(msgspec.json.encode(event), key)
            self._run("INSERT INTO inbox (user, key, sealed, at) VALUES (?,?,?,?)", user, key, sealed, self._clock())
        return True

    def waiting_users(self) -> list[str]:
        """Digests of the users who have events in the inbox."""
        return [user for (user,) in self._db.conn.execute("SELECT DISTINCT user FROM inbox")]

    def next(self, user: str) -> Row | None:
        """The user's oldest event."""
        found = self._db.conn.execute(
            "SELECT id, key, sealed, at, attempts, answered FROM inbox WHERE user = ? ORDER BY id LIMIT 1", [user]
        ).fetchone()
        if found is None:
            return None
        number, key, sealed, at, attempts, answered = found
        try:
            event = msgspec.json.decode(self._box.open(sealed, key), type=Event)
        except (CannotDecrypt, msgspec.DecodeError):
            event = None
        return Row(number, event, at, attempts, bool(answered))

    def attempt(self, row: Row) -> None:
        """Count an attempt before it is made, so that an event that kills the process is not tried for ever."""
        self._run("UPDATE inbox SET attempts = attempts + 1 WHERE id = ?", row.id)

    def answer(self, row: Row, event: Event, texts: list[str], choices: list[Choice] | None) -> None:
        """Keep the replies to an event and drop its text, in one transaction.

        Args:
            choices: replaces the numbered choices of the user; None leaves them as they are.
        """
        user, key = self.user(event.user_id), self._keys.digest("zalo-event", event.key)
        wiped = self._box.seal(msgspec.json.encode(msgspec.structs.replace(event, text="")), key)
        with self._db.atomic():
            for text in texts:
                sealed = self._box.seal(text.encode(), f"message:{row.id}")
                self._run(
                    "INSERT INTO messages (event, user, sealed, text_digest, at) VALUES (?,?,?,?,?)",
                    row.id, user, sealed, self._text_digest(user, text), self._clock(),
                )  # fmt: skip
            if choices is not None:
                self._run("DELETE FROM choices WHERE user = ?", user)
                sealed = self._box.seal(msgspec.json.encode(choices), f"choices:{user}")
                self._run("INSERT INTO choices VALUES (?,?,?)", user, sealed, self._clock())
            self._run("UPDATE inbox SET answered = 1, sealed = ? WHERE id = ?", wiped, row.id)

    def done(self, row: Row) -> None:
        """Remove a handled event, and what was not sent of its replies."""
        with self._db.atomic():
            self._run(
                "UPDATE messages SET state = 'dropped', sealed = NULL WHERE event = ? AND state = 'waiting'", row.id
            )
            self._run("DELETE FROM inbox WHERE id = ?", row.id)

    # Outgoing messages

    def outgoing(self, row: Row) -> list[Outgoing]:
        """The replies to an event that are still to be sent, in order."""
        found = self._db.conn.execute(
            "SELECT id, sealed FROM messages WHERE event = ? AND state = 'waiting' ORDER BY id", [row.id]
        ).fetchall()
        return [Outgoing(number, self._box.open(sealed, f"message:{row.id}").decode()) for number, sealed in found]

    def leaving(self, message: Outgoing) -> None:
        """Mark a reply just before its request leaves."""
        self._run("UPDATE messages SET state = 'sending', at = ? WHERE id = ?", self._clock(), message.id)

    def stayed(self, message: Outgoing) -> None:
        """The request surely did nothing; the reply waits again."""
        self._run("UPDATE messages SET state = 'waiting' WHERE id = ?", message.id)

    def first_words(self, user: str, text: str) -> Outgoing:
        """A message that answers nothing, right before its request leaves: kept so that its echo is known as ours."""
        written = self._db.conn.execute(
            "INSERT INTO messages (event, user, text_digest, state, at) VALUES (0,?,?,'sending',?)",
            (user, self._text_digest(user, text), self._clock()),
        )
        return Outgoing(int(written.lastrowid or 0), "")

    def settle(self, message: Outgoing, state: State, message_id: str = "") -> None:
        """The reply needs no more work; its text goes, its digests stay to recognise the echo."""
        digest = self._keys.digest("zalo-message", message_id) if message_id else None
        self._run(
            "UPDATE messages SET state = ?, message_digest = ?, sealed = NULL WHERE id = ?", state, digest, message.id
        )

    def is_ours(self, event: Event) -> bool:
        """Whether an echo repeats a message of ours: by its id, or by its text when the answer with the id was lost."""
        user = self.user(event.user_id)
        found = self._db.conn.execute(
            "SELECT 1 FROM messages WHERE user = ? AND state IN ('sending', 'sent', 'unknown') "
            "AND (message_digest = ? OR text_digest = ?) LIMIT 1",
            [user, self._keys.digest("zalo-message", event.message_id), self._text_digest(user, event.text)],
        )
        return found.fetchone() is not None

    def said_lately(self, user: str, seconds: float, text: str | None = None) -> bool:
        """Whether we sent this user anything (or just ``text``) within ``seconds``."""
        statement, values = (
            "SELECT 1 FROM messages WHERE user = ? AND at > ? AND state != 'dropped'",
            [user, self._clock() - seconds],
        )
        if text is not None:
            statement, values = statement + " AND text_digest = ?", [*values, self._text_digest(user, text)]
        return self._db.conn.execute(statement + " LIMIT 1", values).fetchone() is not None

    # Choices, people, tokens

    def choices(self, user: str) -> list[Choice]:
        """The numbered choices last offered to the user, at most a day ago."""
        found = self._db.conn.execute(
            "SELECT sealed FROM choices WHERE user = ? AND at > ?", [user, self._clock() - CHOICES_KEPT]
        ).fetchone()
        if found is None:
            return []
        try:
            return msgspec.json.decode(self._box.open(found[0], f"choices:{user}"), type=list[Choice])
        except (CannotDecrypt, msgspec.DecodeError):
            return []

    def person_talks(self, user: str, seconds: float) -> None:
        """An officer wrote to the user; the assistant keeps quiet for ``seconds`` from now."""
        self._run("INSERT OR REPLACE INTO people VALUES (?,?)", user, self._clock() + seconds)

    def person_is_talking(self, user: str) -> bool:
        found = self._db.conn.execute("SELECT 1 FROM people WHERE user = ? AND until > ?", [user, self._clock()])
        return found.fetchone() is not None

    def forget(self, user: str) -> None:
        """Delete everything about a user, events still waiting included."""
        with self._db.atomic():
            for table in ("inbox", "messages", "choices", "people"):
                self._run(f"DELETE FROM {table} WHERE user = ?", user)

    def tokens(self, oa_id: str) -> Tokens | None:
        """The stored pair; None when there is none or the key was changed."""
        found = self._db.conn.execute("SELECT sealed FROM tokens WHERE oa_id = ?", [oa_id]).fetchone()
        if found is None:
            return None
        try:
            return msgspec.json.decode(self._token_box.open(found[0], oa_id), type=Tokens)
        except (CannotDecrypt, msgspec.DecodeError):
            log.error(
                "the stored Zalo tokens cannot be decrypted with this key; the settings' tokens are tried instead"
            )
            return None

    def save_tokens(self, oa_id: str, tokens: Tokens) -> None:
        """Keep a new pair; on return it is on the disk."""
        sealed = self._token_box.seal(msgspec.json.encode(tokens), oa_id)
        self._run("INSERT OR REPLACE INTO tokens VALUES (?,?,?)", oa_id, tokens.version, sealed)

    def tidy(self) -> None:
        """Remove what is too old to be needed; called now and then."""
        now = self._clock()
        with self._db.atomic():
            self._run("DELETE FROM seen WHERE at < ?", now - KEYS_KEPT)
            self._run("DELETE FROM choices WHERE at < ?", now - CHOICES_KEPT)
            self._run("DELETE FROM people WHERE until < ?", now)
            self._run("DELETE FROM messages WHERE at < ? AND event NOT IN (SELECT id FROM inbox)", now - SENT_KEPT)

    def close(self) -> None:
        self._db.conn.close()
