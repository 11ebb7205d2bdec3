"""Tables of what happens after the draft state, and the step that leaves it: in the transaction that submits the draft.

``dossiers`` holds where a submission stands, ``dossier_history`` every step, ``outbox`` one row for each time it has to
be handed over, ``announcements`` what the person is to see, ``news`` which of these is sent to them (news.py). The parcel itself is not copied: it is made of the sealed draft when it is sent, and nobody can change
the draft in between.
"""

from __future__ import annotations

import secrets
import sqlite3
import time

# Plug-ins that hand nothing over by themselves: the citizen does. A test compares this with the registry.
SENDS_NOTHING = frozenset({"counter", "portal_link"})
# A dossier nobody works on any more: handed in on paper, cancelled, taken back, or in a last state of the case system.
FINISHED = "(dossiers.state IN ('ready', 'cancelled', 'withdrawn') OR dossiers.national IN (3, 7, 8, 10))"
# Tables whose rows go when their draft is erased.
PERSONAL = ("dossiers", "dossier_history", "outbox", "announcements", "news", "news_addresses")

_TABLES = """
CREATE TABLE IF NOT EXISTS dossiers (
    draft TEXT PRIMARY KEY, round INTEGER NOT NULL, state TEXT NOT NULL, delivery TEXT NOT NULL, national INTEGER,
    code_digest TEXT, proofs TEXT NOT NULL DEFAULT '', sealed BLOB, changed_at TEXT NOT NULL, checked_at TEXT,
    next_check REAL);
CREATE UNIQUE INDEX IF NOT EXISTS dossiers_code ON dossiers (code_digest);
CREATE INDEX IF NOT EXISTS dossiers_next ON dossiers (state, next_check);
CREATE TABLE IF NOT EXISTS dossier_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, draft TEXT NOT NULL, at TEXT NOT NULL, round INTEGER NOT NULL,
    state TEXT NOT NULL, national INTEGER, sealed BLOB);
CREATE INDEX IF NOT EXISTS dossier_history_draft ON dossier_history (draft);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, draft TEXT NOT NULL, round INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL,
    sent_at REAL, doubt INTEGER NOT NULL DEFAULT 0, fault TEXT NOT NULL DEFAULT '', made_at REAL NOT NULL,
    since REAL NOT NULL, done_at REAL,
    UNIQUE (draft, round));
CREATE INDEX IF NOT EXISTS outbox_next ON outbox (state, next_at);
CREATE TABLE IF NOT EXISTS announcements (
    id INTEGER PRIMARY KEY AUTOINCREMENT, draft TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL, national INTEGER,
    channel TEXT NOT NULL, said_at TEXT);
CREATE INDEX IF NOT EXISTS announcements_draft ON announcements (draft);
CREATE TABLE IF NOT EXISTS news (
    id INTEGER PRIMARY KEY, draft TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL, since REAL NOT NULL);
CREATE INDEX IF NOT EXISTS news_next ON news (state, next_at);
CREATE INDEX IF NOT EXISTS news_draft ON news (draft);
CREATE TABLE IF NOT EXISTS news_addresses (
    draft TEXT PRIMARY KEY, channel TEXT NOT NULL, sealed BLOB NOT NULL, heard_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS status_tries (who TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS status_tries_who ON status_tries (who, at);
"""


def make(connection: sqlite3.Connection) -> None:
    """Make every table that is missing, inside the caller's transaction."""
    for statement in _TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)


def leave_draft_state(connection: sqlite3.Connection, draft_id: str, delivery: str, at: str) -> None:
    """The draft was submitted: ready for the citizen to hand in, or delivering with a row in the outbox.

    A second submission of the same draft (after it was returned) is the next round and keeps the history.
    """
    state = "ready" if delivery in SENDS_NOTHING else "delivering"
    row = connection.execute("SELECT round FROM dossiers WHERE draft = ?", (draft_id,)).fetchone()
    number = row[0] + 1 if row else 1
    if row:
        connection.execute(
            "UPDATE dossiers SET round = ?, state = ?, delivery = ?, national = NULL, changed_at = ?, next_check = NULL "
            "WHERE draft = ?",
            (number, state, delivery, at, draft_id),
        )
    else:
        connection.execute(
            "INSERT INTO dossiers (draft, round, state, delivery, changed_at) VALUES (?,?,?,?,?)",
            (draft_id, number, state, delivery, at),
        )
    connection.execute(
        "INSERT INTO dossier_history (draft, at, round, state) VALUES (?,?,?,?)", (draft_id, at, number, state)
    )
    if state == "delivering":
        enqueue(connection, draft_id, number)


def enqueue(connection: sqlite3.Connection, draft_id: str, number: int, not_before: float = 0.0) -> None:
    """One more row of the outbox, for this round of the dossier; what it hands over follows from the dossier's state."""
    now = time.time()
    connection.execute(
        "INSERT INTO outbox (draft, round, key, next_at, made_at, since) VALUES (?,?,?,?,?,?)",
        (draft_id, number, f"MC-{secrets.token_hex(12)}", max(now, not_before), now, now),
    )
