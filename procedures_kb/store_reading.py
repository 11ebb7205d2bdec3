"""What the store tells: records in force, as they were, their history, releases, search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec

from procedures_kb import search_index
from procedures_kb.entries import HANOI, Entry, UnknownProcedure, entry_of, is_form
from procedures_kb.model import State
from procedures_kb.store_file import StoreFile


class Reading(StoreFile):
    """Read access to one knowledge base file."""

    def release(self) -> int:
        """Number of the release in force; 0 before the first."""
        return int(self.db.conn.execute("SELECT coalesce(max(number), 0) FROM releases").fetchone()[0])

    def get(self, code: str) -> Entry:
        """The record in force for ``code``: a procedure's code or a form's id.

        Raises:
            UnknownProcedure: no record of that code.
        """
        where = "'published' FROM forms p" if is_form(code) else "p.state FROM procedures p"
        row = self.db.conn.execute(
            f"SELECT v.id, v.body, coalesce(v.release, 0), {where} JOIN versions v ON v.id = p.version WHERE p.code = ?",
            (code,),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(code)
        return entry_of((code, "", row[3], row[0], row[1], row[2]))

    def has(self, code: str) -> bool:
        """Whether a procedure or form of that code is in force."""
        table = "forms" if is_form(code) else "procedures"
        return bool(self.db.conn.execute(f"SELECT 1 FROM {table} WHERE code = ?", (code,)).fetchone())

    def at_version(self, version: int) -> Entry:
        """The record as it stood in one version, to reproduce a past answer."""
        row = self.db.conn.execute(
            "SELECT v.code, '', v.state, v.id, v.body, coalesce(v.release, 0) FROM versions v WHERE v.id = ?",
            (version,),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(f"version {version}")
        return entry_of(row)

    def as_of(self, code: str, day: dt.date) -> Entry:
        """The record that held on ``day``: past days from the history, coming days with scheduled changes.

        Before the first version was written the first one is used: facts carry their own dates, so it still tells
        what the law was on that day as far as it was recorded.

        Raises:
            UnknownProcedure: no record of that code.
        """
        end = dt.datetime.combine(day, dt.time.max, HANOI).isoformat(timespec="seconds")
        row = self.db.conn.execute(
            "SELECT v.code, '', v.state, v.id, v.body, coalesce(v.release, 0) FROM versions v WHERE v.code = ? "
            "AND v.state IN ('published', 'superseded', 'imported', 'scheduled') "
            "ORDER BY v.in_force_from <= ? DESC, CASE WHEN v.in_force_from <= ? THEN v.in_force_from END DESC, "
            "CASE WHEN v.in_force_from <= ? THEN -v.id ELSE v.id END LIMIT 1",
            (code, end, end, end),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(code)
        return entry_of(row)

    def entries(self, state: str | None = None) -> Iterator[Entry]:
        """Every record in force, reviewed ones first; or only those of one state, "published" or "imported"."""
        query = (
            "SELECT p.code, p.name, p.state, v.id, v.body, coalesce(v.release, 0) FROM procedures p "
            "JOIN versions v ON v.id = p.version WHERE ? IS NULL OR p.state = ? ORDER BY p.state = 'imported', p.code"
        )
        for row in self.db.conn.execute(query, (state, state)):
            yield entry_of(row)

    def forms(self) -> list[Entry]:
        """Every form in force, by its title."""
        rows = self.db.conn.execute(
            "SELECT f.code, f.title, 'published', v.id, v.body, coalesce(v.release, 0) FROM forms f "
            "JOIN versions v ON v.id = f.version ORDER BY f.title, f.code"
        )
        return [entry_of(row) for row in rows]

    def at_release(self, code: str, release: int) -> Entry:
        """The record of ``code`` that was in force at a release; before its first one, the first one there was.

        Raises:
            UnknownProcedure: no release ever held a record of that code.
        """
        row = self.db.conn.execute(
            "SELECT code, '', state, id, body, release FROM versions WHERE code = ? AND release IS NOT NULL "
            "ORDER BY release <= ? DESC, CASE WHEN release <= ? THEN -release ELSE release END, id DESC LIMIT 1",
            (code, release, release),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(code)
        return entry_of(row)

    def imported_mark(self) -> tuple[int, int]:
        """A value that changes whenever an imported record is added, changed or replaced by a reviewed one."""
        query = "SELECT count(*), coalesce(max(version), 0) FROM procedures WHERE state = 'imported'"
        count, newest = self.db.conn.execute(query).fetchone()
        return int(count), int(newest)

    def reviewed_codes(self) -> list[str]:
        """Codes of the reviewed records in force."""
        return [
            row[0]
            for row in self.db.conn.execute("SELECT code FROM procedures WHERE state = 'published' ORDER BY code")
        ]

    def history(self, code: str) -> list[dict[str, Any]]:
        """Every version of ``code``, newest first, without the bodies."""
        cursor = self.db.conn.execute(
            "SELECT id, state, author, note, created_at, release, checksum FROM versions WHERE code = ? ORDER BY id DESC",
            (code,),
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def release_row(self, number: int) -> dict[str, Any] | None:
        """One release: number, created_at, author, notes, changes (``code``, ``name``, ``fields`` of each record)."""
        row = self.db.conn.execute(
            "SELECT number, created_at, author, notes, changes FROM releases WHERE number = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        return {"number": row[0], "created_at": row[1], "author": row[2], "notes": row[3],
                "changes": msgspec.json.decode(row[4] or "[]")}  # fmt: skip

    def count(self) -> dict[str, int]:
        """Number of records in force by state."""
        return dict(self.db.conn.execute("SELECT state, count(*) FROM procedures GROUP BY state"))

    def search(self, query: str, limit: int = 10) -> list[tuple[str, str, State]]:
        """Full-text search over the procedures, marks optional: ``(code, name, state)``, best first."""
        return search_index.search(self.db.conn, query, limit)
