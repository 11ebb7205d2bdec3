"""Where drafts are kept: every field encrypted, each act one transaction, every step in the audit trail.

A draft: ``offered → open → submitted``, or ``cancelled`` / ``expired`` / ``erased``. It leaves ``offered`` only by consent,
before the first field, and the consent is kept as proof (Luật BVDLCN 91/2025/QH15): which text, when, on which channel.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import sqlite_utils

from bot.keys import Keys
from procedures_kb.store import HANOI

LIFETIME = dt.timedelta(days=30)  # an untouched draft expires
LINK_LIFETIME = dt.timedelta(hours=24)
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no 0/O, 1/I/L: read aloud at a counter
CONSENT_VERSION = "2026-11"
CONSENT_TEXT = (
    "Để điền tờ khai giúp anh/chị, em cần ghi họ tên, ngày sinh, số căn cước, địa chỉ, điện thoại. "
    "Thông tin được mã hoá, chỉ dùng để làm tờ khai này, tự xoá sau 30 ngày, "
    "và anh/chị xoá được ngay bằng cách nhắn “xoá dữ liệu của tôi”. Anh/chị có đồng ý không?"
)


class UnknownDraft(KeyError):
    """No such draft, or it is erased."""


class WrongState(ValueError):
    """The draft's state does not allow this act."""


class BadLink(ValueError):
    """The one-time link is wrong, used or expired. Nothing more is told."""


class Content(msgspec.Struct):
    """The personal part of a draft; only ever stored sealed."""

    values: dict[str, str] = {}
    sources: dict[str, str] = {}  # field id → where the value came from
    skipped: list[str] = []


class Draft(msgspec.Struct):
    """One draft as a capability or a page works on it."""

    id: str
    procedure: str
    form: str
    state: str
    channel: str
    release: int
    created_at: str
    expires_at: str
    content: Content
    reference: str | None = None
    revision: int = 0


