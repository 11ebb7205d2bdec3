"""The SQLite file of the console: users, their sessions, the trail of acts, working copies of procedures."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

_TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "users": (
        {"name": str, "display_name": str, "role": str, "hash": str, "state": str, "failed": int, "locked_until": str,
         "created_at": str},
        {"pk": "name", "not_null": {"display_name", "role", "hash", "state", "failed", "created_at"}},
    ),
    "sessions": (
        {"digest": str, "user": str, "started_at": str, "seen_at": str},
        {"pk": "digest", "not_null": {"user", "started_at", "seen_at"}},
    ),
    "trail": (
        {"id": int, "at": str, "who": str, "act": str, "subject": str, "detail": str},
        {"pk": "id", "not_null": {"at", "who", "act"}},
    ),
    "working_copies": (
        {"code": str, "body": str, "base_version": int, "author": str, "begun_at": str, "changed_by": str,
         "changed_at": str, "mark": str},
        {"pk": "code", "not_null": {"body", "base_version", "author", "begun_at", "changed_by", "changed_at", "mark"}},
    ),
    "acts": (
        {"token": str, "at": str, "who": str, "outcome": str},
        {"pk": "token", "not_null": {"at", "who", "outcome"}},
    ),
}  # fmt: skip


class StaffDatabase:
    """One connection to the console's file, made with its tables when missing; only this user can read the file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made empty with mode 600 first: it holds password hashes, and SQLite gives its side files the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        self._connection = connection
        self._tables = sqlite_utils.Database(connection)
        with self.transaction():
            for name, (columns, options) in _TABLES.items():
                self._tables.table(name).create(columns, if_not_exists=True, **options)

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run one statement; rows answer to column names."""
        return self._connection.execute(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, writers of other processes kept out; nested use joins the outer transaction."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()
