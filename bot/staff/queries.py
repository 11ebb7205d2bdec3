"""What the console asks the knowledge base beyond :class:`procedures_kb.store.Store`: lists, pages, releases."""

from __future__ import annotations

import msgspec

from procedures_kb.store import Entry, Store


class Release(msgspec.Struct, frozen=True):
    number: int
    created_at: str
    author: str
    notes: str


def releases(knowledge: Store, limit: int) -> list[Release]:
    """The newest releases."""
    rows = knowledge.db.conn.execute(
        "SELECT number, created_at, author, notes FROM releases ORDER BY number DESC LIMIT ?", (limit,)
    )
    return [Release(*row) for row in rows]


def reviewed(knowledge: Store) -> list[Entry]:
    """Every reviewed record in force."""
    found: list[Entry] = []
    for entry in knowledge.entries():  # reviewed ones come first
        if entry.procedure is None:
            break
        found.append(entry)
    return found
