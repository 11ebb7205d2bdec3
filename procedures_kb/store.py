"""The store of the knowledge base: one SQLite file with full history, releases and full-text search.

Every change is one transaction. A version once written is never changed or deleted: publishing adds a version and
moves the pointer ``procedures.version``. Readers in other processes see a release at their next look-up (no restart).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlite_utils

from procedures_kb.differences import differences
from procedures_kb.imported import Imported
from procedures_kb.known_names import known_names
from procedures_kb.model import Procedure, State
from procedures_kb.text import fold, strip_marks

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SCHEMA = 2
MOST_WORDS = 24  # of a search; further words are left out
COMMON_WORD = 800  # records; a word of more is looked for only in a pair, or when there is nothing rarer
RAREST_WORDS = 4  # words, and pairs of them, that a search looks for

_TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "versions": (
        {"id": int, "code": str, "state": str, "body": str, "checksum": str, "author": str, "note": str,
         "created_at": str, "release": int, "in_force_from": str},
        {"pk": "id", "not_null": {"code", "state", "body", "checksum", "author", "created_at"}},
    ),
    "procedures": (
        {"code": str, "version": int, "state": str, "name": str, "short_name": str, "field": str, "levels": str,
         "frequency": int},
        {"pk": "code", "not_null": {"version", "state", "name"}, "foreign_keys": [("version", "versions", "id")]},
    ),
    "search": ({"code": str, "title": str, "aliases": str, "body": str}, {"pk": "code"}),
    "releases": (
        {"number": int, "created_at": str, "author": str, "notes": str, "changes": str},
        {"pk": "number", "not_null": {"created_at", "author", "notes"}},
    ),
    "sources": (  # what each source last said of a code, whether or not a reviewed record stands
        {"code": str, "source": str, "body": str, "checksum": str, "before": str, "seen_at": str, "vanished_at": str},
        {"pk": ("code", "source"), "not_null": {"body", "checksum", "seen_at"}},
    ),
    "points": (  # every change staff made to a point of reception; the newest of an id holds
        {"version": int, "id": str, "body": str, "author": str, "changed_at": str},
        {"pk": "version", "not_null": {"id", "body", "author", "changed_at"}},
    ),
    "imports": (
        {"id": int, "source": str, "file": str, "created_at": str, "report": str},
        {"pk": "id"},
    ),
}  # fmt: skip


class StoreError(RuntimeError):
    """The knowledge base file cannot be used; the message says why and what to do."""


class UnknownProcedure(KeyError):
    """No procedure of that code."""


class Entry(msgspec.Struct, frozen=True):
    """What the store knows of one code now: a reviewed procedure, or an imported record, never both."""

    code: str
    name: str
    state: State
    version: int
    release: int
    procedure: Procedure | None = None
    imported: Imported | None = None


def now() -> str:
    """Local time in Hanoi, ISO format, seconds."""
    return dt.datetime.now(HANOI).isoformat(timespec="seconds")


def today() -> dt.date:
    return dt.datetime.now(HANOI).date()


def checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def encode(record: Procedure | Imported) -> str:
    """The stored form of a record: JSON with sorted keys, so that equal records have equal checksums."""
    return msgspec.json.encode(record, order="deterministic").decode()


def search_view(text: str) -> str:
    """How text is indexed and searched: folded, without marks."""
    return strip_marks(fold(text))


class Store:
    """Read and write access to one knowledge base file.

    Args:
        path: the SQLite file; made with its folder when missing.

    Raises:
        StoreError: not a SQLite file, or written by a newer release of the product.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            connection.close()
            raise StoreError(
                f"{path} is not a knowledge base ({error}); move it away and run: ./motcua kb load"
            ) from error
        if version > SCHEMA:
            connection.close()
            raise StoreError(f"{path} has schema {version}, this release knows {SCHEMA}; update the product")
        self.db = sqlite_utils.Database(connection)
        if version < SCHEMA:
            self._create(version)

    def _create(self, found: int) -> None:
        with self.transaction():
            for name, (columns, options) in _TABLES.items():
                self.db.table(name).create(columns, if_not_exists=True, **options)
            if found == 1:  # files of the first release
                self.db.conn.execute("ALTER TABLE versions ADD COLUMN in_force_from TEXT")
                self.db.conn.execute("UPDATE versions SET in_force_from = created_at")
                self.db.conn.execute("ALTER TABLE releases ADD COLUMN changes TEXT")
            self.db.table("versions").create_index(["code", "checksum"], if_not_exists=True)
            self.db.table("versions").create_index(["state", "in_force_from"], if_not_exists=True)
            self.db.table("versions").create_index(["release"], if_not_exists=True)
            if not self.db.table("search").detect_fts():
                self.db.table("search").enable_fts(
                    ["title", "aliases", "body"], tokenize="unicode61 remove_diacritics 2", create_triggers=True
                )
            self.db.conn.execute("CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5vocab('search_fts', 'row')")
            self.db.conn.execute(f"PRAGMA user_version={SCHEMA}")

    def close(self) -> None:
        self.db.conn.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested use joins the outer transaction."""
        if self.db.conn.in_transaction:
            yield
            return
        self.db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.conn.execute("ROLLBACK")
            raise
        self.db.conn.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one state, whatever others write meanwhile."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.execute("ROLLBACK")

    # Reading

    def release(self) -> int:
        """Number of the release in force; 0 before the first."""
        return int(self.db.conn.execute("SELECT coalesce(max(number), 0) FROM releases").fetchone()[0])

    def change_mark(self) -> tuple[int, int]:
        """A cheap value that changes whenever a record changes: what an index built from the store compares.

        Scheduled changes that are due are put in force on the way, so that whoever looks first after midnight sees them.
        """
        self.take_effect()
        row = self.db.conn.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM versions), (SELECT coalesce(max(number), 0) FROM releases)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def get(self, code: str) -> Entry:
        """The record in force for ``code``.

        Raises:
            UnknownProcedure: no record of that code.
        """
        row = self.db.conn.execute(
            "SELECT p.code, p.name, p.state, v.id, v.body, coalesce(v.release, 0) FROM procedures p "
            "JOIN versions v ON v.id = p.version WHERE p.code = ?",
            (code,),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(code)
        return _entry(row)

    def has(self, code: str) -> bool:
        """Whether any record of ``code`` is in force."""
        return bool(self.db.conn.execute("SELECT 1 FROM procedures WHERE code = ?", (code,)).fetchone())

    def at_version(self, version: int) -> Entry:
        """The record as it stood in one version, to reproduce a past answer."""
        row = self.db.conn.execute(
            "SELECT v.code, '', v.state, v.id, v.body, coalesce(v.release, 0) FROM versions v WHERE v.id = ?",
            (version,),
        ).fetchone()
        if row is None:
            raise UnknownProcedure(f"version {version}")
        return _entry(row)

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
        return _entry(row)

    def entries(self, state: str | None = None) -> Iterator[Entry]:
        """Every record in force, reviewed ones first; or only those of one state, "published" or "imported"."""
        query = (
            "SELECT p.code, p.name, p.state, v.id, v.body, coalesce(v.release, 0) FROM procedures p "
            "JOIN versions v ON v.id = p.version WHERE ? IS NULL OR p.state = ? ORDER BY p.state = 'imported', p.code"
        )
        for row in self.db.conn.execute(query, (state, state)):
            yield _entry(row)

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
        """Full-text search, marks optional: ``(code, name, state)``, best first, reviewed records before imported."""
        words = search_view(query).split()
        cleaned = ["".join(c for c in word if c.isalnum()) for word in words]
        terms = self._terms([word for word in cleaned if word][:MOST_WORDS])
        if not terms:
            return []
        rows = self.db.conn.execute(
            "SELECT p.code, p.name, p.state FROM (SELECT rowid, rank AS score FROM search_fts WHERE search_fts MATCH ? "
            "AND rank MATCH 'bm25(4.0, 3.0, 1.0)' ORDER BY rank LIMIT ?) f JOIN search s ON s.rowid = f.rowid "
            "JOIN procedures p ON p.code = s.code "
            "ORDER BY f.score * (CASE p.state WHEN 'imported' THEN 1 ELSE 2 END) LIMIT ?",
            (" OR ".join(terms), max(100, 3 * limit), limit),
        ).fetchall()
        return [(code, name, State(state)) for code, name, state in rows]

    def _terms(self, words: list[str]) -> list[str]:
        """What a search looks for: the rarest words, and pairs of neighbours, since single Vietnamese syllables say
        little. Words of every other record only cost time."""
        unique = list(dict.fromkeys(words))
        marks = ",".join("?" * len(unique))
        found = dict(
            self.db.conn.execute(f"SELECT term, doc FROM search_words WHERE term IN ({marks})", unique).fetchall()
        )
        rare = sorted((word for word in unique if word in found), key=lambda word: found[word])[:RAREST_WORDS]
        rare = [word for word in rare if found[word] <= COMMON_WORD] or rare[:1]
        pairs = [(one, two) for one, two in pairwise(words) if one in found and two in found]
        pairs.sort(key=lambda pair: min(found[pair[0]], found[pair[1]]))
        return [f'"{word}"' for word in rare] + [f'"{one} {two}"' for one, two in pairs[:RAREST_WORDS]]

    # Writing

    def publish(self, procedure: Procedure, author: str, note: str) -> int:
        """Publish a new version of one procedure as a release of its own; returns the release number."""
        return self.publish_all([procedure], author, note)

    def publish_all(self, procedures: list[Procedure], author: str, note: str) -> int:
        """Publish several procedures as one release, in one transaction; returns the release number."""
        with self.transaction():
            number = self.begin_release(author, note)
            for procedure in procedures:
                version = self.add_version(procedure, State.published, author, note)
                self.put_in_force(version, procedure, number)
        return number

    def begin_release(self, author: str, note: str, number: int | None = None) -> int:
        """A new release row, to be filled by :meth:`put_in_force` in the same transaction; returns its number."""
        number = self.release() + 1 if number is None else number
        self.db.conn.execute(
            "INSERT INTO releases (number, created_at, author, notes, changes) VALUES (?,?,?,?,'[]')",
            (number, now(), author, note),
        )
        return number

    def add_version(
        self, record: Procedure | Imported, state: State, author: str, note: str, in_force_from: str | None = None
    ) -> int:
        """Write a version without putting it in force; returns its number."""
        body = encode(record)
        cursor = self.db.conn.execute(
            "INSERT INTO versions (code, state, body, checksum, author, note, created_at, in_force_from) "
            "VALUES (?,?,?,?,?,?,?,?)",
            (record.code, state, body, checksum(body), author, note, now(), in_force_from or now()),
        )
        return int(cursor.lastrowid or 0)

    def schedule(self, procedure: Procedure, day: dt.date, author: str, note: str) -> int:
        """Publish on a coming day, at midnight in Hanoi, by itself; returns the version number.

        Raises:
            ValueError: the day is not in the future.
        """
        if day <= today():
            raise ValueError(f"{day}: a day after today is expected; publish at once instead")
        midnight = dt.datetime.combine(day, dt.time.min, HANOI).isoformat(timespec="seconds")
        with self.transaction():
            return self.add_version(procedure, State.scheduled, author, note, midnight)

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
        due = "SELECT id, body, author, note FROM versions WHERE state = 'scheduled' AND in_force_from <= ? ORDER BY in_force_from, id"
        if not self.db.conn.execute(due + " LIMIT 1", (now(),)).fetchone():
            return 0
        with self.transaction():
            rows = self.db.conn.execute(due, (now(),)).fetchall()  # again, inside: another process may have been first
            if not rows:
                return 0
            number = self.begin_release("schedule", "; ".join(dict.fromkeys(row[3] for row in rows))[:500])
            for version, body, _, _ in rows:
                self.db.conn.execute("UPDATE versions SET state = 'published' WHERE id = ?", (version,))
                self.put_in_force(version, msgspec.json.decode(body, type=Procedure), number)
        return len(rows)

    def knows_checksum(self, code: str, body_checksum: str) -> bool:
        """Whether this very content was ever a version of ``code``."""
        return bool(
            self.db.conn.execute(
                "SELECT 1 FROM versions WHERE code = ? AND checksum = ? LIMIT 1", (code, body_checksum)
            ).fetchone()
        )

    def put_in_force(self, version: int, record: Procedure | Imported, release: int | None) -> None:
        """Make a written version the one in force; inside a transaction. ``release`` None = not part of a release."""
        reviewed = isinstance(record, Procedure)
        if release is not None:
            self._note_change(record, release)
        self.db.conn.execute(
            "UPDATE versions SET state = 'superseded' WHERE id = (SELECT version FROM procedures WHERE code = ?) "
            "AND state = 'published' AND id != ?",
            (record.code, version),
        )
        self.db.conn.execute("UPDATE versions SET release = ? WHERE id = ?", (release, version))
        self.db.conn.execute(
            "INSERT INTO procedures (code, version, state, name, short_name, field, levels, frequency) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (code) DO UPDATE SET version = excluded.version, "
            "state = excluded.state, name = excluded.name, short_name = excluded.short_name, "
            "field = excluded.field, levels = excluded.levels, frequency = excluded.frequency",
            (record.code, version, State.published if reviewed else State.imported, record.name,
             record.short_name if isinstance(record, Procedure) else record.name,
             record.field, " ".join(record.level), record.frequency if isinstance(record, Procedure) else 0),
        )  # fmt: skip
        self._index(record)

    def take_out_of_force(self, code: str) -> None:
        """No record of ``code`` is in force any more; its versions stay. Inside a transaction."""
        self.db.conn.execute(
            "UPDATE versions SET state = 'superseded' WHERE id = (SELECT version FROM procedures WHERE code = ?)",
            (code,),
        )
        self.db.conn.execute("DELETE FROM procedures WHERE code = ?", (code,))
        self.db.conn.execute("DELETE FROM search WHERE code = ?", (code,))

    def _note_change(self, record: Procedure | Imported, release: int) -> None:
        """Add to the release's list what this version changes."""
        try:
            entry = self.get(record.code)
            before = entry.procedure or (entry.imported if isinstance(record, Imported) else None)
        except UnknownProcedure:
            before = None
        change = {
            "code": record.code, "name": record.name,
            "fields": ["new"] if before is None else sorted({c.field.split("[")[0] for c in differences(before, record)}),
        }  # fmt: skip
        self.db.conn.execute(
            "UPDATE releases SET changes = json_insert(changes, '$[#]', json(?)) WHERE number = ?",
            (msgspec.json.encode(change).decode(), release),
        )

    def _index(self, record: Procedure | Imported) -> None:
        if isinstance(record, Procedure):
            aliases = [record.short_name, *record.aliases, *record.example_questions]
            body = " ".join([record.overview, *(c.name for c in record.components), *(r.name for r in record.results)])
        else:
            known = known_names().get(record.code)
            aliases = known.aliases if known else []
            body = f"{record.field} {record.agency} {record.texts.get('result', '')}"
        # Delete + insert instead of REPLACE: the full-text triggers then always see the old row.
        self.db.conn.execute("DELETE FROM search WHERE code = ?", (record.code,))
        self.db.conn.execute(
            "INSERT INTO search (code, title, aliases, body) VALUES (?,?,?,?)",
            (record.code, search_view(record.name), search_view(" . ".join(aliases)), search_view(body)),
        )


def is_reviewed(body: str) -> bool:
    """Whether a stored body is a reviewed procedure (only these have sources of their own)."""
    return '"sources":[' in body


def _entry(row: tuple[str, str, str, int, str, int]) -> Entry:
    code, name, state, version, body, release = row
    if not is_reviewed(body):
        imported = msgspec.json.decode(body, type=Imported)
        return Entry(code, name or imported.name, State.imported, version, release, imported=imported)
    procedure = msgspec.json.decode(body, type=Procedure)
    return Entry(code, name or procedure.name, State(state), version, release, procedure=procedure)
