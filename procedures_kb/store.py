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
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlite_utils

from procedures_kb.known_names import known_names
from procedures_kb.model import Procedure, State
from procedures_kb.text import fold, strip_marks

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SCHEMA = 1

_TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "versions": (
        {"id": int, "code": str, "state": str, "body": str, "checksum": str, "author": str, "note": str,
         "created_at": str, "release": int},
        {"pk": "id", "not_null": {"code", "state", "body", "checksum", "author", "created_at"}},
    ),
    "procedures": (
        {"code": str, "version": int, "state": str, "name": str, "short_name": str, "field": str, "levels": str,
         "frequency": int},
        {"pk": "code", "not_null": {"version", "state", "name"}, "foreign_keys": [("version", "versions", "id")]},
    ),
    "search": ({"code": str, "title": str, "aliases": str, "body": str}, {"pk": "code"}),
    "releases": (
        {"number": int, "created_at": str, "author": str, "notes": str},
        {"pk": "number", "not_null": {"created_at", "author", "notes"}},
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


class Imported(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A record taken from national data, not reviewed: enough to recognise it and to point to the portal.

    ``texts`` keeps what the source says by aspect, as text; it is never stated as certain. ``doubts`` says what in
    the source cannot be right or safely read, in English for staff.
    """

    code: str
    name: str
    field: str = ""
    level: list[str] = []
    agency: str = ""
    decision: str = ""
    url: str = ""
    texts: dict[str, str] = {}
    doubts: list[str] = []
    source: str = ""


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
            self._create()

    def _create(self) -> None:
        with self.transaction():
            for name, (columns, options) in _TABLES.items():
                self.db.table(name).create(columns, if_not_exists=True, **options)
            self.db.table("versions").create_index(["code", "checksum"], if_not_exists=True)
            if not self.db.table("search").detect_fts():
                self.db.table("search").enable_fts(
                    ["title", "aliases", "body"], tokenize="unicode61 remove_diacritics 2", create_triggers=True
                )
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

    # Reading

    def release(self) -> int:
        """Number of the release in force; 0 before the first."""
        return int(self.db.conn.execute("SELECT coalesce(max(number), 0) FROM releases").fetchone()[0])

    def change_mark(self) -> tuple[int, int]:
        """A cheap value that changes whenever a record changes: what an index built from the store compares."""
        row = self.db.conn.execute("SELECT coalesce(max(id), 0), count(*) FROM versions").fetchone()
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

    def entries(self) -> Iterator[Entry]:
        """Every record in force, reviewed ones first."""
        query = (
            "SELECT p.code, p.name, p.state, v.id, v.body, coalesce(v.release, 0) FROM procedures p "
            "JOIN versions v ON v.id = p.version ORDER BY p.state = 'imported', p.code"
        )
        for row in self.db.conn.execute(query):
            yield _entry(row)

    def history(self, code: str) -> list[dict[str, Any]]:
        """Every version of ``code``, newest first, without the bodies."""
        cursor = self.db.conn.execute(
            "SELECT id, state, author, note, created_at, release, checksum FROM versions WHERE code = ? ORDER BY id DESC",
            (code,),
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def count(self) -> dict[str, int]:
        """Number of records in force by state."""
        return dict(self.db.conn.execute("SELECT state, count(*) FROM procedures GROUP BY state"))

    def search(self, query: str, limit: int = 10) -> list[tuple[str, str, State]]:
        """Full-text search, marks optional: ``(code, name, state)``, best first, reviewed records before imported."""
        words = search_view(query).split()
        cleaned = ["".join(c for c in word if c.isalnum()) for word in words]
        terms = [f'"{word}"' for word in cleaned if word]
        if not terms:
            return []
        rows = self.db.conn.execute(
            "SELECT p.code, p.name, p.state FROM search_fts f JOIN search s ON s.rowid = f.rowid "
            "JOIN procedures p ON p.code = s.code WHERE search_fts MATCH ? "
            "ORDER BY bm25(search_fts, 4.0, 3.0, 1.0) * (CASE p.state WHEN 'imported' THEN 1 ELSE 2 END) LIMIT ?",
            (" OR ".join(terms), limit),
        ).fetchall()
        return [(code, name, State(state)) for code, name, state in rows]

    # Writing

    def publish(self, procedure: Procedure, author: str, note: str) -> int:
        """Publish a new version of one procedure as a release of its own; returns the release number."""
        return self.publish_all([procedure], author, note)

    def publish_all(self, procedures: list[Procedure], author: str, note: str) -> int:
        """Publish several procedures as one release, in one transaction; returns the release number."""
        with self.transaction():
            number = self.release() + 1
            self.db.table("releases").insert({"number": number, "created_at": now(), "author": author, "notes": note})
            for procedure in procedures:
                self._put(procedure, State.published, author, note, number)
        return number

    def knows_checksum(self, code: str, body_checksum: str) -> bool:
        """Whether this very content was ever a version of ``code``."""
        return bool(
            self.db.conn.execute(
                "SELECT 1 FROM versions WHERE code = ? AND checksum = ? LIMIT 1", (code, body_checksum)
            ).fetchone()
        )

    def put_imported(self, record: Imported, author: str) -> str:
        """Store one imported record; a reviewed procedure is never replaced.

        Returns:
            ``taken``, ``changed``, ``same`` or ``reviewed`` (a reviewed record of that code stands, nothing written).
        """
        row = self.db.conn.execute("SELECT state, version FROM procedures WHERE code = ?", (record.code,)).fetchone()
        if row and row[0] != State.imported:
            return "reviewed"
        body = encode(record)
        if row and self.db.table("versions").get(row[1])["checksum"] == checksum(body):
            return "same"
        self._put(record, State.imported, author, record.source, None)
        return "changed" if row else "taken"

    def _put(self, record: Procedure | Imported, state: State, author: str, note: str, release: int | None) -> None:
        body = encode(record)
        self.db.conn.execute(
            "UPDATE versions SET state = ? WHERE id = (SELECT version FROM procedures WHERE code = ?) AND state = ?",
            (State.superseded, record.code, State.published),
        )
        cursor = self.db.conn.execute(
            "INSERT INTO versions (code, state, body, checksum, author, note, created_at, release) VALUES (?,?,?,?,?,?,?,?)",
            (record.code, state, body, checksum(body), author, note, now(), release),
        )
        reviewed = isinstance(record, Procedure)
        self.db.conn.execute(
            "INSERT INTO procedures (code, version, state, name, short_name, field, levels, frequency) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (code) DO UPDATE SET version = excluded.version, "
            "state = excluded.state, name = excluded.name, short_name = excluded.short_name, "
            "field = excluded.field, levels = excluded.levels, frequency = excluded.frequency",
            (record.code, cursor.lastrowid, state, record.name,
             record.short_name if isinstance(record, Procedure) else record.name,
             record.field, " ".join(record.level), record.frequency if isinstance(record, Procedure) else 0),
        )  # fmt: skip
        if isinstance(record, Procedure):
            aliases = [record.short_name, *record.aliases, *record.example_questions]
            body_text = " ".join(
                [record.overview, *(c.name for c in record.components), *(r.name for r in record.results)]
            )
        else:
            known = known_names().get(record.code)
            aliases, body_text = (
                known.aliases if known else [],
                f"{record.field} {record.agency} {record.texts.get('result', '')}",
            )
        # Delete + insert instead of REPLACE: the full-text triggers then always see the old row.
        self.db.conn.execute("DELETE FROM search WHERE code = ?", (record.code,))
        self.db.conn.execute(
            "INSERT INTO search (code, title, aliases, body) VALUES (?,?,?,?)",
            (record.code, search_view(record.name), search_view(" . ".join(aliases)), search_view(body_text)),
        )
        assert reviewed == (state != State.imported)

    def log_import(self, source: str, file: str, report: dict[str, Any]) -> None:
        """Keep the report of one import beside the data."""
        self.db.table("imports").insert(
            {"source": source, "file": file, "created_at": now(), "report": msgspec.json.encode(report).decode()}
        )


def _entry(row: tuple[str, str, str, int, str, int]) -> Entry:
    code, name, state, version, body, release = row
    if state == State.imported:
        imported = msgspec.json.decode(body, type=Imported)
        return Entry(code, name or imported.name, State.imported, version, release, imported=imported)
    procedure = msgspec.json.decode(body, type=Procedure)
    return Entry(code, name or procedure.name, State(state), version, release, procedure=procedure)
