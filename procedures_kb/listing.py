"""Lists of the knowledge base for people: pages of procedures, found by code, by words or by field."""

from __future__ import annotations

import re

import msgspec

from procedures_kb.model import State
from procedures_kb.store import Store

PAGE = 25
MOST_FOUND = 500  # of a word search; nobody pages further
_CODE = re.compile(r"\d(?:\.\d{0,6})?(?:\.[\w.]*)?")
_CODE_LENGTH = 8  # "1.001193"; national data may add ".000.00.00.H26"


class Found(msgspec.Struct, frozen=True):
    code: str
    name: str
    state: State
    short_name: str
    field: str


class FoundPage(msgspec.Struct, frozen=True):
    rows: list[Found]
    total: int
    number: int
    pages: int


def find(knowledge: Store, words: str, state: str, number: int, field: str = "") -> FoundPage:
    """One page of procedures: by code, by words (marks optional, best first), or all of them, reviewed first.

    Args:
        state: only records in this state; empty = any.
        field: only this field (lĩnh vực), exactly as written; empty = any.
        number: page, from 1; pages beyond the last show the last.
    """
    words = words.strip()
    if words and not _CODE.fullmatch(words):
        codes = [code for code, _, _ in knowledge.search(words, MOST_FOUND)]
        found = [row for row in _rows(knowledge, codes) if state in ("", row.state) and field in ("", row.field)]
        return _cut(found, len(found), number)
    where, parameters = "code LIKE ? || '%'", [words[:_CODE_LENGTH]]
    for column, value in (("state", state), ("field", field)):
        if value:
            where, parameters = f"{where} AND {column} = ?", [*parameters, value]
    connection = knowledge.db.conn
    total = int(connection.execute(f"SELECT count(*) FROM procedures WHERE {where}", parameters).fetchone()[0])
    number = _within(number, total)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM procedures WHERE {where} ORDER BY state = 'imported', frequency DESC, code LIMIT ? OFFSET ?",
        [*parameters, PAGE, (number - 1) * PAGE],
    )
    return FoundPage([_found(row) for row in rows], total, number, _pages(total))


_COLUMNS = "code, name, state, short_name, field"


def _found(row: tuple[str, str, str, str, str]) -> Found:
    code, name, state, short_name, field = row
    return Found(code, name, State(state), short_name, field)


def _rows(knowledge: Store, codes: list[str]) -> list[Found]:
    marks = ",".join("?" * len(codes))
    rows = knowledge.db.conn.execute(f"SELECT {_COLUMNS} FROM procedures WHERE code IN ({marks})", codes)
    by_code = {row[0]: _found(row) for row in rows}
    return [by_code[code] for code in codes]


def fields(knowledge: Store) -> list[tuple[str, int]]:
    """Fields of the reviewed procedures with how many each has, the fullest first."""
    return list(
        knowledge.db.conn.execute(
            "SELECT field, count(*) FROM procedures WHERE state = 'published' GROUP BY field ORDER BY count(*) DESC, field"
        )
    )


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _within(number: int, total: int) -> int:
    return min(max(1, number), _pages(total))


def _cut(found: list[Found], total: int, number: int) -> FoundPage:
    number = _within(number, total)
    return FoundPage(found[(number - 1) * PAGE : number * PAGE], total, number, _pages(total))
