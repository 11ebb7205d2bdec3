"""Full-text search over the procedures of a store; marks optional."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

from procedures_kb.imported import Imported
from procedures_kb.known_names import known_names
from procedures_kb.model import Procedure, State
from procedures_kb.text import fold, strip_marks

MOST_WORDS = 24  # of a search; further words are left out
COMMON_WORD = 800  # records; a word of more is looked for only in a pair, or when there is nothing rarer
RAREST_WORDS = 4  # words, and pairs of them, that a search looks for


def search_view(text: str) -> str:
    """How text is indexed and searched: folded, without marks."""
    return strip_marks(fold(text))


def search(connection: sqlite3.Connection, query: str, limit: int) -> list[tuple[str, str, State]]:
    """``(code, name, state)``, best first, reviewed records before imported."""
    words = search_view(query).split()
    cleaned = ["".join(c for c in word if c.isalnum()) for word in words]
    terms = _terms(connection, [word for word in cleaned if word][:MOST_WORDS])
    if not terms:
        return []
    rows = connection.execute(
        "SELECT p.code, p.name, p.state FROM (SELECT rowid, rank AS score FROM search_fts WHERE search_fts MATCH ? "
        "AND rank MATCH 'bm25(4.0, 3.0, 1.0)' ORDER BY rank LIMIT ?) f JOIN search s ON s.rowid = f.rowid "
        "JOIN procedures p ON p.code = s.code "
        "ORDER BY f.score * (CASE p.state WHEN 'imported' THEN 1 ELSE 2 END) LIMIT ?",
        (" OR ".join(terms), max(100, 3 * limit), limit),
    ).fetchall()
    return [(code, name, State(state)) for code, name, state in rows]


def _terms(connection: sqlite3.Connection, words: list[str]) -> list[str]:
    """What a search looks for: the rarest words, and pairs of neighbours, since single Vietnamese syllables say
    little. Words of every other record only cost time."""
    unique = list(dict.fromkeys(words))
    marks = ",".join("?" * len(unique))
    found = dict(connection.execute(f"SELECT term, doc FROM search_words WHERE term IN ({marks})", unique).fetchall())
    rare = sorted((word for word in unique if word in found), key=lambda word: found[word])[:RAREST_WORDS]
    rare = [word for word in rare if found[word] <= COMMON_WORD] or rare[:1]
    pairs = [(one, two) for one, two in pairwise(words) if one in found and two in found]
    pairs.sort(key=lambda pair: min(found[pair[0]], found[pair[1]]))
    return [f'"{word}"' for word in rare] + [f'"{one} {two}"' for one, two in pairs[:RAREST_WORDS]]


def index(connection: sqlite3.Connection, record: Procedure | Imported) -> None:
    """Make a record found by its name, everyday names and texts; inside a transaction."""
    if isinstance(record, Procedure):
        aliases = [record.short_name, *record.aliases, *record.example_questions]
        body = " ".join([record.overview, *(c.name for c in record.components), *(r.name for r in record.results)])
    else:
        known = known_names().get(record.code)
        aliases = known.aliases if known else []
        body = f"{record.field} {record.agency} {record.texts.get('result', '')}"
    # Delete + insert instead of REPLACE: the full-text triggers then always see the old row.
    connection.execute("DELETE FROM search WHERE code = ?", (record.code,))
    connection.execute(
        "INSERT INTO search (code, title, aliases, body) VALUES (?,?,?,?)",
        (record.code, search_view(record.name), search_view(" . ".join(aliases)), search_view(body)),
    )
