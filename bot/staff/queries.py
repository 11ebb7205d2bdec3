"""What the console asks the knowledge base beyond :class:`procedures_kb.store.Store`: lists, pages, releases."""

from __future__ import annotations

import re

import msgspec

from procedures_kb.model import State
from procedures_kb.store import Entry, Store

PAGE = 25
MOST_FOUND = 500  # of a word search; nobody pages further
_CODE = re.compile(r"\d(?:\.\d{0,6})?(?:\.[\w.]*)?")
_CODE_LENGTH = 8  # "1.001193"; national data may add ".000.00.00.H26"


class Found(msgspec.Struct, frozen=True):
    code: str
    name: str
    state: State


class FoundPage(msgspec.Struct, frozen=True):
    rows: list[Found]
    total: int
    number: int
    pages: int


class Release(msgspec.Struct, frozen=True):
    number: int
    created_at: str
    author: str
    notes: str


def find(knowledge: Store, words: str, state: str, number: int) -> FoundPage:
    """One page of procedures: by code, by words (marks optional, best first), or all of them, reviewed first."""
    words = words.strip()
    if words and not _CODE.fullmatch(words):
        found = [Found(*row) for row in knowledge.search(words, MOST_FOUND)]
        found = [row for row in found if not state or row.state == state]
        return _cut(found, len(found), number)
    where, parameters = "code LIKE ? || '%'", [words[:_CODE_LENGTH]]
    if state:
        where, parameters = f"{where} AND state = ?", [*parameters, state]
    connection = knowledge.db.conn
    total = int(connection.execute(f"SELECT count(*) FROM procedures WHERE {where}", parameters).fetchone()[0])
    number = _within(number, total)
    rows = connection.execute(
        f"SELECT code, name, state FROM procedures WHERE {where} ORDER BY state = 'imported', code LIMIT ? OFFSET ?",
        [*parameters, PAGE, (number - 1) * PAGE],
    )
    return FoundPage([Found(code, name, State(stands)) for code, name, stands in rows], total, number, _pages(total))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _within(number: int, total: int) -> int:
    return min(max(1, number), _pages(total))


def _cut(found: list[Found], total: int, number: int) -> FoundPage:
    number = _within(number, total)
    return FoundPage(found[(number - 1) * PAGE : number * PAGE], total, number, _pages(total))


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
