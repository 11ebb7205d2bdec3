"""Where drafts are kept: every field encrypted, each act one transaction, every step in the audit trail.

A draft: ``offered → open → submitted`` (``returned`` and back), or ``cancelled`` / ``expired`` / ``erased``. It leaves ``offered`` only by consent,
before the first field, and the consent is kept as proof (Luật BVDLCN 91/2025/QH15): which text, when, on which channel.
"""

from __future__ import annotations

import copy
import datetime as dt
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import sqlite_utils

from bot import settings
from bot.keys import Keys
from bot.submissions import dossier_tables, tables, times
from bot.submissions.draft import (
    CONSENT_TEXT,
    CONSENT_VERSION,
    Attached,
    BadLink,
    Content,
    Draft,
    Offer,
    UnknownDraft,
    WrongState,
)
from bot.submissions.links import Links
from bot.submissions.times import now_text

__all__ = ["CONSENT_TEXT", "CONSENT_VERSION", "BadLink", "Content", "Draft", "Drafts", "Offer", "UnknownDraft", "WrongState",
           "now_text"]  # fmt: skip
LIFETIME = dt.timedelta(days=30)  # an untouched draft expires
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no 0/O, 1/I/L: read aloud at a counter


class Drafts(Links):
    """The store of drafts.

    Args:
        path: SQLite file, made when missing.
        keys: the keys of the house.
        delivery: how submissions are handed over (a plug-in's name); None = by the settings of the environment.
    """

    def __init__(self, path: Path, keys: Keys, delivery: str | None = None) -> None:
        self._delivery = settings.load().delivery if delivery is None else delivery
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite_utils.Database(path)
        self._db.conn.isolation_level = None
        self._db.conn.execute("PRAGMA busy_timeout=10000")
        self._db.enable_wal()
        self._db.conn.execute("PRAGMA secure_delete=ON")
        self._box = keys.box("drafts")
        self._keys = keys
        with self.transaction():
            tables.make(self._db)

    @property
    def connection(self) -> sqlite3.Connection:
        """For the modules that keep something beside a draft (photos, permissions): one file, one transaction."""
        return self._db.conn

    @property
    def keys(self) -> Keys:
        return self._keys

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; other processes' writing waits."""
        self._db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.conn.execute("ROLLBACK")
            raise
        self._db.conn.execute("COMMIT")

    def note(self, draft: str, who: str, act: str, detail: str = "") -> None:
        """Append to the audit trail; ``detail`` names fields, never values."""
        self._db.conn.execute("INSERT INTO trail VALUES (?,?,?,?,?)", (draft, now_text(), who, act, detail))

    def owner_key(self, sender: str) -> str:
        """How the conversation a draft belongs to is stored: a keyed hash."""
        return self._keys.digest("draft-owner", sender)

    def offer(self, procedure: str, form: str, release: int, sender: str, channel: str) -> Draft:
        """Make an empty draft that waits for consent."""
        draft = Draft(
            id=secrets.token_urlsafe(16), procedure=procedure, form=form, state="offered", channel=channel, release=release,
            created_at=now_text(), expires_at=(times.moment() + LIFETIME).isoformat(timespec="seconds"), content=Content(),
        )  # fmt: skip
        with self.transaction():
            self._db.conn.execute(
                "INSERT INTO drafts (id, procedure, form, state, channel, release, owner, created_at, expires_at, "
                "revision, sealed) VALUES (?,?,?,?,?,?,?,?,?,0,?)",
                (draft.id, procedure, form, draft.state, channel, release, self.owner_key(sender), draft.created_at,
                 draft.expires_at, self._seal(draft)),
            )  # fmt: skip
            self.note(draft.id, "assistant", "offered")
        return draft

    def consent(self, draft: Draft, channel: str) -> None:
        """Record the consent and open the draft, in one transaction. Does nothing when already given."""
        if draft.state != "offered":
            return
        with self.transaction():
            self._db.conn.execute(
                "INSERT INTO consents VALUES (?,?,?,?,?)",
                (draft.id, CONSENT_VERSION, CONSENT_TEXT, channel, now_text()),
            )
            self._db.conn.execute("UPDATE drafts SET state = 'open' WHERE id = ?", (draft.id,))
            self.note(draft.id, "citizen", "consented", CONSENT_VERSION)
        draft.state = "open"

    def consent_of(self, draft_id: str) -> tuple[str, str, str] | None:
        """The proof of consent: (text version, channel, time)."""
        row = self._db.conn.execute(
            "SELECT version, channel, given_at FROM consents WHERE draft = ?", (draft_id,)
        ).fetchone()
        return tuple(row) if row else None

    def _seal(self, draft: Draft) -> bytes:
        return self._box.seal(msgspec.json.encode(draft.content), draft.id)

    def get(self, draft_id: str) -> Draft:
        """Raises UnknownDraft when there is none, or it was erased or has expired."""
        row = self._db.conn.execute(
            "SELECT id, procedure, form, state, channel, release, created_at, expires_at, reference, revision, sealed "
            "FROM drafts WHERE id = ?",
            (draft_id,),
        ).fetchone()
        if row is None or row[10] is None or (row[3] != "submitted" and row[7] < now_text()):
            raise UnknownDraft(draft_id)
        content = msgspec.json.decode(self._box.open(row[10], row[0]), type=Content)
        return Draft(
            id=row[0], procedure=row[1], form=row[2], state=row[3], channel=row[4], release=row[5], created_at=row[6],
            expires_at=row[7], content=content, reference=row[8], revision=row[9], attached=self._attached(row[0]),
        )  # fmt: skip

    def _attached(self, draft_id: str) -> list[Attached]:
        rows = self._db.conn.execute(
            "SELECT id, component, kind, pages, size FROM photos WHERE draft = ? ORDER BY place", (draft_id,)
        )
        return [Attached(*row) for row in rows]

    def save(self, draft: Draft, who: str, act: str, detail: str = "") -> None:
        """Write a changed draft. Raises WrongState when another tab or channel has written in between."""
        with self.transaction():
            self.write(draft, who, act, detail)

    def write(self, draft: Draft, who: str, act: str, detail: str = "") -> None:
        """:meth:`save` inside the caller's transaction."""
        cursor = self._db.conn.execute(
            "UPDATE drafts SET form = ?, release = ?, state = ?, sealed = ?, reference = ?, revision = revision + 1, expires_at = ? "
            "WHERE id = ? AND revision = ?",
            (draft.form, draft.release, draft.state, self._seal(draft), draft.reference,
             (times.moment() + LIFETIME).isoformat(timespec="seconds"), draft.id, draft.revision),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise WrongState(f"draft was changed elsewhere (revision {draft.revision})")
        draft.revision += 1
        self.note(draft.id, who, act, detail)

    def submit(self, draft: Draft) -> str:
        """Give the draft its reference (short code) and leave the draft state, in one transaction with what is to be
        delivered; a second call returns the same reference. A returned one is sent again under its old reference."""
        if draft.state == "submitted" and draft.reference:
            return draft.reference
        if draft.state not in ("open", "returned"):
            raise WrongState(f"a draft in state {draft.state} cannot be submitted")
        sent = copy.deepcopy(draft)
        sent.reference = draft.reference or "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        sent.state, sent.content.reopened = "submitted", []
        with self.transaction():
            self.write(sent, "citizen", "submitted" if draft.state == "open" else "resubmitted")
            dossier_tables.leave_draft_state(self._db.conn, draft.id, self._delivery, now_text())
        draft.reference, draft.state, draft.revision, draft.content = (
            sent.reference,
            sent.state,
            sent.revision,
            sent.content,
        )
        return sent.reference

    def by_reference(self, reference: str) -> Draft:
        """The submission behind a counter slip's short code."""
        row = self._db.conn.execute("SELECT id FROM drafts WHERE reference = ?", (reference.upper(),)).fetchone()
        if row is None:
            raise UnknownDraft(reference)
        return self.get(row[0])

    def owned_by(self, draft_id: str, sender: str) -> bool:
        """Whether the draft belongs to this conversation."""
        row = self._db.conn.execute("SELECT owner FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        return row is not None and secrets.compare_digest(str(row[0]), self.owner_key(sender))

    def ids_of(self, sender: str) -> list[str]:
        """Every draft of a conversation that still has content."""
        rows = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND sealed IS NOT NULL", (self.owner_key(sender),)
        )
        return [str(row[0]) for row in rows]

    def latest_open(self, sender: str) -> Draft | None:
        """The newest unfinished draft of a conversation, to be resumed."""
        row = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND state = 'open' AND sealed IS NOT NULL "
            "AND expires_at >= ? ORDER BY created_at DESC LIMIT 1",
            (self.owner_key(sender), now_text()),
        ).fetchone()
        return self.get(row[0]) if row else None

    def must_stand(self, draft_id: str) -> None:
        """Inside a transaction that adds something to a draft: raises UnknownDraft when it was erased meanwhile."""
        sql = "SELECT 1 FROM drafts WHERE id = ? AND sealed IS NOT NULL"
        if self._db.conn.execute(sql, (draft_id,)).fetchone() is None:
            raise UnknownDraft(draft_id)

    def erase(self, draft_id: str) -> Counter[str]:
        """Remove every personal value at once; what is left says only that a draft was there and when it went.

        Returns how many rows went, by table.
        """
        gone: Counter[str] = Counter()
        with self.transaction():
            gone["drafts"] = self._db.conn.execute(
                "UPDATE drafts SET sealed = NULL, state = 'erased', owner = '' WHERE id = ? AND sealed IS NOT NULL",
                (draft_id,),
            ).rowcount
            for table in tables.PERSONAL:
                gone[table] = self._db.conn.execute(f"DELETE FROM {table} WHERE draft = ?", (draft_id,)).rowcount
            if gone["drafts"]:
                self.note(draft_id, "citizen", "erased")
        return gone

    def remains(self, draft_id: str) -> int:
        """A second look after erasing: rows that still hold anything of the draft. The proof is 0."""
        sql = "SELECT count(*) FROM drafts WHERE id = ? AND (sealed IS NOT NULL OR owner != '')"
        queries = [sql, *(f"SELECT count(*) FROM {table} WHERE draft = ?" for table in tables.PERSONAL)]
        return sum(int(self._db.conn.execute(query, (draft_id,)).fetchone()[0]) for query in queries)

    def erase_all(self, sender: str) -> Counter[str]:
        """Erase every draft of a conversation; returns how many rows went, by table; "remains" is the second look."""
        gone: Counter[str] = Counter()
        for draft_id in self.ids_of(sender):
            gone += self.erase(draft_id)
            gone["remains"] += self.remains(draft_id)
        return gone

    def erase_unfinished(self, sender: str) -> None:
        """Erase the open drafts of a conversation that ends; finished ones stay reachable by their code."""
        rows = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND state IN ('offered', 'open')", (self.owner_key(sender),)
        ).fetchall()
        for (draft_id,) in rows:
            self.erase(draft_id)

    def expire(self) -> int:
        """Erase the content of drafts past their date; run by the gateway once an hour.

        A submission goes thirty days after its last step too, as the consent says, but not while an office works on it.
        """
        rows = self._db.conn.execute(
            "SELECT drafts.id FROM drafts LEFT JOIN dossiers ON dossiers.draft = drafts.id "
            "WHERE drafts.sealed IS NOT NULL AND drafts.expires_at < ? "
            "AND (drafts.state IN ('offered', 'open', 'returned', 'cancelled') OR dossiers.draft IS NULL "
            f"OR (dossiers.changed_at < ? AND {dossier_tables.FINISHED}))",
            (now_text(), (times.moment() - LIFETIME).isoformat(timespec="seconds")),
        ).fetchall()
        for (draft_id,) in rows:
            self.erase(draft_id)
            self._db.conn.execute("UPDATE drafts SET state = 'expired' WHERE id = ?", (draft_id,))
        return len(rows)

    def trail(self, draft_id: str) -> list[tuple[str, str, str, str]]:
        """The audit trail of a draft: (at, who, act, detail)."""
        return list(
            self._db.conn.execute("SELECT at, who, act, detail FROM trail WHERE draft = ? ORDER BY rowid", (draft_id,))
        )

    def looked_at(self, draft_id: str, who: str, why: str = "", act: str = "looked at") -> None:
        """Record that staff opened a submission, and what for."""
        with self.transaction():
            self.note(draft_id, who, act, why)
