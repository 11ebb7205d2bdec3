"""The store of the knowledge base: one SQLite file with the full history of procedures and forms, releases, search.

Every change is one transaction. A version once written is never changed or deleted: publishing adds a version and
moves the pointer ``procedures.version`` (``forms.version``). Readers in other processes see a release at their next
look-up (no restart).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from procedures_kb import search_index
from procedures_kb.differences import differences
from procedures_kb.entries import (
    HANOI,
    Entry,
    Kept,
    Published,
    UnknownProcedure,
    checksum,
    code_of,
    decode,
    encode,
    is_form,
    is_reviewed,
    name_of,
    now,
    today,
)
from procedures_kb.form_types import FormDefinition
from procedures_kb.imported import Imported
from procedures_kb.model import Procedure, State
from procedures_kb.store_file import StoreError
from procedures_kb.store_reading import Reading

__all__ = [
    "HANOI", "Entry", "Store", "StoreError", "UnknownProcedure", "checksum", "code_of", "encode", "is_form", "is_reviewed", "now",
    "today",
]  # fmt: skip


class Store(Reading):
    """Read and write access to one knowledge base file; see :class:`procedures_kb.store_file.StoreFile`."""

    def change_mark(self) -> tuple[int, int]:
        """A cheap value that changes whenever a record changes: what an index built from the store compares.

        Scheduled changes that are due are put in force on the way, so that whoever looks first after midnight sees them.
        """
        self.take_effect()
        row = self.db.conn.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM versions), (SELECT coalesce(max(number), 0) FROM releases)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def publish(self, record: Published, author: str, note: str) -> int:
        """Publish a new version of one procedure or form as a release of its own; returns the release number."""
        return self.publish_all([record], author, note)

    def publish_all(self, records: Sequence[Published], author: str, note: str) -> int:
        """Publish several procedures and forms as one release, in one transaction; returns the release number."""
        with self.transaction():
            number = self.begin_release(author, note)
            for record in records:
                version = self.add_version(record, State.published, author, note)
                self.put_in_force(version, record, number)
        return number

    def begin_release(self, author: str, note: str, number: int | None = None) -> int:
        """A new release row, to be filled by :meth:`put_in_force` in the same transaction; returns its number."""
        number = self.release() + 1 if number is None else number
        self.db.conn.execute(
            "INSERT INTO releases (number, created_at, author, notes, changes) VALUES (?,?,?,?,'[]')",
            (number, now(), author, note),
        )
        return number

    def add_version(self, record: Kept, state: State, author: str, note: str, in_force_from: str | None = None) -> int:
        """Write a version without putting it in force; returns its number."""
        body = encode(record)
        cursor = self.db.conn.execute(
            "INSERT INTO versions (code, state, body, checksum, author, note, created_at, in_force_from) "
            "VALUES (?,?,?,?,?,?,?,?)",
            (code_of(record), state, body, checksum(body), author, note, now(), in_force_from or now()),
        )
        return int(cursor.lastrowid or 0)

    def schedule(self, record: Published, day: dt.date, author: str, note: str) -> int:
        """Publish on a coming day, at midnight in Hanoi, by itself; returns the version number.

        Raises:
            ValueError: the day is not in the future.
        """
        if day <= today():
            raise ValueError(f"{day}: a day after today is expected; publish at once instead")
        midnight = dt.datetime.combine(day, dt.time.min, HANOI).isoformat(timespec="seconds")
        with self.transaction():
            return self.add_version(record, State.scheduled, author, note, midnight)

    def scheduled(self) -> list[dict[str, Any]]:
        """Versions that wait for their day, the next one first."""
        cursor = self.db.conn.execute(
            "SELECT id, code, author, note, in_force_from FROM versions WHERE state = 'scheduled' ORDER BY in_force_from, id"
        )
        return [
            dict(zip(("id", "code", "author", "note", "in_force_from"), row, strict=True)) for row in cursor.fetchall()
        ]

    def unschedule(self, version: int) -> None:
        """Take a waiting version back. Raises UnknownProcedure when it does not wait (any more)."""
        with self.transaction():
            done = self.db.conn.execute(
                "UPDATE versions SET state = 'discarded' WHERE id = ? AND state = 'scheduled'", (version,)
            ).rowcount
        if not done:
            raise UnknownProcedure(f"version {version} is not scheduled")

    def take_effect(self) -> int:
        """Put every scheduled version whose moment has come in force, as one release; returns how many."""
        due = "SELECT id, body, author, note, code FROM versions WHERE state = 'scheduled' AND in_force_from <= ? ORDER BY in_force_from, id"
        if not self.db.conn.execute(due + " LIMIT 1", (now(),)).fetchone():
            return 0
        with self.transaction():
            rows = self.db.conn.execute(due, (now(),)).fetchall()  # again, inside: another process may have been first
            if not rows:
                return 0
            number = self.begin_release("schedule", "; ".join(dict.fromkeys(row[3] for row in rows))[:500])
            for version, body, _, _, code in rows:
                self.db.conn.execute("UPDATE versions SET state = 'published' WHERE id = ?", (version,))
                self.put_in_force(version, decode(code, body), number)
        return len(rows)

    def knows_checksum(self, code: str, body_checksum: str) -> bool:
        """Whether this very content was ever a version of ``code``."""
        return bool(
            self.db.conn.execute(
                "SELECT 1 FROM versions WHERE code = ? AND checksum = ? LIMIT 1", (code, body_checksum)
            ).fetchone()
        )

    def put_in_force(self, version: int, record: Kept, release: int | None) -> None:
        """Make a written version the one in force; inside a transaction. ``release`` None = not part of a release."""
        code = code_of(record)
        table = "forms" if isinstance(record, FormDefinition) else "procedures"
        if release is not None:
            self._note_change(record, release)
        self.db.conn.execute(
            f"UPDATE versions SET state = 'superseded' WHERE id = (SELECT version FROM {table} WHERE code = ?) "
            "AND state = 'published' AND id != ?",
            (code, version),
        )
        self.db.conn.execute("UPDATE versions SET release = ? WHERE id = ?", (release, version))
        if isinstance(record, FormDefinition):
            self.db.conn.execute("INSERT OR REPLACE INTO forms VALUES (?,?,?)", (code, version, record.title))
            return
        reviewed = isinstance(record, Procedure)
        self.db.conn.execute(
            "INSERT INTO procedures (code, version, state, name, short_name, field, levels, frequency) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (code) DO UPDATE SET version = excluded.version, "
            "state = excluded.state, name = excluded.name, short_name = excluded.short_name, "
            "field = excluded.field, levels = excluded.levels, frequency = excluded.frequency",
            (code, version, State.published if reviewed else State.imported, record.name,
             record.short_name if isinstance(record, Procedure) else record.name,
             record.field, " ".join(record.level), record.frequency if isinstance(record, Procedure) else 0),
        )  # fmt: skip
        search_index.index(self.db.conn, record)

    def take_out_of_force(self, code: str) -> None:
        """No record of ``code`` is in force any more; its versions stay. Inside a transaction."""
        table = "forms" if is_form(code) else "procedures"
        self.db.conn.execute(
            f"UPDATE versions SET state = 'superseded' WHERE id = (SELECT version FROM {table} WHERE code = ?)",
            (code,),
        )
        self.db.conn.execute(f"DELETE FROM {table} WHERE code = ?", (code,))
        self.db.conn.execute("DELETE FROM search WHERE code = ?", (code,))

    def _note_change(self, record: Kept, release: int) -> None:
        """Add to the release's list what this version changes."""
        before: Kept | None
        try:
            entry = self.get(code_of(record))
            before = entry.published or (entry.imported if isinstance(record, Imported) else None)
        except UnknownProcedure:
            before = None
        change = {
            "code": code_of(record), "name": name_of(record),
            "fields": ["new"] if before is None else sorted({c.field.split("[")[0] for c in differences(before, record)}),
        }  # fmt: skip
        self.db.conn.execute(
            "UPDATE releases SET changes = json_insert(changes, '$[#]', json(?)) WHERE number = ?",
            (msgspec.json.encode(change).decode(), release),
        )
