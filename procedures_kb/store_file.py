"""The SQLite file of the knowledge base: its tables, opening it, transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

SCHEMA = 3

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
    "forms": (  # which version of each form is in force
        {"code": str, "version": int, "title": str},
        {"pk": "code", "not_null": {"version", "title"}, "foreign_keys": [("version", "versions", "id")]},
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


class StoreFile:
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
