"""Attached files, sealed beside their draft and erased with it. A component's files become one PDF when it is asked for."""

from __future__ import annotations

import secrets

from bot.submissions.draft import Draft
from bot.submissions.photos.cleaning import Cleaned, combined
from bot.submissions.photos.opening import Unusable
from bot.submissions.store import Drafts, now_text

MOST_FILES = 60  # of one draft


class Photos:
    """The attachments of drafts.

    Args:
        drafts: the store they lie in.
        limit: bytes one component's PDF may have, as the portal takes it.
    """

    def __init__(self, drafts: Drafts, limit: int) -> None:
        self._drafts, self._limit = drafts, limit
        self._db, self._box = drafts.connection, drafts.keys.box("photos")

    def add(self, draft: Draft, component: str, cleaned: Cleaned) -> str:
        """Keep one file behind the others of its component; its id.

        Raises:
            UnknownDraft: it was erased meanwhile.
        Unusable: the component's PDF would be too large for the portal, or the draft has too many files.
        """
        with self._drafts.transaction():
            self._drafts.must_stand(draft.id)
            count, last = self._db.execute(
                "SELECT count(*), coalesce(max(place), 0) FROM photos WHERE draft = ?", (draft.id,)
            ).fetchone()
            size = self._db.execute(
                "SELECT coalesce(sum(size), 0) FROM photos WHERE draft = ? AND component = ?", (draft.id, component)
            ).fetchone()[0]
            if count >= MOST_FILES:
                raise Unusable(f"Hồ sơ đã có {MOST_FILES} tệp, em không nhận thêm. Anh/chị bỏ bớt tệp thừa giúp em.")
            if size + len(cleaned.pdf) > self._limit:
                raise Unusable(
                    f"Giấy tờ này cộng lại sẽ nặng hơn {self._limit / 1024**2:.0f} MB, cổng dịch vụ công không nhận. "
                    "Anh/chị bỏ bớt trang, hoặc gửi tệp nhẹ hơn giúp em."
                )
            photo = secrets.token_urlsafe(12)
            self._db.execute(
                "INSERT INTO photos (id, draft, component, place, kind, pages, size, added_at, sealed, small) "
                "VALUES (?,?,?,?,?,?,?,?,?,?)",
                (photo, draft.id, component, last + 1, cleaned.kind, cleaned.pages, len(cleaned.pdf), now_text(),
                 self._box.seal(cleaned.pdf, f"{draft.id}/{photo}"),
                 self._box.seal(cleaned.small, f"{draft.id}/{photo}/small") if cleaned.small else None),
            )  # fmt: skip
            self._drafts.note(draft.id, "citizen", "photo added", component)
        return photo

    def remove(self, draft: Draft, photo: str) -> bool:
        """Erase one file; whether there was one."""
        with self._drafts.transaction():
            row = self._db.execute(
                "SELECT component FROM photos WHERE draft = ? AND id = ?", (draft.id, photo)
            ).fetchone()
            if row is None:
                return False
            self._db.execute("DELETE FROM photos WHERE id = ?", (photo,))
            self._drafts.note(draft.id, "citizen", "photo removed", str(row[0]))
        return True

    def move(self, draft: Draft, photo: str, step: int) -> None:
        """Change places with the neighbour before (-1) or after (1) it in its component; nothing at the ends."""
        with self._drafts.transaction():
            rows = self._db.execute(
                "SELECT id, component, place FROM photos WHERE draft = ? ORDER BY place", (draft.id,)
            ).fetchall()
            mine = next((row for row in rows if row[0] == photo), None)
            if mine is None:
                return
            alike = [row for row in rows if row[1] == mine[1]]
            other = alike.index(mine) + (1 if step > 0 else -1)
            if 0 <= other < len(alike):
                self._db.execute("UPDATE photos SET place = ? WHERE id = ?", (alike[other][2], photo))
                self._db.execute("UPDATE photos SET place = ? WHERE id = ?", (mine[2], alike[other][0]))

    def small(self, draft: Draft, photo: str) -> bytes | None:
        """The small picture to show; None when there is none (a PDF, or no such file)."""
        row = self._db.execute("SELECT small FROM photos WHERE draft = ? AND id = ?", (draft.id, photo)).fetchone()
        return self._box.open(row[0], f"{draft.id}/{photo}/small") if row and row[0] else None

    def pdf_of(self, draft: Draft, component: str) -> bytes | None:
        """One PDF of all files of a component, in their order; None when there are none."""
        rows = self._db.execute(
            "SELECT id, sealed FROM photos WHERE draft = ? AND component = ? ORDER BY place", (draft.id, component)
        ).fetchall()
        return combined([self._box.open(sealed, f"{draft.id}/{photo}") for photo, sealed in rows]) if rows else None