class Drafts:
    """The store of drafts.

    Args:
        path: SQLite file, made when missing.
        keys: the keys of the house.
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite_utils.Database(path)
        self._db.conn.isolation_level = None
        self._db.conn.execute("PRAGMA busy_timeout=10000")
        self._db.enable_wal()
        self._db.conn.execute("PRAGMA secure_delete=ON")
        self._box = keys.box("drafts")
        self._keys = keys
        with self._transaction():
            self._db.table("drafts").create(
                {"id": str, "procedure": str, "form": str, "state": str, "channel": str, "release": int, "owner": str,
                 "created_at": str, "expires_at": str, "reference": str, "revision": int, "sealed": bytes},
                pk="id", if_not_exists=True,
            )  # fmt: skip
            self._db.table("consents").create(
                {"draft": str, "version": str, "text": str, "channel": str, "given_at": str}, if_not_exists=True
            )
            self._db.table("links").create(
                {"digest": str, "draft": str, "expires_at": str, "used_at": str}, pk="digest", if_not_exists=True
            )
            self._db.table("trail").create(
                {"draft": str, "at": str, "who": str, "act": str, "detail": str}, if_not_exists=True
            )
            self._db.table("drafts").create_index(["owner"], if_not_exists=True)
            self._db.table("drafts").create_index(["reference"], if_not_exists=True, unique=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.conn.execute("ROLLBACK")
            raise
        self._db.conn.execute("COMMIT")

    def _trail(self, draft: str, who: str, act: str, detail: str = "") -> None:
        """Append to the audit trail; ``detail`` names fields, never values."""
        self._db.conn.execute("INSERT INTO trail VALUES (?,?,?,?,?)", (draft, _now(), who, act, detail))

    def owner_key(self, sender: str) -> str:
        """How the conversation a draft belongs to is stored: a keyed hash."""
        return self._keys.digest("draft-owner", sender)

    def offer(self, procedure: str, form: str, release: int, sender: str, channel: str) -> Draft:
        """Make an empty draft that waits for consent."""
        draft = Draft(
            id=secrets.token_urlsafe(16), procedure=procedure, form=form, state="offered", channel=channel, release=release,
            created_at=_now(), expires_at=(_moment() + LIFETIME).isoformat(timespec="seconds"), content=Content(),
        )  # fmt: skip
        with self._transaction():
            self._db.conn.execute(
                "INSERT INTO drafts (id, procedure, form, state, channel, release, owner, created_at, expires_at, "
                "revision, sealed) VALUES (?,?,?,?,?,?,?,?,?,0,?)",
                (draft.id, procedure, form, draft.state, channel, release, self.owner_key(sender), draft.created_at,
                 draft.expires_at, self._seal(draft)),
            )  # fmt: skip
            self._trail(draft.id, "assistant", "offered")
        return draft

    def consent(self, draft: Draft, channel: str) -> None:
        """Record the consent and open the draft, in one transaction. Does nothing when already given."""
        if draft.state != "offered":
            return
        with self._transaction():
            self._db.conn.execute(
                "INSERT INTO consents VALUES (?,?,?,?,?)", (draft.id, CONSENT_VERSION, CONSENT_TEXT, channel, _now())
            )
            self._db.conn.execute("UPDATE drafts SET state = 'open' WHERE id = ?", (draft.id,))
            self._trail(draft.id, "citizen", "consented", CONSENT_VERSION)
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
        if row is None or row[10] is None or (row[3] != "submitted" and row[7] < _now()):
            raise UnknownDraft(draft_id)
        content = msgspec.json.decode(self._box.open(row[10], row[0]), type=Content)
        return Draft(
            id=row[0], procedure=row[1], form=row[2], state=row[3], channel=row[4], release=row[5], created_at=row[6],
            expires_at=row[7], content=content, reference=row[8], revision=row[9],
        )  # fmt: skip

    def save(self, draft: Draft, who: str, act: str, detail: str = "") -> None:
        """Write a changed draft. Raises WrongState when another tab or channel has written in between."""
        with self._transaction():
            cursor = self._db.conn.execute(
                "UPDATE drafts SET state = ?, sealed = ?, reference = ?, revision = revision + 1, expires_at = ? "
                "WHERE id = ? AND revision = ?",
                (draft.state, self._seal(draft), draft.reference,
                 (_moment() + LIFETIME).isoformat(timespec="seconds"), draft.id, draft.revision),
            )  # fmt: skip
            if cursor.rowcount != 1:
                raise WrongState(f"draft was changed elsewhere (revision {draft.revision})")
            draft.revision += 1
            self._trail(draft.id, who, act, detail)

    def submit(self, draft: Draft) -> str:
        """Give the draft its reference (short code); a second call returns the same one."""
        if draft.reference:
            return draft.reference
        if draft.state != "open":
            raise WrongState(f"a draft in state {draft.state} cannot be submitted")
        draft.reference = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        draft.state = "submitted"
        self.save(draft, "citizen", "submitted")
        return draft.reference

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

    def latest_open(self, sender: str) -> Draft | None:
        """The newest unfinished draft of a conversation, to be resumed."""
        row = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND state = 'open' AND sealed IS NOT NULL "
            "AND expires_at >= ? ORDER BY created_at DESC LIMIT 1",
            (self.owner_key(sender), _now()),
        ).fetchone()
        return self.get(row[0]) if row else None

    def erase(self, draft_id: str) -> None:
        """Remove every personal value at once; what is left says only that a draft was there and when it went."""
        with self._transaction():
            self._db.conn.execute(
                "UPDATE drafts SET sealed = NULL, state = 'erased', owner = '' WHERE id = ?", (draft_id,)
            )
            self._db.conn.execute("DELETE FROM links WHERE draft = ?", (draft_id,))
            self._trail(draft_id, "citizen", "erased")

    def erase_all(self, sender: str) -> int:
        """Erase every draft of a conversation; returns how many."""
        rows = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND sealed IS NOT NULL", (self.owner_key(sender),)
        ).fetchall()
        for (draft_id,) in rows:
            self.erase(draft_id)
        return len(rows)

    def erase_unfinished(self, sender: str) -> None:
        """Erase the open drafts of a conversation that ends; finished ones stay reachable by their code."""
        rows = self._db.conn.execute(
            "SELECT id FROM drafts WHERE owner = ? AND state IN ('offered', 'open')", (self.owner_key(sender),)
        ).fetchall()
        for (draft_id,) in rows:
            self.erase(draft_id)

    def expire(self) -> int:
        """Erase the content of drafts past their date; run by the gateway once an hour."""
        rows = self._db.conn.execute(
            "SELECT id FROM drafts WHERE sealed IS NOT NULL AND state IN ('offered', 'open', 'cancelled') AND expires_at < ?",
            (_now(),),
        ).fetchall()
        for (draft_id,) in rows:
            self.erase(draft_id)
            self._db.conn.execute("UPDATE drafts SET state = 'expired' WHERE id = ?", (draft_id,))
        return len(rows)

    def make_link(self, draft_id: str) -> str:
        """A one-time token that opens this draft on our page; only its hash is stored."""
        token = secrets.token_urlsafe(24)
        expires = (_moment() + LINK_LIFETIME).isoformat(timespec="seconds")
        with self._transaction():
            self._db.conn.execute("INSERT INTO links VALUES (?,?,?,NULL)", (_digest(token), draft_id, expires))
        return token

    def use_link(self, token: str) -> str:
        """The draft's id, once. Raises BadLink for a wrong, used or expired token, without telling which."""
        with self._transaction():
            row = self._db.conn.execute(
                "SELECT draft FROM links WHERE digest = ? AND used_at IS NULL AND expires_at >= ?",
                (_digest(token), _now()),
            ).fetchone()
            if row is None:
                raise BadLink
            self._db.conn.execute("UPDATE links SET used_at = ? WHERE digest = ?", (_now(), _digest(token)))
            self._trail(row[0], "citizen", "link used")
        return str(row[0])

    def trail(self, draft_id: str) -> list[tuple[str, str, str, str]]:
        """The audit trail of a draft: (at, who, act, detail)."""
        return list(
            self._db.conn.execute("SELECT at, who, act, detail FROM trail WHERE draft = ? ORDER BY rowid", (draft_id,))
        )

    def looked_at(self, draft_id: str, who: str) -> None:
        """Record that staff opened a submission."""
        with self._transaction():
            self._trail(draft_id, who, "looked at")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _moment() -> dt.datetime:
    return dt.datetime.now(HANOI)


def _now() -> str:
    return _moment().isoformat(timespec="seconds")
